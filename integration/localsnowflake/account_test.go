package localsnowflake_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

var userKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// account is a running server with database DB, schema S, and user LOADER
// whose role LOADER may insert but owns nothing.
type account struct {
	*localsnowflake.Server
	t     testing.TB
	url   string // of a server in another process; "" is the one above
	token string // bearer of the requests
}

func (a *account) base() string {
	if a.url != "" {
		return a.url
	}
	return a.URL()
}

func start(t testing.TB, options localsnowflake.Options) *account {
	t.Helper()
	if options.CommitDelay == 0 {
		options.CommitDelay = time.Millisecond
	}
	s, err := localsnowflake.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	a := &account{Server: s, t: t}
	t.Cleanup(func() {
		s.Close()
		if err := s.Err(); err != nil {
			t.Errorf("server: %v", err)
		}
	})
	must(t, s.RegisterUser("LOADER", "LOADER", &userKey().PublicKey))
	_, err = s.Catalog().CreateDatabase("DB", catalog.AccountAdmin, catalog.Keep)
	must(t, err)
	_, err = s.Catalog().CreateSchema("DB", "S", catalog.AccountAdmin, catalog.Keep)
	must(t, err)
	for _, d := range s.Catalog().Databases() {
		must(t, s.Catalog().Grant(catalog.Grant{Privilege: catalog.Usage, On: catalog.OnDatabase, Object: d.ID, ToRole: "LOADER"}))
	}
	for _, schema := range s.Catalog().Schemas("DB") {
		must(t, s.Catalog().Grant(catalog.Grant{Privilege: catalog.Usage, On: catalog.OnSchema, Object: schema.ID, ToRole: "LOADER"}))
	}
	a.token = a.signIn()
	return a
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// table makes a table whose role LOADER has the privileges.
func (a *account) table(table catalog.Table, privileges ...catalog.Privilege) *catalog.Table {
	a.t.Helper()
	table.Database, table.Schema, table.Owner = "DB", "S", catalog.AccountAdmin
	made, _, err := a.Catalog().CreateTable(table, catalog.Replace)
	must(a.t, err)
	for _, p := range privileges {
		must(a.t, a.Catalog().Grant(catalog.Grant{Privilege: p, On: catalog.OnTable, Object: made.ID, ToRole: "LOADER"}))
	}
	return made
}

// variants is a table T of VARIANT columns that LOADER may insert into.
func (a *account) variants(names ...string) *catalog.Table {
	a.t.Helper()
	t := catalog.Table{Name: "T"}
	for _, name := range names {
		t.Columns = append(t.Columns, catalog.Column{Name: name, Type: catalog.Type{Name: catalog.Variant}, Nullable: true})
	}
	return a.table(t, catalog.Insert)
}

// claims are good ones for LOADER; change may spoil them.
func claims(change func(jwt.MapClaims)) jwt.MapClaims { return claimsAt(time.Now(), change) }

func claimsAt(now time.Time, change func(jwt.MapClaims)) jwt.MapClaims {
	der, err := x509.MarshalPKIXPublicKey(&userKey().PublicKey)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(der)
	c := jwt.MapClaims{
		"iss": "LOCAL.LOADER.SHA256:" + base64.StdEncoding.EncodeToString(sum[:]),
		"sub": "LOCAL.LOADER", "iat": now.Unix(), "exp": now.Add(59 * time.Minute).Unix(),
	}
	if change != nil {
		change(c)
	}
	return c
}

func sign(c jwt.MapClaims, key *rsa.PrivateKey) string {
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, c).SignedString(key)
	if err != nil {
		panic(err)
	}
	return token
}

// signIn exchanges a key-pair JWT for a scoped token.
func (a *account) signIn() string {
	a.t.Helper()
	return a.signInAt(time.Now())
}

func (a *account) signInAt(now time.Time) string {
	a.t.Helper()
	answer := a.exchange(sign(claimsAt(now, nil), userKey()), strings.TrimPrefix(a.base(), "http://")).expect(200, "")
	return string(answer.body)
}

func (a *account) exchange(token, scope string) *answer {
	a.t.Helper()
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "scope": {scope}}
	return a.do("POST", "/oauth/token", []byte(form.Encode()), http.Header{
		"Authorization": {"Bearer " + token}, "Content-Type": {"application/x-www-form-urlencoded"}})
}

// do sends one request; broken connections are in answer.err.
func (a *account) do(method, path string, body []byte, header http.Header) *answer {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), method, a.base()+path, bytes.NewReader(body))
	must(a.t, err)
	if a.token != "" {
		request.Header.Set("Authorization", "Bearer "+a.token)
	}
	maps.Copy(request.Header, header)
	response, err := client.Do(request)
	if err != nil {
		return &answer{t: a.t, err: err}
	}
	defer response.Body.Close()
	out := &answer{t: a.t, status: response.StatusCode, header: response.Header}
	if out.body, out.err = io.ReadAll(response.Body); out.err == nil {
		json.Unmarshal(out.body, &out.json)
	}
	return out
}

// client does not repeat requests by itself.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

const pipes = "/databases/DB/schemas/S/pipes/"

func (a *account) open(pipe, channel, body string) *answer {
	a.t.Helper()
	return a.do("PUT", "/v2/streaming"+pipes+url.PathEscape(pipe)+"/channels/"+url.PathEscape(channel)+"?requestId=1", []byte(body), nil)
}

// append sends rows to T's default pipe with an end offset.
func (a *account) append(channel, token, end, body string) *answer {
	a.t.Helper()
	return a.appendWith(channel, url.Values{"continuationToken": {token}, "endOffsetToken": {end}}, []byte(body), nil)
}

func (a *account) appendWith(channel string, query url.Values, body []byte, header http.Header) *answer {
	a.t.Helper()
	path := "/v2/streaming/data" + pipes + "T-STREAMING/channels/" + url.PathEscape(channel) + "/rows?" + query.Encode()
	return a.do("POST", path, body, header)
}

// status asks for one channel of T's default pipe; nil when it is absent.
func (a *account) status(channel string) map[string]any {
	a.t.Helper()
	body, err := json.Marshal(map[string]any{"channel_names": []string{channel}})
	must(a.t, err)
	r := a.do("POST", "/v2/streaming"+pipes+"T-STREAMING:bulk-channel-status", body, nil).expect(200, "")
	status, _ := r.json["channel_statuses"].(map[string]any)[channel].(map[string]any)
	return status
}

// waitFor polls until done or two minutes are over.
func (a *account) waitFor(what string, done func() bool) {
	a.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			a.t.Fatalf("never: %s", what)
		}
	}
}

// committed waits until a channel's token is end.
func (a *account) committed(channel, end string) (status map[string]any) {
	a.t.Helper()
	a.waitFor("commit of "+end+" in "+channel, func() bool {
		status = a.status(channel)
		return status["last_committed_offset_token"] == end
	})
	return status
}

// rows are the JSON texts of a table.
func (a *account) rows(table *catalog.Table) (list []string) {
	a.t.Helper()
	must(a.t, a.Store().Scan(table.ID, 0, func(r rowstore.Row) bool {
		list = append(list, string(r.JSON))
		return true
	}))
	return list
}

func expectRows(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
}
