package localsnowflake

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/mangle"
)

// small is an account with table DB.S.T, whose pipe has an open channel, c, a
// user who may insert, and what that user needs to be let in.
type small struct {
	*Server
	table   *catalog.Table
	keyPair string // a JWT
	scoped  string
	session string
}

func newSmall(t testing.TB) *small {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	server, err := Start(Options{CommitDelay: -1, MaxUncompressed: 1 << 20})
	must(err)
	t.Cleanup(func() {
		must(server.Close())
		must(server.Err())
	})
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	must(server.RegisterUser("LOADER", "LOADER", &key.PublicKey))
	c := server.Catalog()
	_, err = c.CreateDatabase("DB", "LOADER", catalog.Keep)
	must(err)
	_, err = c.CreateSchema("DB", "S", "LOADER", catalog.Keep)
	must(err)
	table, _, err := c.CreateTable(catalog.Table{Database: "DB", Schema: "S", Name: "T", Owner: "LOADER", Columns: []catalog.Column{
		{Name: "N", Type: catalog.IntegerType(), Nullable: true}, {Name: "V", Type: catalog.Type{Name: catalog.Variant}, Nullable: true},
	}}, catalog.Keep)
	must(err)
	s := &small{Server: server, table: table}
	user, _ := c.User("LOADER")
	now := time.Now()
	s.keyPair, err = jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": "LOCAL.LOADER.SHA256:" + printOf(t, user), "sub": "LOCAL.LOADER", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}).SignedString(key)
	must(err)
	s.scoped, err = s.auth.issue(identity{User: "LOADER", Role: "LOADER"}, "")
	must(err)
	if w := s.do("PUT", smallPipe+"/channels/c", "Bearer "+s.scoped, "", nil); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	login, err := json.Marshal(map[string]any{"data": map[string]any{"ACCOUNT_NAME": "LOCAL", "AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": s.keyPair}})
	must(err)
	var answer struct{ Data struct{ Token string } }
	must(json.Unmarshal(s.do("POST", "/session/v1/login-request?databaseName=DB&schemaName=S", "", string(login), nil).Body.Bytes(), &answer))
	s.session = `Snowflake Token="` + answer.Data.Token + `"`
	return s
}

func printOf(t testing.TB, user *catalog.User) string {
	t.Helper()
	for _, encoded := range user.PublicKeys {
		if der, err := base64.StdEncoding.DecodeString(encoded); err == nil && len(der) > 0 {
			return fingerprint(der)
		}
	}
	t.Fatal("the user has no key")
	return ""
}

const smallPipe = "/v2/streaming/databases/DB/schemas/S/pipes/T-STREAMING"

// do serves one request past the network.
func (s *small) do(method, target, authorization, body string, header http.Header) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	u, err := url.ParseRequestURI(target)
	if err != nil || !strings.HasPrefix(target, "/") {
		w.Code = http.StatusBadRequest // net/http answers it so
		return w
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Method, r.URL, r.RequestURI, r.Host = method, u, target, s.address
	if header != nil {
		r.Header = header
	}
	r.Header.Set("Authorization", authorization)
	s.Handler().ServeHTTP(w, r)
	return w
}

// check says what every answer must be: no failure of the server's own, and
// JSON where it says so.
func check(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code >= 500 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w.Header().Get("Content-Type") == "application/json" && !json.Valid(w.Body.Bytes()) {
		t.Errorf("no JSON: %s", w.Body)
	}
}

// FuzzPaths sends any method and path with good credentials of both protocols.
func FuzzPaths(f *testing.F) {
	for _, seed := range []struct{ method, path, body string }{
		{"GET", "/v2/streaming/hostname", ""},
		{"POST", "/oauth/token", "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&scope=127.0.0.1"},
		{"PUT", smallPipe + "/channels/shardId-000000000001?requestId=1", `{"offset_token":"1","fail_on_uncommitted_rows":true}`},
		{"PUT", "/v2/streaming/databases/db/schemas/%22S%22/pipes/%22T-STREAMING%22/channels/a%2Fb%3Bc", "{}"},
		{"DELETE", smallPipe + "/channels/d", `{"fail_on_uncommitted_rows":false}`},
		{"POST", smallPipe + ":bulk-channel-status", `{"channel_names":["c","d"]}`},
		{"POST", smallPipe + ":pipe-info?requestId=1", `{"generate_new_token":true}`},
		{"POST", "/v2/streaming/data/databases/DB/schemas/S/pipes/T-STREAMING/channels/ELASTIC/rows?requestId=1&retryCount=0", `{"n":1}`},
		{"POST", "/v2/streaming/data/databases/DB/schemas/S/tables/T/rows?requestId=1", `{"n":1}`},
		{"POST", "/v2/streaming/data/databases/DB/schemas/S/pipes/T-STREAMING/channels/c/filebuffer?continuationToken=0_1",
			`[{"file_path":"a/b","content_type":"application/x-ndjson","fragment_length_bytes":"10","encryption_version":"AES-CTR-128.1","iv_base64":"AAAAAAAAAAAAAAAAAAAAAA=="}]`},
		{"PUT", "/" + stageBucket + "/prefix/file", "data"},
		{"POST", "/telemetry/send/sessionless", `{"logs":[]}`},
		{"PUT", smallPipe + "/channels", "{}"},
		{"POST", "/v2/streaming/databases/DB/schemas/S/pipes:pipe-info", "{}"},
		{"GET", "/queries/x/result", ""},
		{"GET", "/monitoring/queries/x", ""},
	} {
		f.Add(seed.method, seed.path, seed.body)
	}
	s := newSmall(f)
	f.Fuzz(func(t *testing.T, method, path, body string) {
		check(t, s.do(method, path, "Bearer "+s.scoped, body, nil))
		check(t, s.do(method, path, s.session, body, nil))
	})
}

