package actorstest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Sink is Snowpipe Streaming into one table.
type Sink struct {
	Latency     time.Duration // of every call
	CommitDelay time.Duration // from acceptance to the row in the table
	// Refuse may refuse an append because of its rows, in a complete answer.
	Refuse func(rows []string) error
	// Overflows invalidates the channel after it accepted such rows (P13).
	Overflows func(rows []string) bool
	// Miscount is what every status adds to the rows that were inserted.
	Miscount int64
	// Rejects makes a row an error row: it is not in the table, but counted.
	Rejects func(row string) bool

	cloud    *Cloud
	channels map[string]*channel
	tokens   map[string]bool // every token that was ever committed
	table    []tableRow
	sequence int // of openings; never repeats, a drop notwithstanding
	created  int64
}

type tableRow struct {
	shard messages.ShardID
	text  string
}

type channel struct {
	created   int64
	sequencer int
	taken     []*accepted // every append of this opening, by its token's second number
	waiting   []*accepted // accepted, not yet committed
	token     string
	code      string // "" = healthy
	overflow  bool
	errors    int64
	inserted  int64
}

// accepted is an append that was taken.
type accepted struct {
	requestID, end string
	body           string
	rows           []string
	due            time.Time
}

// Open implements RowSink.
func (s *Sink) Open(ctx context.Context, name string, failOnUncommitted bool) (*messages.Opening, error) {
	return call(ctx, &s.cloud.script, "Open", s.Latency, func() (*messages.Opening, error) {
		s.cloud.mu.Lock()
		defer s.cloud.mu.Unlock()
		s.commitDue()
		ch := s.channels[name]
		if ch == nil {
			s.created++
			ch = &channel{created: s.created}
			s.channels[name] = ch
		}
		if len(ch.waiting) > 0 && failOnUncommitted {
			return nil, Refusal(messages.Transient, messages.ReasonUncommitted, "")
		}
		s.sequence++
		ch.sequencer, ch.taken, ch.waiting, ch.code, ch.overflow = s.sequence, nil, nil, "", false
		return &messages.Opening{ChannelStatus: *ch.status(name), Continuation: ch.continuation()}, nil
	})
}

func (ch *channel) continuation() string { return fmt.Sprintf("%d_%d", ch.sequencer, len(ch.taken)) }

func (ch *channel) status(name string) *messages.ChannelStatus {
	code := ch.code
	if code == "" {
		code = "SUCCESS"
	}
	return &messages.ChannelStatus{
		Channel: name, Code: code, Healthy: ch.code == "", Token: ch.token, CreatedMS: ch.created, RowsInserted: ch.inserted, RowsErrors: ch.errors, Reason: ch.reason(),
	}
}

// reason is what the code of a channel that is not healthy means.
func (ch *channel) reason() messages.Reason {
	switch {
	case ch.overflow:
		return messages.ReasonOverflow
	case ch.code == "STALE_CONTINUATION_TOKEN_SEQUENCER":
		return messages.ReasonStale
	case ch.code == "ERR_CHANNEL_NO_LONGER_EXISTS":
		return messages.ReasonGone
	case ch.code != "":
		return messages.ReasonInvalidated
	}
	return ""
}

// Seal implements RowSink. It compresses nothing.
func (s *Sink) Seal(rows [][]byte) ([][]byte, int64, string, error) {
	body := bytes.Join(rows, nil)
	return [][]byte{body}, int64(len(body)), "", nil
}

// Recycle implements RowSink. A batch that is used afterwards has no body.
func (s *Sink) Recycle(batch *messages.SealedBatch) { batch.Body = nil }

// Append implements RowSink.
func (s *Sink) Append(ctx context.Context, name, continuation string, batch *messages.SealedBatch) (string, error) {
	var body strings.Builder
	body.Grow(int(batch.Length))
	for _, piece := range batch.Body {
		body.Write(piece)
	}
	sent := &accepted{requestID: batch.RequestID, end: batch.End, body: body.String()}
	return call(ctx, &s.cloud.script, "Append", s.Latency, func() (string, error) {
		s.cloud.mu.Lock()
		defer s.cloud.mu.Unlock()
		s.commitDue()
		return s.accept(name, continuation, sent)
	})
}

