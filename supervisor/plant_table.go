package supervisor

import (
	"context"
	"errors"
	"fmt"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// createTable makes the destination as Openflow's set-up page does
// (on_missing_table: create). Row timestamps are for who wants to measure: a
// table that cannot have them is a table.
func (p *plant) createTable(ctx context.Context) error {
	s := p.cfg.Snowflake
	w, err := access.Statements(s)
	if err != nil {
		return err
	}
	defer w.Close()
	var f *messages.Fault
	switch err := w.Create(ctx, s.Table); {
	case errors.As(err, &f) && f.Stop == messages.AccessDenied && f.Class == messages.Rejected:
		f.Hint += ", such as " + grant(s, "CREATE TABLE", "SCHEMA", "")
		return f
	case err != nil:
		return err
	}
	p.log.Info().Str("table", p.target()).Msg("the table was not there and has been created")
	if err := w.Timestamp(ctx, s.Table); err != nil {
		p.log.Warn().Err(err).Msg("row timestamps could not be switched on: status --latency will not measure")
	}
	return nil
}

// lookAtPipe holds a pipe of the user's own against the table: rows that went
// into another one, or nowhere, could not be called back. What is lost on the
// way is told with each look. SQL is optional: where it is refused or out of reach,
// streaming goes on without a look, and the service itself says what is missing.
func (p *plant) lookAtPipe(ctx context.Context) error {
	target, err := p.describe(ctx)
	if err != nil {
		p.log.Debug().Err(err).Msg("the pipe could not be looked at")
		return nil
	}
	if f := target.Stops(); f != nil {
		return &messages.Fault{
			Class: messages.Rejected, Reason: messages.ReasonMissing, Stop: messages.TargetMissing, Op: "snowflake.pipe",
			Err: errors.New(f.Text), Hint: "read docs/tables.md", Complete: true,
		}
	}
	for _, f := range target.Findings {
		if f.Weight == warehouse.Warns {
			e := p.log.Warn().Str("finding", string(f.Code))
			if f.Fix != "" {
				e = e.Str("fix", f.Fix)
			}
			e.Msg(f.Text)
		}
	}
	return nil
}

// describe asks what table and pipe are.
func (p *plant) describe(ctx context.Context) (*warehouse.Target, error) {
	w, err := access.Statements(p.cfg.Snowflake)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	return w.Target(ctx, p.cfg.Snowflake.Table, p.cfg.Snowflake.Pipe)
}

// unwritten refuses a decision that would put rows into the table twice: one
// that goes on below the table's highest position of the shard. Where the
// channel's token vouches for the start, where no warehouse is configured to ask
// with, or where the table does not say which record a row is, there is nothing
// to look at.
func (p *plant) unwritten(ctx context.Context, from string, shard messages.ShardID, r resolution) error {
	if r.write == nil || from == "token" || from == "table" || p.cfg.Snowflake.Warehouse == "" {
		return nil
	}
	at, err := p.highest(ctx, shard)
	if lost := new(anonymousRows); errors.As(err, &lost) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the table could not be asked whether it has rows behind that: %w; try again, or leave snowflake.warehouse out if it cannot be mended", err)
	}
	if !r.start.Covers(at) {
		return fmt.Errorf("the table has rows up to %s: going on after %s would double what lies between; use --from table", at, r.start)
	}
	return nil
}

// anonymousRows says that a table's rows do not tell which record they are.
type anonymousRows struct{ why string }

func (a *anonymousRows) Error() string {
	return "the table cannot be asked for its highest position: " + a.why + "; use --from token, --from checkpoint, or a position"
}

// highest is the last position of a shard that is in the table, or among its
// rejected rows.
func (p *plant) highest(ctx context.Context, shard messages.ShardID) (messages.Position, error) {
	w, err := access.Warehouse(p.cfg.Snowflake)
	if err != nil {
		return messages.Position{}, err
	}
	defer w.Close()
	target, err := w.Target(ctx, p.cfg.Snowflake.Table, p.cfg.Snowflake.Pipe)
	if err != nil {
		return messages.Position{}, err
	}
	if !target.Metadata.Readable() {
		return messages.Position{}, &anonymousRows{target.Metadata.Why}
	}
	positions, err := w.Positions(p.cfg.Snowflake.Table, p.cfg.Kinesis.StreamName())
	if err != nil {
		return messages.Position{}, err
	}
	return positions.By(target.Metadata).Highest(ctx, shard)
}