// FuzzAppend sends any query, encoding and rows to an open channel: what is
// accepted is committed, and the token that comes back is the next one.
func FuzzAppend(f *testing.F) {
	for _, seed := range []struct{ query, encoding, body string }{
		{"continuationToken=0_1&offsetToken=1", "", "{\"n\":1,\"v\":{\"a\":[1,\"x\"]}}\n{\"n\":\"2\"}\n"},
		{"continuationToken=0_1&startOffsetToken=1&endOffsetToken=2&requestId=x", "zstd", "\x28\xb5\x2f\xfd\x04\x00\x19\x00\x00\x7b\x7d\x0a"},
		{"continuationToken=0_1", "gzip", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xab\xae\xe5\x02\x00\x06\x3f\xdf\x90\x03\x00\x00\x00"},
		{"continuationToken=0_0", "identity", "{}\r\n"}, {"continuationToken=%zz;", "", "[]"}, {"", "br", "\x00"},
	} {
		f.Add(seed.query, seed.encoding, []byte(seed.body))
	}
	s := newSmall(f)
	f.Fuzz(func(t *testing.T, query, encoding string, body []byte) {
		opened := s.do("PUT", smallPipe+"/channels/c", "Bearer "+s.scoped, "", nil)
		var channel struct {
			Next string `json:"next_continuation_token"`
		}
		if err := json.Unmarshal(opened.Body.Bytes(), &channel); err != nil {
			t.Fatal(err)
		}
		path := "/v2/streaming/data/databases/DB/schemas/S/pipes/T-STREAMING/channels/c/rows?" + strings.Replace(query, "0_1", channel.Next, 1)
		w := s.do("POST", path, "Bearer "+s.scoped, string(body), http.Header{"Content-Encoding": {encoding}})
		check(t, w)
		if w.Code != http.StatusOK {
			return
		}
		before, _ := parseContinuation(channel.Next)
		if err := json.Unmarshal(w.Body.Bytes(), &channel); err != nil {
			t.Fatal(err)
		}
		if next, ok := parseContinuation(channel.Next); !ok || next.client != before.client || next.row > before.row+1 {
			t.Errorf("token %s after %+v", channel.Next, before)
		}
	})
}

// FuzzCredentials reads any text as a token: none but the good one, with its
// signature written in whatever way base64 allows, stands for anybody.
func FuzzCredentials(f *testing.F) {
	s := newSmall(f)
	for _, seed := range []string{s.keyPair, s.scoped, "", "..", "e30.e30.e30", s.keyPair[:len(s.keyPair)/2], "eyJhbGciOiJub25lIn0." + strings.Split(s.keyPair, ".")[1] + "."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		content := token[:max(0, strings.LastIndexByte(token, '.'))]
		for _, good := range []string{s.keyPair, s.scoped} {
			if content == good[:strings.LastIndexByte(good, '.')] {
				return
			}
		}
		if who, err := s.auth.keyPair(token, ""); err == nil {
			t.Errorf("%q is %+v", token, who)
		}
		if who, err := s.auth.scoped(token, s.address); err == nil {
			t.Errorf("%q is %+v", token, who)
		}
		isScoped(token)
		issuer(token)
		check(t, s.do("GET", "/v2/streaming/hostname", "Bearer "+token, "", nil))
		check(t, s.do("POST", "/session/heartbeat", "Snowflake Token=\""+token+"\"", "", nil))
	})
}

