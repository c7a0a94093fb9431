package snowpipe_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
)

// reply is one scripted answer.
type reply struct {
	status int
	body   string
	header map[string]string
	lose   bool // break the connection instead
	cut    bool // break it in the middle of the body
}

// call is one request as it arrived.
type call struct {
	op     string
	method string
	path   string // escaped
	query  url.Values
	header http.Header
	body   string
}

// service is a Snowflake that answers by script: each operation takes its
// next reply, and when it has none left, a good one.
type service struct {
	*httptest.Server
	t *testing.T

	mu      sync.Mutex
	scripts map[string][]reply
	calls   []call
	tokens  int
	scoped  bool // takes scoped tokens only at the ingest host
}

func serve(t *testing.T, scripts map[string][]reply) *service {
	t.Helper()
	s := &service{t: t, scripts: scripts}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// client is one of s, signed in with a token source that counts.
func (s *service) client(change func(*snowpipe.Config)) (*snowpipe.Client, *counted) {
	s.t.Helper()
	source := &counted{}
	cfg := snowpipe.Config{
		Account: "MYORG-PROD", User: "LOADER", Role: "LOADER_ROLE", Host: s.URL,
		Database: "RAW", Schema: "EVENTS", Pipe: snowpipe.DefaultPipe("ORDERS"),
		Application: "test", Tokens: source,
	}
	if change != nil {
		change(&cfg)
	}
	c, err := snowpipe.New(cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	return c, source
}

func operationOf(r *http.Request) string {
	path := r.URL.EscapedPath()
	switch {
	case path == "/v2/streaming/hostname":
		return "hostname"
	case path == "/oauth/token":
		return "token"
	case strings.HasSuffix(path, "/rows"):
		return "append"
	case strings.HasSuffix(path, ":bulk-channel-status"):
		return "status"
	case r.Method == http.MethodPut:
		return "open"
	}
	return "drop"
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	op := operationOf(r)
	s.mu.Lock()
	s.calls = append(s.calls, call{op, r.Method, r.URL.EscapedPath(), r.URL.Query(), r.Header.Clone(), string(body)})
	answer := s.good(op, r)
	if s.scoped && op == "open" && r.Header.Get("X-Snowflake-Authorization-Token-Type") != "" {
		answer = reply{status: 401}
	}
	if script := s.scripts[op]; len(script) > 0 {
		answer, s.scripts[op] = script[0], script[1:]
	}
	s.mu.Unlock()
	for name, value := range answer.header {
		w.Header().Set(name, value)
	}
	if answer.lose {
		panic(http.ErrAbortHandler)
	}
	if answer.cut {
		w.Header().Set("Content-Length", fmt.Sprint(len(answer.body)+10))
	}
	w.WriteHeader(answer.status)
	_, _ = io.WriteString(w, answer.body)
	if answer.cut {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// good is what a healthy service answers, as production does: bare text where
// the documentation shows JSON.
func (s *service) good(op string, r *http.Request) reply {
	switch op {
	case "hostname":
		return ok(r.Host)
	case "token":
		s.tokens++
		return ok(scoped(s.tokens, time.Hour))
	case "open":
		return ok(opened)
	case "append":
		return ok(`{"next_continuation_token":"0_2","status_code":0,"message":null}`)
	case "status":
		return ok(`{"channel_statuses":{}}`)
	}
	return ok("")
}

const opened = `{"next_continuation_token":"0_1","channel_status":{"channel_status_code":"SUCCESS","last_committed_offset_token":"7","created_on_ms":12}}`

func ok(body string) reply { return reply{status: 200, body: body} }

// scoped is a token that says when it ends, as the service's do.
func scoped(n int, life time.Duration) string {
	now := time.Now()
	payload := fmt.Sprintf(`{"n":%d,"iat":%d,"exp":%d}`, n, now.Unix(), now.Add(life).Unix())
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
}

// of returns the calls of an operation so far.
func (s *service) of(op string) []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []call
	for _, c := range s.calls {
		if c.op == op {
			found = append(found, c)
		}
	}
	return found
}

// batch is one of two rows, not compressed.
func batch() *messages.SealedBatch {
	return &messages.SealedBatch{
		Body: [][]byte{[]byte("{\"a\":1}\n"), []byte("{\"a\":2}\n")}, Length: 16, Raw: 16,
		RequestID: "6f1c2f0e-0000-4000-8000-000000000001", Start: "1.5.0.0.shardId-000000000000", End: "1.6.*.0.shardId-000000000000",
	}
}

// wantFault checks an error's meaning.
func wantFault(t *testing.T, err error, class messages.Class, reason messages.Reason, complete bool) *messages.Fault {
	t.Helper()
	var f *messages.Fault
	if !errors.As(err, &f) {
		t.Fatalf("error %v is no fault", err)
	}
	if f.Class != class || f.Reason != reason || f.Complete != complete {
		t.Errorf("fault %s/%s complete=%t (%v), want %s/%s complete=%t", f.Class, f.Reason, f.Complete, f, class, reason, complete)
	}
	return f
}

// script sets what an operation answers from now on.
func (s *service) script(op string, replies ...reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.scripts == nil {
		s.scripts = map[string][]reply{}
	}
	s.scripts[op] = replies
}
