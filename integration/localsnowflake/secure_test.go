package localsnowflake_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

func TestTheSameIsServedOverTLSToWhoTrustsTheAuthority(t *testing.T) {
	a := start(t, localsnowflake.Options{SecureListen: "127.0.0.1:0"})
	trust := x509.NewCertPool()
	if !trust.AppendCertsFromPEM(a.Authority()) {
		t.Fatal("the authority is no certificate")
	}
	get := func(address string, roots *x509.CertPool) (string, error) {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/v2/streaming/hostname", nil)
		must(t, err)
		request.Header = bearer(sign(claims(nil), userKey()))
		response, err := client.Do(request)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return string(body), err
	}
	for _, address := range []string{a.SecureURL(), strings.Replace(a.SecureURL(), "127.0.0.1", "localhost", 1)} {
		if got, err := get(address, trust); err != nil || "https://"+got != address {
			t.Errorf("%s: %q, %v", address, got, err)
		}
	}
	if got, err := get(a.SecureURL(), x509.NewCertPool()); err == nil {
		t.Errorf("without trust: %q", got)
	}
	other := start(t, localsnowflake.Options{SecureListen: "127.0.0.1:0"})
	if string(other.Authority()) == string(a.Authority()) {
		t.Error("two servers share an authority")
	}
}

func TestWithoutASecureAddressNothingIsServedOverTLS(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	if a.SecureURL() != "" || a.Authority() != nil {
		t.Errorf("%q, %q", a.SecureURL(), a.Authority())
	}
	for _, address := range []string{"0.0.0.0:0", "example.com:443", "nonsense"} {
		if s, err := localsnowflake.Start(localsnowflake.Options{SecureListen: address}); err == nil {
			s.Close()
			t.Errorf("%s was taken", address)
		}
	}
}

func TestSnowflakesSDKsAreToldTheHostWithoutItsPort(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	header := bearer(sign(claims(nil), userKey()))
	header.Set("User-Agent", "SnowpipeStreamingSDK/v1.9.1 (linux unix x86_64) PYTHON/3.11.7")
	if got := string(a.do("GET", "/v2/streaming/hostname", nil, header).expect(200, "").body); got != "127.0.0.1" {
		t.Errorf("host %q", got)
	}
	a.variants("A")
	a.token = string(a.exchange(sign(claims(nil), userKey()), "127.0.0.1").expect(200, "").body)
	a.open("T-STREAMING", "c", "").expect(200, "")
	a.exchange(sign(claims(nil), userKey()), "127.0.0.2").expect(400, "")

	bare := start(t, localsnowflake.Options{HostnameForm: localsnowflake.HostnameBare})
	if got := string(bare.discover(sign(claims(nil), userKey())).expect(200, "").body); got != "127.0.0.1" {
		t.Errorf("host %q", got)
	}
}

func TestAJWTMayCountInMilliseconds(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	inMillis := func(life time.Duration, ago time.Duration) string {
		return sign(claims(func(c jwt.MapClaims) {
			c["iat"], c["exp"] = time.Now().Add(-ago).UnixMilli(), time.Now().Add(life-ago).UnixMilli()
		}), userKey())
	}
	a.discover(inMillis(59*time.Minute, 0)).expect(200, "")
	a.discover(inMillis(3*time.Hour, 0)).expect(401, localsnowflake.CodeInvalidJWT)
	a.discover(inMillis(59*time.Minute, 2*time.Hour)).expect(401, localsnowflake.CodeInvalidJWT)
	a.discover(inMillis(59*time.Minute, -time.Hour)).expect(401, localsnowflake.CodeInvalidJWT)
}

func TestAScopedTokenMayBeAnnouncedAsOAuth(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	header := http.Header{"X-Snowflake-Authorization-Token-Type": {"OAUTH"}}
	path := "/v2/streaming" + pipes + "T-STREAMING/channels/c"
	a.do("PUT", path, nil, header).expect(200, "")
	a.token = "unknown"
	a.do("PUT", path, nil, header).expect(401, localsnowflake.CodeTokenExpired)
}

func TestSessionlessTelemetryIsTakenFromUsersAlone(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	key := bearer(sign(claims(nil), userKey()))
	if r := a.do("POST", "/telemetry/send/sessionless", []byte(`{"logs":[]}`), key).expect(200, ""); r.json["success"] != true {
		t.Errorf("answer %s", r.body)
	}
	a.do("POST", "/telemetry/send/sessionless", nil, bearer("nobody")).expect(401, "")
}
