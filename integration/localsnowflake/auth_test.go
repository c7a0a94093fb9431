package localsnowflake_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	sf "github.com/snowflakedb/gosnowflake/v2"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// discover asks for the ingest host.
func (a *account) discover(token string) *answer {
	a.t.Helper()
	return a.do("GET", "/v2/streaming/hostname", nil, bearer(token))
}

func TestDiscoveryAndExchangeAnswerInEveryForm(t *testing.T) {
	for name, options := range map[string]localsnowflake.Options{
		"plain": {}, "JSON": {HostnameForm: localsnowflake.HostnameJSON, TokenForm: localsnowflake.TokenJSON}, "URL": {HostnameForm: localsnowflake.HostnameURL},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := localsnowflake.Start(options)
			must(t, err)
			defer s.Close()
			a := &account{Server: s, t: t}
			must(t, s.RegisterUser("LOADER", "LOADER", &userKey().PublicKey))
			key := sign(claims(nil), userKey())
			host := strings.TrimPrefix(s.URL(), "http://")
			found, exchanged := a.discover(key).expect(200, ""), a.exchange(key, host).expect(200, "")
			want, token := host, string(exchanged.body)
			switch name {
			case "JSON":
				want, token = `{"hostname":"`+host+`"}`, exchanged.json["token"].(string)
			case "URL":
				want = "http://" + host
			}
			if string(found.body) != want {
				t.Errorf("hostname answer %q, want %q", found.body, want)
			}
			var payload jwt.RegisteredClaims
			if _, _, err := jwt.NewParser().ParseUnverified(token, &payload); err != nil || time.Until(payload.ExpiresAt.Time) > 10*time.Minute {
				t.Errorf("token %q has no readable exp within ten minutes: %v", token, err)
			}
		})
	}
}

func TestOnlySoundJWTsAreTaken(t *testing.T) {
	a := start(t, localsnowflake.Options{Account: "local.eu-west-1"})
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	now := time.Now()
	spoiled := func(change func(jwt.MapClaims)) string { return sign(claims(change), userKey()) }
	set := func(name string, value any) string {
		return spoiled(func(c jwt.MapClaims) { c[name] = value })
	}
	hmac, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims(nil)).SignedString([]byte("secret"))
	must(t, err)
	none, err := jwt.NewWithClaims(jwt.SigningMethodNone, claims(nil)).SignedString(jwt.UnsafeAllowNoneSignatureType)
	must(t, err)
	for name, token := range map[string]string{
		"another key":          sign(claims(nil), stranger),
		"signed with a secret": hmac,
		"not signed":           none,
		"no JWT":               "token",
		"expired":              spoiled(func(c jwt.MapClaims) { c["iat"], c["exp"] = now.Add(-time.Hour).Unix(), now.Add(-time.Second).Unix() }),
		"no exp":               spoiled(func(c jwt.MapClaims) { delete(c, "exp") }),
		"no iat":               spoiled(func(c jwt.MapClaims) { delete(c, "iat") }),
		"issued in the future": spoiled(func(c jwt.MapClaims) { c["iat"] = now.Add(5 * time.Minute).Unix() }),
		"good for two hours":   set("exp", now.Add(2*time.Hour).Unix()),
		"another account": spoiled(func(c jwt.MapClaims) {
			c["iss"], c["sub"] = strings.Replace(c["iss"].(string), "LOCAL", "OTHER", 1), "OTHER.LOADER"
		}),
		"another subject":     set("sub", "LOCAL.ADMIN"),
		"no fingerprint":      set("iss", "LOCAL.LOADER"),
		"another fingerprint": set("iss", "LOCAL.LOADER.SHA256:AAAA"),
		"a user nobody made": spoiled(func(c jwt.MapClaims) {
			c["iss"], c["sub"] = strings.Replace(c["iss"].(string), "LOADER", "NOBODY", 1), "LOCAL.NOBODY"
		}),
		"names in lower case": spoiled(func(c jwt.MapClaims) {
			c["iss"], c["sub"] = strings.Replace(c["iss"].(string), "LOCAL", "local", 1), "local.LOADER"
		}),
		"a signature cut short": strings.TrimSuffix(sign(claims(nil), userKey()), "==")[:400],
	} {
		t.Run(name, func(t *testing.T) {
			a := &account{Server: a.Server, t: t}
			a.discover(token).expect(401, localsnowflake.CodeInvalidJWT)
			a.exchange(token, "").expect(401, localsnowflake.CodeInvalidJWT)
		})
	}
	a.discover(spoiled(func(c jwt.MapClaims) { c["scp"] = "session:role:ACCOUNTADMIN" })).expect(403, localsnowflake.CodeNotAllowed)
	a.discover(spoiled(func(c jwt.MapClaims) { c["scp"] = "session:role:LOADER" })).expect(200, "")
	a.discover(sign(claims(nil), userKey())).expect(200, "")
	a.do("GET", "/v2/streaming/hostname", nil, http.Header{"Authorization": {""}}).expect(401, "")
	a.do("GET", "/v2/streaming/hostname", nil, http.Header{"Authorization": {"BEARER " + sign(claims(nil), userKey())}, "X-Snowflake-Authorization-Token-Type": {"KEYPAIR_JWT"}}).expect(200, "")
	must(t, a.Catalog().UpdateUser("LOADER", func(u *catalog.User) error { u.Disabled = true; return nil }))
	a.discover(sign(claims(nil), userKey())).expect(403, localsnowflake.CodeNotAllowed)
}

