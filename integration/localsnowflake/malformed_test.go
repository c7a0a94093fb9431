package localsnowflake_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// badRequest is one request that nobody should send, and its answer. An empty
// path is the one that appends to the channel c; "" for code is any.
type badRequest struct {
	what, method, path, body string
	header                   http.Header
	status                   int
	code                     string
}

const (
	controlPath = "/v2/streaming" + pipes + "T-STREAMING"
	rowsPath    = "/v2/streaming/data" + pipes + "T-STREAMING/channels/c/rows"
)

func header(name, value string) http.Header { return http.Header{name: {value}} }

// malformed is an account with a table and an open channel, c, whose next
// continuation token is 0_2: one row is committed.
func malformed(t *testing.T, options localsnowflake.Options) *account {
	a := start(t, options)
	a.variants("A")
	a.append("c", a.open("T-STREAMING", "c", "{}").next(), "1", `{"a":1}`).expect(200, "")
	a.committed("c", "1")
	return a
}

// state is all that a request could change.
func (a *account) state() string {
	a.t.Helper()
	var rows int64
	for _, table := range a.Catalog().Tables("DB", "S") {
		n, err := a.Store().Count(table.ID)
		must(a.t, err)
		rows += n
	}
	channels := a.Channels()
	for i := range channels {
		// Counted even where an append is refused, and until its answer is out.
		channels[i].UnechoedSessions, channels[i].ServingAppends = 0, 0
	}
	text, err := json.Marshal([]any{channels, rows, len(a.Catalog().Tables("DB", "S"))})
	must(a.t, err)
	return string(text)
}

// refuseAll sends the requests: each gets its error, none changes anything, and
// the channel goes on where it was.
func (a *account) refuseAll(requests []badRequest) {
	a.t.Helper()
	before := a.state()
	for _, c := range requests {
		a.t.(*testing.T).Run(c.what, func(t *testing.T) {
			a := &account{Server: a.Server, t: t, token: a.token}
			if c.method == "" {
				c.method = http.MethodPost
			}
			if c.path == "" {
				c.path = rowsPath + "?continuationToken=0_2&offsetToken=9"
			}
			r := a.do(c.method, c.path, []byte(c.body), c.header)
			if r.err != nil || r.status != c.status || c.code != "" && r.code() != c.code {
				t.Errorf("%d %.300s, error %v; want %d %s", r.status, r.body, r.err, c.status, c.code)
			}
			if r.status != http.StatusNotFound && r.status != http.StatusMethodNotAllowed && r.json["message"] == "" {
				t.Errorf("no message: %s", r.body)
			}
			if after := a.state(); after != before {
				t.Errorf("the account is %s, was %s", after, before)
			}
		})
	}
	a.append("c", "0_2", "2", `{"a":2}`).expect(200, "")
	a.committed("c", "2")
}

