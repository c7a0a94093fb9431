package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// Watching is who looks after the table's columns for a channel; the zero value
// is nobody.
type Watching struct {
	By      *actor.PID // Schema where Evolves, else Ignored
	Known   *messages.KnownColumns
	Evolves bool // nothing is appended before the table has a column for each key
}

// gate holds the blocks whose rows have keys that the table has no column for,
// and everything behind them. Snowflake drops such a value without a word, so
// nothing of it is appended before the column is known to be there.
type gate struct {
	blocks []held
	bytes  int64
	again  *time.Timer
	why    string // told last
	looked bool   // the table was described for this generation
}

// held is a block that waits, and when it came.
type held struct {
	*messages.RowBlock
	at time.Time
}

func (g *gate) shut() bool { return len(g.blocks) > 0 }

// oldest is the arrival of the first user record that is held back, ms; 0 =
// unknown, or there is none.
func (g *gate) oldest() int64 {
	for _, b := range g.blocks {
		if len(b.Marks) > 0 {
			return b.Marks[0].Arrival
		}
	}
	return 0
}

type columnsAgain struct{}

// admit takes a block, or holds it back until the table is ready for it.
func (ch *Channel) admit(c actor.Context, b *messages.RowBlock) {
	if !ch.gate.shut() && ch.lands(b) {
		ch.check(b)
		ch.take(c, b)
		return
	}
	ch.caughtUp = time.Time{}
	ch.gate.blocks, ch.gate.bytes = append(ch.gate.blocks, held{b, time.Now()}), ch.gate.bytes+int64(len(b.NDJSON))
	if len(ch.gate.blocks) == 1 {
		ch.askColumns(c)
	}
	ch.report(c, &messages.Progress{})
}

// lands reports whether every value of a block has a column, or nobody makes one.
func (ch *Channel) lands(b *messages.RowBlock) bool {
	return !ch.Watching.Evolves || b.Unmatched == nil || ch.Watching.Known.Load().Covers(b.Unmatched)
}

// check ends the generation where a column that came since the block was read
// has a type that would change its values: the next one renders them for it.
func (ch *Channel) check(b *messages.RowBlock) {
	if ch.Watching.Evolves && b.Unmatched != nil && ch.Watching.Known.Load().Distorts(b.Unmatched) {
		panic(&messages.Fault{
			Class: messages.Transient, Reason: messages.ReasonRetyped, Op: "channel.columns", Shard: ch.Shard,
			Err: errText("a column was added with another type than the rows were rendered for; they are read again"), Complete: true,
		})
	}
}

// columns takes the blocks that the table is ready for, in order, and asks for
// the rest again: each second, for Schema may have been respawned.
func (ch *Channel) columns(c actor.Context) {
	if !ch.flowing {
		ch.begins(c)
		return
	}
	for ch.gate.shut() && !ch.ended && ch.lands(ch.gate.blocks[0].RowBlock) {
		b := ch.gate.blocks[0]
		ch.gate.blocks[0] = held{}
		ch.gate.blocks, ch.gate.bytes = ch.gate.blocks[1:], ch.gate.bytes-int64(len(b.NDJSON))
		ch.check(b.RowBlock)
		ch.take(c, b.RowBlock)
		ch.readUpTo = b.at.Add(-b.Behind).UTC() // it was read then, not now
	}
	if ch.gate.shut() {
		return
	}
	ch.gate.blocks = nil
	ch.wait(c, "")
	ch.next(c) // a flush may wait for it
}

func (ch *Channel) askColumns(c actor.Context) {
	ch.columns(c)
	var wanted *messages.Unmatched
	for _, b := range ch.gate.blocks {
		if !ch.lands(b.RowBlock) {
			wanted = wanted.Merge(b.Unmatched)
		}
	}
	if wanted == nil {
		return
	}
	if ch.gate.again != nil {
		ch.gate.again.Stop()
	}
	c.Request(ch.Watching.By, &messages.ColumnsWanted{Shard: ch.Shard, Unmatched: wanted})
	ch.gate.again = After(c, repeatEvery, &columnsAgain{})
}

// unready reports that nothing can be read yet, for the table was not described
// since the channel was opened: the renderer has to know which columns hold what,
// and a table that was replaced, or lost a column, ends the channel, not what is
// known of it. Lease is asked again meanwhile, which brings the start back here.
func (ch *Channel) unready(c actor.Context) bool {
	if !ch.Watching.Evolves || ch.gate.looked {
		ch.wait(c, "")
		return false
	}
	c.Request(ch.Watching.By, &messages.ColumnsWanted{Shard: ch.Shard})
	if ch.Watching.Known.Load() == nil {
		ch.wait(c, "the table's columns are not known yet")
	}
	return true
}

// begins goes on with the start, now that the table was described.
func (ch *Channel) begins(c actor.Context) {
	if ch.ended || ch.gate.looked || ch.opening == nil {
		return
	}
	ch.gate.looked = true
	if ch.rechecker != nil {
		ch.rechecker.Stop()
	}
	ch.askLease(c)
}

// wait tells the unit what is waited for, where that is another thing now.
func (ch *Channel) wait(c actor.Context, why string) {
	if why != "" {
		why = "waits for schema: " + why
	}
	if why != ch.gate.why {
		ch.gate.why = why
		c.Send(c.Parent(), &messages.Waiting{For: why})
	}
}

// awaits takes what Schema says of the wait.
func (ch *Channel) awaits(c actor.Context, m *messages.ColumnsAwaited) {
	if ch.gate.shut() || !ch.flowing {
		ch.wait(c, m.Why)
	}
}

// columnsRefused ends the generation: a human has to do something.
func (ch *Channel) columnsRefused(m *messages.ColumnsRefused) {
	if (ch.gate.shut() || !ch.flowing) && !ch.ended {
		panic(ch.fault("columns", m.Fault))
	}
}

// ignored tells of values that a used-up block had and Snowflake dropped.
func (ch *Channel) ignored(c actor.Context, b *messages.RowBlock) {
	if b.Unmatched != nil && ch.Watching.By != nil && !ch.Watching.Evolves {
		c.Send(ch.Watching.By, &messages.KeysIgnored{Unmatched: b.Unmatched})
	}
}