// driverRequests are requests as drivers send them, but for the token.
var driverRequests = []struct{ path, body string }{
	{"/session/v1/login-request?roleName=LOADER&databaseName=DB", `{"data":{"CLIENT_APP_ID":"Go","CLIENT_APP_VERSION":"2.1.0","ACCOUNT_NAME":"LOCAL","LOGIN_NAME":"LOADER","PASSWORD":"x","AUTHENTICATOR":"SNOWFLAKE","TOKEN":"t","SESSION_PARAMETERS":{"TIMEZONE":"UTC","CLIENT_VALIDATE_DEFAULT_PARAMETERS":true},"CLIENT_ENVIRONMENT":{"OS":"linux"}}}`},
	{"/queries/v1/query-request", `{"sqlText":"SELECT ?, v:a FROM t WHERE n = ?","asyncExec":false,"describeOnly":false,"sequenceId":1,"isInternal":false,"bindings":{"1":{"type":"TEXT","value":"x"},"2":{"type":"FIXED","value":"1"}},"parameters":{"MULTI_STATEMENT_COUNT":1},"queryContextDTO":{"entries":[]}}`},
	{"/queries/v1/query-request", `{"sqlText":"INSERT INTO t (n) VALUES (?)","bindings":{"1":{"type":"FIXED","value":["1","2"]}}}`},
	{"/session/token-request", `{"oldSessionToken":"t","requestType":"RENEW"}`},
	{"/queries/v1/abort-request", `{"requestId":"1"}`},
	{"/telemetry/send", `{"logs":[{"message":{"type":"x"},"timestamp":"1"}]}`},
}

// FuzzDriver sends any body to each path of the driver protocol: the answer is
// an envelope.
func FuzzDriver(f *testing.F) {
	for i, good := range driverRequests {
		f.Add(i, "", []byte(good.body))
	}
	f.Add(1, "gzip", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xab\xae\xe5\x02\x00\x06\x3f\xdf\x90\x03\x00\x00\x00"))
	s := newSmall(f)
	f.Fuzz(func(t *testing.T, path int, encoding string, body []byte) {
		s.drive(t, driverRequests[uint(path)%uint(len(driverRequests))].path, encoding, string(body))
	})
}

// drive sends one request of a driver and looks at the envelope.
func (s *small) drive(t *testing.T, path, encoding, body string) {
	t.Helper()
	w := s.do("POST", path, s.session, body, http.Header{"Content-Encoding": {encoding}})
	check(t, w)
	var answer struct {
		Code    *string
		Success *bool
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK || answer.Success == nil || *answer.Success == (answer.Code != nil && *answer.Code != codeAsync) {
		t.Errorf("%s %.300s: %d %.300s", path, body, w.Code, w.Body)
	}
}

// FuzzObject reads any body in the encoding of the object store.
func FuzzObject(f *testing.F) {
	f.Add("5", []byte("5;chunk-signature=00\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"))
	f.Add("0", []byte("0\r\n\r\n"))
	f.Add("-1", []byte("ffffffffffffffff\r\n"))
	f.Add("268435456", []byte("0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, announced string, body []byte) {
		r := httptest.NewRequest(http.MethodPut, "/", bytes.NewReader(body))
		r.Header.Set("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
		r.Header.Set("X-Amz-Decoded-Content-Length", announced)
		if data, err := objectBody(r); err == nil && len(data) > len(body) {
			t.Errorf("%d bytes of %d", len(data), len(body))
		}
	})
}

// TestNoValueInAnyPlaceIsMoreThanARefusal puts values of every kind into every
// place of good requests of both protocols, at any depth.
func TestNoValueInAnyPlaceIsMoreThanARefusal(t *testing.T) {
	s := newSmall(t)
	for _, good := range driverRequests {
		for body := range mangle.JSON(good.body) {
			s.drive(t, good.path, "", body)
		}
	}
	for path, good := range map[string]string{
		"PUT " + smallPipe + "/channels/c":           `{"offset_token":"1","fail_on_uncommitted_rows":true}`,
		"DELETE " + smallPipe + "/channels/d":        `{"fail_on_uncommitted_rows":true}`,
		"POST " + smallPipe + ":bulk-channel-status": `{"channel_names":["c","d"]}`,
		"POST " + smallPipe + ":pipe-info":           `{"generate_new_token":true}`,
		"POST /v2/streaming/data/databases/DB/schemas/S/pipes/T-STREAMING/channels/c/filebuffer?continuationToken=0_1": `[{"file_path":"a/b","content_type":"x","file_etag":"e","fragment_start_byte_offset":0,"fragment_length_bytes":10,` +
			`"fragment_length_uncompressed_bytes":20,"fragment_row_count":1,"fragment_end_offset_token":"1","encryption_version":"AES-CTR-128.1","iv_base64":"AAAAAAAAAAAAAAAAAAAAAA==","master_key_id":1}]`,
	} {
		method, target, _ := strings.Cut(path, " ")
		for body := range mangle.JSON(good) {
			check(t, s.do(method, target, "Bearer "+s.scoped, body, nil))
		}
	}
}
