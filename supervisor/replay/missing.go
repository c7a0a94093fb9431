package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// likeLive says how the table of a replay is made.
func likeLive(cfg supervisor.Config, live string) string {
	s := cfg.Snowflake
	return "the table has to be there: CREATE TABLE " + warehouse.FullName(s.Database, s.Schema, s.Table) + " LIKE " + warehouse.FullName(s.Database, s.Schema, live)
}

// missingTable says what the table of a replay is called where only the case of
// its letters is another, for CREATE TABLE again makes AGAIN; else how it is made.
func missingTable(ctx context.Context, cfg supervisor.Config, live string) string {
	s := cfg.Snowflake
	if names := alike(ctx, cfg); len(names) > 0 && !slices.Contains(names, s.Table) {
		return fmt.Sprintf("names are taken in exact case: %s.%s has table %s, so --table %s", s.Database, s.Schema, names[0], names[0])
	}
	return likeLive(cfg, live)
}

// alike are the tables whose names differ from the configured one in case alone;
// none where Snowflake cannot be asked.
func alike(ctx context.Context, cfg supervisor.Config) []string {
	sql, err := access.Statements(cfg.Snowflake)
	if err != nil {
		return nil
	}
	defer sql.Close()
	names, err := sql.Alike(ctx, warehouse.Tables, cfg.Snowflake.Table)
	if err != nil {
		return nil
	}
	return names
}

// there refuses a table that is not there, before it is fixed that letters go
// into it: everything that is asked for later would wait for that table. Where SQL
// cannot be asked, the channel says what is missing.
func (s *sending) there(ctx context.Context) error {
	if s.cfg.Snowflake.Table == s.live {
		return nil // the connector's own: on_missing_table makes it
	}
	sql, err := access.Statements(s.cfg.Snowflake)
	if err != nil {
		return err
	}
	defer sql.Close()
	_, err = sql.Describe(ctx, s.cfg.Snowflake.Table)
	if f := new(messages.Fault); !errors.As(err, &f) || f.Stop != messages.TargetMissing {
		return nil
	}
	return &messages.Fault{
		Class: messages.Rejected, Reason: messages.ReasonMissing, Stop: messages.TargetMissing, Op: "deadletter.replay", Complete: true,
		Err: fmt.Errorf("--table: %s is not there, or may not be seen", s.target), Hint: missingTable(ctx, s.cfg, s.live),
	}
}
