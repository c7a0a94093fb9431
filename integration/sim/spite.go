package sim

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Spite is a storm that looks for the worst moment: it reads what the nodes
// write, and strikes when a rule that was broken would show. None of its blows
// is other than those of the storm; only their time is.
type Spite struct {
	world *World

	mu    sync.Mutex
	times map[string]int // how often it thought about each thing
}

func newSpite(w *World) *Spite { return &Spite{world: w, times: map[string]int{}} }

// dice are for one thing, the next time that it comes up.
func (s *Spite) dice(thing ...string) dice {
	key := strings.Join(thing, " ")
	s.mu.Lock()
	n := s.times[key]
	s.times[key]++
	s.mu.Unlock()
	return throw(s.world.plan.Seed, "spite", key, strconv.Itoa(n))
}

// awake reports whether there is any now.
func (s *Spite) awake() bool { return s.world.plan.Spite && !s.world.menu.calm.Load() }

// soon plans a blow from wherever it was thought of.
func (s *Spite) soon(d time.Duration, do func()) {
	s.world.agenda.in(d|1, func() {
		if !s.world.menu.calm.Load() {
			do()
		}
	})
	s.world.scheduler.look()
}

// written sees a lease row that was just written: one that says settled may
// lose its channel, and does so at once where rows are committed that it does
// not know of. It also sees a generation begin, whose node may then stand still
// before it opens the channel.
func (s *Spite) written(c *Call, status int) {
	if !s.world.plan.drops() || s.world.menu.calm.Load() || status != http.StatusOK || c.action != "UpdateItem" {
		return
	}
	switch row := s.world.row(c.shard); {
	case s.awake() && strings.Contains(c.name, "leaseEpoch"):
		s.freeze(c)
	case row["settled"] != true:
	case s.unknown(c.shard, row):
		s.soon(s.dice("unknown", c.shard).between(time.Millisecond, 3*time.Millisecond), func() { s.drop(c.shard) })
	case strings.Contains(c.name, "settled"):
		d := s.dice("settled", c.shard)
		if often := s.world.plan.Drops; d.chance(often) || often > 0 && d.chance(500) && s.world.wasDropped(c.shard) {
			s.soon(pick(d, d.between(time.Millisecond, 3*time.Millisecond), d.between(time.Millisecond, 4*time.Second)), func() { s.drop(c.shard) })
		}
	}
}

// committed sees a channel's token move. A row that says settled should not
// meet that.
func (s *Spite) committed(shard string) {
	if s.awake() && s.world.row(shard)["settled"] == true {
		s.soon(s.dice("committed", shard).between(time.Millisecond, 3*time.Millisecond), func() { s.drop(shard) })
	}
}

// unknown reports whether the table holds rows of which the row knows nothing.
func (s *Spite) unknown(shard string, row map[string]any) bool {
	o := s.world.oracle
	o.mu.Lock()
	newest := o.shard(shard).token
	o.mu.Unlock()
	for _, attr := range []string{"committedToken", "skippedToken"} {
		text, _ := row[attr].(string)
		if t, err := messages.ParseToken(text, messages.ShardID(shard)); err == nil && t.Position.Covers(newest) {
			return false
		}
	}
	return !newest.IsZero()
}

// drop drops the channel of a shard whose row still says settled.
func (s *Spite) drop(shard string) {
	if s.world.row(shard)["settled"] == true {
		s.takeAway(shard)
	}
}

// takeAway drops a shard's channel, whatever is in flight.
func (s *Spite) takeAway(shard string) {
	settled := s.world.row(shard)["settled"] == true
	if name, _ := s.channel(shard); name != "" && s.world.cloud.Snowflake.DropChannelState(name) == nil {
		s.world.lost(shard, settled)
		s.world.trace.note("storm", "channel dropped", shard)
	}
}

