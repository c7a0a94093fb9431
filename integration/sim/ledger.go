package sim

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// memory is how long a blow may take to matter.
const memory = 60 * time.Second

// Blow is one thing that was done to the system.
type Blow struct {
	kind  string
	node  string // "" where it is nobody's alone
	shard string // "" where it is no shard's alone
	call  string // which call must be made again for it to have mattered; "" = none
	actor string // which actor must be spawned again
	at    time.Time

	within time.Duration // how long it may take to matter; 0 = memory
	slow   bool          // however long
}

// Tally counts one kind of blow.
type Tally struct {
	Fired   int64 `json:"fired"`
	Counted int64 `json:"counted"`
}

// Ledger decides which blows mattered: those that made a caller call again,
// ended a generation, spawned an actor anew, or moved a lease.
type Ledger struct {
	mu      sync.Mutex
	open    []*Blow
	tallies map[string]*Tally
	living  map[string]string // shard -> node that works on it
	actors  map[string]bool   // that were ever started
}

func newLedger() *Ledger {
	return &Ledger{tallies: map[string]*Tally{}, living: map[string]string{}, actors: map[string]bool{}}
}

func (l *Ledger) tally(kind string) *Tally {
	t := l.tallies[kind]
	if t == nil {
		t = &Tally{}
		l.tallies[kind] = t
	}
	return t
}

// strike notes a blow.
func (l *Ledger) strike(b *Blow) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.at = time.Now()
	l.tally(b.kind).Fired++
	l.open = append(l.open, b)
}

// settle counts the open blows that matter says yes to, and forgets the stale.
// mu is held.
func (l *Ledger) settle(matters func(*Blow) bool) {
	now := time.Now()
	l.open = slices.DeleteFunc(l.open, func(b *Blow) bool {
		if !b.slow && now.Sub(b.at) > cmp.Or(b.within, memory) {
			return true
		}
		if !matters(b) {
			return false
		}
		l.tally(b.kind).Counted++
		return true
	})
}

// called: a call is made; what made the same one fail before has mattered.
func (l *Ledger) called(call string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.open {
		if b.call == call {
			l.settle(func(b *Blow) bool { return b.call == call })
			return
		}
	}
}

// begun: an actor was started. A channel's start tells that a generation
// began, and so that one had ended or that the lease has moved.
func (l *Ledger) begun(actor string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.actors[actor] {
		l.settle(func(b *Blow) bool { return b.actor == actor })
	}
	l.actors[actor] = true
	node, rest, _ := strings.Cut(actor, "/")
	kind := rest[strings.LastIndex(rest, "/")+1:]
	if !strings.HasPrefix(kind, "channel-") {
		return
	}
	shard := rest[len("shards/"):strings.LastIndex(rest, "/")]
	was, known := l.living[shard]
	l.living[shard] = node
	if !known {
		l.settle(func(b *Blow) bool { return b.shard == shard && b.node == "" }) // a child of a reshard
		return
	}
	l.settle(func(b *Blow) bool {
		mine := b.node == "" || b.node == was || b.node == node && was != node
		return mine && (b.shard == shard || b.shard == "" && was != node)
	})
}

// refusedBy: a service refused calls by itself, which its clients repeat.
func (l *Ledger) refusedBy(service string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settle(func(b *Blow) bool { return b.call == "service "+service })
}

// fired counts a blow that should not matter.
func (l *Ledger) fired(kind string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tally(kind).Fired++
}

// worker is the node that works on a shard, "" for none.
func (l *Ledger) worker(shard string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.living[shard]
}

// worked lists the shards that were ever worked on.
func (l *Ledger) worked() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.living))
}
