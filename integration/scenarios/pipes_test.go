package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/audit"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

const (
	intoBare  = `COPY INTO BARE FROM (SELECT $1:N FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))`
	intoWhole = `COPY INTO T FROM (SELECT $1:KINESISMETADATA::OBJECT, $1:N::NUMBER FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))`
)

// TestATargetThatTakesNoRowsIsNamedWithWhatMendsIt takes away each thing that
// streaming needs, and gives it back.
func TestATargetThatTakesNoRowsIsNamedWithWhatMendsIt(t *testing.T) {
	const pipe = `table: "BARE", pipe: "P"`
	for _, c := range []struct {
		name  string
		ddl   []string // by the administrator
		into  string
		exit  int
		says  string
		mends string // by the administrator; "" = nothing that a statement does
	}{
		{"a pipe into another table", []string{"CREATE TABLE BARE (N INT)", "CREATE TABLE OTHER (N INT)", "GRANT ALL ON TABLE OTHER TO ROLE KINESNOW", "CREATE PIPE P AS COPY INTO OTHER FROM (SELECT $1:N FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))", "GRANT INSERT, SELECT ON TABLE BARE TO ROLE KINESNOW", "GRANT OPERATE ON PIPE P TO ROLE KINESNOW"},
			pipe, 69, "pipe P writes into table OTHER, but the connector's table is RAW.EVENTS.BARE", "CREATE OR REPLACE PIPE P AS " + intoBare + "; GRANT OPERATE ON PIPE P TO ROLE KINESNOW"},
		{"a pipe of files", []string{"CREATE TABLE BARE (N INT)", "CREATE PIPE P AS COPY INTO BARE FROM @files", "GRANT INSERT, SELECT ON TABLE BARE TO ROLE KINESNOW", "GRANT OPERATE ON PIPE P TO ROLE KINESNOW"},
			pipe, 69, "pipe P copies files from a stage", ""},
		{"no such pipe", []string{"CREATE TABLE BARE (N INT)", "GRANT INSERT, SELECT ON TABLE BARE TO ROLE KINESNOW"},
			pipe, 69, "pipe P is not there", ""},
		{"a pipe without OPERATE", []string{"CREATE TABLE BARE (N INT)", "GRANT INSERT, SELECT ON TABLE BARE TO ROLE KINESNOW", "CREATE PIPE P AS " + intoBare},
			pipe, 69, `GRANT OPERATE ON PIPE "RAW"."EVENTS"."P" TO ROLE "KINESNOW";`, `GRANT OPERATE ON PIPE "RAW"."EVENTS"."P" TO ROLE "KINESNOW";`},
		{"a table without INSERT", []string{"CREATE TABLE BARE (N INT)", "GRANT SELECT ON TABLE BARE TO ROLE KINESNOW"},
			`table: "BARE"`, 77, `GRANT INSERT ON TABLE "RAW"."EVENTS"."BARE" TO ROLE "KINESNOW";`, `GRANT INSERT ON TABLE "RAW"."EVENTS"."BARE" TO ROLE "KINESNOW";`},
		{"a table in a schema without USAGE", []string{"CREATE TABLE BARE (N INT)", "GRANT INSERT, SELECT ON TABLE BARE TO ROLE KINESNOW", "REVOKE USAGE ON SCHEMA RAW.EVENTS FROM ROLE KINESNOW"},
			`table: "BARE"`, 69, "RAW.EVENTS.BARE-STREAMING exists (exact case)", "GRANT USAGE ON SCHEMA RAW.EVENTS TO ROLE KINESNOW"},
		{"a volume without USAGE", []string{"CREATE EXTERNAL VOLUME v STORAGE_LOCATIONS = ((NAME = 'here' STORAGE_PROVIDER = 'S3' STORAGE_BASE_URL = 's3://here/'))", "CREATE ICEBERG TABLE BARE (N INT) EXTERNAL_VOLUME = 'v' CATALOG = 'SNOWFLAKE'", "GRANT INSERT, SELECT ON TABLE BARE TO ROLE KINESNOW"},
			`table: "BARE"`, 77, "external volume V", "GRANT USAGE ON EXTERNAL VOLUME v TO ROLE KINESNOW"},
		{"a table that may not be created", []string{"REVOKE CREATE TABLE ON SCHEMA RAW.EVENTS FROM ROLE KINESNOW"},
			`table: "BARE", on_missing_table: create`, 77, `GRANT CREATE TABLE ON SCHEMA "RAW"."EVENTS" TO ROLE "KINESNOW";`, `GRANT CREATE TABLE ON SCHEMA "RAW"."EVENTS" TO ROLE "KINESNOW";`},
		{"a table to be created in no schema", nil,
			`table: "BARE", schema: "NOWHERE", on_missing_table: create`, 69, "NOWHERE", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.asAdmin(c.ddl...)
			w.rewrite(`table: "ORDERS"`, c.into)
			w.putOn(0, 3)
			r := w.run(process.Options{UntilCaughtUp: true})
			r.ends(c.exit)
			told := r.log.with("nothing is left to do: everything of this connector is stopped")
			if len(told) != 1 || !strings.Contains(fmt.Sprint(told[0]["err"], " ", told[0]["hint"]), c.says) {
				t.Fatalf("the last word was %v, want %q", told, c.says)
			}
			if c.mends == "" {
				return
			}
			w.asAdmin(strings.Split(strings.TrimSuffix(c.mends, ";"), "; ")...)
			w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
			w.asAdmin("GRANT SELECT ON TABLE BARE TO ROLE KINESNOW")
			if got := w.numbers("SELECT COUNT(N) FROM BARE")[0]; got != 3 {
				t.Errorf("%d rows landed", got)
			}
		})
	}
}

