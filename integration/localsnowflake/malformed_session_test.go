package localsnowflake_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/mangle"
)

// badCall is one request of the driver protocol that no driver sends. The
// service answers those with HTTP 200 and an error in the envelope.
type badCall struct {
	what, path, body string
	header           http.Header
	code             string // six digits
}

// envelope checks an answer's form and returns its code, "" for success.
func (r *answer) envelope() string {
	r.t.Helper()
	code, _ := r.json["code"].(string)
	message, _ := r.json["message"].(string)
	success, told := r.json["success"].(bool)
	if r.status != http.StatusOK || !told || success != (code == "") || !success && (message == "" || !regexp.MustCompile(`^\d{6}$`).MatchString(code)) {
		r.t.Errorf("%d %.300s is no envelope", r.status, r.body)
	}
	return code
}

// session logs in with a key pair and returns the header of its calls.
func (a *account) session() http.Header {
	a.t.Helper()
	body := fmt.Sprintf(`{"data":{"ACCOUNT_NAME":"LOCAL","AUTHENTICATOR":"SNOWFLAKE_JWT","TOKEN":%q,"SESSION_PARAMETERS":{}}}`, sign(claims(nil), userKey()))
	r := a.do("POST", "/session/v1/login-request?databaseName=DB&schemaName=S", []byte(body), nil)
	if code := r.envelope(); code != "" {
		a.t.Fatalf("login: %s", r.body)
	}
	return header("Authorization", `Snowflake Token="`+r.json["data"].(map[string]any)["token"].(string)+`"`)
}

const (
	loginPath = "/session/v1/login-request"
	queryPath = "/queries/v1/query-request"
)

