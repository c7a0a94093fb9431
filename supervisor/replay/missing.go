package replay

import (
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/supervisor"
)

// missingTable says how the table of a replay is made.
func missingTable(cfg supervisor.Config, live string) string {
	s := cfg.Snowflake
	return "the table has to be there: CREATE TABLE " + warehouse.FullName(s.Database, s.Schema, s.Table) + " LIKE " + warehouse.FullName(s.Database, s.Schema, live)
}
