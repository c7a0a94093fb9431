package localsnowflake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

// client speaks the driver protocol by hand.
type client struct {
	t     *testing.T
	s     *Server
	token string
}

// reply is an envelope with what the tests look at.
type reply struct {
	Code    string
	Message string
	Success bool
	Data    struct {
		Token string
		// of a renewal
		SessionToken, MasterToken string

		QueryID     string `json:"queryId"`
		ResultURL   string `json:"getResultUrl"`
		ResultIDs   string `json:"resultIds"`
		ResultTypes string `json:"resultTypes"`
		TypeID      int    `json:"statementTypeId"`
		Rowset      [][]*string
		Queries     []monitored
	}
}

// signIn starts a server with two users and signs one in.
func signIn(t *testing.T) *client {
	t.Helper()
	return signInWith(t, Options{})
}

func signInWith(t *testing.T, options Options) *client {
	t.Helper()
	s, err := Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	c := &client{t: t, s: s}
	for _, name := range []string{"ANN", "BOB"} {
		if err := s.RegisterUser(name, catalog.AccountAdmin); err != nil {
			t.Fatal(err)
		}
		if err := s.catalog.UpdateUser(name, func(u *catalog.User) error { return u.SetPassword("secret") }); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.catalog.CreateDatabase("DB", catalog.AccountAdmin, catalog.Refuse); err != nil {
		t.Fatal(err)
	}
	return c.as("ANN")
}

// as is another session.
func (c *client) as(user string) *client {
	c.t.Helper()
	r := c.post("/session/v1/login-request?databaseName=DB", map[string]any{"data": map[string]any{"LOGIN_NAME": user, "PASSWORD": "secret"}})
	if !r.Success {
		c.t.Fatalf("login: %+v", r)
	}
	return &client{t: c.t, s: c.s, token: r.Data.Token}
}

func (c *client) post(path string, body any) reply { return c.ask(http.MethodPost, path, body) }
func (c *client) get(path string) reply            { return c.ask(http.MethodGet, path, nil) }

func (c *client) ask(method, path string, body any) (r reply) {
	c.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.s.URL()+path, bytes.NewReader(text))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Authorization", `Snowflake Token="`+c.token+`"`)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&r); err != nil || answer.StatusCode != http.StatusOK {
		c.t.Fatalf("%s %s: %d, %v", method, path, answer.StatusCode, err)
	}
	return r
}

// query sends a statement; more are members of the request.
func (c *client) query(text string, more map[string]any) reply {
	c.t.Helper()
	return c.queryAs(uuid.NewString(), text, more)
}

func (c *client) queryAs(requestID, text string, more map[string]any) reply {
	c.t.Helper()
	request := map[string]any{"sqlText": text}
	for name, v := range more {
		request[name] = v
	}
	return c.post("/queries/v1/query-request?requestId="+requestID, request)
}

