package setup_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/audit"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/setup"
)

// TestAScriptLeadsFromNothingToAnExactAudit pastes the printed script into an
// empty account, twice, and runs the connector with the user, role and key that
// it made.
func TestAScriptLeadsFromNothingToAnExactAudit(t *testing.T) {
	t.Parallel()
	e := newEmptyAccount(t, nil)
	s, text := e.script(setup.GrantOptions{ReaderRole: "ANALYSTS"})
	for _, time := range []string{"first", "second"} {
		if e.run(text); len(e.failed) > 0 {
			t.Fatalf("the %s time:\n%s", time, strings.Join(e.failed, "\n"))
		}
	}
	e.file.DataDir = t.TempDir()
	if code, said := e.runs(""); code != 0 {
		t.Fatalf("the connector ends with %d:\n%s", code, said)
	}
	a, err := audit.New(e.name, e.cfg, e.file.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if report, err := a.Run(t.Context(), time.Now()); err != nil || !report.Exact || !report.Sources.Table {
		t.Fatalf("the audit: %v, %+v", err, report)
	}
	e.mustRun("USE ROLE SECURITYADMIN")
	e.mustRun("GRANT ROLE ANALYSTS TO USER ADA")
	reader := e.as("ADA", "ANALYSTS", e.cfg.Snowflake.Warehouse)
	for statement, may := range map[string]bool{
		"SELECT * FROM " + s.Table: true, "SELECT SHARD_ID, IN_SHARD, COMMITTED_AT, RECORD:N FROM " + s.View: true,
		"DELETE FROM " + s.Table: false, "INSERT INTO " + s.Table + " (N) SELECT 1": false, "TRUNCATE TABLE " + s.Table: false,
		"ALTER TABLE " + s.Table + " ADD COLUMN X INT": false, "DROP TABLE " + s.Table: false, "DROP VIEW " + s.View: false,
		`CREATE TABLE RAW."Events of 2026".MINE (X INT)`: false, `CREATE VIEW RAW."Events of 2026".MINE AS SELECT 1 AS X`: false,
	} {
		if _, err := reader.ExecContext(t.Context(), statement); (err == nil) != may {
			t.Errorf("a reader's %s: %v", statement, err)
		}
	}
}

// TestNoGrantIsSuperfluous takes each grant of a script back, and sees
// something fail: a row, a column, an audit, a reader, or the script itself when
// it is run again.
func TestNoGrantIsSuperfluous(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*supervisor.Config)
		options setup.GrantOptions
		grants  int
	}{
		"owner":       {options: setup.GrantOptions{}, grants: 11},
		"insert only": {options: setup.GrantOptions{InsertOnly: true}, grants: 12},
		"pipe":        {change: func(c *supervisor.Config) { c.Snowflake.Pipe = "mine"; c.Snowflake.Warehouse = "" }, grants: 9},
		"iceberg":     {options: setup.GrantOptions{Kind: setup.IcebergTable, ExternalVolume: "lake"}, grants: 13},
		"create":      {change: func(c *supervisor.Config) { c.Snowflake.OnMissingTable = config.CreateMissingTable }, grants: 13},
		"interactive": {options: setup.GrantOptions{Kind: setup.InteractiveTable}, grants: 9},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEmptyAccount(t, c.change)
			e.mustRun(`CREATE EXTERNAL VOLUME "lake" STORAGE_LOCATIONS = ((NAME = 'a' STORAGE_PROVIDER = 'S3' STORAGE_BASE_URL = 's3://a/'))`)
			c.options.ReaderRole = "ANALYSTS"
			s, text := e.script(c.options)
			if e.run(text); len(e.failed) > 0 {
				t.Fatalf("the script:\n%s", strings.Join(e.failed, "\n"))
			}
			e.mustRun("USE ROLE SECURITYADMIN")
			e.mustRun("GRANT ROLE ANALYSTS TO USER ADA")
			reader := e.as("ADA", "ANALYSTS", "")
			if refused := e.tried(s, reader); len(refused) > 0 {
				t.Fatalf("with all grants:\n%s", strings.Join(refused, "\n"))
			}
			grants := 0
			for _, st := range s.Statements {
				if !strings.HasPrefix(st.SQL, "GRANT ") {
					continue
				}
				grants++
				e.mustRun("USE ROLE ACCOUNTADMIN")
				e.mustRun(taken(st.SQL))
				refused := e.tried(s, reader)
				if len(refused) == 0 {
					e.run(withoutStatement(text, st.SQL))
					refused = e.failed
				}
				if len(refused) == 0 {
					t.Errorf("nothing fails without %s", st.SQL)
				}
				e.mustRun("USE ROLE " + st.Role)
				e.mustRun(st.SQL)
			}
			if grants != c.grants {
				t.Errorf("%d grants, want %d:\n%s", grants, c.grants, text)
			}
		})
	}
}

// taken is the statement that takes a grant back.
func taken(grant string) string {
	if strings.HasPrefix(grant, "GRANT OWNERSHIP") {
		before, _, _ := strings.Cut(grant, " TO ROLE ")
		return before + " TO ROLE SYSADMIN COPY CURRENT GRANTS"
	}
	grant = strings.Replace(grant, "GRANT ", "REVOKE ", 1)
	return strings.Replace(grant, " TO ", " FROM ", 1)
}

func withoutStatement(text, statement string) string {
	return strings.Replace(text, statement+";\n", "", 1)
}