// TestAPipeIsReplacedUnderARunningConnector: its channels are gone, with their
// tokens, and no row is lost or doubled.
func TestAPipeIsReplacedUnderARunningConnector(t *testing.T) {
	w := newWorld(t, 1)
	w.execute("CREATE TABLE T (M OBJECT, N NUMBER)")
	w.execute("CREATE PIPE P AS " + intoWhole)
	w.rewrite(`table: "ORDERS"`, `table: "T", pipe: "P"`)
	w.putOn(0, 3)
	c := w.connect()
	c.untilCaughtUp(3)
	w.execute("CREATE OR REPLACE PIPE P AS " + intoWhole)
	w.putOn(0, 3)
	w.wait("6 rows", func() bool { return w.numbers("SELECT COUNT(*) FROM T")[0] >= 6 })
	c.untilCaughtUp(0)
	if got := w.numbers("SELECT COUNT(DISTINCT N) FROM T WHERE M:sequenceNumber IS NOT NULL")[0]; got != 6 {
		t.Errorf("%d records landed", got)
	}
	c.drain(patience)
	if r := w.audit(); !r.Exact {
		t.Errorf("audit: %+v %+v", r.Sums, r.Shards)
	}
}

// TestAPipeThatIsReplacedIsLookedAtAgain, once for all shards: it may leave rows
// out from then on, or write into another table, which no row may reach.
func TestAPipeThatIsReplacedIsLookedAtAgain(t *testing.T) {
	w := newWorld(t, 2)
	w.execute("CREATE TABLE T (M OBJECT, N NUMBER)")
	w.execute("CREATE TABLE OTHER (N NUMBER)")
	w.execute("CREATE PIPE P AS " + intoWhole)
	w.rewrite(`table: "ORDERS"`, `table: "T", pipe: "P"`)
	put := func() {
		w.putOn(0, 3)
		w.putOn(1, 3)
	}
	put()
	c := w.connect()
	c.untilCaughtUp(6)
	const filters = "pipe P leaves rows out (WHERE): Snowflake counts fewer rows than were sent, so no audit of this table can be exact"
	w.execute("CREATE OR REPLACE PIPE P AS " + strings.Replace(intoWhole, "'STREAMING'))", "'STREAMING')) WHERE $1:N >= 0", 1))
	if told := c.log.with(filters); len(told) != 0 {
		t.Fatalf("told before it was replaced: %v", told)
	}
	put()
	c.untilCaughtUp(int64(w.put)) // nothing is in flight when the next one replaces it
	if told := c.log.with(filters); len(told) != 1 || told[0]["finding"] != "PIPE_FILTERS" {
		t.Errorf("told %v", told)
	}
	w.execute("CREATE OR REPLACE PIPE P AS " + strings.Replace(intoBare, "BARE", "OTHER", 1))
	put()
	for i := range 2 {
		if s := c.untilParked(i, messages.TargetMissing); !strings.Contains(s.Error, "pipe P writes into table OTHER") {
			t.Errorf("stopped with %q", s.Error)
		}
	}
	if n := w.numbers("SELECT COUNT(*) FROM OTHER")[0]; n != 0 {
		t.Errorf("%d rows went into another table", n)
	}
	w.execute("CREATE OR REPLACE PIPE P AS " + intoWhole)
	for i := range 2 {
		if refused := c.resolve(i, "checkpoint"); refused != "" {
			t.Errorf("resolve was refused: %s", refused)
		}
	}
	c.untilCaughtUp(int64(w.put))
	if got := w.numbers("SELECT COUNT(DISTINCT N) FROM T WHERE M:sequenceNumber IS NOT NULL")[0]; got != w.put {
		t.Errorf("%d records landed of %d", got, w.put)
	}
}

