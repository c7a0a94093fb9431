package leasetable

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// recorder keeps the request that it was asked to send.
type recorder struct{ sent *http.Request }

func (r *recorder) Do(q *http.Request) (*http.Response, error) {
	r.sent = q
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

// closing is a body that tells whether it was closed.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

func TestARequestTravelsWithItsBodyInMemory(t *testing.T) {
	body := &closing{Reader: strings.NewReader(`{"TableName":"t"}`)}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1/", body)
	if err != nil {
		t.Fatal(err)
	}
	next := &recorder{}
	answer, err := inMemory{next}.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if !body.closed || next.sent.ContentLength != 17 {
		t.Errorf("closed %v, length %d", body.closed, next.sent.ContentLength)
	}
	for range 2 { // net/http may ask for it again
		again, err := next.sent.GetBody()
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := io.ReadAll(again); string(text) != `{"TableName":"t"}` {
			t.Errorf("body = %q", text)
		}
	}
}

func TestARequestWithoutABodyIsHandedOnAsItIs(t *testing.T) {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1/", nil)
	if err != nil {
		t.Fatal(err)
	}
	next := &recorder{}
	answer, err := inMemory{next}.Do(request)
	if err != nil || next.sent != request {
		t.Errorf("error %v, sent %p, want %p", err, next.sent, request)
	}
	answer.Body.Close()
}
