package actors

import (
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// flushTime is how long a peer takes to commit a shard that it gives up.
const flushTime = 700 * time.Millisecond

// peers are many processes on one lease table, each with its Lease alone: what
// stands for its shard manager begins a generation of what it holds, and gives
// up what it is asked for. Start them inside a bubble.
type peers struct {
	t      *testing.T
	cloud  *actorstest.Cloud
	shards int
	system *actor.ActorSystem
	alive  []*peer
	born   int

	owner map[messages.ShardID]string // process that had it last
	moves []move                      // of shards from one process to another
	bare  map[messages.ShardID]time.Time
	worst time.Duration // that a shard had no living owner
}

// move is a shard's way from one process to another.
type move struct {
	shard    messages.ShardID
	from, to string
}

// peer is one process.
type peer struct {
	name string
	pid  *actor.PID
}

func newPeers(t *testing.T, shards int) *peers {
	t.Helper()
	p := &peers{
		t: t, cloud: actorstest.NewCloud(), shards: shards, system: actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) })),
		owner: map[messages.ShardID]string{}, bare: map[messages.ShardID]time.Time{},
	}
	for i := range shards {
		p.cloud.Stream.AddShard(actorstest.ShardID(i))
	}
	return p
}

// join starts a process.
func (p *peers) join() {
	p.t.Helper()
	p.born++
	name := "p" + strconv.Itoa(p.born)
	pid, err := p.system.Root.SpawnNamed(actor.PropsFromProducer(func() actor.Actor {
		return &peerHost{table: p.cloud.Table, streams: p.cloud.Stream, process: name, fleet: NewFleet(), begun: map[messages.ShardID]bool{}}
	}), name)
	if err != nil {
		p.t.Fatal(err)
	}
	p.alive = append(p.alive, &peer{name, pid})
}

// leave drains a process, kill ends it at once.
func (p *peers) leave(i int) { p.system.Root.Send(p.out(i), &drainNow{}) }
func (p *peers) kill(i int)  { p.system.Root.Stop(p.out(i)) }

func (p *peers) out(i int) *actor.PID {
	gone := p.alive[i]
	p.alive = slices.Delete(p.alive, i, i+1)
	return gone.pid
}

// watch lets time pass, and notes who owns what.
func (p *peers) watch(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		for i := range p.shards {
			id := actorstest.ShardID(i)
			row := p.cloud.Table.Row(id)
			if row == nil {
				continue
			}
			_, process, _ := strings.Cut(string(row.Owner), "/")
			if !p.living(process) {
				if p.bare[id].IsZero() {
					p.bare[id] = time.Now()
				}
				p.worst = max(p.worst, time.Since(p.bare[id]))
				process = "" // it may be given up in order, or handed to one that has just left
			} else {
				delete(p.bare, id)
			}
			if before := p.owner[id]; process != "" && before != process {
				if before != "" {
					p.moves = append(p.moves, move{id, before, process})
				}
				p.owner[id] = process
			}
		}
	}
}

func (p *peers) living(process string) bool {
	return slices.ContainsFunc(p.alive, func(a *peer) bool { return a.name == process })
}

// parts is how many shards each process had last.
func (p *peers) parts() map[string]int {
	parts := map[string]int{}
	for _, process := range p.owner {
		parts[process]++
	}
	return parts
}

// has is how many shards the table gives or promises to a process.
func (p *peers) has(process string) (n int) {
	for i := range p.shards {
		row := p.cloud.Table.Row(actorstest.ShardID(i))
		if strings.HasSuffix(string(row.Owner), "/"+process) || strings.HasSuffix(string(row.Handoff), "/"+process) {
			n++
		}
	}
	return n
}

// even demands that those alive own everything, to one shard.
func (p *peers) even(when string) {
	p.t.Helper()
	parts := p.parts()
	least, most, sum := p.shards, 0, 0
	for _, a := range p.alive {
		n := parts[a.name]
		least, most, sum = min(least, n), max(most, n), sum+n
	}
	if most-least > 1 || sum != p.shards || len(p.bare) > 0 {
		p.t.Errorf("%s: %v of %d shards, without a living owner %v", when, parts, p.shards, slices.Collect(maps.Keys(p.bare)))
	}
}

// since cuts the list of moves off, and demands that no shard is in it twice.
func (p *peers) since(what string) []move {
	p.t.Helper()
	moves := p.moves
	p.moves = nil
	seen := map[messages.ShardID]move{}
	for _, m := range moves {
		if before, twice := seen[m.shard]; twice {
			p.t.Errorf("%s: %s went from %s to %s and on to %s", what, m.shard, before.from, before.to, m.to)
		}
		seen[m.shard] = m
	}
	return moves
}

// end stops everybody.
func (p *peers) end() {
	for len(p.alive) > 0 {
		_ = p.system.Root.StopFuture(p.out(0)).Wait() // it has its own way to fail: synctest's
	}
	p.system.Shutdown()
	time.Sleep(2 * time.Second) // the dead-letter throttle keeps a ticker
	for _, problem := range p.cloud.Problems() {
		p.t.Error(problem)
	}
}

// peerHost stands for a process's connector and shard manager.
type peerHost struct {
	table   LeaseTable
	streams StreamCatalog
	process string
	fleet   *Fleet
	lease   *actor.PID
	begun   map[messages.ShardID]bool
	leaving bool
}

type flushedNow struct{ wanted *messages.ReleaseWanted }

func (h *peerHost) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started:
		h.lease = c.Spawn(actor.PropsFromProducer(func() actor.Actor {
			return NewLease(LeaseSettings{
				Table: h.table, Streams: h.streams, Process: h.process, Duration: leaseTime, Renew: 5 * time.Second,
				Position: "TRIM_HORIZON", Shards: c.Self(), Ledger: c.Self(), Fleet: h.fleet, Log: zerolog.Nop(),
			})
		}))
	case *messages.LeasesHeld:
		for _, s := range m.Shards {
			if !h.begun[s.Shard.ID] && !h.leaving {
				h.begun[s.Shard.ID] = true
				c.Request(h.lease, &messages.GenerationWanted{Shard: s.Shard.ID, Generation: 1})
			}
		}
	case *messages.LeaseLost:
		delete(h.begun, m.Shard)
	case *messages.HandoffWanted:
		if h.begun[m.Shard] && !h.leaving {
			After(c, flushTime, &flushedNow{&messages.ReleaseWanted{Shard: m.Shard, To: m.To}})
		}
	case *drainNow:
		h.leaving = true
		c.Send(h.lease, &messages.Leaving{})
		for id := range h.begun {
			After(c, flushTime, &flushedNow{&messages.ReleaseWanted{Shard: id}})
		}
		h.retire(c)
	case *flushedNow:
		c.Request(h.lease, m.wanted)
	case *messages.LeaseReleased:
		delete(h.begun, m.Shard)
		h.retire(c)
	case *messages.Retired:
		c.Stop(c.Self())
	}
}

func (h *peerHost) retire(c actor.Context) {
	if h.leaving && len(h.begun) == 0 {
		c.Request(h.lease, &messages.Retire{})
	}
}
