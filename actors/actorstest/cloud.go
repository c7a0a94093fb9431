package actorstest

import (
	"fmt"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Cloud is the outside world of one stream and one table. Safe for concurrent
// use; what is exported may only be set before it is used.
type Cloud struct {
	Stream *Stream
	Table  *Table
	Sink   *Sink
	Target *Target // of the Sink

	mu       sync.Mutex // of all three, so that rules between them can be watched
	script   script
	problems []string
}

// NewCloud returns a world with an empty stream, where everything works.
func NewCloud() *Cloud {
	w := &Cloud{}
	w.Stream = &Stream{
		cloud: w, shards: map[messages.ShardID]*shard{}, Latency: 20 * time.Millisecond, PollEvery: 200 * time.Millisecond, Idle: 5 * time.Second,
		Info: messages.Stream{
			Name: "orders", ARN: "arn:aws:kinesis:eu-west-1:000000000000:stream/orders", CreatedAt: time.Now().Truncate(time.Second), Retention: 24 * time.Hour,
		},
	}
	w.Table = &Table{cloud: w, rows: map[messages.ShardID]*messages.ShardRow{}, nodes: map[string]*messages.NodeRow{}, ended: map[messages.ShardID]time.Time{}, Latency: 5 * time.Millisecond}
	w.Sink = &Sink{cloud: w, channels: map[string]*channel{}, tokens: map[string]bool{}, Latency: 30 * time.Millisecond, CommitDelay: time.Second}
	w.Target = &Target{cloud: w, Latency: 25 * time.Millisecond}
	return w
}

// Play sets the script of what goes wrong; nil ends it.
func (w *Cloud) Play(s Script) { w.script.set(s) }

// Calls is how often a method was called.
func (w *Cloud) Calls(op string) int { return w.script.calls(op) }

// problem notes that a rule was broken. The lock is held.
func (w *Cloud) problem(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

// Problems is every rule that was broken so far.
func (w *Cloud) Problems() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Sink.commitDue()
	return append([]string(nil), w.problems...)
}

// Missing compares the table with the stream: every row of every shard once and
// in order. It returns what is wrong, nothing when all of it is there.
func (w *Cloud) Missing() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Sink.commitDue()
	var wrong []string
	for _, id := range w.Stream.order {
		if text := compare(w.Stream.rows(id), w.Sink.rowsOf(id)); text != "" {
			wrong = append(wrong, string(id)+": "+text)
		}
	}
	return wrong
}

// DropAtRest drops a shard's channel, as Snowflake does with one that was idle
// for long, if the shard's row says that nothing is in flight. It reports
// whether it did.
func (w *Cloud) DropAtRest(channel string, id messages.ShardID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Sink.commitDue()
	row, ch := w.Table.rows[id], w.Sink.channels[channel]
	if row == nil || ch == nil || row.Ended || !row.Settled || row.Committed == "" || len(ch.waiting) > 0 {
		return false
	}
	delete(w.Sink.channels, channel)
	return true
}

// compare says where got departs from want.
func compare(want, got []string) string {
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] {
			return fmt.Sprintf("row %d is %q, want %q", i, got[i], want[i])
		}
	}
	if len(want) != len(got) {
		return fmt.Sprintf("%d rows, want %d", len(got), len(want))
	}
	return ""
}