func TestAScopedTokenIsBoundToItsHostAndItsLife(t *testing.T) {
	var ahead atomic.Int64
	a := start(t, localsnowflake.Options{TokenLife: time.Minute, Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	a.variants("A")
	a.open("T-STREAMING", "c", "").expect(200, "")
	a.discover(a.token).expect(401, localsnowflake.CodeTokenExpired) // for the ingest host alone
	key := sign(claims(nil), userKey())
	a.exchange(key, "elsewhere.ingest.snowflakecomputing.com").expect(400, "invalid_scope")
	a.do("POST", "/oauth/token", []byte("grant_type=password"), bearer(key)).expect(400, "unsupported_grant_type")
	ahead.Store(int64(2 * time.Minute))
	a.append("c", "0_1", "1", "{}").expect(401, localsnowflake.CodeTokenExpired)
	a.token = a.signIn()
	a.append("c", "0_1", "1", "{}").expect(200, "")
	tampered := a.token[:len(a.token)-4] + "AAAA"
	a.do("POST", "/v2/streaming"+pipes+"T-STREAMING:bulk-channel-status", nil, bearer(tampered)).expect(401, localsnowflake.CodeTokenExpired)
}

func TestAnAssertionWithoutScopeIsGoodOnEveryHost(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	a.token = ""
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {sign(claims(nil), userKey())}}
	a.token = string(a.do("POST", "/oauth/token", []byte(form.Encode()), nil).expect(200, "").body)
	a.open("T-STREAMING", "c", "").expect(200, "")
	a.discover(a.token).expect(200, "")
}

func TestOtherCredentialsPassWhereTheyAreAnnounced(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	must(t, a.RegisterToken(localsnowflake.ProgrammaticAccessToken, "pat-1", "LOADER", "", time.Time{}))
	must(t, a.RegisterToken(localsnowflake.OAuth, "oauth-1", "LOADER", "LOADER", time.Now().Add(-time.Second)))
	open := func(token string, kind localsnowflake.TokenKind) *answer {
		header := bearer(token)
		header.Set("X-Snowflake-Authorization-Token-Type", string(kind))
		return a.do("PUT", "/v2/streaming"+pipes+"T-STREAMING/channels/c", nil, header)
	}
	open("pat-1", localsnowflake.ProgrammaticAccessToken).expect(200, "")
	open("pat-1", localsnowflake.OAuth).expect(401, localsnowflake.CodeTokenExpired)
	open("pat-2", localsnowflake.ProgrammaticAccessToken).expect(401, localsnowflake.CodeTokenExpired)
	open("oauth-1", localsnowflake.OAuth).expect(401, localsnowflake.CodeTokenExpired)
	open("pat-1", "PASSWORD").expect(401, "")
	open(sign(claims(nil), userKey()), localsnowflake.KeyPairJWT).expect(200, "")
	a.RevokeToken("pat-1")
	open("pat-1", localsnowflake.ProgrammaticAccessToken).expect(401, localsnowflake.CodeTokenExpired)
	if err := a.RegisterToken(localsnowflake.KeyPairJWT, "x", "LOADER", "", time.Time{}); err == nil {
		t.Error("a key-pair JWT was registered like a token")
	}
}

// TestATokenThatSQLMadeGetsInUntilItEnds: as a bearer of REST calls and as a
// driver's credential, with the role that it is restricted to and no other.
func TestATokenThatSQLMadeGetsInUntilItEnds(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	db := a.adminDB(t)
	secret := func(statement string) (text string) {
		t.Helper()
		var name string
		rows, err := db.QueryContext(t.Context(), statement)
		must(t, err)
		defer rows.Close()
		columns, err := rows.Columns()
		must(t, err)
		into := []any{&name, &text, new(string)}
		if !rows.Next() {
			t.Fatalf("%s: no row", statement)
		}
		must(t, rows.Scan(into[:len(columns)]...))
		return text
	}
	asDriver := func(token, role string) bool {
		config := a.driverConfig()
		config.Authenticator, config.Token, config.Role = sf.AuthTypePat, token, role
		return connect(t, config).PingContext(t.Context()) == nil
	}
	getsIn := func(token string) bool {
		t.Helper()
		header := bearer(token)
		header.Set("X-Snowflake-Authorization-Token-Type", string(localsnowflake.ProgrammaticAccessToken))
		rest := a.do("PUT", "/v2/streaming"+pipes+"T-STREAMING/channels/c", nil, header).status == 200
		if driver := asDriver(token, "LOADER"); driver != rest {
			t.Errorf("by REST %v, by the driver %v", rest, driver)
		}
		return rest
	}
	first := secret(`ALTER USER LOADER ADD PROGRAMMATIC ACCESS TOKEN CONNECTOR ROLE_RESTRICTION = 'LOADER' DAYS_TO_EXPIRY = 1`)
	if !getsIn(first) || asDriver(first, "PUBLIC") {
		t.Error("a token gets in with its role, and with no other")
	}
	second := secret(`ALTER USER LOADER ROTATE PAT CONNECTOR`)
	if !getsIn(first) || !getsIn(second) {
		t.Error("both tokens get in for a day")
	}
	third := secret(`ALTER USER LOADER ROTATE PAT CONNECTOR EXPIRE_ROTATED_TOKEN_AFTER_HOURS = 0`)
	if getsIn(second) || !getsIn(third) {
		t.Error("a token that ended gets in, or its successor does not")
	}
	run(t, db, `ALTER USER LOADER REMOVE PAT CONNECTOR`)
	if getsIn(third) {
		t.Error("a token that was removed gets in")
	}
}
