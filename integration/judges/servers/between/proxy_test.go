package between_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
)

// world is a server that answers with what it was sent, and a proxy before it.
type world struct {
	*testing.T
	proxy  *between.Proxy
	served []string
}

func newWorld(t *testing.T) *world {
	w := &world{T: t}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.served = append(w.served, r.URL.RequestURI()+" "+string(body))
		rw.Header().Set("X-Amz-Crc32", "1")
		rw.WriteHeader(http.StatusTeapot)
		_, _ = rw.Write(body)
	}))
	t.Cleanup(server.Close)
	var err error
	if w.proxy, err = between.Start(t.Context(), server.URL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.proxy.Close)
	return w
}

// ask posts a body for an action and returns the answer.
func (w *world) ask(action, body string) (*http.Response, string, error) {
	w.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, w.proxy.URL()+"/path?q=1", strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "Service_1."+action)
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res, string(text), err
}

func TestAProxyPassesOnAndCounts(t *testing.T) {
	w := newWorld(t)
	res, text, err := w.ask("Put", "hello")
	if err != nil || res.StatusCode != http.StatusTeapot || text != "hello" || res.Header.Get("X-Amz-Crc32") != "1" {
		t.Errorf("answer %v %q, error %v", res, text, err)
	}
	if want := "/path?q=1 hello"; w.served[0] != want {
		t.Errorf("served %q, want %q", w.served[0], want)
	}
	if got := w.proxy.Calls(); !maps.Equal(got, map[string]int{"Put": 1}) {
		t.Errorf("calls %v", got)
	}
}

func TestALostAnswerHadItsEffect(t *testing.T) {
	w := newWorld(t)
	w.proxy.LoseNext("Put")
	if _, _, err := w.ask("Get", "a"); err != nil {
		t.Errorf("another action's answer was lost: %v", err)
	}
	if _, text, err := w.ask("Put", "b"); err == nil {
		t.Errorf("answered %q", text)
	}
	if _, _, err := w.ask("Put", "c"); err != nil {
		t.Errorf("the next answer was lost too: %v", err)
	}
	if got := strings.Join(w.served, ", "); got != "/path?q=1 a, /path?q=1 b, /path?q=1 c" {
		t.Errorf("served %s", got)
	}
}

func TestRequestsAndAnswersCanBeChanged(t *testing.T) {
	w := newWorld(t)
	w.proxy.OnRequest(func(r *between.Request) { r.URL.RawQuery, r.Body = "q=2", []byte("sent") })
	w.proxy.OnAnswer(func(action string, status int, body []byte) []byte {
		return append(body, action+" "+http.StatusText(status)...)
	})
	res, text, err := w.ask("Put", "hello")
	if err != nil || text != "sentPut I'm a teapot" || res.Header.Get("X-Amz-Crc32") != "" {
		t.Errorf("answer %q with checksum %q, error %v", text, res.Header.Get("X-Amz-Crc32"), err)
	}
	if w.served[0] != "/path?q=2 sent" {
		t.Errorf("served %q", w.served[0])
	}
}

func TestAnAnswerCanBeRefusedAndSpoilt(t *testing.T) {
	w := newWorld(t)
	refused, spoilt := &between.Answer{Status: 400, Code: "No", Text: "not now"}, &between.Answer{Status: 500, Code: "Odd"}
	for _, c := range []struct {
		change func(*between.Request)
		status int
		text   string
		served int
	}{
		{func(r *between.Request) { r.Refuse = refused }, 400, `{"__type":"No","message":"not now"}`, 0},
		{func(r *between.Request) { r.Spoil = spoilt }, 500, `{"__type":"Odd","message":""}`, 1},
	} {
		w.proxy.OnRequest(c.change)
		res, text, err := w.ask("Put", "hello")
		if err != nil || res.StatusCode != c.status || text != c.text || len(w.served) != c.served {
			t.Errorf("answer %v %q, error %v; %d calls were served, want %d", res, text, err, len(w.served), c.served)
		}
	}
}
