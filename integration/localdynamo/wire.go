package localdynamo

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/integration/fault"
)

const (
	targetPrefix = "DynamoDB_20120810."
	contentType  = "application/x-amz-json-1.0"
	maxBody      = 16 << 20 // bytes; Amazon DynamoDB Developer Guide, "Quotas"
)

// request is one decoded call of an action. The members of the wire are its
// exported fields.
type request interface {
	// access is what a policy has to allow.
	access() []access
	// key is what the call acts on, for fault hooks.
	key(s *store) string
	// check refuses what is wrong whatever the tables hold.
	check() error
	// serve has the call's effect and returns its answer.
	serve(s *Server) (any, error)
}

// serveHTTP takes a call from its bytes to its request and back.
func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.options.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("X-Amzn-RequestId", requestID())
	if r.Method == http.MethodGet {
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, "healthy: "+r.Host)
		return
	}
	if stranger(w, r) {
		return
	}
	operation, body, err := s.readCall(w, r)
	if err != nil {
		writeFailure(w, asFailure(err))
		return
	}
	call, err := decodeCall(operation, body)
	if err != nil {
		writeFailure(w, asFailure(err))
		return
	}
	s.faults.Serve(w, r, operation, call.key(s.store), writeRefusal, func(w http.ResponseWriter, _ *http.Request) {
		answer, err := s.serveCall(call)
		if err != nil {
			writeFailure(w, asFailure(err))
			return
		}
		writeAnswer(w, answer)
	})
}

// readCall checks the envelope: target, content type, signature, size.
func (s *Server) readCall(w http.ResponseWriter, r *http.Request) (operation string, body []byte, err error) {
	operation, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	if !ok {
		return "", nil, fail("UnknownOperationException", "Send POST with X-Amz-Target: %sOPERATION and Content-Type: %s", targetPrefix, contentType)
	}
	if err := s.checkSigner(r); err != nil {
		return "", nil, err
	}
	body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		f := fail("RequestEntityTooLarge", "The request is larger than %d bytes", maxBody)
		f.status = http.StatusRequestEntityTooLarge
		return "", nil, f
	case errors.Is(err, os.ErrDeadlineExceeded):
		f := fail("RequestTimeoutException", "The request body did not arrive in time")
		f.status = http.StatusRequestTimeout
		return "", nil, f
	case err != nil:
		return "", nil, unreadable("The request body broke off: %v", err)
	}
	return operation, body, nil
}

// decodeCall turns a body into the request of its operation.
func decodeCall(operation string, body []byte) (request, error) {
	var call request
	if create, ok := actions[operation]; ok {
		call = create()
	} else if slices.Contains(unservedOperations, operation) {
		call = &unservedOperation{operation: operation}
	} else {
		return nil, fail("UnknownOperationException", "An unknown operation was requested: %s", operation)
	}
	return call, decodeRequest(body, call)
}

func (s *Server) serveCall(call request) (any, error) {
	if err := s.check(call.access()); err != nil {
		return nil, err
	}
	if err := call.check(); err != nil {
		return nil, err
	}
	return call.serve(s)
}

func writeAnswer(w http.ResponseWriter, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		writeFailure(w, internal(err))
		return
	}
	writeBody(w, http.StatusOK, body)
}

func writeFailure(w http.ResponseWriter, f *failure) { writeBody(w, f.status, f.body()) }

// writeRefusal answers with an injected error.
func writeRefusal(w http.ResponseWriter, r *fault.Refusal) {
	status := r.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	writeFailure(w, &failure{status: status, code: r.Code, message: r.Message})
}

func writeBody(w http.ResponseWriter, status int, body []byte) {
	writeTyped(w, status, contentType, body)
}

// writeTyped writes a body with its checksum; "" names no type.
func writeTyped(w http.ResponseWriter, status int, kind string, body []byte) {
	h := w.Header()
	h["Content-Type"] = nil
	if kind != "" {
		h.Set("Content-Type", kind)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10))
	w.WriteHeader(status)
	w.Write(body) // a client that left needs no answer
}

// requestID has the form of DynamoDB's: 52 capitals and digits.
func requestID() string {
	var b [32]byte
	rand.Read(b[:])
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])
}
