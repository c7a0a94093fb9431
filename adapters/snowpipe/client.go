package snowpipe

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/kinesnow/kinesnow/messages"
)

// Client writes into one pipe. Make it with New. Safe for concurrent use by
// any number of channels; one channel has at most one append in flight.
type Client struct {
	gate     *gate
	caller   *caller
	sessions sessions
	seals    *sealer
	path     string // of the pipe, below /v2/streaming/ and /v2/streaming/data/
	target   string // of the pipe, for humans
	who      string // user and role, for humans
}

// New checks cfg and returns its client. It sends nothing yet. Errors name
// the field.
func New(cfg Config) (*Client, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	control, err := cfg.controlEndpoint()
	if err != nil {
		return nil, err
	}
	send, err := cfg.httpClient()
	if err != nil {
		return nil, err
	}
	c := &Client{
		caller: &caller{http: send, agent: userAgent(cfg.Application)},
		seals:  newSealer(cfg.Compression),
		path:   pipePath(cfg.Database, cfg.Schema, cfg.Pipe),
		target: cfg.Database + "." + cfg.Schema + "." + cfg.Pipe,
		who:    identity(cfg.User, cfg.Role),
	}
	c.gate = newGate(control, cfg.Tokens, c.caller, cfg.Account, c.who)
	return c, nil
}

// Close gives back idle connections. Calls that are under way go on.
func (c *Client) Close() { c.caller.http.CloseIdleConnections() }

// Format names the pipe, and keeps the credential out of every formatted text.
func (c *Client) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, "snowpipe client of "+c.target)
}

// request is one call to the ingest host, independent of host and credential.
type request struct {
	op      operation
	channel string // "" where the call is not one channel's
	method  string
	path    string // with the query
	header  http.Header
	body    *payload // nil = none
}

// send makes one attempt, one more with the same bytes and another credential
// when the first was refused with 401 (P11), and a last one where direct tokens
// are exchanged from then on (see fallBack). It returns the answer of a success,
// else a *messages.Fault.
func (c *Client) send(ctx context.Context, r *request) (*answer, error) {
	for refused, swapped := 0, false; ; {
		acc, err := c.gate.access(ctx)
		if err != nil {
			return nil, err
		}
		got, err := c.caller.call(ctx, acc, r)
		if err != nil {
			return nil, unanswered(r.op, r.channel, err)
		}
		if r.op == opAppend {
			c.sessions.set(r.channel, got.header.Get(sessionHeader))
		}
		switch {
		case got.status == http.StatusOK || got.status == http.StatusCreated:
			if acc.kind != "" {
				c.gate.directTaken()
			}
			return got, nil
		case got.status == http.StatusUnauthorized && refused == 0:
			c.gate.refused(acc)
			refused++
			continue
		case got.status == http.StatusUnauthorized && !swapped && c.gate.fallBack(acc):
			swapped = true
			continue
		case got.status == http.StatusGone:
			c.gate.forget(acc)
			c.sessions.clear()
		}
		return nil, c.refusal(r, got, acc)
	}
}

// refusal is the fault of an answer that is no success.
func (c *Client) refusal(r *request, got *answer, acc access) *messages.Fault {
	e := parseEnvelope(got.body)
	f := judge(r.op, got.status, e).fault(r.op, answerError(r.channel, got.status, e, acc.token))
	f.After = retryAfter(got)
	switch f.Stop {
	case messages.AccessDenied:
		f.Hint = "check the credentials of " + c.who + " and its grants on " + c.target
	case messages.TargetMissing:
		f.Hint = "check that " + c.target + " exists (exact case) and that " + c.who + " may use it"
	}
	return f
}

func (c *Client) controlPath(rest string) string { return "/v2/streaming/" + c.path + rest }
func (c *Client) dataPath(rest string) string    { return "/v2/streaming/data/" + c.path + rest }

func channelSegment(channel string) string { return "/channels/" + url.PathEscape(channel) }

// identity names who acts, for hints.
func identity(user, role string) string {
	var parts []string
	if user != "" {
		parts = append(parts, "user "+user)
	}
	if role != "" {
		parts = append(parts, "role "+role)
	}
	if len(parts) == 0 {
		return "this user"
	}
	return strings.Join(parts, " with ")
}

// sessions keeps each channel's affinity value: what the last answer of its
// data path said in x-snowflake-session, to be sent back with the next append.
type sessions struct {
	mu     sync.Mutex
	values map[string]string
}

const sessionHeader = "x-snowflake-session"

func (s *sessions) get(channel string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values[channel]
}

// set replaces the value; an answer without one clears it.
func (s *sessions) set(channel, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if value == "" {
		delete(s.values, channel)
		return
	}
	if s.values == nil {
		s.values = map[string]string{}
	}
	s.values[channel] = value
}

func (s *sessions) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values = nil
}
