package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// The tables that client-side evolution begins with: what they have is the
// record's metadata, in the form that each kind wants.
const (
	standardTable = "CREATE OR REPLACE TABLE ORDERS (KINESISMETADATA OBJECT) ERROR_LOGGING = TRUE"
	icebergV3     = "CREATE OR REPLACE ICEBERG TABLE ORDERS (KINESISMETADATA VARIANT) CATALOG = 'SNOWFLAKE' BASE_LOCATION = 'orders' ICEBERG_VERSION = 3"
	icebergV2     = "CREATE OR REPLACE ICEBERG TABLE ORDERS (KINESISMETADATA OBJECT(stream STRING, shardId STRING, approximateArrival STRING, partitionKey STRING, " +
		"sequenceNumber STRING, subSequenceNumber INTEGER, shardedSequenceNumber STRING)) CATALOG = 'SNOWFLAKE' BASE_LOCATION = 'orders'"
)

// remake gives table ORDERS another definition, as an administrator would.
func (w *world) remake(statement string) {
	w.t.Helper()
	w.asAdmin("GRANT CREATE ICEBERG TABLE ON SCHEMA RAW.EVENTS TO ROLE " + localcloud.Role)
	w.as(localcloud.Role, statement)
}

// as runs a statement in a role of its own.
func (w *world) as(role, statement string) {
	w.t.Helper()
	session := &sql.Session{ID: "scenario", Account: localcloud.Account, User: localcloud.User, Role: role, Database: localcloud.Database, Schema: localcloud.Schema}
	if _, err := w.Snowflake.SQL().Execute(w.t.Context(), session, statement, sql.Bindings{}); err != nil {
		w.t.Fatalf("%s: %v", statement, err)
	}
}