func TestRequestsToNoKnownPathAreRefused(t *testing.T) {
	const invalid = localsnowflake.CodeInvalidRequest
	malformed(t, localsnowflake.Options{}).refuseAll([]badRequest{
		{"GET of a channel", "GET", controlPath + "/channels/c", "", nil, 405, invalid},
		{"POST of a channel", "POST", controlPath + "/channels/c", "{}", nil, 405, invalid},
		{"GET of rows", "GET", rowsPath, "", nil, 405, invalid},
		{"PUT of rows", "PUT", rowsPath, "{}", nil, 405, invalid},
		{"DELETE of rows", "DELETE", rowsPath, "", nil, 405, invalid},
		{"GET of a status", "GET", controlPath + ":bulk-channel-status", "", nil, 405, invalid},
		{"POST of the host name", "POST", "/v2/streaming/hostname", "", nil, 405, invalid},
		{"GET of a token", "GET", "/oauth/token", "", nil, 405, invalid},
		{"a method of its own", "BREW", rowsPath, "", nil, 405, invalid},
		{"nothing", "GET", "/", "", nil, 404, invalid},
		{"another version", "PUT", "/v3/streaming" + pipes + "T-STREAMING/channels/c", "", nil, 404, invalid},
		{"streaming alone", "GET", "/v2/streaming/", "", nil, 404, invalid},
		{"a pipe alone", "PUT", controlPath, "", nil, 404, invalid},
		{"a channel without a name", "PUT", controlPath + "/channels/", "", nil, 404, invalid},
		{"channels alone", "PUT", controlPath + "/channels", "", nil, 404, invalid},
		{"pipes alone", "POST", "/v2/streaming/databases/DB/schemas/S/pipes:pipe-info", "", nil, 404, invalid},
		{"rows and more", "POST", rowsPath + "/more", "", nil, 404, invalid},
		{"a channel and more", "PUT", controlPath + "/channels/c/more", "", nil, 404, invalid},
		{"a slash at the end", "POST", rowsPath + "/", "", nil, 404, invalid},
		{"no database", "PUT", "/v2/streaming/databases//schemas/S/pipes/T-STREAMING/channels/c", "", nil, 404, invalid},
		{"a word in capitals", "PUT", "/v2/streaming/Databases/DB/schemas/S/pipes/T-STREAMING/channels/c", "", nil, 404, invalid},
		{"an unknown verb", "POST", controlPath + ":explode", "", nil, 404, invalid},
		{"an empty verb", "POST", controlPath + ":", "", nil, 404, invalid},
		{"dots", "PUT", "/v2/streaming/../streaming" + pipes + "T-STREAMING/channels/c", "", nil, 404, invalid},
		{"a zero byte", "PUT", "/v2/streaming%00" + pipes + "T-STREAMING/channels/c", "", nil, 404, invalid},
		{"another database", "PUT", "/v2/streaming/databases/NO/schemas/S/pipes/T-STREAMING/channels/c", "", nil, 404, ""},
		{"another schema", "PUT", "/v2/streaming/databases/DB/schemas/NO/pipes/T-STREAMING/channels/c", "", nil, 404, ""},
		{"another pipe", "PUT", "/v2/streaming" + pipes + "NO-STREAMING/channels/c", "", nil, 404, ""},
		{"a pipe that is a table", "PUT", "/v2/streaming" + pipes + "T/channels/c", "", nil, 404, ""},
		{"half a quoted name", "PUT", "/v2/streaming" + pipes + "%22T-STREAMING/channels/c", "", nil, 404, ""},
		{"a name that is no UTF-8", "PUT", "/v2/streaming" + pipes + "%ff%fe/channels/c", "", nil, 404, ""},
		{"a name of 10 kB", "PUT", "/v2/streaming" + pipes + strings.Repeat("n", 10_000) + "/channels/c", "", nil, 404, ""},
		{"rows for another pipe", "POST", "/v2/streaming/data" + pipes + "NO-STREAMING/channels/c/rows?continuationToken=0_2", "{}", nil, 404, ""},
		{"rows for another channel", "POST", "/v2/streaming/data" + pipes + "T-STREAMING/channels/d/rows?continuationToken=0_2", "{}", nil, 404, localsnowflake.CodeChannelMissing},
		{"a status of another pipe", "POST", "/v2/streaming" + pipes + "NO-STREAMING:bulk-channel-status", "{}", nil, 404, ""},
		{"a drop of another channel", "DELETE", controlPath + "/channels/d", "", nil, 404, localsnowflake.CodeChannelMissing},
	})
}

