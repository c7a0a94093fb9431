package localkinesis

import (
	"fmt"
	"net/http"
)

// Error is a refusal in the service's words.
type Error struct {
	Status  int    // HTTP status: 400, or 500 for InternalFailureException
	Code    string // e.g. "ResourceNotFoundException"
	Message string
}

// Error reads like an SDK's text: code, then message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

func refusal(code, format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, args...)}
}

func invalidArgument(format string, args ...any) *Error {
	return refusal("InvalidArgumentException", format, args...)
}

func serialization(format string, args ...any) *Error {
	return refusal("SerializationException", format, args...)
}

// failure is the server's own fault, such as a full disk.
func failure(err error) *Error {
	return &Error{Status: http.StatusInternalServerError, Code: "InternalFailureException", Message: err.Error()}
}

func (s *Server) streamNotFound(name string) *Error {
	return refusal("ResourceNotFoundException", "Stream %s under account %s not found.", name, s.options.AccountID)
}

func (s *Server) shardNotFound(shard, stream string) *Error {
	return refusal("ResourceNotFoundException", "Could not find shard %s in stream %s under account %s.",
		shard, stream, s.options.AccountID)
}

func (s *Server) noSuchShard(shard, stream string) *Error {
	return refusal("ResourceNotFoundException", "Shard %s in stream %s under account %s does not exist",
		shard, stream, s.options.AccountID)
}

func (s *Server) notActive(st *stream, status string) *Error {
	return refusal("ResourceInUseException", "Stream %s under account %s not ACTIVE, instead in state %s",
		st.name, s.options.AccountID, status)
}

func (s *Server) rateExceeded(sh *shard, st *stream) *Error {
	return refusal(throughputExceeded, "Rate exceeded for shard %s in stream %s under account %s.",
		sh.id, st.name, s.options.AccountID)
}

const throughputExceeded = "ProvisionedThroughputExceededException"

func expiredNextToken() *Error {
	return refusal("ExpiredNextTokenException", "NextToken has expired. It is valid for 300 seconds.")
}

// dryRun is the answer to a request that would have succeeded but asked for no effect.
func dryRun() *Error {
	return refusal("DryRunOperationException", "Request would have succeeded, but the DryRun parameter was specified.")
}
