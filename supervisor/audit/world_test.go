package audit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

const shard = messages.ShardID("shardId-000000000000")

var noon = time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)

// at is the position of record n.
func at(n int) messages.Position {
	if n == 0 {
		return messages.Position{}
	}
	return messages.Position{Seq: messages.SequenceNumber(strconv.Itoa(1000 + n)), Sub: messages.Whole}
}

// world is one shard that was worked on in good order: what every witness says
// of it.
type world struct {
	t        *testing.T
	journals []*journal.Memory
	row      *messages.ShardRow
	status   *messages.ChannelStatus
	rows     map[messages.Position]int64 // in the table
	errors   int64
	digest   messages.Digest
	counters messages.Counters
	end      int // the last record appended
	epoch    int64
	asked    int  // statements to count
	places   int  // single ones that were asked for
	moves    bool // the token moves from one question to the next
	silent   bool // Snowflake's channels do not answer
	noSQL    bool
	owed     []messages.Event
	looks    int    // at the lease rows
	meantime func() // happens between a look at the lease rows and the one at the tokens
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, rows: map[messages.Position]int64{}, row: &messages.ShardRow{Shard: shard}, status: &messages.ChannelStatus{CreatedMS: 7, Healthy: true}}
	w.node()
	w.open(0)
	return w
}

// node goes on in the journal of another node.
func (w *world) node() { w.journals = append(w.journals, &journal.Memory{}) }

func (w *world) tell(events ...messages.Event) {
	w.t.Helper()
	for _, e := range events {
		body, err := messages.Encode(e)
		if err != nil {
			w.t.Fatal(err)
		}
		entry := messages.Entry{Kind: e.Kind(), Body: body, At: noon, Writer: fmt.Sprint("w", len(w.journals), w.epoch)}
		if err := w.journals[len(w.journals)-1].Append(context.Background(), "shard/"+string(shard), []messages.Entry{entry}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// open begins a generation after record n.
func (w *world) open(n int) {
	w.epoch++
	w.end = n
	w.tell(&messages.Opened{Shard: shard, Generation: w.epoch, Epoch: w.epoch, CreatedMS: 7, Start: at(n), At: noon})
}

// accept appends n records of one row each.
func (w *world) accept(n int) {
	w.tell(&messages.BatchAppended{
		Shard: shard, Generation: w.epoch, After: at(w.end), From: at(w.end + 1), To: at(w.end + n), Records: int64(n), Rows: int64(n),
		At: noon.Add(time.Duration(w.end) * time.Minute),
	})
	w.end += n
}

// batch appends, commits and checkpoints n records.
func (w *world) batch(n int) {
	w.accept(n)
	w.commit(n)
	w.tell(&messages.Checkpointed{Shard: shard, Epoch: w.epoch, To: at(w.end), Counters: w.counters, At: noon})
}

// commit makes the last n records durable, and writes the lease row.
func (w *world) commit(n int) {
	for i := w.end - n + 1; i <= w.end; i++ {
		w.rows[messages.Position{Seq: at(i).Seq, Sub: 0}]++
	}
	w.digest = w.digest.Fold(at(w.end), int64(n))
	w.counters = w.counters.Add(messages.Counters{Read: int64(n), Appended: int64(n), Committed: int64(n), Digest: w.digest})
	token := messages.Token{Position: at(w.end), Shard: shard}.String()
	w.row.Committed, w.row.Counters = token, w.counters
	w.status.Token, w.status.RowsInserted = token, w.status.RowsInserted+int64(n)
}

// pass notes n records without rows after the last one.
func (w *world) pass(n int) {
	w.counters = w.counters.Add(messages.Counters{Read: int64(n), Discarded: int64(n), Digest: w.digest})
	w.row.Counters = w.counters
	to := w.end + n
	w.row.Skipped = messages.Token{Position: at(to), Shard: shard}.String()
	w.tell(&messages.Checkpointed{Shard: shard, Epoch: w.epoch, To: at(w.end), Skipped: at(to), Counters: w.counters, At: noon})
	w.end = to
}

// audit asks everybody.
func (w *world) audit(change ...func(*Auditor)) *Report {
	w.t.Helper()
	cfg := config.Defaults()
	cfg.Application, cfg.Kinesis.Stream = "app", "orders"
	a := &Auditor{Connector: "orders", Config: cfg, Leases: leases{w}, Channels: channels{w}, Table: counted{w}}
	for _, j := range w.journals {
		a.Journals = append(a.Journals, j)
	}
	if w.noSQL {
		a.Table = nil
	}
	for _, c := range change {
		c(a)
	}
	r, err := a.Run(context.Background(), noon)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

type leases struct{ *world }

func (l leases) Stream(context.Context) (*messages.StreamRow, error) {
	return &messages.StreamRow{ARN: "arn", CreatedAt: noon}, nil
}

func (l leases) Rows(context.Context) (messages.TableRows, error) {
	row := *l.row
	if l.looks++; l.meantime != nil {
		l.meantime()
	}
	return messages.TableRows{Shards: []messages.ShardRow{row}, Nodes: []messages.NodeRow{{Node: "node-0"}}}, nil
}

type channels struct{ *world }

func (c channels) Status(_ context.Context, names []string) (map[string]*messages.ChannelStatus, error) {
	if c.silent {
		return nil, errors.New("no route to host")
	}
	if c.status == nil {
		return nil, nil
	}
	status := *c.status
	if c.moves && c.asked > 0 {
		status.Token += "9"
	}
	return map[string]*messages.ChannelStatus{names[0]: &status}, nil
}

// counted is the table.
type counted struct{ *world }

func (c counted) Tally(_ context.Context, spans []warehouse.Span) ([]warehouse.Tally, error) {
	tallies := make([]warehouse.Tally, len(spans))
	for i, s := range spans {
		for p, rows := range c.rows {
			if rows > 0 && s.To.Covers(p) && !s.From.Covers(p) {
				tallies[i].Rows += rows
				tallies[i].Positions++
			}
		}
	}
	c.asked++
	return tallies, nil
}

func (c counted) Repeated(_ context.Context, s warehouse.Span) (list []warehouse.Repeat, err error) {
	for p, rows := range c.rows {
		if s.To.Covers(p) && !s.From.Covers(p) && rows > 1 {
			list = append(list, warehouse.Repeat{Position: p, Rows: rows})
		}
	}
	return list, nil
}

func (c counted) RowsAt(_ context.Context, at []warehouse.Place) (counts []int64, err error) {
	c.places += len(at)
	for _, p := range at {
		counts = append(counts, c.rows[p.Position])
	}
	return counts, nil
}

func (c counted) Rejected(context.Context) (map[messages.ShardID]int64, error) {
	return map[messages.ShardID]int64{shard: c.errors}, nil
}

// kinds are the findings' kinds.
func kinds(r *Report) string {
	var all []string
	for _, s := range r.Shards {
		for _, f := range s.Findings {
			all = append(all, string(f.Kind))
		}
	}
	return strings.Join(all, " ")
}

// row is the table's row of record n.
func row(n int) messages.Position { return messages.Position{Seq: at(n).Seq, Sub: 0} }