// TestADroppedPipeStopsItsConnector, until it is there again.
func TestADroppedPipeStopsItsConnector(t *testing.T) {
	w := newWorld(t, 1)
	w.execute("CREATE TABLE T (M OBJECT, N NUMBER)")
	w.execute("CREATE PIPE P AS " + intoWhole)
	w.rewrite(`table: "ORDERS"`, `table: "T", pipe: "P"`)
	w.putOn(0, 3)
	c := w.connect()
	c.untilCaughtUp(3)
	w.execute("DROP PIPE P")
	w.putOn(0, 1)
	if s := c.untilParked(0, messages.TargetMissing); !strings.Contains(s.Error+s.Hint, "pipe P") {
		t.Errorf("stopped with %q, %q", s.Error, s.Hint)
	}
}

// TestAPipeThatFiltersIsFoundByTheCounts: no audit of it can be exact, and it
// says why.
func TestAPipeThatFiltersIsFoundByTheCounts(t *testing.T) {
	for name, ddl := range map[string][2]string{
		"by position": {"CREATE TABLE T (M OBJECT, N NUMBER)", strings.Replace(intoWhole, "'STREAMING'))", "'STREAMING')) WHERE $1:N <> 1", 1)},
		"by counts":   {"CREATE TABLE T (N NUMBER)", "COPY INTO T FROM (SELECT $1:N FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) WHERE $1:N <> 1)"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.execute(ddl[0])
			w.execute("CREATE PIPE P AS " + ddl[1])
			w.rewrite(`table: "ORDERS"`, `table: "T", pipe: "P"`)
			w.putOn(0, 3)
			r := w.run(process.Options{UntilCaughtUp: true})
			r.ends(process.ExitFine)
			if told := r.log.with("pipe P leaves rows out (WHERE): Snowflake counts fewer rows than were sent, so no audit of this table can be exact"); len(told) != 1 || told[0]["finding"] != "PIPE_FILTERS" {
				t.Errorf("told %v", told)
			}
			report := w.audit()
			var text strings.Builder
			if err := report.Text(&text); err != nil {
				t.Fatal(err)
			}
			if report.Exact || !strings.Contains(strings.Join(strings.Fields(text.String()), " "), "pipe P leaves rows out (WHERE)") {
				t.Errorf("exact %v:\n%s", report.Exact, text.String())
			}
		})
	}
}

// TestATableThatMayNotEvolveIsAuditedByCounts: the role may insert, and no more,
// so that the metadata's column never comes.
func TestATableThatMayNotEvolveIsAuditedByCounts(t *testing.T) {
	w := newWorld(t, 1)
	w.asAdmin("CREATE TABLE T (N NUMBER) ENABLE_SCHEMA_EVOLUTION = TRUE", "GRANT INSERT, SELECT ON TABLE T TO ROLE KINESNOW")
	w.rewrite(`table: "ORDERS"`, `table: "T"`)
	w.putOn(0, 3)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	if r := w.audit(); !r.Exact || r.Sums.Counted == nil || *r.Sums.Counted != 3 || !strings.Contains(r.CountsOnly, "EVOLVE SCHEMA") {
		t.Errorf("audit: exact %v, %+v, %q", r.Exact, r.Sums, r.CountsOnly)
	}
	w.asAdmin("GRANT EVOLVE SCHEMA ON TABLE T TO ROLE KINESNOW")
	w.putOn(0, 3)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	if got := w.numbers("SELECT COUNT(KINESISMETADATA:sequenceNumber) FROM T")[0]; got != 3 {
		t.Errorf("%d rows say which record they are", got)
	}
}