// shape is the table's columns as DESC TABLE shows them: NAME TYPE, without the
// metadata.
func (w *world) shape() (list []string) {
	w.t.Helper()
	rows, err := w.db.QueryContext(w.t.Context(), "DESC TABLE ORDERS")
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	names, _ := rows.Columns()
	for rows.Next() {
		cells := make([]any, len(names))
		for i := range cells {
			cells[i] = new(any)
		}
		if err := rows.Scan(cells...); err != nil {
			w.t.Fatal(err)
		}
		if name := fmt.Sprint(*cells[0].(*any)); name != "KINESISMETADATA" {
			list = append(list, name+" "+fmt.Sprint(*cells[1].(*any)))
		}
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return list
}

// strict is a transport that lets an append through only when the table has a
// column for each of its keys at that moment: what Snowflake would drop later
// without a word is an error here.
type strict struct {
	w       *world
	appends atomic.Int64
}

func (s *strict) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/rows") {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.appends.Add(1)
		s.check(body)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func (s *strict) check(body []byte) {
	tables := s.w.Snowflake.Catalog().Tables(localcloud.Database, localcloud.Schema)
	i := slices.IndexFunc(tables, func(t *catalog.Table) bool { return t.Name == "ORDERS" })
	for line := range bytes.Lines(body) {
		var row map[string]any
		if err := json.Unmarshal(line, &row); err != nil {
			s.w.t.Errorf("an append holds %s", line)
		}
		for key, value := range row {
			if _, there := tables[i].Column(strings.ToUpper(key)); !there && value != nil {
				s.w.t.Errorf("key %q is appended, and the table has no column for it", key)
			}
		}
	}
}

// evolving has a connector add columns itself, and holds it to that.
func (w *world) evolving(p *plan) {
	p.Snowflake.SchemaEvolution = config.ClientEvolution
	p.Snowflake.Compression = config.Uncompressed
	p.Host.HTTP = &http.Client{Transport: &strict{w: w}}
}

// auditExact asks for the audit's verdict.
func (w *world) auditExact() {
	w.t.Helper()
	if r := w.audit(); !r.Exact {
		w.t.Errorf("the audit says %+v", r)
	}
}

// changes are the statements that a connector says it ran, n at least.
func changes(c *connector, n int) (statements []string) {
	c.t.Helper()
	for _, e := range untilTold[*messages.SchemaChanged](c, n) {
		statements = append(statements, e.Statement)
	}
	return statements
}

// TestATableThatIsReplacedGrowsAgain: its channels went with the old one, and so
// did what was known of its columns.
func TestATableThatIsReplacedGrowsAgain(t *testing.T) {
	w := newWorld(t, 1)
	w.remake(standardTable)
	w.putRaw(0, []byte(`{"N":0,"EXTRA":"a"}`))
	c := w.connect(func(p *plan) { p.Snowflake.SchemaEvolution = config.ClientEvolution })
	c.untilCaughtUp(1)
	w.remake(standardTable)
	w.putRaw(0, []byte(`{"N":1,"EXTRA":"b"}`))
	w.put = 2
	w.untilRows(1)
	c.untilCaughtUp(0)
	w.expect("EXTRA = 'b'", 1)
}

// TestRowsAndColumnsNeedNoWarehouse: one that is not granted is audit's and
// --latency's loss alone, though a sign-in that names it is refused whole.
func TestRowsAndColumnsNeedNoWarehouse(t *testing.T) {
	w := newWorld(t, 1)
	w.asAdmin("CREATE WAREHOUSE NOBODYS")
	w.remake(standardTable)
	w.putRaw(0, []byte(`{"N":0,"EXTRA":"a"}`))
	c := w.connect(func(p *plan) {
		p.Snowflake.SchemaEvolution, p.Snowflake.Warehouse = config.ClientEvolution, "NOBODYS"
	})
	c.untilCaughtUp(1)
	w.expect("EXTRA = 'a'", 0)
}

// TestATableGrowsWithItsRecords is Iceberg evolution before and after, which
// Snowflake's own connector does not do, and the same for a standard table.
func TestATableGrowsWithItsRecords(t *testing.T) {
	long, wide := strings.Repeat("9", 38), strings.Repeat("8", 40)
	for name, c := range map[string]struct {
		table, double, any string
		nested             string // what V:a[1] is asked with
	}{
		"standard":   {standardTable, "FLOAT", "VARIANT", "V:a[1]::STRING"},
		"Iceberg v3": {icebergV3, "FLOAT", "VARIANT", "V:a[1]::STRING"},
		"Iceberg v2": {icebergV2, "FLOAT", "VARCHAR(16777216)", "PARSE_JSON(V):a[1]::STRING"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1, func(o *localcloud.Options) { o.Columns = nil })
			w.remake(c.table)
			if got := w.shape(); got != nil {
				t.Fatalf("before, the table has %q", got)
			}
			w.putRaw(0, fmt.Appendf(nil, `{"n":0,"Big":%s,"wide":%s,"f":1.5,"b":true,"s":"2026-01-02","v":{"a":[1,2.50]},"nothing":null,"mixed":7}`, long, wide))
			w.putRaw(0, []byte(`{"n":1,"f":2,"mixed":"seven","with \"quotes\"; DROP TABLE ORDERS":"kept"}`))
			con := w.connect(w.evolving)
			con.untilCaughtUp(2)
			w.putRaw(0, []byte(`{"N":2,"nothing":"something","b":null}`))
			con.untilCaughtUp(3)
			text := "VARCHAR(16777216)"
			want := []string{"N NUMBER(38,0)", "BIG NUMBER(38,0)", "WIDE " + text, "F " + c.double, "B BOOLEAN", "S " + text, "V " + c.any, "MIXED " + c.any,
				`WITH "QUOTES"; DROP TABLE ORDERS ` + text, "NOTHING " + text}
			if got := w.shape(); !slices.Equal(got, want) {
				t.Errorf("after, the table has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			w.expect("", 0, 1, 2)
			for query, want := range map[string][]string{
				"BIG::STRING": {long, "-", "-"}, "WIDE": {wide, "-", "-"}, "F::STRING": {"1.5", "2", "-"}, "B::STRING": {"true", "-", "-"}, "S": {"2026-01-02", "-", "-"},
				c.nested: {"2.50", "-", "-"}, "MIXED::STRING": {"7", "seven", "-"}, `"WITH ""QUOTES""; DROP TABLE ORDERS"`: {"-", "kept", "-"}, "NOTHING": {"-", "-", "something"},
			} {
				if got := w.texts("SELECT " + query + " FROM ORDERS ORDER BY N"); !slices.Equal(got, want) {
					t.Errorf("%s is %q, want %q", query, got, want)
				}
			}
			if got := changes(con, 2); len(got) != 2 || con.state().Schema.Changes != 2 {
				t.Errorf("%d statements were told: %q", len(got), got)
			}
			con.kill()
			w.auditExact()
		})
	}
}

// TestAColumnThatIsDroppedByHandIsToldOf and made again: Snowflake takes the rows
// as before, and drops the values without a word. What may be gone is in the
// history with the times between which it went, and what is read after that has
// its column.
func TestAColumnThatIsDroppedByHandIsToldOf(t *testing.T) {
	w := newWorld(t, 1, bare)
	w.remake(standardTable)
	w.putWith(0, `"EXTRA":"a"`)
	c := w.connect(func(p *plan) { p.Snowflake.SchemaEvolution = config.ClientEvolution })
	c.untilCaughtUp(1)
	began := time.Now()
	w.as(localcloud.Role, "ALTER TABLE ORDERS DROP COLUMN EXTRA")
	dropped := time.Now()
	w.putWith(0, `"EXTRA":"b"`)
	w.untilRows(2)
	c.system.Root.Stop(actor.NewPID(c.system.Address(), "orders/schema")) // the next one looks at once
	c.until("told", func(s *messages.State) bool { return s.Schema != nil && s.Schema.Gone != nil })
	w.putWith(0, `"EXTRA":"c"`)
	w.untilRows(3)
	w.expect("", 0, 1, 2)
	if got := w.values("EXTRA"); !slices.Contains(got, "c") || slices.Contains(got, "a") {
		t.Errorf("EXTRA has %q", got)
	}
	gone := c.state().Schema.Gone
	if !slices.Equal(gone.Columns, []string{"EXTRA"}) || gone.Since.After(dropped) || gone.At.Before(began) {
		t.Errorf("dropped between %s and %s, and told %+v", began, dropped, gone)
	}
	if told := untilTold[*messages.ColumnsGone](c, 1); len(told) != 1 || !slices.Equal(told[0].Columns, gone.Columns) || !told[0].Since.Equal(gone.Since) {
		t.Errorf("the ledger has %+v", told)
	}
	if s := c.state(); s.Health != messages.Flowing {
		t.Errorf("the connector is %s", s.Health)
	}
	c.kill()
	w.auditExact()
}

// TestATableThatIsDroppedIsMadeAgain by on_missing_table: create, in the process
// that has made it before as in a new one.
func TestATableThatIsDroppedIsMadeAgain(t *testing.T) {
	w := newWorld(t, 2)
	w.as(localcloud.Role, "DROP TABLE ORDERS")
	w.asAdmin("GRANT CREATE TABLE ON SCHEMA RAW.EVENTS TO ROLE " + localcloud.Role)
	w.putWith(0, `"EXTRA":"a"`)
	w.putWith(1, `"EXTRA":"b"`)
	c := w.connect(func(p *plan) { p.Snowflake.OnMissingTable = config.CreateMissingTable })
	c.untilCaughtUp(2)
	w.as(localcloud.Role, "DROP TABLE ORDERS")
	w.putWith(0, `"EXTRA":"c"`)
	w.putWith(1, `"EXTRA":"d"`)
	c.untilCaughtUp(4)
	if got := w.values("EXTRA"); !slices.Equal(got, []string{"c", "d"}) {
		t.Errorf("EXTRA has %q", got)
	}
	if said := c.log.with("the table was not there and has been created"); len(said) != 2 {
		t.Errorf("the log says %d times that the table was made", len(said))
	}
}