func TestCallsThatNoDriverMakesAreRefused(t *testing.T) {
	a := malformed(t, localsnowflake.Options{})
	in := a.session()
	before := a.state()
	zipped := in.Clone()
	zipped.Set("Content-Encoding", "gzip")
	none := header("Authorization", "")
	query := func(members string) string { return `{"sqlText":"SELECT 1",` + members + `}` }
	statement := func(text string) string { return fmt.Sprintf(`{"sqlText":%q}`, text) }
	for i, c := range []badCall{
		{"a login of nothing", loginPath, "", none, "390100"},
		{"a login in prose", loginPath, "please", none, "390141"},
		{"a login that is a list", loginPath, "[]", none, "390141"},
		{"a login that is cut off", loginPath, `{"data":{"TOKEN":"`, none, "390141"},
		{"a login without data", loginPath, `{}`, none, "390100"},
		{"data that are a text", loginPath, `{"data":"x"}`, none, "390141"},
		{"a number for a password", loginPath, `{"data":{"LOGIN_NAME":"LOADER","PASSWORD":5}}`, none, "390141"},
		{"a wrong password", loginPath, `{"data":{"LOGIN_NAME":"LOADER","PASSWORD":"x"}}`, none, "390100"},
		{"a user that is not", loginPath, `{"data":{"LOGIN_NAME":"NOBODY","PASSWORD":"x"}}`, none, "390100"},
		{"a user with a zero byte", loginPath, `{"data":{"LOGIN_NAME":"LOADER\u0000","PASSWORD":"x"}}`, none, "390100"},
		{"an unknown authenticator", loginPath, `{"data":{"AUTHENTICATOR":"MAGIC"}}`, none, "390141"},
		{"garbage for a key pair", loginPath, `{"data":{"AUTHENTICATOR":"SNOWFLAKE_JWT","TOKEN":"a.b.c"}}`, none, "390144"},
		{"no key pair", loginPath, `{"data":{"AUTHENTICATOR":"SNOWFLAKE_JWT"}}`, none, "390144"},
		{"garbage for OAuth", loginPath, `{"data":{"AUTHENTICATOR":"OAUTH","TOKEN":"x"}}`, none, "390303"},
		{"garbage for a programmatic token", loginPath, `{"data":{"AUTHENTICATOR":"PROGRAMMATIC_ACCESS_TOKEN","TOKEN":"x"}}`, none, "394400"},
		{"parameters that are a list", loginPath, `{"data":{"SESSION_PARAMETERS":[1]}}`, none, "390141"},
		{"a login of a million brackets", loginPath, `{"data":` + strings.Repeat("[", 1e6), none, "390141"},
		{"a login that is not gzip", loginPath, `{}`, http.Header{"Authorization": {""}, "Content-Encoding": {"gzip"}}, "390141"},

		{"a query of nobody", queryPath, statement("SELECT 1"), none, "390111"},
		{"a query with a made-up token", queryPath, statement("SELECT 1"), header("Authorization", `Snowflake Token="x"`), "390111"},
		{"a query with a bearer", queryPath, statement("SELECT 1"), header("Authorization", "Bearer "+a.token), "390111"},
		{"a query of nothing", queryPath, "", in, "000900"},
		{"a query in prose", queryPath, "SELECT 1", in, "390141"},
		{"a query that is a list", queryPath, "[]", in, "390141"},
		{"a query that is cut off", queryPath, `{"sqlText":"SEL`, in, "390141"},
		{"a number for a statement", queryPath, `{"sqlText":5}`, in, "390141"},
		{"a query that is not gzip", queryPath, statement("SELECT 1"), zipped, "390141"},
		{"bindings that are a list", queryPath, query(`"bindings":[1]`), in, "390141"},
		{"a binding of no number", queryPath, query(`"bindings":{"x":{"type":"TEXT","value":"1"}}`), in, "002049"},
		{"a binding beyond 64 bits", queryPath, query(`"bindings":{"99999999999999999999":{"type":"TEXT","value":"1"}}`), in, "002049"},
		{"a number for a bound value", queryPath, query(`"bindings":{"1":{"type":"TEXT","value":5}}`), in, "002050"},
		{"a structure for a bound value", queryPath, query(`"bindings":{"1":{"type":"TEXT","value":{}}}`), in, "002050"},
		{"a statement without its binding", queryPath, statement("SELECT ?"), in, "002049"},
		{"bindings in a stage", queryPath, query(`"bindStage":"@s"`), in, "000002"},

		{"an empty statement", queryPath, statement(""), in, "000900"},
		{"a blank statement", queryPath, statement(" \n\t "), in, "000900"},
		{"a semicolon", queryPath, statement(";"), in, "000900"},
		{"a comment", queryPath, statement("-- nothing"), in, "000900"},
		{"an open comment", queryPath, statement("SELECT 1 /* and"), in, "001003"},
		{"an open text", queryPath, statement("SELECT 'x"), in, "001003"},
		{"an open name", queryPath, statement(`SELECT "x`), in, "001003"},
		{"open dollars", queryPath, statement("SELECT $$x"), in, "001003"},
		{"a word that is none", queryPath, statement("SELEC 1"), in, "001003"},
		{"half a statement", queryPath, statement("CREATE TABLE"), in, "001003"},
		{"a zero byte", queryPath, `{"sqlText":"SELECT \u0000"}`, in, "001003"},
		{"characters that are none", queryPath, `{"sqlText":"\ud83d\u2028\ufffe"}`, in, "001003"},
		{"a million brackets", queryPath, statement("SELECT " + strings.Repeat("(", 1e6)), in, "001003"},
		{"ten thousand minuses", queryPath, statement("SELECT " + strings.Repeat("- ", 1e4) + "1"), in, ""},
		{"ten thousand NOTs", queryPath, statement("SELECT " + strings.Repeat("NOT ", 1e4) + "TRUE"), in, ""},
		{"a hundred thousand additions", queryPath, statement("SELECT 1" + strings.Repeat("+1", 1e5)), in, ""},
		{"a number of a thousand digits", queryPath, statement("SELECT " + strings.Repeat("9", 1000)), in, ""},
		{"a table that is not", queryPath, statement("SELECT * FROM nowhere"), in, "002003"},
		{"a name of ten parts", queryPath, statement("SELECT * FROM a.b.c.d.e.f.g.h.i.j"), in, ""},
		{"a division by zero", queryPath, statement("SELECT 1/0"), in, "100051"},
		{"another's table", queryPath, statement("DROP TABLE T"), in, "003001"},

		{"a renewal of nothing", "/session/token-request", "", in, "390141"},
		{"a renewal of another kind", "/session/token-request", `{"requestType":"CLONE"}`, in, "390141"},
		{"a renewal with the wrong token", "/session/token-request", `{"requestType":"RENEW"}`, in, "390111"},
		{"a heartbeat of nobody", "/session/heartbeat", "", none, "390111"},
		{"an abort of nobody", "/queries/v1/abort-request", `{"requestId":"x"}`, none, "390111"},
		{"an abort in prose", "/queries/v1/abort-request", "stop", in, "390141"},
	} {
		t.Run(c.what, func(t *testing.T) {
			a := &account{Server: a.Server, t: t}
			r := a.do("POST", fmt.Sprintf("%s?requestId=%d", c.path, i), []byte(c.body), c.header)
			if r.err != nil {
				t.Fatal(r.err)
			}
			if code := r.envelope(); code == "" && c.code != "" || c.code != "" && code != c.code {
				t.Errorf("%.300s, want %s", r.body, c.code)
			}
			if after := a.state(); after != before {
				t.Errorf("the account is %s, was %s", after, before)
			}
		})
	}
	for path, method := range map[string]string{loginPath: "GET", queryPath: "DELETE", "/queries/v2/none": "POST", "/session/none": "POST"} {
		if r := a.do(method, path, nil, in); r.status != http.StatusNotFound && r.status != http.StatusMethodNotAllowed {
			t.Errorf("%s %s: %d %s", method, path, r.status, r.body)
		}
	}
	if r := a.do("POST", queryPath+"?requestId=last", []byte(statement("SELECT 1")), in); r.envelope() != "" || !strings.Contains(string(r.body), `"rowset":[["1"]]`) {
		t.Errorf("afterwards: %s", r.body)
	}
}

