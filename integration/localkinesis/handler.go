package localkinesis

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
)

const (
	targetPrefix = "Kinesis_20131202."

	maxBody = 16 << 20 // bytes: 10 MiB of data as base64, and names
)

// call is one request that was understood.
type call struct {
	key   string // for the fault hooks
	serve func() (answer, error)
	push  func() (*subscription, error) // instead of serve: the answer is a stream of events
}

// answer is the body of a successful answer: head, parts and tail in a row.
type answer struct {
	head  []byte
	parts [][]byte
	tail  []byte
}

// length is the number of bytes in the body.
func (a answer) length() int {
	n := len(a.head) + len(a.tail)
	for _, p := range a.parts {
		n += len(p)
	}
	return n
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
	h.Set("Date", s.options.Now().Add(time.Duration(s.dateSkew.Load())).UTC().Format(http.TimeFormat))
	written := contentTypeOf(r)
	h.Set("Content-Type", written)
	if stranger(w, r) {
		return
	}
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
	if refused := s.checkSigner(r); refused != nil {
		refuse(w, refused)
		return
	}
	buffer := bodies.Get().(*[]byte)
	defer bodies.Put(buffer)
	content, refused := asJSON(written, *body, buffer)
	if refused != nil {
		refuse(w, refused)
		return
	}
	if refused := s.permit(name, content); refused != nil {
		refuse(w, refused)
		return
	}
	c := do(s, content)
	s.faults.Serve(w, r, name, c.key, refuseInjected, func(w http.ResponseWriter, r *http.Request) {
		if refused := s.admit(name, c.key); refused != nil {
			refuse(w, refused)
			return
		}
		if c.push != nil {
			*body, *buffer = nil, nil // a subscription lasts for minutes and needs no request
			s.push(w, r, c.push)
			return
		}
		a, err := c.serve()
		if err != nil {
			refuse(w, asError(err))
			return
		}
		if a, err = a.in(written, buffer); err != nil {
			refuse(w, failure(err))
			return
		}
		a.send(w)
	})
}

// recognise finds the action that a request asks for.
func (s *Server) recognise(r *http.Request) (name string, do action, refused *Error) {
	target := r.Header.Get("X-Amz-Target")
	name, isKinesis := strings.CutPrefix(target, targetPrefix)
	if !isKinesis {
		return "", nil, refusal("UnknownOperationException", "%q is not an operation of Kinesis_20131202", target)
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
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &Error{Status: http.StatusRequestTimeout, Code: "RequestTimeoutException", Message: "The request's body did not arrive in time"}
	}
	return serialization("reading the request: %v", err)
}

func (a answer) send(w http.ResponseWriter) {
	w.Header().Set("Content-Length", strconv.Itoa(a.length()))
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
	a, err := answer{head: body}.in(w.Header().Get("Content-Type"), new([]byte))
	if err != nil {
		panic(err) // what json.Marshal wrote can be read
	}
	w.Header().Set("Content-Length", strconv.Itoa(a.length()))
	w.WriteHeader(e.Status)
	w.Write(a.head)
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
