package sim

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// Journal is a node's journal. It fails for a while, and outlives the node: a
// later one may get it, be it old, cut, or another node's (P25).
type Journal struct {
	world *World
	node  string

	mu     sync.Mutex
	memory *journal.Memory
	fails  string // kind of failure; "" = none
	until  time.Time
}

// kinds of journal failures. None may matter to the flow.
var journalFailures = []string{"journal: disk full", "journal: fsync error", "journal: torn write"}

var errDisk = errors.New("no space left on device")

// breakFor makes the journal fail.
func (j *Journal) breakFor(kind string, d time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.fails, j.until = kind, time.Now().Add(d)
}

// Append implements messages.Journal, like the rest.
func (j *Journal) Append(ctx context.Context, stream string, entries []messages.Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.fails != "" && time.Now().Before(j.until) {
		j.world.ledger.fired(j.fails)
		if j.fails == "journal: torn write" && len(entries) > 1 {
			_ = j.memory.Append(ctx, stream, entries[:len(entries)/2]) // what is there is there
		}
		return errDisk
	}
	return j.memory.Append(ctx, stream, entries)
}

// Read yields what was kept.
func (j *Journal) Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.memory.Read(ctx, stream, after, yield)
}

// Close does nothing: the journal outlives its node.
func (j *Journal) Close() error { return nil }

// pastJournal is a new node's journal: empty, or some earlier node's.
func (w *World) pastJournal() *Journal {
	d := throw(w.plan.Seed, "journal", nodeName(w.born))
	if len(w.nodes) > 0 && d.chance(600) {
		return &Journal{world: w, memory: w.nodes[d.IntN(len(w.nodes))].journal.memory}
	}
	return &Journal{world: w, memory: &journal.Memory{}}
}

// Letters is where a node's dead letters go.
type Letters struct {
	world *World
	node  *Node
}

// Put implements messages.DeadLetter.
func (l *Letters) Put(_ context.Context, letters []messages.Letter) error {
	w := l.world
	name := l.node.name + " deadletter " + string(letters[0].Shard) + letters[0].Seq + "/" + letters[0].Sub
	w.ledger.called(name)
	if l.node.isDead() {
		return errDisk
	}
	w.lettersMu.Lock()
	w.lettersPut++
	n := w.lettersPut
	w.lettersMu.Unlock()
	if !w.menu.calm.Load() && throw(w.plan.Seed, "letters", name, statusText[n%600]).chance(60) {
		w.ledger.strike(&Blow{kind: "dead letter not kept", node: l.node.name, shard: string(letters[0].Shard), call: name})
		return errDisk
	}
	w.oracle.letters(letters)
	return nil
}

// Close does nothing.
func (l *Letters) Close() error { return nil }