func TestWrongCredentialsAreRefused(t *testing.T) {
	a := malformed(t, localsnowflake.Options{})
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	public, err := x509.MarshalPKIXPublicKey(&userKey().PublicKey)
	must(t, err)
	with := func(name string, value any) string {
		return sign(claims(func(c jwt.MapClaims) { c[name] = value }), userKey())
	}
	without := func(name string) string {
		return sign(claims(func(c jwt.MapClaims) { delete(c, name) }), userKey())
	}
	signed := func(method jwt.SigningMethod, key any) string {
		token, err := jwt.NewWithClaims(method, claims(nil)).SignedString(key)
		must(t, err)
		return token
	}
	good := sign(claims(nil), userKey())
	parts := strings.Split(good, ".")
	const invalid = localsnowflake.CodeInvalidJWT
	var requests []badRequest
	for what, token := range map[string]string{
		"garbage":                      "garbage",
		"two dots":                     "..",
		"spaces":                       "a. b .c",
		"base64 of nothing":            "e30.e30.e30",
		"a header that is no object":   "W10." + parts[1] + "." + parts[2],
		"a body that is no object":     parts[0] + ".W10." + parts[2],
		"a body that is cut off":       parts[0] + "." + parts[1][:20] + "." + parts[2],
		"another body":                 parts[0] + "." + strings.Split(with("sub", "LOCAL.ADMIN"), ".")[1] + "." + parts[2],
		"no signature":                 parts[0] + "." + parts[1] + ".",
		"a fourth part":                good + ".e30",
		"padding":                      good + "==",
		"200 kB":                       strings.Repeat("a", 200_000),
		"signed by nobody":             signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"signed with the public key":   signed(jwt.SigningMethodHS256, public),
		"signed by another key":        sign(claims(nil), other),
		"another algorithm":            signed(jwt.SigningMethodRS512, userKey()),
		"expired":                      with("exp", time.Now().Add(-time.Second).Unix()),
		"expired long ago":             with("exp", -1e300),
		"expires never":                with("exp", 1e300),
		"expires in two hours":         with("exp", time.Now().Add(2*time.Hour).Unix()),
		"no expiry":                    without("exp"),
		"text for an expiry":           with("exp", "soon"),
		"a list for an expiry":         with("exp", []int{1}),
		"issued tomorrow":              with("iat", time.Now().Add(24*time.Hour).Unix()),
		"never issued":                 without("iat"),
		"not before tomorrow":          with("nbf", time.Now().Add(24*time.Hour).Unix()),
		"no issuer":                    without("iss"),
		"a number for an issuer":       with("iss", 5),
		"an issuer without a key":      with("iss", "LOCAL.LOADER"),
		"an issuer with another key":   with("iss", "LOCAL.LOADER.SHA256:AAAA"),
		"an issuer of another account": with("iss", "OTHER.LOADER.SHA256:AAAA"),
		"no subject":                   without("sub"),
		"another subject":              with("sub", "LOCAL.ADMIN"),
		"a subject in lower case":      with("sub", "local.loader"),
	} {
		requests = append(requests,
			badRequest{what + " for the host name", "GET", "/v2/streaming/hostname", "", header("Authorization", "Bearer "+token), 401, invalid},
			badRequest{what + " for rows", "", "", "{}", header("Authorization", "Bearer "+token), 401, ""})
	}
	grant := "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
	jwtHeader := header("Authorization", "Bearer "+good)
	a.refuseAll(append(requests, []badRequest{
		{"no credentials", "", "", "{}", header("Authorization", ""), 401, invalid},
		{"a scheme without a token", "", "", "{}", header("Authorization", "Bearer "), 401, invalid},
		{"another scheme", "", "", "{}", header("Authorization", "Basic eDp5"), 401, invalid},
		{"no scheme", "", "", "{}", header("Authorization", a.token), 401, invalid},
		{"a token announced as nothing known", "", "", "{}", http.Header{"Authorization": {"Bearer " + a.token}, "X-Snowflake-Authorization-Token-Type": {"MAGIC"}}, 401, invalid},
		{"a token announced as another kind", "", "", "{}", http.Header{"Authorization": {"Bearer " + a.token}, "X-Snowflake-Authorization-Token-Type": {"KEYPAIR_JWT"}}, 401, invalid},
		{"a tampered token", "", "", "{}", header("Authorization", "Bearer "+a.token[:len(a.token)-6]+"AAAAAA"), 401, localsnowflake.CodeTokenExpired},
		{"a role that is not granted", "GET", "/v2/streaming/hostname", "", header("Authorization", "Bearer "+with("scp", "session:role:ACCOUNTADMIN")), 403, localsnowflake.CodeNotAllowed},

		{"no grant", "", "/oauth/token", "", jwtHeader, 400, "unsupported_grant_type"},
		{"another grant", "", "/oauth/token", "grant_type=password&username=a", jwtHeader, 400, "unsupported_grant_type"},
		{"a grant in JSON", "", "/oauth/token", `{"grant_type":"x"}`, jwtHeader, 400, "unsupported_grant_type"},
		{"a form that is none", "", "/oauth/token", "grant_type=%zz", jwtHeader, 400, "unsupported_grant_type"},
		{"a scope elsewhere", "", "/oauth/token", grant + "&scope=elsewhere", jwtHeader, 400, "invalid_scope"},
		{"a form of 100 kB", "", "/oauth/token", grant + "&x=" + strings.Repeat("x", 100_000), jwtHeader, 413, localsnowflake.CodeTooLarge},
		{"garbage for an assertion", "", "/oauth/token", grant + "&assertion=garbage", header("Authorization", ""), 401, invalid},
	}...))
}

