package actors

import (
	"context"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

const (
	// stretchMemory is how many appended batches per shard a book remembers,
	// at most: those that are checkpointed are forgotten at once.
	stretchMemory = 4096
	// writerMemory is how long a book remembers a writer that is silent. One
	// that speaks again is believed: whatever it has left was not answered.
	writerMemory = time.Hour
)

// Book is the journal as a ledger uses it: it knows what it has already been
// given, and the recent appends of every shard. It outlives the Ledger actor,
// so that a respawned one neither repeats nor forgets. Safe for concurrent
// use.
type Book struct {
	journal messages.Journal
	onEvent func(stream string, e messages.Event) // may be nil; called off the data path
	writer  string

	mu      sync.Mutex
	kept    map[string]had // by stream and writer
	swept   time.Time
	appends map[string][]messages.BatchAppended
	loaded  map[string]bool
	written int64
	dropped int64
	unknown int64
	err     string
}

// stateful is a journal that knows how it is: what it dropped after it had
// taken it, too.
type stateful interface {
	State() messages.JournalState
}

// NewBook opens a book on a journal. writer is who signs the entries.
func NewBook(journal messages.Journal, writer string, onEvent func(stream string, e messages.Event)) *Book {
	return &Book{
		journal: journal, writer: writer, onEvent: onEvent,
		kept: map[string]had{}, appends: map[string][]messages.BatchAppended{}, loaded: map[string]bool{},
	}
}

// had is how far a writer's events are kept, and since when.
type had struct {
	upto int64
	at   time.Time
}

// Keep writes a writer's events from number from on, leaving out those it has,
// and returns the number up to which it has them. Events that do not follow
// those are left to the writer's repetition: the message between was lost. An
// event that cannot be kept is given up and counted: the flow does not wait
// for evidence (P25).
func (b *Book) Keep(ctx context.Context, m *messages.RecordEvents) (upto int64) {
	events, upto := b.fresh(m)
	if len(events) == 0 {
		return upto
	}
	entries := make([]messages.Entry, 0, len(events))
	now := time.Now().UTC()
	for _, e := range events {
		body, err := messages.Encode(e)
		if err != nil {
			b.lost(1, err)
			continue
		}
		entries = append(entries, messages.Entry{At: now, Writer: m.Writer, Kind: e.Kind(), Body: body})
	}
	if err := b.journal.Append(ctx, m.Stream, entries); err != nil {
		b.lost(int64(len(entries)), err)
	} else {
		b.mu.Lock()
		b.written, b.err = b.written+int64(len(entries)), ""
		b.mu.Unlock()
	}
	if b.onEvent != nil {
		for _, e := range events {
			b.onEvent(m.Stream, e)
		}
	}
	return upto
}

// fresh returns the events that the book does not have, and counts them as
// had. A gap is only taken where the writer itself has given up what was in it.
func (b *Book) fresh(m *messages.RecordEvents) (events []messages.Event, upto int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key, now := m.Stream+"\n"+m.Writer, time.Now()
	b.sweep(now)
	upto = b.kept[key].upto
	if m.From > upto+1 && m.From > m.Oldest {
		return nil, upto
	}
	events = m.Events
	if skip := upto - m.From + 1; skip > 0 {
		events = events[min(skip, int64(len(events))):]
	}
	upto = max(upto, m.From+int64(len(m.Events))-1)
	b.kept[key] = had{upto, now}
	for _, e := range events {
		switch e := e.(type) {
		case *messages.BatchAppended:
			b.remember(m.Stream, *e)
		case *messages.Checkpointed:
			b.forget(m.Stream, e)
		case *messages.ShardEnded:
			delete(b.appends, m.Stream)
		}
	}
	return events, upto
}

// sweep forgets writers that are gone: every generation is one.
func (b *Book) sweep(now time.Time) {
	if now.Sub(b.swept) < writerMemory {
		return
	}
	b.swept = now
	for key, h := range b.kept {
		if now.Sub(h.at) >= writerMemory {
			delete(b.kept, key)
		}
	}
}

// forget drops the batches that a checkpoint covers: no stretch begins before
// what the row has.
func (b *Book) forget(stream string, e *messages.Checkpointed) {
	list := b.appends[stream]
	left := list[:0]
	for _, a := range list {
		if !e.To.Covers(a.To) && !e.Skipped.Covers(a.To) {
			left = append(left, a)
		}
	}
	clear(list[len(left):])
	b.appends[stream] = left
}

func (b *Book) remember(stream string, a messages.BatchAppended) {
	b.appends[stream] = newest(append(b.appends[stream], a))
}

// newest keeps a list short: the journal's own may be months long.
func newest(list []messages.BatchAppended) []messages.BatchAppended {
	if len(list) <= stretchMemory {
		return list
	}
	return append([]messages.BatchAppended(nil), list[len(list)-stretchMemory/2:]...)
}

func (b *Book) lost(n int64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dropped, b.err = b.dropped+n, err.Error()
}

// State is the ledger's health: the journal's own where it has a word for it,
// and else what became of the calls to it.
func (b *Book) State() messages.JournalState {
	j, knows := b.journal.(stateful)
	own := messages.JournalState{}
	if knows {
		own = j.State() // takes the journal's locks, not beside ours
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !knows {
		own = messages.JournalState{Written: b.written, Dropped: b.dropped, Error: b.err}
	}
	own.Unknown += b.unknown
	return own
}

// Stretch counts what was appended between two positions, if the book has
// every batch of it. It reads a stream's past from the journal once.
func (b *Book) Stretch(ctx context.Context, m *messages.StretchWanted) (messages.Counters, bool) {
	stream := ShardStream(m.Shard)
	b.load(ctx, stream)
	b.mu.Lock()
	defer b.mu.Unlock()
	return sumStretch(b.appends[stream], m.From, m.To, m.Digest)
}

// load reads a stream's appends that earlier processes kept. What cannot be
// read was written by a newer version, or is damaged: it is counted.
func (b *Book) load(ctx context.Context, stream string) {
	b.mu.Lock()
	if b.loaded[stream] {
		b.mu.Unlock()
		return
	}
	b.loaded[stream] = true
	b.mu.Unlock()
	var past []messages.BatchAppended
	unknown := int64(0)
	err := b.journal.Read(ctx, stream, 0, func(e messages.Entry) bool {
		event, err := messages.Decode(e.Kind, e.Body)
		if err != nil {
			unknown++
		}
		if a, ok := event.(*messages.BatchAppended); ok && ShardStream(a.Shard) == stream {
			past = newest(append(past, *a))
		}
		return true
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unknown += unknown
	if err != nil {
		b.err = err.Error()
	}
	b.appends[stream] = newest(append(past, b.appends[stream]...))
}

// sumStretch walks the newest chain of batches back from to until from. A
// batch that a rewind cancelled has a later twin, and the later one counts.
func sumStretch(list []messages.BatchAppended, from, to messages.Position, digest messages.Digest) (messages.Counters, bool) {
	var chain []*messages.BatchAppended
	at := to
	for i := len(list) - 1; i >= 0 && at != from; i-- {
		if list[i].To == at {
			chain, at = append(chain, &list[i]), list[i].After
		}
	}
	if at != from {
		return messages.Counters{}, false
	}
	sum := messages.Counters{Digest: digest}
	for i := len(chain) - 1; i >= 0; i-- {
		a := chain[i]
		sum = sum.Add(messages.Counters{
			Read: a.Records, Discarded: a.Discarded, Filtered: a.Filtered, Appended: a.Rows,
			Digest: sum.Digest.Fold(a.To, a.Rows),
		})
	}
	return sum, true
}