// TestRowsThatAStructuredColumnRefusesAreKeptAndCounted: the table's metadata
// has a field too few, so that every row is rejected.
func TestRowsThatAStructuredColumnRefusesAreKeptAndCounted(t *testing.T) {
	w := newWorld(t, 1)
	w.execute(`CREATE ICEBERG TABLE T (kinesisMetadata OBJECT(stream STRING, shardId STRING, sequenceNumber STRING), N INT) CATALOG = 'SNOWFLAKE' ERROR_LOGGING = TRUE`)
	w.rewrite(`table: "ORDERS"`, `table: "T"`)
	w.putOn(0, 3)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFindings)
	if got := w.numbers("SELECT COUNT(*) FROM ERROR_TABLE(T)")[0]; got != 3 {
		t.Errorf("%d rows are in the error table", got)
	}
	r := w.audit()
	if !r.Exact || r.Sums.Rejected != 3 || r.Sums.ErrorTable == nil || *r.Sums.ErrorTable != 3 || !strings.Contains(r.CountsOnly, "lacks approximateArrival") {
		t.Errorf("audit: exact %v, %+v, %q", r.Exact, r.Sums, r.CountsOnly)
	}
	w.execute("TRUNCATE ERROR_TABLE(T)")
	if r := w.audit(); r.Exact || len(r.Shards[0].Findings) != 1 || r.Shards[0].Findings[0].Kind != audit.LostErrors {
		t.Errorf("audit without the error rows: %+v", r.Shards)
	}
}

// TestATableThatCannotBeAskedDecidesNothing: where rows do not say which record
// they are, --from table would find none and read the shard again.
func TestATableThatCannotBeAskedDecidesNothing(t *testing.T) {
	w := newWorld(t, 1)
	w.execute("CREATE TABLE T (N NUMBER, KINESISMETADATA OBJECT)")
	w.execute("CREATE PIPE P AS COPY INTO T (N) FROM (SELECT $1:N FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))")
	w.rewrite(`table: "ORDERS"`, `table: "T", pipe: "P", warehouse: "W"`)
	w.putOn(0, 3)
	c := w.connect()
	c.untilCaughtUp(3)
	c.drain(patience)
	foreign := "not ours"
	if err := w.Snowflake.SetOffsetToken(w.channel(0), &foreign); err != nil {
		t.Fatal(err)
	}
	c = w.connect()
	c.untilParked(0, messages.TokenForeign)
	if said := c.resolve(0, "table"); !strings.Contains(said, "writes $1:KINESISMETADATA into no column") || !strings.Contains(said, "use --from token, --from checkpoint, or a position") {
		t.Errorf("--from table: %q", said)
	}
	if said := c.resolve(0, "checkpoint"); said != "" {
		t.Errorf("--from checkpoint: %q", said)
	}
	w.putOn(0, 2)
	w.wait("5 rows", func() bool { return w.numbers("SELECT COUNT(*) FROM T")[0] == 5 })
}

// TestTwoProcessesMakeOneTable: both find it missing, and both go on at once.
func TestTwoProcessesMakeOneTable(t *testing.T) {
	w := newWorld(t, 2)
	w.rewrite(`table: "ORDERS"`, `table: "MADE", on_missing_table: create`)
	w.putOn(0, 5)
	w.putOn(1, 5)
	both := []*connector{w.connect(named("a")), w.connect(named("b"))}
	w.wait("10 rows", func() bool { return w.rowsOf("MADE") == 10 })
	for _, c := range both {
		if n := len(c.log.with("connector stopped")); n > 0 {
			t.Errorf("a connector was stopped %d times", n)
		}
	}
	if got := w.numbers("SELECT COUNT(DISTINCT N) FROM MADE WHERE METADATA$ROW_LAST_COMMIT_TIME IS NOT NULL")[0]; got != 10 {
		t.Errorf("%d records landed", got)
	}
	if got := w.numbers("SELECT COUNT(*) FROM ERROR_TABLE(MADE)")[0]; got != 0 {
		t.Errorf("%d rows in the error table", got)
	}
}

// rowsOf counts a table's rows; 0 where it is not there yet.
func (w *world) rowsOf(table string) int {
	var n int
	if err := w.db.QueryRowContext(w.t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
		return 0
	}
	return n
}

// named gives a connector's node a name, where two are at work.
func named(node string) func(*plan) {
	return func(p *plan) { p.Host.Node = node }
}
