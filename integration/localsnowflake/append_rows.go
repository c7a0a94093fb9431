package localsnowflake

import (
	"bytes"
	"crypto/rand"
	"mime"
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// sessionHeader carries the affinity of a channel's appends (spec 1.8).
const sessionHeader = "X-Snowflake-Session"

// appendRows answers POST /data/.../channels/C/rows (spec 1.7, 1.12). The body
// is NDJSON of at most 4 MiB on the wire, plain, zstd or gzip. 200 says that
// the rows are accepted; whether they are good shows at the commit. An append
// whose continuation token was used before is answered 200 and ignored.
func (s *Server) appendRows(w http.ResponseWriter, r *http.Request, t target) {
	who, err := s.auth.ingest(r)
	if err != nil {
		writeError(w, err)
		return
	}
	pipe, err := s.pipe(t, who)
	if err != nil {
		writeError(w, err)
		return
	}
	if err := s.insist(r); err != nil {
		writeError(w, err)
		return
	}
	body, err := s.unpacker.body(r)
	if err != nil {
		writeError(w, err)
		return
	}
	s.answerAppend(w, r, pipe, t.channel, newBatch(body, r.URL.Query()))
}

// answerAppend accepts a batch, whichever way its rows came.
func (s *Server) answerAppend(w http.ResponseWriter, r *http.Request, pipe *catalog.Pipe, channel string, b *batch) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || b.end != nil && !utf8.ValidString(*b.end) || !utf8.ValidString(b.start) {
		writeError(w, refuse(http.StatusBadRequest, CodeInvalidRequest, "the query is not UTF-8 in URL encoding"))
		return
	}
	session, next, err := s.append(pipe, channel, query.Get("continuationToken"), r.Header.Get(sessionHeader), b)
	if session != "" {
		w.Header().Set(sessionHeader, session)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"next_continuation_token": next.String(), "status_code": 0, "message": nil})
}

// insist refuses headers that only Options say are wrong.
func (s *Server) insist(r *http.Request) error {
	if s.options.RequirePacked && r.Header.Get("Content-Encoding") == "" {
		return refuse(http.StatusBadRequest, CodeInvalidRequest, "the body is not packed")
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if s.options.RequireMediaType && (err != nil || media != "application/x-ndjson") {
		return refuse(http.StatusUnsupportedMediaType, CodeInvalidRequest, "Content-Type is not application/x-ndjson")
	}
	return nil
}

// enter counts an append that is being served, from its arrival until its
// answer is written, waits and losses that a fault hook adds included. leave
// ends that.
func (s *Server) enter(t target) (leave func()) {
	pipe := s.findPipe(t)
	if pipe == nil {
		return func() {}
	}
	key := keyOf(pipe, t.channel)
	s.channels.mu.Lock()
	s.channels.serving[key]++
	s.channels.mu.Unlock()
	return func() {
		s.channels.mu.Lock()
		defer s.channels.mu.Unlock()
		if s.channels.serving[key]--; s.channels.serving[key] == 0 {
			delete(s.channels.serving, key)
		}
	}
}

// newBatch reads the offset tokens: startOffsetToken and endOffsetToken, or
// the older offsetToken, which gives the end alone.
func newBatch(body []byte, query url.Values) *batch {
	b := &batch{body: body, start: query.Get("startOffsetToken")}
	for _, name := range []string{"endOffsetToken", "offsetToken"} {
		if query.Has(name) {
			end := query.Get(name)
			b.end = &end
			break
		}
	}
	return b
}

// append has the effect of an append and returns the channel's session value
// and the token that the next append must carry.
func (s *Server) append(pipe *catalog.Pipe, name, token, echoed string, b *batch) (string, continuation, error) {
	now := s.options.Now()
	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	ch, err := s.channels.find(keyOf(pipe, name), now)
	if err != nil {
		return "", continuation{}, err
	}
	if err := s.throttle(ch, len(b.body)); err != nil {
		return ch.session, continuation{}, err
	}
	if ch.session == "" {
		ch.session = rand.Text()
	} else if echoed != ch.session {
		ch.unechoed++
		if s.options.RequireSession {
			return ch.session, continuation{}, refuse(http.StatusBadRequest, CodeInvalidRequest, sessionHeader+" is not the value of the last answer")
		}
	}
	fresh, err := ch.check(token, s.options.RowSequenceGap)
	switch {
	case err != nil:
		return ch.session, continuation{}, err
	case !fresh:
		if ch.Code == CodeSuccess {
			ch.repeated++
		}
		return ch.session, ch.continuation(), nil
	case ch.waiting > 0 && ch.waiting+len(b.body) > s.options.MaxUncommitted:
		return ch.session, continuation{}, refuse(http.StatusTooManyRequests, statusQueueFull, "too many uncommitted rows in this channel")
	}
	b.accepted = time.Now()
	b.due = b.accepted.Add(s.committer.delay())
	if s.options.ParsedAtAcceptance {
		ch.RowsParsed += int64(bytes.Count(b.body, []byte{'\n'}))
	}
	next := ch.accept(b)
	if b.due.Before(s.channels.look) {
		s.committer.wake()
	}
	return ch.session, next, nil
}