// TestTheViewOrdersWhatTextsDoNot is trap T20: sequence numbers of different
// length, and sub-sequence numbers beside them, in the order of their numbers.
func TestTheViewOrdersWhatTextsDoNot(t *testing.T) {
	t.Parallel()
	e := newEmptyAccount(t, nil)
	s, text := e.script(setup.GrantOptions{ReaderRole: "ANALYSTS"})
	if e.run(text); len(e.failed) > 0 {
		t.Fatal(e.failed)
	}
	want := []string{"9/0", "10/2", "10/10", "100/0", "49590338271490256608559692538361571095921575989136588898/0"}
	e.mustRun("USE ROLE ACCOUNTADMIN")
	for _, at := range []string{want[3], want[1], want[4], want[0], want[2]} {
		seq, sub, _ := strings.Cut(at, "/")
		e.mustRun(fmt.Sprintf(`INSERT INTO %s (KINESISMETADATA) SELECT PARSE_JSON('{"stream":"orders","shardId":"shardId-000000000000","sequenceNumber":"%s","subSequenceNumber":%s,"approximateArrival":"2026-11-05T09:12:15.300"}')`, s.Table, seq, sub))
	}
	rows, err := e.admin.QueryContext(t.Context(), "SELECT SEQUENCE_NUMBER || '/' || SUB_SEQUENCE_NUMBER FROM "+s.View+" ORDER BY SHARD_ID, IN_SHARD")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var at string
		if err := rows.Scan(&at); err != nil {
			t.Fatal(err)
		}
		got = append(got, at)
	}
	if !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestAScriptWithoutAKeySaysHowToMakeOne(t *testing.T) {
	cfg := newAccount(t, config.SharedThroughput).cfg()
	cfg.Snowflake.PrivateKeyFile = filepath.Join(t.TempDir(), "absent.p8")
	s, err := setup.Grants("orders", cfg, setup.GrantOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "openssl rsa") || !slices.Equal(s.Unfilled, []string{"<PUBLIC KEY>"}) {
		t.Errorf("the script says %s", text)
	}
}

// TestNoNameLeavesItsQuotes writes names that would be statements.
func TestNoNameLeavesItsQuotes(t *testing.T) {
	t.Parallel()
	e := newEmptyAccount(t, func(c *supervisor.Config) {
		c.Snowflake.Table, c.Snowflake.Schema, c.Kinesis.Stream = `t"; DROP DATABASE RAW; --`, "a'b", "orders"
	})
	e.name = "x\nDROP DATABASE RAW;"
	e.mustRun("USE ROLE SYSADMIN")
	e.mustRun("CREATE DATABASE RAW")
	s, text := e.script(setup.GrantOptions{ReaderRole: `r'"; DROP DATABASE RAW; --`, User: "select", Warehouse: "it's"})
	if e.run(text); len(e.failed) > 0 {
		t.Fatalf("%s\n%s", strings.Join(e.failed, "\n"), text)
	}
	if _, ok := e.snowflake.Catalog().Table("RAW", "a'b", `t"; DROP DATABASE RAW; --`); !ok {
		t.Errorf("the table is not there:\n%s", text)
	}
	if s.Statements[1].SQL[:36] != `CREATE USER IF NOT EXISTS "select" T` {
		t.Errorf("the user: %s", s.Statements[1].SQL)
	}
}

func TestGrantsThatCannotBeMeantAreRefused(t *testing.T) {
	cfg := newAccount(t, config.SharedThroughput).cfg()
	evolving := cfg
	evolving.Snowflake.SchemaEvolution = config.ClientEvolution
	for want, c := range map[string]struct {
		cfg     supervisor.Config
		options setup.GrantOptions
	}{
		"takes no pipe":            {cfg, setup.GrantOptions{Kind: setup.InteractiveTable, Pipe: "P"}},
		"only an Iceberg table":    {cfg, setup.GrantOptions{ExternalVolume: "V"}},
		"takes its OWNERSHIP":      {evolving, setup.GrantOptions{InsertOnly: true}},
		"the connector's own":      {cfg, setup.GrantOptions{ReaderRole: "KINESNOW"}},
		"holds a control":          {cfg, setup.GrantOptions{Role: "a\nb"}},
		"longer than 255 characte": {cfg, setup.GrantOptions{AdminRole: strings.Repeat("x", 256)}},
	} {
		if _, err := setup.Grants("orders", c.cfg, c.options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}

// TestTheNoteOfATokenSaysWhatToRunAndWhereItGoes: the script cannot hold the
// secret that the statement answers.
func TestTheNoteOfATokenSaysWhatToRunAndWhereItGoes(t *testing.T) {
	t.Parallel()
	e := newEmptyAccount(t, nil)
	for _, c := range []struct {
		file string
		want string
	}{
		{"/run/secrets/snowflake.token", "put the answer's token_secret into /run/secrets/snowflake.token. Snowflake wants a network policy"},
		{"", "put the answer's token_secret into the profile of connections.toml. Snowflake wants a network policy"},
	} {
		e.cfg.Snowflake.Authenticator, e.cfg.Snowflake.TokenFile = config.PAT, c.file
		s, err := setup.Grants(e.name, e.cfg, setup.GrantOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(s.Notes[0], c.want) {
			t.Errorf("%q is not in %q", c.want, s.Notes[0])
		}
		for _, st := range s.Statements {
			e.mustRun("USE ROLE " + st.Role)
			e.mustRun(st.SQL)
		}
		statement, _, _ := strings.Cut(strings.TrimPrefix(s.Notes[0], "the token: "), ";")
		e.mustRun("USE ROLE SECURITYADMIN")
		e.mustRun(statement)
		e.mustRun("ALTER USER KN_ORDERS REMOVE PROGRAMMATIC ACCESS TOKEN KINESNOW")
	}
}
