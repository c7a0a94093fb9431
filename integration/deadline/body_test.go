package deadline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/deadline"
)

// serve answers with what became of the body.
func serve(t *testing.T, d time.Duration, after func(context.Context) error) *httptest.Server {
	server := httptest.NewUnstartedServer(deadline.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err == nil && after != nil {
			err = after(r.Context())
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			w.WriteHeader(http.StatusRequestTimeout)
		case err != nil:
			w.WriteHeader(http.StatusInternalServerError)
		}
		fmt.Fprintf(w, "%d bytes", len(text))
	}), d))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// say writes to a new connection, and returns all that comes back until the
// server closes it.
func say(t *testing.T, server *httptest.Server, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second)) // a connection that hangs fails here
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatalf("%v after %q", err, answer)
	}
	return string(answer)
}

func TestABodyThatDoesNotComeIsNotWaitedFor(t *testing.T) {
	server := serve(t, 50*time.Millisecond, nil)
	for what, request := range map[string]string{
		"announced": "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
		"chunked":   "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
	} {
		answer := say(t, server, request)
		if !strings.HasPrefix(answer, "HTTP/1.1 408 ") || !strings.HasSuffix(answer, "3 bytes") || !strings.Contains(answer, "Connection: close") {
			t.Errorf("%s: %q", what, answer)
		}
	}
}

func TestOverHTTP2TheOtherStreamsGoOn(t *testing.T) {
	server := serve(t, 50*time.Millisecond, nil)
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	slow, feed := io.Pipe()
	defer feed.Close()
	for _, c := range []struct {
		body   io.Reader
		status int
	}{{slow, http.StatusRequestTimeout}, {strings.NewReader("all of it"), http.StatusOK}} {
		response, err := client.Post(server.URL, "text/plain", c.body)
		if err != nil {
			t.Fatal(err)
		}
		if response.Body.Close(); response.StatusCode != c.status || response.ProtoMajor != 2 {
			t.Errorf("%s %s, want %d", response.Proto, response.Status, c.status)
		}
	}
}

// TestARequestIsServedForLongerThanItsBodyMayTake lets the deadline pass while
// a request that has its body is still served.
func TestARequestIsServedForLongerThanItsBodyMayTake(t *testing.T) {
	const d = 50 * time.Millisecond
	server := serve(t, d, func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(4 * d):
			return nil
		}
	})
	request := "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
	answer := say(t, server, request+"\r\nabc"+request+"Connection: close\r\n\r\nabc") // twice on one connection
	if n := strings.Count(answer, "HTTP/1.1 200 OK"); n != 2 {
		t.Errorf("%d of 2 requests were served: %q", n, answer)
	}
}
