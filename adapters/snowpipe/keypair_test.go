package snowpipe

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kinesnow/kinesnow/integration/rsakey"
)

func TestKeyPairTokensSayWhatSnowflakeChecks(t *testing.T) {
	source, err := NewKeyPair("my-org_x.eu-west-1", "loader", "LOADER_ROLE", rsakey.Key(0))
	if err != nil {
		t.Fatal(err)
	}
	token, err := source.Token(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.MapClaims{}
	parsed, err := jwt.ParseWithClaims(token.Text, claims, func(*jwt.Token) (any, error) { return &rsakey.Key(0).PublicKey, nil })
	if err != nil || parsed.Method.Alg() != "RS256" {
		t.Fatalf("%v %v", parsed, err)
	}
	print, err := Fingerprint(&rsakey.Key(0).PublicKey)
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
	source, err := NewKeyPair("A", "U", "", rsakey.Key(0))
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
	key, err := NewKeyPair("A", "U", "", rsakey.Key(0))
	if err != nil {
		t.Fatal(err)
	}
	pat, err := NewPAT("canary-pat")
	if err != nil {
		t.Fatal(err)
	}
	oauth, err := NewOAuth(OAuthConfig{TokenURL: "https://login.example/token", ClientID: "id", ClientSecret: "canary-secret"})
	if err != nil {
		t.Fatal(err)
	}
	client, err := New(Config{Account: "A", Database: "D", Schema: "S", Pipe: "P", Tokens: pat})
	if err != nil {
		t.Fatal(err)
	}
	client.gate.current.token = "canary-scoped"
	for _, value := range []any{key, pat, oauth, Token{Text: "canary-token"}, Config{Tokens: key}, Config{Tokens: pat}, client, struct{ T Token }{Token{Text: "canary-token"}}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(text, "canary") || strings.Contains(text, fmt.Sprintf("%x", "canary")) || strings.Contains(text, rsakey.Key(0).D.String()) {
				t.Errorf("%T printed with %s shows its secret", value, verb)
			}
		}
		if text, _ := json.Marshal(value); strings.Contains(string(text), "canary") {
			t.Errorf("%T as JSON shows its secret", value)
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
