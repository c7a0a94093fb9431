package localsnowflake

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Exchange is one request and how it was answered, for Options.Observe.
type Exchange struct {
	At       time.Time
	Took     time.Duration
	Protocol string // "HTTP/1.1" or "HTTP/2.0"
	Secure   bool   // over TLS
	Method   string
	URL      *url.URL // path and query
	Header   http.Header
	Body     []byte // as it came, still packed
	Status   int    // 0: the connection was broken off instead
	Answer   []byte // body of the answer
}

// observed calls observe with every exchange once it is over. It keeps whole
// bodies, so it is for looking at clients and not for throughput.
func observed(handler http.Handler, observe func(Exchange)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		exchange := Exchange{At: time.Now(), Protocol: r.Proto, Secure: r.TLS != nil, Method: r.Method, URL: r.URL, Header: r.Header.Clone()}
		var body bytes.Buffer
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(r.Body, &body), r.Body}
		tee := &answerTee{ResponseWriter: w}
		defer func() {
			exchange.Took, exchange.Body = time.Since(exchange.At), body.Bytes()
			exchange.Status, exchange.Answer = tee.status, tee.body.Bytes()
			if lost := recover(); lost != nil {
				exchange.Status = 0
				observe(exchange)
				panic(lost)
			}
			observe(exchange)
		}()
		handler.ServeHTTP(tee, r)
	})
}

// answerTee keeps a copy of an answer.
type answerTee struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (t *answerTee) WriteHeader(status int) {
	t.status = status
	t.ResponseWriter.WriteHeader(status)
}

func (t *answerTee) Write(p []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
	}
	t.body.Write(p)
	return t.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (t *answerTee) Unwrap() http.ResponseWriter { return t.ResponseWriter }