// converse is mangle.Converse with the server.
func (a *account) converse(t *testing.T, text string, hangUp bool) string {
	t.Helper()
	answer, err := mangle.Converse(a.URL(), text, hangUp)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestAConversationThatBreaksOffEnds(t *testing.T) {
	breakOff(t, false, 100*time.Millisecond)
	breakOff(t, true, 0) // however late it is said
}

// breakOff has the conversations whose client hangs up, or the others.
func breakOff(t *testing.T, hangUp bool, within time.Duration) {
	t.Helper()
	a := malformed(t, localsnowflake.Options{BodyTimeout: within})
	before := a.state()
	in := a.session().Get("Authorization")
	envelope := func(method, path, authorization string) string {
		return method + " " + path + " HTTP/1.1\r\nHost: " + strings.TrimPrefix(a.URL(), "http://") + "\r\nAuthorization: " + authorization + "\r\n"
	}
	rows := envelope("POST", rowsPath+"?continuationToken=0_2&offsetToken=9", "Bearer "+a.token)
	open := envelope("PUT", controlPath+"/channels/n", "Bearer "+a.token)
	query := envelope("POST", queryPath, in)
	length := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n", n) }
	const chunks, row = "Transfer-Encoding: chunked\r\n\r\n", "{\"a\":9}\n"
	for _, c := range []struct {
		what, text string
		hangUp     bool
		answer     string // a pattern
	}{
		{"nothing", "", true, `^$`},
		{"garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", false, `^HTTP/1.1 400 Bad Request`},
		{"half a header", "POST / HTTP/1.1\r\nHost: x\r\nAuth", true, `^(HTTP/1.1 4|$)`},
		{"a header of 2 MB", "POST / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\n", false, `^(HTTP/1.1 431 |$)`},
		{"an escape that is none", envelope("PUT", "/v2/streaming/%zz", "x") + "\r\n", false, `^HTTP/1.1 400 `},
		{"a path that is none", envelope("GET", "v2/streaming/hostname", "x") + "\r\n", false, `^HTTP/1.1 400 `},
		{"two lengths", rows + "Content-Length: 8\r\n" + length(9) + row, false, `^HTTP/1.1 400 `},
		{"rows that are cut off", rows + length(100) + row, true, `^HTTP/1.1 400 (.|\s)*"code":"ERR_INVALID_REQUEST"`},
		{"rows that do not come", rows + length(100), false, `^HTTP/1.1 408 (.|\s)*"code":"ERR_INVALID_REQUEST"`},
		{"rows that stop", rows + length(100) + row, false, `^HTTP/1.1 408 (.|\s)*"code":"ERR_INVALID_REQUEST"`},
		{"packed rows that stop", rows + "Content-Encoding: zstd\r\n" + length(100) + "\x28\xb5\x2f\xfd", false, `^HTTP/1.1 408 `},
		{"chunks that stop", rows + chunks + "8\r\n" + row + "\r\n", false, `^HTTP/1.1 408 `},
		{"chunks that are cut off", rows + chunks + "8\r\n" + row + "\r\n", true, `^HTTP/1.1 400 `},
		{"a chunk that is none", rows + chunks + "zz\r\n" + row + "\r\n", false, `^HTTP/1.1 400 `},
		{"rows of 16 EiB", rows + "Content-Length: 9223372036854775807\r\n\r\n" + row, false, `^HTTP/1.1 413 (.|\s)*ERR_REQUEST_TOO_LARGE`},
		{"an open that stops", open + length(100) + "{", false, `^HTTP/1.1 408 `},
		{"an open that is cut off", open + length(100) + "{", true, `^HTTP/1.1 400 `},
		{"a refusal while the body stops", envelope("POST", rowsPath, "none") + length(100) + "{", false, `^HTTP/1.1 401 `},
		{"a query that stops", query + length(100) + "{", false, `^HTTP/1.1 200 (.|\s)*"success":false`},
		{"telemetry that stops", envelope("POST", "/telemetry/send", in) + length(100) + "{", false, `^HTTP/1.1 200 `},
		{"a form that stops", envelope("POST", "/oauth/token", "none") + length(100) + "grant", false, `^HTTP/1.1 408 `},
		{"a request and garbage", envelope("GET", "/v2/streaming/hostname", "none") + "\r\ngarbage\r\n\r\n", false, `^HTTP/1.1 401 (.|\s)*HTTP/1.1 400 Bad Request`},
	} {
		if c.hangUp != hangUp {
			continue
		}
		t.Run(c.what, func(t *testing.T) {
			if answer := a.converse(t, c.text, c.hangUp); !regexp.MustCompile(c.answer).MatchString(answer) {
				t.Errorf("answer %.1000q, want %s", answer, c.answer)
			}
			if after := a.state(); after != before {
				t.Errorf("the account is %s, was %s", after, before)
			}
		})
	}
	a.append("c", "0_2", "2", `{"a":2}`).expect(200, "")
	a.committed("c", "2")
}
