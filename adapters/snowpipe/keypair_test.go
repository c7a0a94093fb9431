package snowpipe

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/youmark/pkcs8"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func TestKeyPairTokensSayWhatSnowflakeChecks(t *testing.T) {
	source, err := NewKeyPair("my-org_x.eu-west-1", "loader", "LOADER_ROLE", testKey())
	if err != nil {
		t.Fatal(err)
	}
	token, err := source.Token(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.MapClaims{}
	parsed, err := jwt.ParseWithClaims(token.Text, claims, func(*jwt.Token) (any, error) { return &testKey().PublicKey, nil })
	if err != nil || parsed.Method.Alg() != "RS256" {
		t.Fatalf("%v %v", parsed, err)
	}
	print, err := Fingerprint(&testKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"iss": "MY-ORG_X.LOADER." + print, "sub": "MY-ORG_X.LOADER", "scp": "session:role:LOADER_ROLE",
	} {
		if claims[name] != want {
			t.Errorf("%s = %v, want %v", name, claims[name], want)
		}
	}
	if life := claims["exp"].(float64) - claims["iat"].(float64); life != 59*60 {
		t.Errorf("life %v s, want 59 min", life)
	}
}

func TestKeyPairTokensAreKeptUntilFiveMinutesBeforeTheirEnd(t *testing.T) {
	source, err := NewKeyPair("A", "U", "", testKey())
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	at := func(d time.Duration) string {
		source.now = func() time.Time { return start.Add(d) }
		token, err := source.Token(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return token.Text
	}
	first := at(0)
	if at(53*time.Minute) != first {
		t.Error("signed anew after 53 minutes")
	}
	second := at(55 * time.Minute)
	if second == first {
		t.Error("not signed anew after 55 minutes")
	}
	source.Refused(Token{Text: first})
	if at(55*time.Minute+time.Second) != second {
		t.Error("the refusal of an older token dropped the newer one")
	}
	source.Refused(Token{Text: second})
	if at(55*time.Minute+2*time.Second) == second {
		t.Error("a refused token was given again")
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	key, err := NewKeyPair("A", "U", "", testKey())
	if err != nil {
		t.Fatal(err)
	}
	pat, err := NewPAT("canary-pat")
	if err != nil {
		t.Fatal(err)
	}
	oauth, err := NewOAuth("https://login.example/token", "id", "canary-secret", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	client, err := New(Config{Account: "A", Database: "D", Schema: "S", Pipe: "P", Tokens: pat})
	if err != nil {
		t.Fatal(err)
	}
	client.gate.current.token = "canary-scoped"
	for _, value := range []any{key, pat, oauth, Token{Text: "canary-token"}, Config{Tokens: key}, Config{Tokens: pat}, client, *oauth, struct{ T Token }{Token{Text: "canary-token"}}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(text, "canary") || strings.Contains(text, fmt.Sprintf("%x", "canary")) || strings.Contains(text, testKey().D.String()) {
				t.Errorf("%T printed with %s shows its secret", value, verb)
			}
		}
		if text, _ := json.Marshal(value); strings.Contains(string(text), "canary") {
			t.Errorf("%T as JSON shows its secret", value)
		}
	}
}

func TestPrivateKeysAreReadInEveryForm(t *testing.T) {
	plain, err := x509.MarshalPKCS8PrivateKey(testKey())
	if err != nil {
		t.Fatal(err)
	}
	locked, err := pkcs8.MarshalPrivateKey(testKey(), []byte("pass"), nil)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	for name, c := range map[string]struct {
		text       []byte
		passphrase string
	}{
		"PKCS#8":    {block("PRIVATE KEY", plain), ""},
		"PKCS#1":    {block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(testKey())), ""},
		"encrypted": {block("ENCRYPTED PRIVATE KEY", locked), "pass"},
		"base64":    {[]byte(base64.StdEncoding.EncodeToString(plain) + "\n"), ""},
	} {
		key, err := ParsePrivateKey(c.text, c.passphrase)
		if err != nil || !key.Equal(testKey()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curveDER, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text             []byte
		passphrase, want string
	}{
		"nothing":          {nil, "", "neither PEM nor base64"},
		"text":             {[]byte("canary!"), "", "neither PEM nor base64"},
		"no passphrase":    {block("ENCRYPTED PRIVATE KEY", locked), "", "passphrase"},
		"wrong passphrase": {block("ENCRYPTED PRIVATE KEY", locked), "canary", "passphrase"},
		"certificate":      {block("CERTIFICATE", plain), "", "CERTIFICATE"},
		"too small":        {block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small)), "", "2048"},
		"elliptic curve":   {block("PRIVATE KEY", curveDER), "", "RSA"},
		"rubbish":          {block("PRIVATE KEY", []byte("canary")), "", "PKCS#8"},
	} {
		_, err := ParsePrivateKey(c.text, c.passphrase)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestATokenFileIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one\n")
	source, err := NewPATFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"one", "two"} {
		write(want + "\n")
		if token, err := source.Token(context.Background()); err != nil || token.Text != want || !token.Direct {
			t.Errorf("%v %v, want %s", token.Text, err, want)
		}
	}
	write("two words")
	if _, err := source.Token(context.Background()); err == nil || strings.Contains(err.Error(), "words") {
		t.Errorf("a file without a token: %v", err)
	}
}
