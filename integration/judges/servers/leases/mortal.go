package leases

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// direct is the way to the server without a death in it.
var direct = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: time.Minute}

var errDead = errors.New("the process is dead")

// mortal is the HTTP client of a process that dies with one of its calls: before
// the service has it, or after it had its effect and before the answer came.
type mortal struct {
	at    int // calls that come first
	after bool
	die   func()

	mu    sync.Mutex
	calls int
	dead  bool
}

// Do implements the SDK's HTTP client.
func (m *mortal) Do(r *http.Request) (*http.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return nil, errDead
	}
	if m.calls++; m.calls <= m.at {
		return direct.Do(r)
	}
	m.dead = true
	if m.after {
		if res, err := direct.Do(r); err == nil {
			_, _ = io.Copy(io.Discard, res.Body) // it had its effect, which is all
			_ = res.Body.Close()
		}
	}
	m.die()
	return nil, errDead
}

// stale is the HTTP client of a process whose requests for a table that was made
// anew are led to the deleted one for a while, as NIFI-16003 saw it: from the
// first of them on.
type stale struct {
	table string
	lasts time.Duration

	mu      sync.Mutex
	deleted bool
	until   time.Time
	refused int
}

// Do implements the SDK's HTTP client.
func (s *stale) Do(r *http.Request) (*http.Response, error) {
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	about, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(about)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(string(text), `"TableName":"`+s.table+`"`) {
		return direct.Do(r)
	}
	if (action == "PutItem" || action == "UpdateItem" || action == "GetItem") && s.misleads() {
		return s.mislead(r), nil
	}
	res, err := direct.Do(r)
	if err == nil && action == "DeleteTable" && res.StatusCode == http.StatusOK {
		s.mu.Lock()
		s.deleted, s.until = true, time.Time{}
		s.mu.Unlock()
	}
	return res, err
}

// misleads reports whether a request of now is led to the deleted table.
func (s *stale) misleads() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.deleted {
		return false
	}
	if s.until.IsZero() {
		s.until = time.Now().Add(s.lasts)
	}
	return time.Now().Before(s.until)
}

func (s *stale) mislead(r *http.Request) *http.Response {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused++
	return &http.Response{
		StatusCode: http.StatusBadRequest, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(`{"__type":"com.amazon.coral.validate#ValidationException","message":"The provided key element does not match the schema"}`)),
	}
}