// cells are the rows of a reply in one line.
func (r reply) cells() string {
	var rows []string
	for _, row := range r.Data.Rowset {
		var cells []string
		for _, cell := range row {
			if cell == nil {
				cells = append(cells, "-")
				continue
			}
			cells = append(cells, *cell)
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	return strings.Join(rows, " ")
}

const endless = "SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 100000000)) a, TABLE(GENERATOR(ROWCOUNT => 100000)) b"

// several asks for any number of statements.
var several = map[string]any{"parameters": map[string]any{"MULTI_STATEMENT_COUNT": 0}}

// TestALongStatementIsAskedForAgain lets a statement outlast the server's
// patience, asks for its result, and ends it.
func TestALongStatementIsAskedForAgain(t *testing.T) {
	c := signIn(t)
	c.s.driver.patience = 20 * time.Millisecond
	r := c.query(endless, nil)
	if !r.Success || r.Code != codeInProgress || strings.Contains(r.Data.ResultURL, "?") {
		t.Fatalf("a long statement: %+v", r)
	}
	if again := c.get(r.Data.ResultURL); again.Code != codeInProgress || again.Data.QueryID != r.Data.QueryID {
		t.Errorf("its result: %+v", again)
	}
	if m := c.get("/monitoring/queries/" + r.Data.QueryID).Data.Queries; len(m) != 1 || m[0].Status != "RUNNING" || m[0].EndTime != 0 {
		t.Errorf("monitored: %+v", m)
	}
	if end := c.post("/queries/"+r.Data.QueryID+"/abort-request", nil); !end.Success {
		t.Errorf("abort: %+v", end)
	}
	c.s.driver.patience = time.Minute
	if ended := c.get(r.Data.ResultURL); ended.Success || ended.Code != "000604" || ended.Data.QueryID != r.Data.QueryID {
		t.Errorf("after the abort: %+v", ended)
	}
	if m := c.get("/monitoring/queries/" + r.Data.QueryID).Data.Queries; len(m) != 1 || m[0].Status != "FAILED_WITH_ERROR" || m[0].ErrorCode != "000604" || m[0].EndTime < m[0].StartTime {
		t.Errorf("monitored: %+v", m)
	}
	began := time.Now()
	timed := c.query(endless, map[string]any{"parameters": map[string]any{"STATEMENT_TIMEOUT_IN_SECONDS": 1}})
	if timed.Code != "000630" || time.Since(began) > 2*time.Minute {
		t.Errorf("a statement with a time limit: %+v", timed)
	}
}

// TestAnAsynchronousStatementOutlivesItsSession fetches its result from a later
// session of the same user; another user finds nothing.
func TestAnAsynchronousStatementOutlivesItsSession(t *testing.T) {
	c := signIn(t)
	r := c.query("SELECT 'done'", map[string]any{"asyncExec": true})
	if !r.Success || r.Code != codeAsync {
		t.Fatalf("asynchronous: %+v", r)
	}
	c.post("/session?delete=true", nil)
	if gone := c.query("SELECT 1", nil); gone.Code != codeSessionGone {
		t.Errorf("a closed session: %+v", gone)
	}
	later, bob := c.as("ANN"), c.as("BOB")
	if got := later.get(r.Data.ResultURL); got.cells() != "done" {
		t.Errorf("the result: %+v", got)
	}
	if got := bob.get(r.Data.ResultURL); got.Code != "000709" {
		t.Errorf("another user's: %+v", got)
	}
	if m := bob.get("/monitoring/queries/" + r.Data.QueryID).Data.Queries; len(m) != 0 {
		t.Errorf("another user monitors %+v", m)
	}
	if got := bob.query("SELECT * FROM TABLE(RESULT_SCAN('"+r.Data.QueryID+"'))", nil); got.Code != "000709" {
		t.Errorf("another user scans %+v", got)
	}
	if got := later.query("SELECT SYSTEM$CANCEL_QUERY('"+r.Data.QueryID+"')", nil); got.cells() != "Identified SQL statement is not currently executing." {
		t.Errorf("cancel what is done: %+v", got)
	}
}

// TestSeveralStatementsHaveAResultEach sends them in one text.
func TestSeveralStatementsHaveAResultEach(t *testing.T) {
	c := signIn(t)
	r := c.query("CREATE TABLE t (a INT); INSERT INTO t VALUES (?), (?); SELECT a FROM t ORDER BY a;",
		map[string]any{"parameters": map[string]any{"MULTI_STATEMENT_COUNT": 3}, "bindings": map[string]any{"1": map[string]any{"type": "FIXED", "value": "2"}, "2": map[string]any{"type": "FIXED", "value": "1"}}})
	if !r.Success || r.Data.TypeID != typeSeveral || r.Data.ResultTypes != "24576,12544,4096" {
		t.Fatalf("several: %+v", r)
	}
	ids := strings.Split(r.Data.ResultIDs, ",")
	for i, want := range []string{"Table T successfully created.", "2", "1 2"} {
		if got := c.get("/queries/" + ids[i] + "/result"); got.cells() != want {
			t.Errorf("result %d: %+v", i, got)
		}
	}
	if r := c.query("INSERT INTO t VALUES (3); SELECT 1/0; INSERT INTO t VALUES (4)", several); r.Code != "100051" {
		t.Errorf("with an error: %+v", r)
	}
	if r := c.query("SELECT MAX(a) FROM t", nil); r.cells() != "3" {
		t.Errorf("after an error: %+v", r)
	}
	for count, want := range map[any]string{1: "000008", 3: "000008", 2: "", 0: ""} {
		if r := c.query("SELECT 1; SELECT 2", map[string]any{"parameters": map[string]any{"MULTI_STATEMENT_COUNT": count}}); r.Code != want {
			t.Errorf("%v announced: %+v", count, r)
		}
	}
	c.query("ALTER SESSION SET MULTI_STATEMENT_COUNT = 2", nil)
	if r := c.query("SELECT 1; SELECT 2", nil); !r.Success {
		t.Errorf("announced by the session: %+v", r)
	}
}

// TestHistoryListsTheLatest filters what a user ran.
func TestHistoryListsTheLatest(t *testing.T) {
	c := signIn(t)
	for _, s := range []string{"SELECT 1", "SHOW TABLES", "SELECT 1/0", "SELECT 2"} {
		c.query(s, nil)
	}
	other := c.as("ANN")
	other.query("SELECT 3", nil)
	for query, want := range map[string]string{
		"": "SELECT 3,SELECT 2,SELECT 1/0,SHOW TABLES,SELECT 1", "?max=2": "SELECT 3,SELECT 2", "?subset=FAILED": "SELECT 1/0", "?stmt_type=SHOW": "SHOW TABLES",
		"?session_id=1": "SELECT 2,SELECT 1/0,SHOW TABLES,SELECT 1", "?end=1": "", "?min_duration=100000": "",
	} {
		var texts []string
		for _, m := range c.get("/monitoring/queries" + query).Data.Queries {
			texts = append(texts, m.SQLText)
		}
		if got := strings.Join(texts, ","); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if r := c.get("/monitoring/queries?max=many"); r.Success {
		t.Error("a maximum that is no number was taken")
	}
}

// TestARequestSentTwiceRunsOnce repeats a request while it runs and afterwards.
func TestARequestSentTwiceRunsOnce(t *testing.T) {
	c := signIn(t)
	c.query("CREATE TABLE t (a INT)", nil)
	id := uuid.NewString()
	first := c.queryAs(id, "INSERT INTO t VALUES (1)", nil)
	second := c.queryAs(id, "INSERT INTO t VALUES (1)", nil)
	if first.Data.QueryID != second.Data.QueryID || second.cells() != "1" {
		t.Errorf("%+v, then %+v", first, second)
	}
	if r := c.query("SELECT COUNT(*) FROM t", nil); r.cells() != "1" {
		t.Errorf("rows: %s", r.cells())
	}
}

// TestTheOldestResultsGo fills the server's memory for results.
func TestTheOldestResultsGo(t *testing.T) {
	e := newExecutions()
	s := &session{id: 1, sql: &sql.Session{User: "U"}}
	var all []*execution
	for i := range 4 {
		x := newExecution(s, fmt.Sprint("SELECT ", i), time.Now(), func() {})
		result := sql.Message("a", "x")
		result.Rows = make([][]sql.Value, keptCells/2)
		for k := range result.Rows {
			result.Rows[k] = []sql.Value{"x"}
		}
		e.add(x)
		x.finish(s.sql, result, nil, time.Now())
		e.keep(x)
		all = append(all, x)
	}
	for i, x := range all {
		if result, _ := x.outcome(); (result != nil) != (i >= 2) || e.find(x.id, "U") != x || e.find(x.id, "V") != nil {
			t.Errorf("statement %d has a result: %v", i, result != nil)
		}
	}
	if body := string(all[0].answer()); !strings.Contains(body, `"000709"`) {
		t.Errorf("an answer whose rows went: %s", body)
	}
}

// TestClosingEndsStatements closes a server in which one runs and one waits.
func TestClosingEndsStatements(t *testing.T) {
	c := signIn(t)
	c.query(endless, map[string]any{"asyncExec": true})
	began := time.Now()
	if err := c.s.Close(); err != nil || time.Since(began) > 2*time.Minute {
		t.Errorf("closed after %v: %v", time.Since(began), err)
	}
}
