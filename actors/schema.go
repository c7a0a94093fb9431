package actors

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

// TargetTable is the table in SQL, as the columns of rows concern it. Errors are
// *messages.Fault.
type TargetTable interface {
	Describe(ctx context.Context) (*messages.Target, error)
	// Plan is the statements that make a column for what was seen, nil where the
	// table takes it already: CPU only.
	Plan(target *messages.Target, seen *messages.Unmatched) []messages.Alteration
	// Alter runs one of them. It may have been run before.
	Alter(ctx context.Context, statement string) error
}

// SchemaSettings is what Schema is made of.
type SchemaSettings struct {
	Table     TargetTable
	Known     *messages.KnownColumns
	Pace      *Pace  // of the statements
	Name, Who string // of the table, and who alters it: for the ledger
	Connector *actor.PID
	Log       zerolog.Logger
}

// Schema gives the table a column for every key that the channels meet
// (schema_evolution: client). It describes the table, runs one statement at a
// time, and describes it again:
//
//	asked --described--> all there: answered
//	                     else: one statement, when the pace allows --> described --> ...
//
// Only a description says what there is. So it does not matter whether a
// statement was lost, ran twice, or ran in another process, nor how often this
// actor dies: whoever asks, asks again. It keeps a question for 3 s only.
type Schema struct {
	SchemaSettings
	ctx     context.Context
	cancel  context.CancelFunc
	down    bool
	asked   map[string]asked // by PID
	no      int              // of the last new question
	covered int              // questions up to here were asked before the call that is out, or the last one
	target  *messages.Target
	current bool      // target was described since the last statement and the last new question
	busy    bool      // a call is out
	blind   bool      // the table cannot be described
	looking bool      // the call that is out is a look for which nobody waits
	began   time.Time // of the last description
	timer   *time.Timer
	look    *time.Timer
	backoff Backoff
	ran     string // the last statement that was run, and when
	ranAt   time.Time
	trouble string // told last
	why     string // what everybody waits for
}

// asked is one channel that waits for columns.
type asked struct {
	pid       *actor.PID
	unmatched *messages.Unmatched
	until     time.Time
	no        int
}

// NewSchema returns the actor of one connector.
func NewSchema(settings SchemaSettings) *Schema {
	ctx, cancel := context.WithCancel(context.Background())
	return &Schema{
		SchemaSettings: settings, ctx: ctx, cancel: cancel, asked: map[string]asked{}, backoff: NewBackoff(time.Second, time.Minute),
	}
}

type (
	stepNow struct{}
	lookNow struct{}
)

type described struct {
	target *messages.Target
	err    error
}

type altered struct {
	alteration messages.Alteration
	err        error
}

// Receive is the table of contents.
func (s *Schema) Receive(c actor.Context) {
	if s.down {
		return
	}
	switch m := c.Message().(type) {
	case *actor.Started:
		s.step(c)
		s.look = After(c, columnsFresh, &lookNow{})
	case *messages.ColumnsWanted:
		s.want(c, m)
	case *lookNow:
		s.lookAgain(c)
	case *stepNow:
		s.timer = nil
		s.step(c)
	case *described:
		s.described(c, m)
	case *altered:
		s.altered(c, m)
	case *crashed:
		panic(m.fault)
	case *actor.Stopping:
		s.down = true
		s.cancel()
		s.stopTimer()
		if s.look != nil {
			s.look.Stop()
		}
	}
}

// want notes a question. What asks for more than before makes the description
// old: somebody else may have added it since.
func (s *Schema) want(c actor.Context, m *messages.ColumnsWanted) {
	a, again := s.asked[c.Sender().String()]
	if !again || !sameKeys(a.unmatched, m.Unmatched) {
		s.no++
		a.no = s.no
		s.current = s.current && s.target.Columns.Covers(m.Unmatched)
	}
	a.pid, a.unmatched, a.until = c.Sender(), m.Unmatched, time.Now().Add(columnsWanted)
	s.asked[c.Sender().String()] = a
	if (s.busy || s.timer != nil) && s.why != "" {
		c.Respond(&messages.ColumnsAwaited{Why: s.why})
	}
	s.step(c)
}

func sameKeys(a, b *messages.Unmatched) bool {
	if a == nil || b == nil {
		return a == b
	}
	return len(a.Keys) == len(b.Keys) && len(a.Lacking) == len(b.Lacking)
}

