package warehouse_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
)

// TestATableIsAlteredByItsKind, twice the same, by who owns it and nobody else.
func TestATableIsAlteredByItsKind(t *testing.T) {
	s := account(t)
	owner := open(t, s.URL(), nil)
	seen := &messages.Unmatched{Keys: []messages.KeySeen{{Name: "a\"b", Kinds: messages.NestedValue}}}
	for name, c := range map[string]struct{ create, statement string }{
		"STANDARD": {`CREATE TABLE RAW.EVENTS.STANDARD (KINESISMETADATA OBJECT, ID INT AUTOINCREMENT NOT NULL, D INT NOT NULL DEFAULT 1, N INT NOT NULL)`,
			`ALTER TABLE "RAW"."EVENTS"."STANDARD" ADD COLUMN IF NOT EXISTS "A""B" VARIANT`},
		"V2": {`CREATE ICEBERG TABLE RAW.EVENTS.V2 (N INT NOT NULL) CATALOG = 'SNOWFLAKE' BASE_LOCATION = 'x'`,
			`ALTER ICEBERG TABLE "RAW"."EVENTS"."V2" ADD COLUMN IF NOT EXISTS "A""B" VARCHAR`},
		"V3": {`CREATE ICEBERG TABLE RAW.EVENTS.V3 (V VARIANT, N INT NOT NULL) CATALOG = 'SNOWFLAKE' BASE_LOCATION = 'y' ICEBERG_VERSION = 3`,
			`ALTER ICEBERG TABLE "RAW"."EVENTS"."V3" ADD COLUMN IF NOT EXISTS "A""B" VARIANT`},
	} {
		_, _, err := owner.Query(ctx, c.create)
		must(t, err)
		table, err := owner.Altering(name)
		must(t, err)
		target, err := table.Describe(ctx)
		must(t, err)
		if required := target.Columns.Required(); len(required) != 1 || target.Columns.List()[required[0]].Name != "N" {
			t.Errorf("%s requires columns %v of %+v", name, required, target.Columns.List())
		}
		plan := table.Plan(target, seen)
		if len(plan) != 1 || plan[0].Statement != c.statement {
			t.Fatalf("%s: %+v, want %s", name, plan, c.statement)
		}
		for range 2 {
			must(t, table.Alter(ctx, plan[0].Statement))
		}
		target, err = table.Describe(ctx)
		must(t, err)
		if !target.Columns.Covers(seen) {
			t.Errorf("%s has columns %+v afterwards", name, target.Columns.List())
		}
	}
	_, _, err := owner.Query(ctx, "GRANT USAGE ON DATABASE RAW TO ROLE STRANGER")
	must(t, err)
	_, _, err = owner.Query(ctx, "GRANT USAGE ON SCHEMA RAW.EVENTS TO ROLE STRANGER")
	must(t, err)
	_, _, err = owner.Query(ctx, "GRANT INSERT ON TABLE RAW.EVENTS.STANDARD TO ROLE STRANGER")
	must(t, err)
	other, err := open(t, s.URL(), func(cfg *warehouse.Config) { cfg.User, cfg.Role = "OTHER", "STRANGER" }).Altering("STANDARD")
	must(t, err)
	statement := `ALTER TABLE "RAW"."EVENTS"."STANDARD" ADD COLUMN IF NOT EXISTS "MORE" FLOAT`
	var f *messages.Fault
	if err := other.Alter(ctx, statement); !errors.As(err, &f) || f.Stop != messages.AccessDenied || !strings.Contains(f.Hint, statement) ||
		!strings.Contains(f.Hint, `GRANT OWNERSHIP ON TABLE "RAW"."EVENTS"."STANDARD" TO ROLE "STRANGER" COPY CURRENT GRANTS`) {
		t.Errorf("who does not own the table: %v", err)
	}
}
