package actors

import (
	"context"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// stretchMemory is how many appended batches per shard a book remembers.
const stretchMemory = 4096

// Book is the journal as a ledger uses it: it knows what it has already been
// given, and the recent appends of every shard. It outlives the Ledger actor,
// so that a respawned one neither repeats nor forgets. Safe for concurrent
// use.
type Book struct {
	journal messages.Journal
	onEvent func(stream string, e messages.Event) // may be nil; called off the data path
	writer  string

	mu      sync.Mutex
	kept    map[string]int64 // stream and writer -> number of the last event kept
	appends map[string][]messages.BatchAppended
	loaded  map[string]bool
	written int64
	dropped int64
	err     string
}

// NewBook opens a book on a journal. writer is who signs the entries.
func NewBook(journal messages.Journal, writer string, onEvent func(stream string, e messages.Event)) *Book {
	return &Book{
		journal: journal, writer: writer, onEvent: onEvent,
		kept: map[string]int64{}, appends: map[string][]messages.BatchAppended{}, loaded: map[string]bool{},
	}
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
	key := m.Stream + "\n" + m.Writer
	if m.From > b.kept[key]+1 && m.From > m.Oldest {
		return nil, b.kept[key]
	}
	events = m.Events
	if skip := b.kept[key] - m.From + 1; skip > 0 {
		events = events[min(skip, int64(len(events))):]
	}
	b.kept[key] = max(b.kept[key], m.From+int64(len(m.Events))-1)
	for _, e := range events {
		if a, ok := e.(*messages.BatchAppended); ok {
			b.remember(m.Stream, *a)
		}
	}
	return events, b.kept[key]
}

func (b *Book) remember(stream string, a messages.BatchAppended) {
	list := append(b.appends[stream], a)
	if len(list) > stretchMemory {
		list = append([]messages.BatchAppended(nil), list[len(list)-stretchMemory/2:]...)
	}
	b.appends[stream] = list
}

func (b *Book) lost(n int64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dropped, b.err = b.dropped+n, err.Error()
}

// State is the ledger's health.
func (b *Book) State() messages.JournalState {
	b.mu.Lock()
	defer b.mu.Unlock()
	return messages.JournalState{Written: b.written, Dropped: b.dropped, Error: b.err}
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

// load reads a stream's appends that earlier processes kept.
func (b *Book) load(ctx context.Context, stream string) {
	b.mu.Lock()
	if b.loaded[stream] {
		b.mu.Unlock()
		return
	}
	b.loaded[stream] = true
	b.mu.Unlock()
	var past []messages.BatchAppended
	err := b.journal.Read(ctx, stream, 0, func(e messages.Entry) bool {
		if e.Kind != messages.KindBatchAppended {
			return true
		}
		if event, err := messages.Decode(e.Kind, e.Body); err == nil {
			past = append(past, *event.(*messages.BatchAppended))
		}
		return true
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.err = err.Error()
	}
	b.appends[stream] = append(past[max(0, len(past)-stretchMemory):], b.appends[stream]...)
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