// step does what is due: describe, answer, or alter.
func (s *Schema) step(c actor.Context) {
	switch {
	case s.busy:
		return
	case s.unseen(): // whatever else waits for its turn
		s.describe(c)
		return
	case s.timer != nil:
		return
	case s.target == nil:
		s.describe(c)
		return
	}
	missing := s.answer(c)
	if missing == nil {
		s.why = ""
		s.tell(c, "", "")
		s.backoff.Reset()
		return
	}
	if !s.current {
		s.describe(c)
		return
	}
	plan := s.Table.Plan(s.target, missing)
	if len(plan) == 0 {
		s.refuse(c, &messages.Fault{
			Class: messages.Transient, Reason: messages.ReasonInvariant, Op: "schema.plan", Err: errText("no statement makes columns for what is missing"), Complete: true,
		})
		return
	}
	s.alter(c, plan)
}

// answer tells those who have what they asked for, and returns what the others
// lack together; nil = nothing.
func (s *Schema) answer(c actor.Context) (missing *messages.Unmatched) {
	now := time.Now()
	for _, id := range slices.Sorted(maps.Keys(s.asked)) { // in an order: the statement is the same each time
		a := s.asked[id]
		switch {
		case now.After(a.until):
			delete(s.asked, id)
		case a.unmatched == nil && a.no > s.covered: // it needs another look
		case s.target.Columns.Covers(a.unmatched):
			delete(s.asked, id)
			c.Send(a.pid, &messages.ColumnsReady{})
		default:
			missing = missing.Merge(a.unmatched)
		}
	}
	return missing
}

// unseen reports whether somebody wants to begin, and no description began since.
func (s *Schema) unseen() bool {
	for _, a := range s.asked {
		if a.unmatched == nil && a.no > s.covered {
			return true
		}
	}
	return false
}

func (s *Schema) describe(c actor.Context) {
	s.busy, s.covered, s.began = true, s.no, time.Now()
	run(s.ctx, c, func() any {
		target, err := limited(s.ctx, s.Table.Describe)
		return &described{target, err}
	})
}

// described publishes what the table is now.
func (s *Schema) described(c actor.Context, m *described) {
	looked := s.looking && len(s.asked) == 0
	s.busy, s.looking = false, false
	if m.err != nil {
		if looked {
			return // there will be another one
		}
		s.blind = true
		s.failed(c, "the table cannot be described", m.err)
		return
	}
	s.target, s.current = m.target, true
	s.shrunk(c)
	s.Known.Store(m.target.Columns)
	if s.blind {
		s.blind = false
		s.tell(c, "", "")
	}
	if looked {
		return
	}
	if s.timer != nil {
		s.answer(c) // the others wait for their turn
	}
	s.step(c)
}

// alter runs the first statement of a plan when the pace allows it. One that
// was run a moment ago is not run again at once: a description may lag behind.
func (s *Schema) alter(c actor.Context, plan []messages.Alteration) {
	a := plan[0]
	if a.Statement == s.ran && time.Since(s.ranAt) < columnsLag {
		s.current = false
		s.later(c, columnsLook, "the table does not show its new columns yet")
		return
	}
	now := time.Now()
	if wait := s.Pace.Take(now); wait > 0 {
		s.current = false
		s.later(c, wait, awaited(plan)+", next DDL in "+roundUp(wait).String())
		return
	}
	s.busy, s.ran, s.ranAt, s.covered = true, a.Statement, now, s.no
	s.announce(c, awaited(plan)+", DDL is under way")
	run(s.ctx, c, func() any {
		_, err := limited(s.ctx, func(ctx context.Context) (bool, error) { return true, s.Table.Alter(ctx, a.Statement) })
		return &altered{a, err}
	})
}

// altered: the statement was run, or it was not, or nobody knows. The next
// description says what there is.
func (s *Schema) altered(c actor.Context, m *altered) {
	s.busy, s.current = false, false
	if m.err != nil {
		s.ran = ""
		s.failed(c, m.alteration.Statement, m.err)
		return
	}
	s.tell(c, "", "")
	s.backoff.Reset()
	s.Log.Info().Str("statement", m.alteration.Statement).Msg("the table was altered")
	c.Send(s.Connector, &messages.TableAltered{Event: &messages.SchemaChanged{
		Table: s.Name, Statement: m.alteration.Statement, Columns: m.alteration.Columns, Who: s.Who, At: time.Now().UTC(),
	}})
	s.step(c)
}
