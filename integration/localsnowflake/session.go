package localsnowflake

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

// Lives of the tokens that a login hands out (spec 4.3).
const (
	sessionTokenLife = time.Hour
	masterTokenLife  = 4 * time.Hour
)

// Codes of the session layer.
const (
	codeBadCredentials  = "390100"
	codeUserDisabled    = "390101"
	codeSessionGone     = "390111"
	codeSessionExpired  = "390112"
	codeMasterExpired   = "390114"
	codeDriverJWT       = "390144"
	codeRoleNotGranted  = "390189"
	codeDatabaseMissing = "390201"
	codeOAuthInvalid    = "390303"
	codePATInvalid      = "394400"
	codeNotSupported    = "390141"
)

// session is one login.
type session struct {
	id    int64
	sql   *sql.Session
	token string // of the session; replaced by a renewal
	until time.Time

	masterToken string
	masterUntil time.Time

	statement sync.Mutex // held while a statement runs

	mu       sync.Mutex
	requests map[string]*execution // by requestId
	order    []string              // of them
}

// keptRequests is how many requests a session remembers: a driver that lost an
// answer sends the same request again, and its statement must not run twice.
const keptRequests = 16

// requested finds the statement of a request, or makes it.
func (s *session) requested(id string, begin func() *execution) (x *execution, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x, known = s.requests[id]; known && id != "" {
		return x, true
	}
	x = begin()
	if id == "" {
		return x, false
	}
	s.requests[id] = x
	s.order = append(s.order, id)
	for len(s.order) > keptRequests && s.requests[s.order[0]].isDone() {
		delete(s.requests, s.order[0])
		s.order = s.order[1:]
	}
	return x, false
}

// request finds the statement of a request; nil when there is none.
func (s *session) request(id string) *execution {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[id]
}

// sessions finds sessions by their tokens.
type sessions struct {
	now func() time.Time
	end func(*session) // of one whose master token is over

	mu       sync.Mutex
	lastID   int64
	byToken  map[string]*session
	byMaster map[string]*session
	expired  map[string]expiry // tokens that are over, for a while
	swept    time.Time
}

// expiry is what the holder of a token that is over is told.
type expiry struct {
	code  string
	until time.Time // forgotten then: the session no longer exists
}

func newSessions(now func() time.Time, end func(*session)) *sessions {
	return &sessions{now: now, end: end, byToken: map[string]*session{}, byMaster: map[string]*session{}, expired: map[string]expiry{}}
}

// open begins a session.
func (s *sessions) open(sq *sql.Session) *session {
	s.sweep()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID++
	sq.ID = strconv.FormatInt(s.lastID, 10)
	made := &session{id: s.lastID, sql: sq, token: newToken(), masterToken: newToken(), until: s.now().Add(sessionTokenLife),
		masterUntil: s.now().Add(masterTokenLife), requests: map[string]*execution{}}
	s.byToken[made.token], s.byMaster[made.masterToken] = made, made
	return made
}

// find returns the session of a request, or the code that says why not.
func (s *sessions) find(r *http.Request) (found *session, code string) {
	s.sweep()
	token := bearer(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.byToken[token]
	switch {
	case ok && s.now().Before(found.until):
		return found, ""
	case ok, s.expired[token].code != "":
		return nil, codeSessionExpired
	}
	return nil, codeSessionGone
}

// renew gives the session of a master token new tokens.
func (s *sessions) renew(r *http.Request) (renewed *session, code string) {
	s.sweep()
	token := bearer(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	renewed, ok := s.byMaster[token]
	if !ok && s.expired[token].code == codeMasterExpired {
		return nil, codeMasterExpired
	}
	if !ok {
		return nil, codeSessionGone
	}
	if !s.now().Before(renewed.masterUntil) {
		return nil, codeMasterExpired
	}
	delete(s.byToken, renewed.token)
	delete(s.byMaster, renewed.masterToken)
	s.expired[renewed.token] = expiry{codeSessionExpired, s.now().Add(masterTokenLife)}
	renewed.token, renewed.until = newToken(), s.now().Add(sessionTokenLife)
	renewed.masterToken, renewed.masterUntil = newToken(), s.now().Add(masterTokenLife)
	s.byToken[renewed.token], s.byMaster[renewed.masterToken] = renewed, renewed
	return renewed, ""
}

// close ends a session. What runs on its own goes on (ABORT_DETACHED_QUERY is
// FALSE), so that another session may ask for its result.
func (s *sessions) close(gone *session) {
	s.mu.Lock()
	delete(s.byToken, gone.token)
	delete(s.byMaster, gone.masterToken)
	s.mu.Unlock()
}

// sweepEvery is how often sessions are looked through for those that are over.
const sweepEvery = time.Minute

// sweep ends the sessions whose master token is over: their drivers are gone
// without a word, and may have left a transaction that holds locks. Requests
// call it; one that waits for a lock asks again for its result, which sweeps.
func (s *sessions) sweep() {
	for _, gone := range s.over() {
		s.end(gone)
	}
}

// over takes the sessions out whose master token is over.
func (s *sessions) over() (list []*session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if now.Sub(s.swept) < sweepEvery {
		return nil
	}
	s.swept = now
	for token, e := range s.expired {
		if !now.Before(e.until) {
			delete(s.expired, token)
		}
	}
	for _, x := range s.byMaster {
		if now.Before(x.masterUntil) {
			continue
		}
		delete(s.byToken, x.token)
		delete(s.byMaster, x.masterToken)
		until := now.Add(masterTokenLife)
		s.expired[x.token], s.expired[x.masterToken] = expiry{codeSessionExpired, until}, expiry{codeMasterExpired, until}
		list = append(list, x)
	}
	return list
}

// bearer reads the token of Authorization: Snowflake Token="...".
func bearer(r *http.Request) string {
	rest, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Snowflake Token=")
	return strings.Trim(rest, `"`)
}

func newToken() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

var sessionMessages = map[string]string{
	codeSessionGone:    "Session no longer exists. New login required to access the service.",
	codeSessionExpired: "Session token has expired. Renew it with the master token.",
	codeMasterExpired:  "Authentication token has expired. The user must authenticate again.",
}
