package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// snowpipe is the part of Snowpipe Streaming that an append needs. It keeps no
// row: it counts and checks them, and commits at once. Continuation tokens
// fence as the service's do, so a contestant that repeats or skips an append
// fails.
type snowpipe struct {
	bodies sync.Pool

	mu       sync.Mutex
	channels map[string]*channel
}

// channel is one open channel. Its name ends with its shard's.
type channel struct {
	mu        sync.Mutex
	tally     shardTally
	appends   int64
	openings  int64
	committed string
	created   int64 // ms since 1970
}

func newSnowpipe() *snowpipe {
	s := &snowpipe{bodies: sync.Pool{New: func() any { return new([]byte) }}}
	s.reset()
	return s
}

// reset forgets every channel.
func (s *snowpipe) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels = map[string]*channel{}
}

// tallies returns what arrived per shard. A shard with two channels is an error.
func (s *snowpipe) tallies() (map[string]*shardTally, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[string]*shardTally{}
	for name, ch := range s.channels {
		shard := name[max(0, len(name)-len(shardName(0))):]
		if found[shard] != nil {
			return nil, fmt.Errorf("%s has two channels", shard)
		}
		ch.mu.Lock()
		tally := ch.tally
		ch.mu.Unlock()
		found[shard] = &tally
	}
	return found, nil
}

// ServeHTTP implements http.Handler.
func (s *snowpipe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	path := r.URL.Path
	_, name, _ := strings.Cut(path, "/channels/")
	switch {
	case path == "/v2/streaming/hostname":
		_, _ = io.WriteString(w, r.Host)
	case path == "/oauth/token":
		_, _ = io.WriteString(w, "bench-token")
	case strings.HasSuffix(name, "/rows"):
		s.append(w, r, s.channel(strings.TrimSuffix(name, "/rows")))
	case strings.HasSuffix(path, ":bulk-channel-status"):
		s.status(w)
	case name != "" && r.Method == http.MethodPut:
		s.open(w, s.channel(name))
	case name != "" && r.Method == http.MethodDelete:
		writeJSON(w, map[string]any{"status_code": 0})
	default:
		http.NotFound(w, r)
	}
}

func (s *snowpipe) channel(name string) *channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[name]
	if ch == nil {
		ch = &channel{created: time.Now().UnixMilli()}
		s.channels[name] = ch
	}
	return ch
}

func (s *snowpipe) open(w http.ResponseWriter, ch *channel) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ch.openings++
	writeJSON(w, map[string]any{"next_continuation_token": ch.continuation(), "channel_status": ch.status(), "status_code": 0})
}

func (s *snowpipe) status(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	statuses := map[string]any{}
	for name, ch := range s.channels {
		ch.mu.Lock()
		statuses[name] = ch.status()
		ch.mu.Unlock()
	}
	writeJSON(w, map[string]any{"channel_statuses": statuses, "status_code": 0})
}

var errFenced = errors.New("the continuation token is not the next one")

// append takes a body, and answers once it is counted and checked.
func (s *snowpipe) append(w http.ResponseWriter, r *http.Request, ch *channel) {
	buffer := s.bodies.Get().(*[]byte)
	defer s.bodies.Put(buffer)
	if int64(cap(*buffer)) < r.ContentLength {
		*buffer = make([]byte, r.ContentLength)
	}
	body := (*buffer)[:max(0, r.ContentLength)]
	_, err := io.ReadFull(r.Body, body)
	query := r.URL.Query()
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if err == nil && query.Get("continuationToken") != ch.continuation() {
		err = errFenced
	}
	if err != nil {
		refuse(w, "STALE_CONTINUATION_TOKEN_SEQUENCER", err)
		return
	}
	ch.tally.add(body)
	ch.appends++
	ch.committed = query.Get("endOffsetToken")
	writeJSON(w, map[string]any{"next_continuation_token": ch.continuation(), "status_code": 0})
}

func (ch *channel) continuation() string {
	return strconv.FormatInt(ch.openings, 10) + "_" + strconv.FormatInt(ch.appends, 10)
}

func (ch *channel) status() map[string]any {
	status := map[string]any{
		"channel_status_code": "SUCCESS", "created_on_ms": ch.created, "last_committed_offset_token": nil,
		"rows_inserted": ch.tally.Rows, "rows_parsed": ch.tally.Rows, "rows_error_count": 0,
	}
	if ch.committed != "" {
		status["last_committed_offset_token"] = ch.committed
	}
	return status
}
