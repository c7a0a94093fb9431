package localsnowflake

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kinesnow/kinesnow/integration/fault"
)

// Codes of refused streaming requests (spec 1.11).
const (
	CodeSuccess        = "SUCCESS"
	CodeStale          = "STALE_CONTINUATION_TOKEN_SEQUENCER"
	CodeInvalidRow     = "ERR_CHANNEL_HAS_INVALID_ROW_SEQUENCER"
	CodeRowGap         = "ERR_CHANNEL_MUST_BE_REOPENED_DUE_TO_ROW_SEQ_GAP"
	CodeMustReopen     = "ERR_CHANNEL_MUST_BE_REOPENED"
	CodeChannelMissing = "ERR_CHANNEL_DOES_NOT_EXIST_OR_IS_NOT_AUTHORIZED"
	CodeChannelExpired = "ERR_CHANNEL_NO_LONGER_EXISTS"
	CodeUncommitted    = "ERR_CHANNEL_HAS_UNCOMMITTED_DATA"
	CodePipeMissing    = "ERR_PIPE_DOES_NOT_EXIST_OR_NOT_AUTHORIZED"
	CodeTableMissing   = "ERR_TABLE_DOES_NOT_EXIST_NOT_AUTHORIZED"
	CodePipeKind       = "ERR_PIPE_KIND_NOT_SUPPORTED"
	CodeInvalidRequest = "ERR_INVALID_REQUEST"
	CodeTooLarge       = "ERR_REQUEST_TOO_LARGE" // the real code is not known
	CodeInvalidJWT     = "390144"
	CodeTokenExpired   = "390318"
	CodeNotAllowed     = "390186" // role not granted to the user
)

// Classic codes that still leak as status_code.
const (
	statusChannelLimit = "5"
	statusQueueFull    = "7"
)

// refusal is an error answer: it implements error so that checks can return it.
type refusal struct {
	fault.Refusal
}

func (r *refusal) Error() string { return r.Code + ": " + r.Message }

func refuse(status int, code, message string) *refusal {
	return &refusal{fault.Refusal{Status: status, Code: code, Message: message}}
}

// statusOf is the HTTP status for a channel in a state other than SUCCESS.
func statusOf(code string) int {
	switch code {
	case CodeStale:
		return http.StatusBadRequest
	case CodeChannelMissing, CodeChannelExpired, CodePipeMissing, CodeTableMissing:
		return http.StatusNotFound
	}
	return http.StatusConflict
}

// writeRefusal picks one of the four envelopes of spec 1.3 by the code: none
// is plain text, a short number is a status_code, the pipe kind has its own.
// Six-digit codes are of the session layer and stand where names do.
func writeRefusal(w http.ResponseWriter, r *fault.Refusal) {
	number, err := strconv.Atoi(r.Code)
	switch {
	case r.Code == "":
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(r.Status)
		w.Write([]byte(r.Message))
	case err == nil && len(r.Code) < 6:
		writeJSON(w, r.Status, map[string]any{"status_code": number, "message": r.Message})
	case r.Code == CodePipeKind:
		writeJSON(w, r.Status, map[string]any{"error": r.Code, "message": r.Message})
	default:
		writeJSON(w, r.Status, map[string]any{"code": r.Code, "message": r.Message})
	}
}

// writeError answers with a refusal, or with 500 for any other error.
func writeError(w http.ResponseWriter, err error) {
	var r *refusal
	if !errors.As(err, &r) {
		r = refuse(http.StatusInternalServerError, "ERR_INTERNAL", err.Error())
	}
	for name, values := range r.Header {
		w.Header()[name] = values
	}
	writeRefusal(w, &r.Refusal)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(encoded)
}

// readJSON reads an optional JSON object of a control request.
func readJSON(r *http.Request, into any) error {
	body, err := readAll(r.Body, r.ContentLength, maxWireBytes)
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(body)) == "" {
		return nil
	}
	if !utf8.Valid(body) {
		return refuse(http.StatusBadRequest, CodeInvalidRequest, "body is not UTF-8")
	}
	if err := json.Unmarshal(body, into); err != nil {
		return refuse(http.StatusBadRequest, CodeInvalidRequest, "body is not the expected JSON object: "+err.Error())
	}
	return nil
}