// freeze lets a node stand still between its lease write and its open, for
// longer than the lease, and perhaps without its channel when it goes on.
func (s *Spite) freeze(c *Call) {
	w, d := s.world, s.dice("begun", c.node.name, c.shard)
	if !d.chance(50) {
		return
	}
	length := d.between(w.plan.LeaseDuration*5/4, 3*w.plan.LeaseDuration)
	s.soon(d.between(100*time.Microsecond, 900*time.Microsecond), func() {
		w.ledger.strike(&Blow{kind: "node frozen", node: c.node.name, within: length + memory})
		w.trace.note("storm", c.node.name, "stands still before it opens "+c.shard+", for "+length.String())
		c.node.freeze(length)
	})
	if d.chance(600) {
		s.soon(d.between(time.Millisecond, length), func() { s.takeAway(c.shard) })
	}
}

// arriving sees a call reach its service: a shard's end is a good moment to
// take its lease away.
func (s *Spite) arriving(c *Call) {
	if !s.awake() || c.action != "UpdateItem" || !strings.Contains(c.name, "shardState") || !s.dice("end", c.shard).chance(300) {
		return
	}
	if row := s.world.row(c.shard); row["leaseOwner"] == nil || row["shardState"] == "SHARD_END" || s.world.cloud.seize(c.shard) != nil {
		return
	}
	s.world.ledger.strike(&Blow{kind: "lease stolen from a shard's end", shard: c.shard, slow: true})
	s.world.trace.note("storm", "lease stolen from a shard's end", c.shard)
}

// holdFor bounds how long a request is kept back: a channel lives for an hour
// after its shard has ended (P23).
const holdFor = 100 * time.Second

// hold keeps a late request back until nothing that it says is true any more.
func (s *Spite) hold(c *Call) {
	if d := s.dice("hold", c.id()); s.keeps(c) && d.chance(600) {
		s.await(c, d)
	}
}

// repeats decides whether a request arrives a second time, so late.
func (s *Spite) repeats(c *Call) bool {
	return s.keeps(c) && s.dice("repeat", c.id()).chance(400)
}

func (s *Spite) keeps(c *Call) bool {
	return s.awake() && (c.action == "AppendRows" || c.action == "OpenChannel")
}

// await sleeps until an open's channel is gone - that of a shard which has
// ended, but where shards grow old - or an append's channel is another one of
// the same name. It reports whether that came.
func (s *Spite) await(c *Call, d dice) bool {
	pause, until := d.between(100*time.Millisecond, 300*time.Millisecond)|1, time.Now().Add(holdFor)
	_, created := s.channel(c.shard)
	for s.awake() && time.Now().Before(until) {
		name, now := s.channel(c.shard)
		switch {
		case c.action == "AppendRows" && name != "" && now != created:
			time.Sleep(d.between(time.Millisecond, 200*time.Millisecond) | 1)
			return true
		case c.action == "OpenChannel" && name == "" && (s.world.plan.Still || s.world.row(c.shard)["shardState"] == "SHARD_END"):
			time.Sleep(d.between(time.Millisecond, 20*time.Millisecond) | 1)
			return true
		}
		time.Sleep(pause)
	}
	return false
}

// channel is the name of a shard's channel, "" where there is none, and when it
// was made.
func (s *Spite) channel(shard string) (name string, created int64) {
	for _, ch := range s.world.cloud.Snowflake.Channels() {
		if strings.HasSuffix(ch.Name, shard) {
			return ch.Name, ch.CreatedOnMs
		}
	}
	return "", 0
}

// wasDropped reports whether the storm took a shard's channel before.
func (w *World) wasDropped(shard string) bool {
	w.oracle.mu.Lock()
	defer w.oracle.mu.Unlock()
	return w.dropped[shard]
}

// row is a shard's lease row, nil where there is none.
func (w *World) row(shard string) map[string]any {
	return w.cloud.Dynamo.Item(application, streamName, shard)
}

// lost notes that the storm took a shard's channel away. One that was at rest
// is no excuse for a stop where nothing else ever goes wrong.
func (w *World) lost(shard string, atRest bool) {
	kind := "token dropped with its channel"
	if atRest {
		kind = "channel dropped at rest"
	}
	if !atRest || !w.plan.Gentle {
		w.oracle.mu.Lock()
		w.dropped[shard] = true
		w.oracle.mu.Unlock()
	}
	w.ledger.strike(&Blow{kind: kind, shard: shard, slow: true})
}