// accept takes one append, or says why not. The lock is held.
func (s *Sink) accept(name, continuation string, sent *accepted) (string, error) {
	var sequencer, row int
	if _, err := fmt.Sscanf(continuation, "%d_%d", &sequencer, &row); err != nil {
		return "", Refusal(messages.Transient, messages.ReasonRefused, "")
	}
	ch := s.channels[name]
	switch {
	case ch == nil:
		return "", Refusal(messages.Transient, messages.ReasonGone, "")
	case ch.sequencer != sequencer:
		return "", Refusal(messages.Fenced, messages.ReasonStale, "")
	case ch.code != "":
		return "", &messages.Fault{Class: messages.Transient, Reason: messages.ReasonInvalidated, Op: "Append", Err: fmt.Errorf("%s", ch.code), Complete: true}
	case row < len(ch.taken):
		return s.repeated(name, continuation, ch, row, sent)
	case row > len(ch.taken):
		s.cloud.problem("P10: %s appended under the token %s, which was never given", name, continuation)
		return "", Refusal(messages.Fenced, messages.ReasonStale, "")
	}
	sent.rows = strings.Split(strings.TrimSuffix(sent.body, "\n"), "\n")
	if s.Refuse != nil {
		if err := s.Refuse(sent.rows); err != nil {
			return "", err
		}
	}
	s.watchAccept(name, ch, sent)
	sent.due = time.Now().Add(s.CommitDelay)
	ch.taken, ch.waiting = append(ch.taken, sent), append(ch.waiting, sent)
	if s.Overflows != nil && s.Overflows(sent.rows) {
		ch.waiting, ch.code, ch.overflow = ch.waiting[:len(ch.waiting)-1], "ERR_CHANNEL_SCHEMA_EVOLUTION", true
	}
	return ch.continuation(), nil
}

// repeated answers an append under a token that was used: the last one again is
// a repetition, without effect; an earlier one is a request that was very late.
func (s *Sink) repeated(name, continuation string, ch *channel, row int, sent *accepted) (string, error) {
	if was := ch.taken[row]; was.requestID != sent.requestID || was.body != sent.body {
		s.cloud.problem("P11: %s appended other bytes under the used token %s", name, continuation)
	} else if row == len(ch.taken)-1 {
		return ch.continuation(), nil
	}
	return "", Refusal(messages.Fenced, messages.ReasonStale, "")
}

// Status implements StatusService.
func (s *Sink) Status(ctx context.Context, names []string) (map[string]*messages.ChannelStatus, error) {
	return call(ctx, &s.cloud.script, "Status", s.Latency, func() (map[string]*messages.ChannelStatus, error) {
		s.cloud.mu.Lock()
		defer s.cloud.mu.Unlock()
		s.commitDue()
		found := map[string]*messages.ChannelStatus{}
		for _, name := range names {
			if ch := s.channels[name]; ch != nil {
				found[name] = ch.status(name)
				found[name].RowsInserted += s.Miscount
			}
		}
		return found, nil
	})
}

// Drop implements ChannelService: the channel goes, its token and what it had
// not committed with it, unless the latter is to be refused.
func (s *Sink) Drop(ctx context.Context, name string, failOnUncommitted bool) error {
	_, err := call(ctx, &s.cloud.script, "Drop", s.Latency, func() (bool, error) {
		s.cloud.mu.Lock()
		defer s.cloud.mu.Unlock()
		s.commitDue()
		ch := s.channels[name]
		if ch == nil {
			return true, nil
		}
		if failOnUncommitted && len(ch.waiting) > 0 {
			return false, Refusal(messages.Transient, messages.ReasonUncommitted, "")
		}
		if failOnUncommitted { // else a human has decided it
			s.watchDrop(name, ch)
		}
		delete(s.channels, name)
		return true, nil
	})
	return err
}

// Lose makes a channel disappear, with everything.
func (s *Sink) Lose(name string) {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	s.commitDue()
	delete(s.channels, name)
}

// Exists reports whether there is a channel of a name.
func (s *Sink) Exists(name string) bool {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	return s.channels[name] != nil
}

// Invalidate makes a channel refuse everything until it is opened anew; what
// it had not committed is gone.
func (s *Sink) Invalidate(name, code string) {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	s.commitDue()
	if ch := s.channels[name]; ch != nil {
		ch.code, ch.waiting = code, nil
	}
}

// SetToken moves a channel's committed token by hand.
func (s *Sink) SetToken(name, token string) {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	s.channels[name].token = token
}
