package localkinesis

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/kinesnow/kinesnow/integration/fault"
)

const (
	jsonType     = "application/x-amz-json-1.1"
	cborType     = "application/x-amz-cbor-1.1"
	targetPrefix = "Kinesis_20131202."

	maxBody = 16 << 20 // bytes: 10 MiB of data as base64, and names
)

// call is one request that was understood.
type call struct {
	key   string // for the fault hooks
	serve func() (answer, error)
}

// answer is the body of a successful answer: head, parts and tail in a row.
type answer struct {
	head  []byte
	parts [][]byte
	tail  []byte
}

// jsonAnswer encodes a value. Types of this package always can be.
func jsonAnswer(v any) (answer, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return answer{}, failure(err)
	}
	return answer{head: b}, nil
}

// serve is the HTTP handler: protocol first, then signature, then the action
// with its fault hook around it.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Amzn-Requestid", requestID())
	h.Set("X-Amz-Id-2", extendedID())
	h.Set("Date", s.options.Now().UTC().Format(http.TimeFormat))
	h.Set("Content-Type", jsonType)
	name, do, refused := s.recognise(r)
	if refused != nil {
		refuse(w, refused)
		return
	}
	body := bodies.Get().(*[]byte)
	defer bodies.Put(body)
	if refused := readBody(r, body); refused != nil {
		refuse(w, refused)
		return
	}
	if refused := checkSignature(r); refused != nil {
		refuse(w, refused)
		return
	}
	c := do(s, *body)
	s.faults.Serve(w, r, name, c.key, refuseInjected, func(w http.ResponseWriter, _ *http.Request) {
		a, err := c.serve()
		if err != nil {
			refuse(w, asError(err))
			return
		}
		a.send(w)
	})
}

// recognise finds the action that a request asks for.
func (s *Server) recognise(r *http.Request) (name string, do action, refused *Error) {
	contentType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	target := r.Header.Get("X-Amz-Target")
	name, isKinesis := strings.CutPrefix(target, targetPrefix)
	switch {
	case r.Method != http.MethodPost || target == "":
		return "", nil, &Error{Status: http.StatusForbidden, Code: "AccessDeniedException",
			Message: "Unable to determine service/operation name to be authorized"}
	case contentType == cborType:
		return "", nil, serialization("%s is not served here, only %s; a Java SDK leaves CBOR with AWS_CBOR_DISABLE=true", cborType, jsonType)
	case contentType != jsonType:
		return "", nil, &Error{Status: http.StatusNotFound, Code: "UnknownOperationException",
			Message: "Content-Type " + strconv.Quote(contentType) + " is not served here, only " + jsonType}
	case !isKinesis:
		return "", nil, refusal("UnknownOperationException", "%s is not an operation of Kinesis_20131202", target)
	}
	do, ok := actions[name]
	if !ok {
		return "", nil, refusal("UnknownOperationException", "%s is not served here", name)
	}
	return name, do, nil
}

var bodies = sync.Pool{New: func() any { return new([]byte) }}

// readBody fills the buffer with the request's body.
func readBody(r *http.Request, buffer *[]byte) *Error {
	tooLarge := &Error{Status: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLargeException",
		Message: "Request size exceeds " + strconv.Itoa(maxBody) + " bytes"}
	if r.ContentLength > maxBody {
		return tooLarge
	}
	b := (*buffer)[:0]
	if n := int(r.ContentLength); n >= 0 {
		if cap(b) < n {
			b = make([]byte, n)
		}
		b = b[:n]
		_, err := io.ReadFull(r.Body, b)
		*buffer = b
		return broken(err)
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1)) // chunked: of unknown length
	*buffer = b
	if len(b) > maxBody {
		return tooLarge
	}
	return broken(err)
}

func broken(err error) *Error {
	if err == nil {
		return nil
	}
	return serialization("reading the request: %v", err)
}

func (a answer) send(w http.ResponseWriter) {
	length := len(a.head) + len(a.tail)
	for _, p := range a.parts {
		length += len(p)
	}
	w.Header().Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(http.StatusOK)
	for _, p := range append(append([][]byte{a.head}, a.parts...), a.tail) {
		if len(p) == 0 {
			continue
		}
		if _, err := w.Write(p); err != nil {
			return // the client has left
		}
	}
}

func refuse(w http.ResponseWriter, e *Error) {
	body, err := json.Marshal(struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}{e.Code, e.Message})
	if err != nil {
		panic(err) // two strings always can be encoded
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(e.Status)
	w.Write(body)
}

func refuseInjected(w http.ResponseWriter, r *fault.Refusal) {
	refuse(w, &Error{Status: r.Status, Code: r.Code, Message: r.Message})
}

func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return failure(err)
}

// requestID is a random UUID.
func requestID() string {
	const digits = "0123456789abcdef"
	a, b := rand.Uint64(), rand.Uint64()
	id := []byte("00000000-0000-4000-8000-000000000000")
	for i := range id {
		if id[i] != '0' {
			continue
		}
		id[i] = digits[a&0xf]
		a, b = a>>4|b<<60, b>>4
	}
	return string(id)
}

// extendedID is 72 random bytes, as the service sends in x-amz-id-2.
func extendedID() string {
	var b [72]byte
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return base64.StdEncoding.EncodeToString(b[:])
}
