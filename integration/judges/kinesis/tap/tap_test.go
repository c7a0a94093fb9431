package tap

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

// serve answers /wait when released, everything else at once.
func serve(t *testing.T, release <-chan struct{}) *Tap {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.(http.Flusher).Flush()
		if r.URL.Path == "/wait" {
			<-release
		}
		_, _ = io.WriteString(w, r.Proto)
	}))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	tap, err := Start(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tap.Close() })
	return tap
}

func client(t *testing.T, http2 bool) *http.Client {
	t.Helper()
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetHTTP1(!http2)
	transport.Protocols.SetUnencryptedHTTP2(http2)
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func ask(t *testing.T, c *http.Client, url string) *http.Response {
	t.Helper()
	answer, err := c.Post(url, "text/plain", strings.NewReader(strings.Repeat("x", 100_000)))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func read(t *testing.T, answer *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return string(body)
}

func TestStreamsOfOneConnectionAreCounted(t *testing.T) {
	release := make(chan struct{})
	tap, c := serve(t, release), client(t, true)
	for range 2 { // one after the other
		if got := read(t, ask(t, c, tap.URL())); got != "HTTP/2.0" {
			t.Fatalf("the server speaks %s", got)
		}
	}
	var open []*http.Response
	for range 3 {
		open = append(open, ask(t, c, tap.URL()+"/wait"))
	}
	close(release)
	for _, answer := range open {
		read(t, answer)
	}
	if got, want := tap.Seen(), []Connection{{HTTP2: true, Streams: 5, AtOnce: 3}}; !reflect.DeepEqual(got, want) {
		t.Fatalf("seen %+v, want %+v", got, want)
	}
}

func TestHTTP1IsToldFromHTTP2(t *testing.T) {
	tap := serve(t, nil)
	if got := read(t, ask(t, client(t, false), tap.URL())); got != "HTTP/1.1" {
		t.Fatalf("the server speaks %s", got)
	}
	if got := tap.Seen(); !reflect.DeepEqual(got, []Connection{{}}) {
		t.Fatalf("seen %+v, want one connection without HTTP/2", got)
	}
}