func TestBodiesThatAreWrongAreRefused(t *testing.T) {
	a := malformed(t, localsnowflake.Options{MaxUncompressed: 8 << 20})
	const invalid, large = localsnowflake.CodeInvalidRequest, localsnowflake.CodeTooLarge
	status := controlPath + ":bulk-channel-status"
	encoder, err := zstd.NewWriter(nil)
	must(t, err)
	pack := func(n int) string { return string(encoder.EncodeAll(bytes.Repeat([]byte("{}\n"), n/3), nil)) }
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write(bytes.Repeat([]byte("{}\n"), 9<<20/3))
	w.Close()
	row := zipped.String()
	inZstd, inGzip := header("Content-Encoding", "zstd"), header("Content-Encoding", "gzip")
	next := func(query string) string { return rowsPath + "?" + query }
	a.refuseAll([]badRequest{
		{"an open that is a list", "PUT", controlPath + "/channels/n", "[]", nil, 400, invalid},
		{"an open that is cut off", "PUT", controlPath + "/channels/n", `{"offset_token":"1`, nil, 400, invalid},
		{"an open and more", "PUT", controlPath + "/channels/n", `{}{}`, nil, 400, invalid},
		{"an open in prose", "PUT", controlPath + "/channels/n", "please", nil, 400, invalid},
		{"number for a token", "PUT", controlPath + "/channels/n", `{"offset_token":5}`, nil, 400, invalid},
		{"text for a truth", "PUT", controlPath + "/channels/n", `{"fail_on_uncommitted_rows":"no"}`, nil, 400, invalid},
		{"an open that is no UTF-8", "PUT", controlPath + "/channels/n", "{\"offset_token\":\"\xff\"}", nil, 400, invalid},
		{"an open of a million brackets", "PUT", controlPath + "/channels/n", strings.Repeat("[", 1e6), nil, 400, invalid},
		{"an open of 5 MB", "PUT", controlPath + "/channels/n", `{"offset_token":"` + strings.Repeat("1", 5e6) + `"}`, nil, 413, large},
		{"the reserved name", "PUT", controlPath + "/channels/ELASTIC", "{}", nil, 400, invalid},
		{"the reserved name in lower case", "PUT", controlPath + "/channels/elastic", "{}", nil, 400, invalid},
		{"a name of 256 bytes", "PUT", controlPath + "/channels/" + strings.Repeat("n", 256), "{}", nil, 400, invalid},
		{"a name with a zero byte", "PUT", controlPath + "/channels/n%00", "{}", nil, 400, invalid},
		{"a name with a newline", "PUT", controlPath + "/channels/n%0a", "{}", nil, 400, invalid},
		{"a name that is no UTF-8", "PUT", controlPath + "/channels/n%ff", "{}", nil, 400, invalid},
		{"a status that is a list", "", status, `["c"]`, nil, 400, invalid},
		{"text for names", "", status, `{"channel_names":"c"}`, nil, 400, invalid},
		{"a number for a name", "", status, `{"channel_names":[1]}`, nil, 400, invalid},
		{"a status of 5 MB", "", status, `{"channel_names":["` + strings.Repeat("c", 5e6) + `"]}`, nil, 413, large},
		{"a drop that is a list", "DELETE", controlPath + "/channels/c", `[]`, nil, 400, invalid},

		{"no token", "", rowsPath, "{}", nil, 400, localsnowflake.CodeStale},
		{"an empty token", "", next("continuationToken="), "{}", nil, 400, localsnowflake.CodeStale},
		{"a token of another name", "", next("continuation_token=0_2"), "{}", nil, 400, localsnowflake.CodeStale},
		{"garbage for a token", "", next("continuationToken=garbage"), "{}", nil, 400, localsnowflake.CodeInvalidRow},
		{"a token of dashes", "", next("continuationToken=0-2"), "{}", nil, 400, localsnowflake.CodeInvalidRow},
		{"a token below 0", "", next("continuationToken=0_-2"), "{}", nil, 400, localsnowflake.CodeInvalidRow},
		{"a token with a sign", "", next("continuationToken=%2B0_2"), "{}", nil, 400, localsnowflake.CodeInvalidRow},
		{"a token with a leading 0", "", next("continuationToken=0_02"), "{}", nil, 400, localsnowflake.CodeInvalidRow},
		{"a token beyond 64 bits", "", next("continuationToken=0_99999999999999999999"), "{}", nil, 400, localsnowflake.CodeInvalidRow},
		{"a token of the next opening", "", next("continuationToken=1_1"), "{}", nil, 400, localsnowflake.CodeInvalidRow},
		{"a token from the future", "", next("continuationToken=0_3"), "{}", nil, 400, localsnowflake.CodeInvalidRow},
		{"an escape that is none", "", next("continuationToken=0_2&endOffsetToken=%zz"), "{}", nil, 400, invalid},
		{"a semicolon", "", next("continuationToken=0_2;endOffsetToken=9"), "{}", nil, 400, invalid},
		{"an offset that is no UTF-8", "", next("continuationToken=0_2&endOffsetToken=%ff"), "{}", nil, 400, invalid},
		{"a start that is no UTF-8", "", next("continuationToken=0_2&startOffsetToken=%ff"), "{}", nil, 400, invalid},

		{"an unknown encoding", "", "", "{}", header("Content-Encoding", "br"), 415, invalid},
		{"two encodings", "", "", "{}", header("Content-Encoding", "gzip, zstd"), 415, invalid},
		{"rows for zstd", "", "", "{}\n", inZstd, 400, invalid},
		{"nothing for gzip", "", "", "", inGzip, 400, invalid},
		{"gzip for zstd", "", "", row[:1000], inZstd, 400, invalid},
		{"cut off zstd", "", "", pack(3e5)[:20], inZstd, 400, invalid},
		{"zstd and garbage", "", "", pack(300) + "garbage", inZstd, 400, invalid},
		{"a changed zstd", "", "", strings.Replace(pack(3e5), "{}\n", "{]\n", 1), inZstd, 400, invalid},
		{"rows for gzip", "", "", "{}\n", inGzip, 400, invalid},
		{"cut off gzip", "", "", row[:100], inGzip, 400, invalid},
		{"gzip and garbage", "", "", zippedRow("{}\n") + "garbage", inGzip, 400, invalid},
		{"a wrong checksum", "", "", flip(zippedRow("{}\n"), -6), inGzip, 400, invalid},
		{"a bomb of zstd", "", "", pack(9 << 20), inZstd, 413, large},
		{"a bomb of many frames", "", "", strings.Repeat(pack(1<<20), 9), inZstd, 413, large},
		{"a bomb that lies", "", "", pack(9 << 20), http.Header{"Content-Encoding": {"zstd"}, "X-Snowflake-Uncompressed-Content-Length": {"3"}}, 413, large},
		{"a bomb of gzip", "", "", row, inGzip, 413, large},
		{"more than 4 MiB", "", "", strings.Repeat(" ", 4<<20+1), nil, 413, large},
		{"more than 4 MiB packed", "", "", strings.Repeat(" ", 4<<20+1), inZstd, 413, large},

		{"files that are no list", "", strings.TrimSuffix(rowsPath, "rows") + "filebuffer?continuationToken=0_2", `{}`, nil, 400, invalid},
		{"no files", "", strings.TrimSuffix(rowsPath, "rows") + "filebuffer?continuationToken=0_2", `[]`, nil, 400, invalid},
		{"nothing for a file", "", strings.TrimSuffix(rowsPath, "rows") + "filebuffer?continuationToken=0_2", `[null]`, nil, 400, invalid},
		{"a file that nobody put", "", strings.TrimSuffix(rowsPath, "rows") + "filebuffer?continuationToken=0_2", `[{"file_path":"../../etc/passwd"}]`, nil, 400, invalid},
		{"a file that nobody may put", "PUT", "/localsnowflake-stage/a/b", "data", nil, 403, ""},
	})
}

