package sim

import (
	"bytes"
	"io"
	"net/http"
)

// recorder is a server's answer in the making.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: http.Header{}} }

// Header implements http.ResponseWriter, like the next two.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader takes the status; the first one counts.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}

// Flush implements http.Flusher.
func (r *recorder) Flush() {}

// response is the answer as its client reads it; cut >= 0 breaks it off after
// so many bytes of its body.
func (r *recorder) response(request *http.Request, cut int) *http.Response {
	r.WriteHeader(http.StatusOK)
	var body io.Reader = bytes.NewReader(r.body.Bytes())
	if cut >= 0 {
		body = io.MultiReader(bytes.NewReader(r.body.Bytes()[:cut]), broken{})
	}
	return &http.Response{
		Status: http.StatusText(r.status), StatusCode: r.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.header, Body: io.NopCloser(body), ContentLength: int64(r.body.Len()), Request: request,
	}
}

// broken is a connection that ends too early.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
