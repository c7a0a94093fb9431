package supervisor

import (
	"context"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// columnWatch is how a connector looks after the columns of its table; a nil one
// does not.
type columnWatch struct {
	table   altered
	known   *messages.KnownColumns
	pace    *actors.Pace
	evolves bool // client-side evolution; else what is ignored is counted
}

// altered is the table in SQL as a connector uses it.
type altered interface {
	actors.TargetTable
	who() string // the Snowflake user and role that alter it
	close()      // signs out; the next call signs in again
}

// openColumns decides whether the table's columns are looked after. A custom
// pipe matches no columns by name, and a host that lends its own HTTP client
// wants nothing sent past it that it did not ask for: then nothing is counted.
func (p *plant) openColumns() {
	s := p.cfg.Snowflake
	evolves := s.SchemaEvolution == config.ClientEvolution
	if !evolves && (s.CustomPipe() || p.host.HTTP != nil) {
		return
	}
	p.columns = &columnWatch{
		table: &sqlTable{cfg: s}, known: &messages.KnownColumns{}, pace: actors.NewPace(s.EvolutionMaxDDLPerMinute), evolves: evolves,
	}
}

// newSchema makes the actor that looks after the columns.
func (p *plant) newSchema(connector *actor.PID) actor.Actor {
	w := p.columns
	if w.evolves {
		return actors.NewSchema(actors.SchemaSettings{
			Table: w.table, Known: w.known, Pace: w.pace, Name: p.target(), Who: w.table.who(), Connector: connector,
			Log: p.log.With().Str("actor", nameSchema).Logger(),
		})
	}
	return actors.NewIgnored(actors.IgnoredSettings{
		Table: w.table, Known: w.known, Connector: connector,
		Log: p.log.With().Str("actor", nameSchema).Logger(),
	})
}

// renderer makes the rows of a shard.
func (p *plant) renderer(shard messages.ShardID) *rows.Renderer {
	r := rows.NewRenderer(p.cfg.Kinesis.StreamName(), shard, p.cfg.Payload.ShardedSequenceWidth)
	switch w := p.columns; {
	case w == nil:
		return r
	case w.evolves:
		return r.Evolving(w.known)
	default:
		return r.Counting(w.known)
	}
}

// watching is what a channel has to know of it. by is the actor that looks
// after the columns.
func (w *columnWatch) watching(by *actor.PID) actors.Watching {
	if w == nil {
		return actors.Watching{}
	}
	return actors.Watching{By: by, Known: w.known, Evolves: w.evolves}
}

// close signs out of SQL, and does not wait for a connection that went silent.
func (w *columnWatch) close() {
	if w == nil {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.table.close()
	}()
	select {
	case <-done:
	case <-time.After(signOutLimit):
	}
}

// signOutLimit bounds what a drain waits for the end of a session.
const signOutLimit = 2 * time.Second

// sqlTable is the target in SQL. The credential is read at the first call, and
// again after a call that failed.
type sqlTable struct {
	cfg config.Snowflake

	mu    sync.Mutex
	sql   *warehouse.Warehouse
	table *warehouse.Altering
}

func (t *sqlTable) open() (*warehouse.Altering, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.table != nil {
		return t.table, nil
	}
	w, err := access.Statements(t.cfg)
	if err != nil {
		return nil, &messages.Fault{
			Class: messages.Rejected, Reason: messages.ReasonDenied, Stop: messages.AccessDenied, Op: "snowflake.signin", Err: err,
			Hint: messages.AccessDenied.Hint(), Complete: true,
		}
	}
	table, err := w.Altering(t.cfg.Table)
	if err != nil {
		return nil, err
	}
	t.sql, t.table = w, table
	return table, nil
}

// close implements altered, like who.
func (t *sqlTable) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sql != nil {
		_ = t.sql.Close() // it was only asked
		t.sql, t.table = nil, nil
	}
}

// Describe implements actors.TargetTable.
func (t *sqlTable) Describe(ctx context.Context) (*messages.Target, error) {
	table, err := t.open()
	if err != nil {
		return nil, err
	}
	target, err := table.Describe(ctx)
	if err != nil {
		t.close()
	}
	return target, err
}

// Plan implements actors.TargetTable.
func (t *sqlTable) Plan(target *messages.Target, seen *messages.Unmatched) []messages.Alteration {
	table, err := t.open()
	if err != nil {
		return nil
	}
	return table.Plan(target, seen)
}

// Alter implements actors.TargetTable.
func (t *sqlTable) Alter(ctx context.Context, statement string) error {
	table, err := t.open()
	if err != nil {
		return err
	}
	if err = table.Alter(ctx, statement); err != nil {
		t.close()
	}
	return err
}

func (t *sqlTable) who() string {
	if t.cfg.Role == "" {
		return "user " + t.cfg.User
	}
	return "user " + t.cfg.User + " with role " + t.cfg.Role
}
