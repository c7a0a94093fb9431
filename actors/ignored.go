package actors

import (
	"context"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

// IgnoredSettings is what Ignored is made of.
type IgnoredSettings struct {
	Table     TargetTable
	Known     *messages.KnownColumns
	Connector *actor.PID
	Log       zerolog.Logger
}

// Ignored counts the values that Snowflake drops because they have no column.
// It publishes the table's columns, so that readers compare, and withdraws them
// where a table adds its own. A name that is new is held against the table as
// it is by then before it is told: somebody may just have added the column.
//
// SQL is optional: where the table cannot be described, nothing is counted, and
// the state says why.
type Ignored struct {
	IgnoredSettings
	ctx     context.Context
	cancel  context.CancelFunc
	down    bool
	busy    bool
	looked  time.Time
	timer   *time.Timer
	backoff Backoff
	names   map[string]bool
	pending *messages.Unmatched // to be held against the next description
	unknown string              // told last
}

// NewIgnored returns the actor of one connector.
func NewIgnored(settings IgnoredSettings) *Ignored {
	ctx, cancel := context.WithCancel(context.Background())
	return &Ignored{
		IgnoredSettings: settings, ctx: ctx, cancel: cancel, names: map[string]bool{}, backoff: NewBackoff(10*time.Second, ignoredLook),
	}
}

// Receive is the table of contents.
func (g *Ignored) Receive(c actor.Context) {
	if g.down {
		return
	}
	switch m := c.Message().(type) {
	case *actor.Started, *stepNow:
		g.timer = nil
		g.describe(c)
	case *described:
		g.described(c, m)
	case *messages.KeysIgnored:
		g.add(c, m.Unmatched)
	case *crashed:
		panic(m.fault)
	case *actor.Stopping:
		g.down = true
		g.cancel()
		if g.timer != nil {
			g.timer.Stop()
		}
	}
}

func (g *Ignored) describe(c actor.Context) {
	if g.busy {
		return
	}
	g.busy, g.looked = true, time.Now()
	run(g.ctx, c, func() any {
		target, err := limited(g.ctx, g.Table.Describe)
		return &described{target, err}
	})
}

func (g *Ignored) described(c actor.Context, m *described) {
	g.busy = false
	wait := ignoredLook
	switch {
	case m.err != nil:
		f := messages.AsFault("schema", m.err)
		if f.Class != messages.Rejected { // else somebody has to grant something first
			wait = time.Second + g.backoff.Next()
		}
		g.Known.Store(nil)
		g.pending = nil
		g.tell(c, f.Error())
	case m.target.Evolves: // it ignores nothing
		g.Known.Store(nil)
		g.pending = nil
		g.tell(c, "")
	default:
		if g.Known.Load() == nil {
			g.Log.Info().Int("columns", len(m.target.Columns.List())).Msg("keys without a column are counted: this table does not evolve")
		}
		g.backoff.Reset()
		g.Known.Store(m.target.Columns)
		g.tell(c, "")
		g.count(c, m.target.Columns)
	}
	g.again(c, wait)
}

// tell says why nothing is counted, where that is new.
func (g *Ignored) tell(c actor.Context, unknown string) {
	if unknown == g.unknown {
		return
	}
	g.unknown = unknown
	if unknown != "" {
		g.Log.Debug().Str("err", unknown).Msg("ignored keys cannot be counted")
	}
	c.Send(g.Connector, &messages.KeysCounted{Unknown: unknown})
}

// add counts what is known to be ignored, and has the table described where a
// name is new.
func (g *Ignored) add(c actor.Context, u *messages.Unmatched) {
	if g.pending != nil && len(g.pending.Keys) >= ignoredNames { // rows with random keys
		u = &messages.Unmatched{Values: u.Values}
	}
	g.pending = g.pending.Merge(u)
	for i := range g.pending.Keys {
		if !g.names[g.pending.Keys[i].Name] && len(g.names) < ignoredNames {
			if wait := ignoredPause - time.Since(g.looked); wait > 0 {
				g.again(c, wait)
			} else {
				g.describe(c)
			}
			return
		}
	}
	if columns := g.Known.Load(); columns != nil {
		g.count(c, columns)
	}
}

// count hands on what is pending, but for keys that have a column by now.
func (g *Ignored) count(c actor.Context, columns *messages.Columns) {
	if g.pending == nil {
		return
	}
	counted := &messages.KeysCounted{Values: g.pending.Values}
	for _, k := range g.pending.Keys {
		switch {
		case columns.Find(k.Name) >= 0:
			counted.Values -= k.Count
		case !g.names[k.Name] && len(g.names) < ignoredNames:
			g.names[k.Name] = true
			counted.Names = append(counted.Names, k.Name)
		}
	}
	if n := len(counted.Names); n > 0 { // in one line, for rows with random keys have many
		g.Log.Warn().Int("new", n).Strs("keys", counted.Names[:min(n, messages.MaxIgnoredNames)]).Msg("the table has no column for some keys; Snowflake drops their values")
	}
	g.pending = nil
	if counted.Values > 0 {
		c.Send(g.Connector, counted)
	}
}

// again describes the table after d, or sooner where that was due.
func (g *Ignored) again(c actor.Context, d time.Duration) {
	if g.timer != nil {
		g.timer.Stop()
	}
	g.timer = After(c, d, &stepNow{})
}