func zippedRow(row string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(row))
	w.Close()
	return b.String()
}

// flip changes one byte, counted from the end where at is negative.
func flip(s string, at int) string {
	b := []byte(s)
	b[len(b)+at] ^= 0x55
	return string(b)
}

// TestOddLinesAreRowErrorsAndNothingWorse appends what lines can go wrong in:
// the good ones land, the others are counted, and the offset moves past all.
func TestOddLinesAreRowErrorsAndNothingWorse(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.table(catalog.Table{Name: "T", Columns: []catalog.Column{
		{Name: "N", Type: catalog.IntegerType(), Nullable: true}, {Name: "V", Type: catalog.Type{Name: catalog.Variant}, Nullable: true},
	}}, catalog.Insert)
	token := a.open("T-STREAMING", "c", "").next()
	var inserted, failed, parsed int64
	for i, c := range []struct {
		what, body string
		good, bad  int64
	}{
		{"nothing", "", 0, 0},
		{"blank lines", "\n\r\n \t\n\n", 0, 0},
		{"no newline at the end", `{"n":1}`, 1, 0},
		{"carriage returns", "{\"n\":1}\r\n{\"n\":2}\r\n", 2, 0},
		{"carriage returns alone", "{\"n\":1}\r{\"n\":2}\r", 0, 1},
		{"space around", " \t{ \"n\" : 1 } \n", 1, 0},
		{"a list of rows", `[{"n":1},{"n":2}]`, 0, 1},
		{"rows and commas", "{\"n\":1},\n{\"n\":2},\n", 0, 2},
		{"two rows in a line", `{"n":1}{"n":2}`, 0, 1},
		{"a row over two lines", "{\"n\":\n1}\n", 0, 2},
		{"values that are no rows", "1\n\"x\"\nnull\ntrue\n[]\n", 0, 5},
		{"cut off", `{"n":`, 0, 1},
		{"good and bad", "{\"n\":1}\n{\"n\":\"x\"}\n{\n{\"n\":3}\n", 2, 2},
		{"a byte order mark", "\ufeff{\"n\":1}\n", 0, 1},
		{"a zero byte", "{\"n\":1}\x00\n", 0, 1},
		{"only zero bytes", strings.Repeat("\x00", 1000), 0, 1},
		{"invalid UTF-8", "{\"v\":\"\xff\"}\n{\"v\":\"\xed\xa0\x80\"}\n", 0, 2},
		{"half a character escaped", `{"v":"\ud83d"}`, 1, 0},
		{"UTF-16", "{\x00\"\x00n\x00\"\x00:\x001\x00}\x00\n\x00", 0, 2},
		{"the same key twice", `{"n":1,"n":2}`, 0, 1},
		{"the same key escaped", `{"n":1,"\u006e":2}`, 0, 1},
		{"a thousand levels", `{"v":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`, 1, 0},
		{"a million levels", `{"v":` + strings.Repeat("[", 1e6) + strings.Repeat("]", 1e6) + `}`, 0, 1},
		{"a number of a thousand digits", `{"v":` + strings.Repeat("9", 1000) + `}`, 1, 0},
		{"a number beyond its column", `{"n":` + strings.Repeat("9", 39) + `}`, 0, 1},
		{"an exponent beyond all", `{"n":1e999999999999}`, 0, 1},
		{"numbers that are none", "{\"n\":NaN}\n{\"n\":Infinity}\n{\"n\":01}\n{\"n\":+1}\n", 0, 4},
		{"a key of a megabyte", `{"` + strings.Repeat("k", 1e6) + `":1}`, 1, 0},
		{"no key", `{"":1}`, 1, 0},
		{"a hundred thousand keys", manyKeys(100_000), 1, 0},
		{"HTML", "<html><body>502 Bad Gateway</body></html>\n", 0, 1},
	} {
		end := fmt.Sprint(i)
		r := a.append("c", token, end, c.body)
		if r.status != http.StatusOK {
			t.Fatalf("%s: %d %s", c.what, r.status, r.body)
		}
		token = r.next()
		status := a.committed("c", end)
		inserted, failed, parsed = inserted+c.good, failed+c.bad, parsed+c.good+c.bad
		if number(status, "rows_inserted") != inserted || number(status, "rows_error_count") != failed || number(status, "rows_parsed") != parsed || status["channel_status_code"] != "SUCCESS" {
			t.Errorf("%s: %v, want %d inserted, %d failed", c.what, status, inserted, failed)
			inserted, failed, parsed = number(status, "rows_inserted"), number(status, "rows_error_count"), number(status, "rows_parsed")
		}
	}
	if n, err := a.Store().Count(table.ID); n != inserted || err != nil {
		t.Errorf("%d rows, want %d, %v", n, inserted, err)
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":0`, i)
	}
	return "{" + b.String()[1:] + "}"
}
