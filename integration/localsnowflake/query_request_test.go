package localsnowflake_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	sf "github.com/snowflakedb/gosnowflake/v2"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// driverEnvironment keeps the driver from looking for cloud metadata and from
// loading native code.
func driverEnvironment(t *testing.T) {
	t.Setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
	t.Setenv("SF_DISABLE_MINICORE", "true")
	must(t, sf.GetLogger().SetLogLevel("off")) // it prints every refused statement
}

// driverConfig is what a program says to reach the account as LOADER.
func (a *account) driverConfig() *sf.Config {
	a.t.Helper()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(a.URL(), "http://"))
	must(a.t, err)
	n, err := strconv.Atoi(port)
	must(a.t, err)
	return &sf.Config{Account: "local", User: "loader", Database: "DB", Schema: "S", Authenticator: sf.AuthTypeJwt, PrivateKey: userKey(),
		Protocol: "http", Host: "127.0.0.1", Port: n, LoginTimeout: 2 * time.Minute}
}

// connect opens a pool of one connection, so that USE and ALTER SESSION hold.
func connect(t *testing.T, config *sf.Config) *sql.DB {
	t.Helper()
	driverEnvironment(t)
	db := sql.OpenDB(sf.NewConnector(sf.SnowflakeDriver{}, *config))
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

// admin lets LOADER take ACCOUNTADMIN.
func (a *account) admin() {
	a.t.Helper()
	role, _ := a.Catalog().Role(catalog.AccountAdmin)
	must(a.t, a.Catalog().Grant(catalog.Grant{Privilege: catalog.Usage, On: catalog.OnRole, Object: role.ID, ToUser: "LOADER"}))
}

// adminDB is a connection as ACCOUNTADMIN.
func (a *account) adminDB(t *testing.T) *sql.DB {
	t.Helper()
	a.admin()
	config := a.driverConfig()
	config.Role = catalog.AccountAdmin
	return connect(t, config)
}

func run(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// texts reads a result as rows of texts, NULL as "-".
func texts(t *testing.T, db *sql.DB, query string, args ...any) (rows []string) {
	t.Helper()
	result, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer result.Close()
	columns, err := result.Columns()
	must(t, err)
	for result.Next() {
		cells := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		must(t, result.Scan(into...))
		line := make([]string, len(cells))
		for i, c := range cells {
			if line[i] = c.String; !c.Valid {
				line[i] = "-"
			}
		}
		rows = append(rows, strings.Join(line, "|"))
	}
	must(t, result.Err())
	return rows
}

// TestDriverReadsEveryType sends one value of each type through the driver.
func TestDriverReadsEveryType(t *testing.T) {
	db := start(t, localsnowflake.Options{}).adminDB(t)
	row := db.QueryRowContext(t.Context(), `SELECT 12345678901234567890.12::NUMBER(38,2), 1.5::FLOAT, 'x', TRUE, TO_BINARY('beef'), '2026-02-28'::DATE,
		'01:02:03.25'::TIME, '2026-02-28 01:02:03.5'::TIMESTAMP_NTZ, '2026-02-28 01:02:03 +0200'::TIMESTAMP_TZ, PARSE_JSON('{"a":1.60}'), NULL`)
	var number, text, variant string
	var float float64
	var yes bool
	var binary []byte
	var date, clock, ntz, tz time.Time
	var none sql.NullString
	must(t, row.Scan(&number, &float, &text, &yes, &binary, &date, &clock, &ntz, &tz, &variant, &none))
	if number != "12345678901234567890.12" || float != 1.5 || text != "x" || !yes || string(binary) != "\xbe\xef" || none.Valid {
		t.Errorf("got %q %v %q %v %x %v", number, float, text, yes, binary, none)
	}
	if date.Format(time.DateOnly) != "2026-02-28" || clock.Format("15:04:05.00") != "01:02:03.25" {
		t.Errorf("date %v, time %v", date, clock)
	}
	if ntz.Format(time.RFC3339Nano) != "2026-02-28T01:02:03.5Z" || tz.Format(time.RFC3339) != "2026-02-28T01:02:03+02:00" {
		t.Errorf("timestamps %v, %v", ntz, tz)
	}
	if variant != "{\n  \"a\": 1.60\n}" { // laid out as the service does
		t.Errorf("variant %s", variant)
	}
}

// TestDriverFollowsTheSetupPage runs the statements of the connector's setup
// page in its order, and then what the connector asks.
func TestDriverFollowsTheSetupPage(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	db := a.adminDB(t)
	run(t, db,
		"CREATE DATABASE kinesis_db", "CREATE SCHEMA kinesis_schema", "CREATE ROLE connector",
		"GRANT USAGE ON DATABASE kinesis_db TO ROLE connector", "GRANT USAGE ON SCHEMA kinesis_schema TO ROLE connector",
		"GRANT CREATE TABLE ON SCHEMA kinesis_schema TO ROLE connector", "GRANT ROLE connector TO USER loader",
		"USE ROLE connector",
		"CREATE TABLE kinesis_db.kinesis_schema.t (\n  kinesisMetadata object\n)\nENABLE_SCHEMA_EVOLUTION = TRUE\nERROR_LOGGING = TRUE;",
		"USE ROLE accountadmin", "GRANT OWNERSHIP ON TABLE t TO ROLE connector", "USE ROLE connector")
	got := texts(t, db, "DESC TABLE identifier(?)", "kinesis_db.kinesis_schema.t")
	if len(got) != 1 || !strings.HasPrefix(got[0], "KINESISMETADATA|OBJECT|COLUMN|Y|-|") {
		t.Errorf("DESC TABLE: %q", got)
	}
	got = texts(t, db, "SHOW GRANTS ON TABLE identifier(?)", "T")
	if len(got) != 1 || !strings.Contains(got[0], "|OWNERSHIP|TABLE|KINESIS_DB.KINESIS_SCHEMA.T|ROLE|CONNECTOR|") {
		t.Errorf("SHOW GRANTS: %q", got)
	}
	run(t, db, `ALTER TABLE identifier('T') ADD COLUMN IF NOT EXISTS "id" NUMBER, name VARCHAR NOT NULL`, `ALTER TABLE t ALTER name DROP NOT NULL`, "ALTER TABLE t SET ROW_TIMESTAMP = TRUE")
	if got = texts(t, db, "SHOW TABLES LIKE ? IN SCHEMA kinesis_db.kinesis_schema", "t"); len(got) != 1 || !strings.HasSuffix(got[0], "|Y|ROLE|N|N|N|N|N|ON|ON") {
		t.Errorf("SHOW TABLES: %q", got)
	}
	if got = texts(t, db, `SELECT "id", name FROM t`); got != nil {
		t.Errorf("rows of a new table: %q", got)
	}
}

// TestStreamedRowsAreSelected reads through the driver what was streamed.
func TestStreamedRowsAreSelected(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	db := a.adminDB(t)
	run(t, db, "CREATE TABLE t (id NUMBER, v VARIANT, note VARCHAR) ERROR_LOGGING = TRUE", "GRANT INSERT, SELECT ON TABLE t TO ROLE loader")
	a.open("T-STREAMING", "c", "{}").expect(200, "")
	a.append("c", "0_1", "3", `{"id":1,"v":{"mag":1.60,"huge":1e400,"long":1234567890123456789012345678901234567890}}`+"\n"+
		`{"id":2,"v":null}`+"\n"+`{"id":"x"}`+"\n"+`{"id":3,"v":{"mag":2}}`+"\n").expect(200, "")
	a.committed("c", "3")
	got := texts(t, db, "SELECT id, v:mag, v:huge, v:long, TO_JSON(v) FROM t ORDER BY id DESC")
	want := []string{`3|2|-|-|{"mag":2}`, "2|-|-|-|null", `1|1.60|1e400|1234567890123456789012345678901234567890|{"mag":1.60,"huge":1e400,"long":1234567890123456789012345678901234567890}`}
	expectRows(t, got, want...)
	expectRows(t, texts(t, db, "SELECT COUNT(*), SUM(v:mag::NUMBER(10,2)), MAX(id) FROM t"), "3|3.60|3")
	expectRows(t, texts(t, db, `SELECT error_code, error_data:"$1"::VARCHAR, error_metadata:details.offset_token_upper_bound::VARCHAR FROM ERROR_TABLE(t)`), `100071|{"id":"x"}|3`)
	if got := texts(t, db, "SHOW CHANNELS IN TABLE t"); len(got) != 1 || !strings.Contains(got[0], "|c|DB|S|T|0|2|3|PIPE|T-STREAMING") {
		t.Errorf("SHOW CHANNELS: %q", got)
	}
	expectRows(t, texts(t, db, `SELECT SYSTEM$STREAMING_CHANNEL_INVALIDATE('DB.S."T-STREAMING"', 'c')`), "Channel invalidated successfully.")
	if code := a.status("c")["channel_status_code"]; code != localsnowflake.CodeMustReopen {
		t.Errorf("status after invalidation: %v", code)
	}
}

// TestDriverErrorsHaveTheirNumbers checks what a program branches on.
func TestDriverErrorsHaveTheirNumbers(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.table(catalog.Table{Name: "T", Columns: []catalog.Column{{Name: "A", Type: catalog.IntegerType(), Nullable: true}}}, catalog.Insert)
	db := connect(t, a.driverConfig())
	for query, want := range map[string]struct {
		number int
		state  string
	}{
		"SELECT * FROM missing":    {2003, "42S02"},
		"SELECT a FROM t":          {3001, "42501"},
		"SELEC 1":                  {1003, "42000"},
		"SELECT nofunction(1)":     {2140, "42601"},
		"CREATE TABLE t2 (a INT)":  {3001, "42501"},
		"SELECT 1/0":               {100051, "22012"},
		"USE DATABASE nowhere":     {2043, "02000"},
		"DESC TABLE nowhere.s.t":   {2003, "02000"},
		"INSERT INTO t VALUES (?)": {2049, "42601"},
	} {
		_, err := db.QueryContext(t.Context(), query)
		var e *sf.SnowflakeError
		if !errors.As(err, &e) || e.Number != want.number || e.SQLState != want.state || e.QueryID == "" {
			t.Errorf("%s: %v, want %d %s", query, err, want.number, want.state)
		}
	}
}

// TestExpiredSessionIsRenewed lets one statement meet an expired session: the
// driver renews it and sends the statement again.
func TestExpiredSessionIsRenewed(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	db := connect(t, a.driverConfig())
	a.Faults().Set(localsnowflake.ActionQuery, fault.Times(1, fault.Always(fault.Effect{Refuse: &fault.Refusal{Code: "390112", Message: "expired"}})))
	expectRows(t, texts(t, db, "SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA()"), "LOADER|LOADER|DB|S")
	if n := a.Faults().Calls(localsnowflake.ActionRenewToken); n != 1 {
		t.Errorf("%d renewals, want 1", n)
	}
}

// TestLostAnswerDoesNotInsertTwice breaks the connection after an INSERT took
// effect; the driver sends it again under the same request ID.
func TestLostAnswerDoesNotInsertTwice(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	db := a.adminDB(t)
	run(t, db, "CREATE TABLE t (a INT)")
	a.Faults().Set(localsnowflake.ActionQuery, fault.Times(1, func(c fault.Call) fault.Effect { return fault.Effect{LoseAfter: true} }))
	result, err := db.ExecContext(t.Context(), "INSERT INTO t VALUES (1), (?)", 2)
	must(t, err)
	if n, err := result.RowsAffected(); n != 2 || err != nil {
		t.Errorf("%d rows affected, %v", n, err)
	}
	if a.Faults().Calls(localsnowflake.ActionQuery) < 3 { // CREATE, INSERT lost, INSERT again
		t.Error("the answer was not lost")
	}
	expectRows(t, texts(t, db, "SELECT a FROM t ORDER BY a"), "1", "2")
}

// TestLoginIsRefusedWithACode tries what must not get in.
func TestLoginIsRefusedWithACode(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	for name, test := range map[string]struct {
		change func(*sf.Config)
		number int
	}{
		"unknown user":        {func(c *sf.Config) { c.User = "nobody" }, 390144},
		"other account":       {func(c *sf.Config) { c.Account = "other" }, 390144},
		"role not granted":    {func(c *sf.Config) { c.Role = catalog.AccountAdmin }, 390189},
		"missing database":    {func(c *sf.Config) { c.Database = "NOWHERE" }, 390201},
		"password of no user": {func(c *sf.Config) { c.Authenticator, c.Password = sf.AuthTypeSnowflake, "guess" }, 390100},
		"unregistered token":  {func(c *sf.Config) { c.Authenticator, c.Token = sf.AuthTypePat, "pat" }, 394400},
	} {
		config := a.driverConfig()
		test.change(config)
		err := connect(t, config).PingContext(t.Context())
		var e *sf.SnowflakeError
		if !errors.As(err, &e) || e.Number != test.number {
			t.Errorf("%s: %v, want %d", name, err, test.number)
		}
	}
}

// TestPasswordAndTokenGetIn logs in without a key pair.
func TestPasswordAndTokenGetIn(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	must(t, a.Catalog().UpdateUser("LOADER", func(u *catalog.User) error { return u.SetPassword("open sesame") }))
	must(t, a.RegisterToken(localsnowflake.ProgrammaticAccessToken, "a-token", "LOADER", "", time.Time{}))
	password, token := a.driverConfig(), a.driverConfig()
	password.Authenticator, password.Password = sf.AuthTypeSnowflake, "open sesame"
	token.Authenticator, token.Token = sf.AuthTypePat, "a-token"
	for _, config := range []*sf.Config{password, token} {
		expectRows(t, texts(t, connect(t, config), "SELECT CURRENT_ROLE()"), "LOADER")
	}
}

// TestAbortEndsARunningStatement cancels a query that would run for long.
func TestAbortEndsARunningStatement(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	db := a.adminDB(t)
	run(t, db, "CREATE TABLE n (a INT)", "INSERT INTO n VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a.Faults().Set(localsnowflake.ActionQuery, func(fault.Call) fault.Effect {
		time.AfterFunc(200*time.Millisecond, cancel)
		return fault.Effect{}
	})
	_, err := db.QueryContext(ctx, "SELECT COUNT(*) FROM n a, n b, n c, n d, n e, n f, n g, n h, n i, n j")
	if err == nil {
		t.Fatal("a query over ten billion rows ended")
	}
	a.waitFor("abort", func() bool { return a.Faults().Calls(localsnowflake.ActionAbortQuery) > 0 })
}

// TestLargeResultIsInline reads more rows than one chunk of the service has.
func TestLargeResultIsInline(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	db := a.adminDB(t)
	run(t, db, "CREATE TABLE d (a INT)", "INSERT INTO d VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)")
	got := texts(t, db, "SELECT a.a*10000+b.a*1000+c.a*100+e.a*10+f.a AS n FROM d a, d b, d c, d e, d f ORDER BY 1")
	if len(got) != 100_000 || got[0] != "0" || got[99_999] != "99999" {
		t.Errorf("%d rows", len(got))
	}
}
