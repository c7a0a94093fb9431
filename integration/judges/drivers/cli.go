package drivers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// terminal runs Snowflake's command line. It takes seconds to start, so one
// call is asked as much as possible.
type terminal struct {
	ctx     context.Context
	h       *judge.Hearing
	env     []string
	keyFile string
}

// commandLine hears snowflake-cli: `snow sql` is what SnowSQL was.
func commandLine(ctx context.Context, h *judge.Hearing) error {
	a, err := open(h)
	if err != nil {
		return err
	}
	path, err := h.File("home/config.toml", fmt.Sprintf(`default_connection_name = "local"
[cli.logs]
save_logs = false
[connections.local]
account = %q
user = %q
password = %q
host = %q
port = %s
protocol = "http"
database = "DB"
schema = "PUBLIC"
role = "ACCOUNTADMIN"
warehouse = "WH"
`, accountName, userName, password, a.host, a.port))
	if err != nil {
		return err
	}
	home := filepath.Dir(path)
	t := &terminal{ctx: ctx, h: h, keyFile: a.keyFile, env: []string{"SNOWFLAKE_HOME=" + home, "HOME=" + home, "NO_COLOR=1", "TERM=dumb", "COLUMNS=200"}}
	if err := t.script(); err != nil {
		return err
	}
	for _, o := range []struct {
		name, detail string
		run          func() error
	}{
		{"connection test", "status OK with user, role, database, warehouse", t.connectionTest},
		{"an error ends the text", "its number and text, and the exit code 1", t.failing},
		{"asynchronous statements", ";> gives a query ID, !queries lists it, !result has its rows", t.asynchronous},
		{"objects", "the tables, listed", t.objects},
	} {
		h.Check(o.name, o.run(), "%s", o.detail)
	}
	return nil
}

// scriptParts are the statements of one file, and what each must print.
var scriptParts = []struct{ name, text, want, detail string }{
	{"log in with a key pair", "SELECT CURRENT_USER() AS u;", `[{"U":"JUDGE"}]`, "by options of the command"},
	{"definitions", "-- a comment; with a semicolon\nCREATE TABLE cli (a INT, v VARCHAR);", `[{"status":"Table CLI successfully created."}]`, "behind a comment"},
	{"changes", "INSERT INTO cli VALUES (1, 'x;y'), (2, NULL);", `[{"number of rows inserted":2}]`, "a semicolon in a text"},
	{"queries", "/* rows */ SELECT * FROM cli ORDER BY a;", `[{"A":1,"V":"x;y"},{"A":2,"V":null}]`, "two rows with a NULL"},
	{"variables", "SELECT &what AS x, '&other' AS y;", `[{"X":41,"Y":"z"}]`, "&name, the way of SnowSQL"},
	{"every type, printed", `SELECT 12345678901234567890.50::NUMBER(38,2) AS n, 1.5::FLOAT AS f, 'hé😀' AS s, TRUE AS b, '2026-02-28'::DATE AS d, '23:59:59'::TIME AS t,
		'2026-02-28 01:02:03.5'::TIMESTAMP_NTZ AS ts, PARSE_JSON('{"a":[1,2.50]}') AS v, NULL AS e;`,
		`[{"N":"12345678901234567890.50","F":1.5,"S":"hé😀","B":true,"D":"2026-02-28","T":"23:59:59","TS":"2026-02-28T01:02:03.500000","V":"{\n  \"a\": [\n    1,\n    2.50\n  ]\n}","E":null}]`,
		"as JSON; a VARIANT over several lines"},
}

// script runs all parts as one file and looks at the result of each.
func (t *terminal) script() error {
	var text strings.Builder
	for _, p := range scriptParts {
		text.WriteString(p.text + "\n")
	}
	path, err := t.h.File("script.sql", text.String())
	if err != nil {
		return err
	}
	out, err := t.output("sql", "-f", path, "-D", "what=41", "-D", "other=z", "--authenticator", "SNOWFLAKE_JWT", "--private-key-file", t.keyFile, "--format", "json")
	if err != nil {
		return err
	}
	var results []json.RawMessage
	if err := json.Unmarshal([]byte(out), &results); err != nil || len(results) != len(scriptParts) {
		return errors.Join(fmt.Errorf("%d statements printed %s", len(scriptParts), out), err)
	}
	for i, p := range scriptParts {
		t.h.Check(p.name, sameJSON(string(results[i]), p.want), "%s", p.detail)
	}
	return nil
}

// command is one call of the program.
func (t *terminal) command(args ...string) *exec.Cmd {
	c := t.h.Command(t.ctx, filepath.Join(t.h.Home(cli), "bin", "snow"), args...)
	c.Env = append(c.Env, t.env...)
	return c
}

// output is what a successful call prints.
func (t *terminal) output(args ...string) (string, error) {
	out, err := t.h.Output(t.command(args...))
	if err != nil {
		return "", fmt.Errorf("snow %s: %w %s", strings.Join(args, " "), err, out)
	}
	return out, nil
}

func sameJSON(got, want string) error {
	var g, w any
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		return fmt.Errorf("printed %s: %w", got, err)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		return err
	}
	if !reflect.DeepEqual(g, w) {
		return fmt.Errorf("printed %s, want %s", got, want)
	}
	return nil
}

func (t *terminal) connectionTest() error {
	out, err := t.output("connection", "test", "--format", "json")
	if err != nil {
		return err
	}
	return sameJSON(out, `{"Connection name":"local","Status":"OK","Host":"127.0.0.1","Account":"LOCAL","User":"JUDGE","Role":"ACCOUNTADMIN","Database":"DB","Warehouse":"WH"}`)
}

func (t *terminal) failing() error {
	out, err := t.command("sql", "-q", "INSERT INTO cli VALUES (3, 'before'); SELECT * FROM missing; INSERT INTO cli VALUES (4, 'after')").CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "002003 (42S02): SQL compilation error:") ||
		!strings.Contains(string(out), "Object 'DB.PUBLIC.MISSING' does not exist or not authorized.") {
		return errors.Join(fmt.Errorf("printed %s", out), err)
	}
	return nil
}

var queryID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// asynchronous also sees that the failing text stopped after its first
// statement.
func (t *terminal) asynchronous() error {
	out, err := t.output("sql", "-q", "SELECT LISTAGG(a, ' ') WITHIN GROUP (ORDER BY a) AS n FROM cli;>\n!queries session amount=5", "--format", "csv")
	if err != nil {
		return err
	}
	id := queryID.FindString(out)
	if strings.Count(out, id) != 2 || !strings.Contains(out, "SELECT LISTAGG") {
		return fmt.Errorf("printed %s", out)
	}
	if out, err = t.output("sql", "-q", "!result "+id, "--format", "json"); err != nil {
		return err
	}
	return sameJSON(out, `[{"N":"1 2 3"}]`)
}

func (t *terminal) objects() error {
	out, err := t.output("object", "list", "table", "--format", "json")
	if err != nil {
		return err
	}
	var tables []struct{ Name, Owner string }
	if err := json.Unmarshal([]byte(out), &tables); err != nil || len(tables) != 1 || tables[0].Name != "CLI" || tables[0].Owner != "ACCOUNTADMIN" {
		return errors.Join(fmt.Errorf("printed %s", out), err)
	}
	return nil
}
