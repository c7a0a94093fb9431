package snowpipe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// issuer is an authorization server whose n-th answer is what answer makes.
type issuer struct {
	*OAuth
	*httptest.Server
	clock time.Time

	mu     sync.Mutex
	asked  int
	scopes []string
	answer func(w http.ResponseWriter, n int)
}

func newIssuer(t *testing.T, change func(*OAuthConfig)) *issuer {
	t.Helper()
	i := &issuer{clock: time.Now()}
	i.answer = func(w http.ResponseWriter, n int) { grant(w, fmt.Sprint("token-", n), 3600) }
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.asked++
		i.scopes = append(i.scopes, r.PostFormValue("scope"))
		i.answer(w, i.asked)
	}))
	t.Cleanup(i.Close)
	cfg := OAuthConfig{TokenURL: i.URL + "/token", ClientID: "me", ClientSecret: "canary"}
	if change != nil {
		change(&cfg)
	}
	var err error
	if i.OAuth, err = NewOAuth(cfg); err != nil {
		t.Fatal(err)
	}
	i.now = func() time.Time { return i.clock }
	return i
}

func grant(w http.ResponseWriter, token string, life int) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":%d}`, token, life)
}

// after lets time pass and wants a token.
func (i *issuer) after(t *testing.T, passed time.Duration, want string) {
	t.Helper()
	i.clock = i.clock.Add(passed)
	got, err := i.Token(context.Background())
	if err != nil || got.Text != want || got.Kind != OAuthToken || !got.Direct {
		t.Errorf("%q %s, %v; want %s", got.Text, got.Kind, err, want)
	}
}

func TestAnAccessTokenIsKeptUntilShortlyBeforeItsEnd(t *testing.T) {
	i := newIssuer(t, nil)
	i.after(t, 0, "token-1")
	i.after(t, 58*time.Minute, "token-1")
	i.after(t, 90*time.Second, "token-2")
	i.Refused(Token{Text: "token-1"}) // an older one
	i.after(t, 0, "token-2")
	i.Refused(Token{Text: "token-2"})
	i.after(t, 0, "token-3")
}

func TestAnAccessTokenWithoutAnEndIsAskedForAgain(t *testing.T) {
	i := newIssuer(t, nil)
	i.answer = func(w http.ResponseWriter, n int) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":"token-%d"}`, n)
	}
	i.after(t, 0, "token-1")
	i.after(t, recheck, "token-2")
}

func TestTheOldAccessTokenIsUsedWhileTheServerIsDown(t *testing.T) {
	i := newIssuer(t, nil)
	i.after(t, 0, "token-1")
	i.answer = func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusBadGateway) }
	i.after(t, 59*time.Minute+10*time.Second, "token-1")
	i.after(t, time.Second, "token-1")
	if i.asked != 2 {
		t.Errorf("asked %d times, want one attempt to renew within %v", i.asked, renewAgain)
	}
	i.clock = i.clock.Add(time.Minute)
	_, err := i.Token(context.Background())
	if f := messages.AsFault("x", err); err == nil || f.Class != messages.Transient || f.Stop != "" {
		t.Errorf("after its end: %v", err)
	}
}

func TestARefusedClientIsDenied(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		stop   messages.StopCode
	}{
		"invalid_client":  {401, `{"error":"invalid_client","error_description":"canary is wrong"}`, messages.AccessDenied},
		"invalid_scope":   {400, `{"error":"invalid_scope"}`, messages.AccessDenied},
		"an echo":         {400, `{"error":"canary!"}`, messages.AccessDenied},
		"no JSON":         {403, `<html>canary</html>`, messages.AccessDenied},
		"throttled":       {429, `{"error":"slow_down canary"}`, ""},
		"timed out":       {408, ``, ""},
		"down":            {503, `canary`, ""},
		"elsewhere":       {302, ``, ""},
		"not a token":     {200, `canary`, ""},
		"an empty token":  {200, `{"access_token":""}`, ""},
		"a broken token":  {200, `{"access_token":"canary\r\nX: y"}`, ""},
		"an error of 200": {200, `{"error":"canary"}`, ""},
	} {
		elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
		i := newIssuer(t, nil)
		i.answer = func(w http.ResponseWriter, _ int) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(c.status)
			fmt.Fprint(w, c.body)
		}
		_, err := i.Token(context.Background())
		f := messages.AsFault("x", err)
		if err == nil || f.Stop != c.stop || (c.stop == "") != (f.Class == messages.Transient) || strings.Contains(fmt.Sprint(err, f), "canary") {
			t.Errorf("%s: %v, %+v", name, err, f)
		}
		elsewhere.Close()
	}
}

// TestARefusedClientIsNotHelpedByAnOldToken: a no is told at once, so that
// nobody finds out an hour later.
func TestARefusedClientIsNotHelpedByAnOldToken(t *testing.T) {
	i := newIssuer(t, nil)
	i.after(t, 0, "token-1")
	i.answer = func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusUnauthorized) }
	i.clock = i.clock.Add(59*time.Minute + 10*time.Second)
	_, err := i.Token(context.Background())
	if f := messages.AsFault("x", err); err == nil || f.Stop != messages.AccessDenied {
		t.Errorf("%v", err)
	}
}

func TestManyWhoWaitAskTheAuthorizationServerOnce(t *testing.T) {
	i := newIssuer(t, nil)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if got, err := i.Token(context.Background()); err != nil || got.Text != "token-1" {
				t.Errorf("%q, %v", got.Text, err)
			}
		})
	}
	all.Wait()
	if i.asked != 1 {
		t.Errorf("asked %d times", i.asked)
	}
}

// TestOneWhoSawNoTokenTakesTheOneThatCameMeanwhile: it does not ask again.
func TestOneWhoSawNoTokenTakesTheOneThatCameMeanwhile(t *testing.T) {
	i := newIssuer(t, nil)
	looked, come := make(chan struct{}), make(chan struct{})
	late := sync.OnceFunc(func() { close(looked); <-come })
	i.now = func() time.Time { late(); return i.clock }
	got := make(chan Token, 1)
	go func() {
		token, _ := i.Token(context.Background())
		got <- token
	}()
	<-looked
	i.now = func() time.Time { return i.clock }
	i.after(t, 0, "token-1")
	close(come)
	if token := <-got; token.Text != "token-1" || i.asked != 1 {
		t.Errorf("%q, asked %d times", token.Text, i.asked)
	}
}

func TestTheRoleIsAskedForAsAScope(t *testing.T) {
	for want, change := range map[string]func(*OAuthConfig){
		"":                         nil,
		"session:role:LOADER":      func(c *OAuthConfig) { c.Role = "LOADER" },
		"api://snowflake/.default": func(c *OAuthConfig) { c.Role, c.Scope = "LOADER", "api://snowflake/.default" },
		"session:role-any":         func(c *OAuthConfig) { c.Scope = "session:role-any" },
	} {
		i := newIssuer(t, change)
		i.after(t, 0, "token-1")
		if got := i.scopes[0]; got != want {
			t.Errorf("scope %q, want %q", got, want)
		}
	}
}

func TestARotatedClientSecretIsSent(t *testing.T) {
	secret, sent := "one", ""
	i := newIssuer(t, func(c *OAuthConfig) { c.ClientSecret, c.Secret = "", func() string { return secret } })
	i.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, sent, _ = r.BasicAuth()
		grant(w, "t", 3600)
	})
	for _, secret = range []string{"one", "two"} {
		i.Refused(Token{Text: "t"})
		if _, err := i.Token(context.Background()); err != nil || sent != secret {
			t.Errorf("sent %q, want %q: %v", sent, secret, err)
		}
	}
}

func TestABadOAuthConfigurationNamesItsField(t *testing.T) {
	good := OAuthConfig{TokenURL: "https://login.example/token", ClientID: "me", ClientSecret: "canary"}
	for want, change := range map[string]func(*OAuthConfig){
		"oauth token_url: sends":    func(c *OAuthConfig) { c.TokenURL = "http://login.example/token" },
		"oauth token_url: must not": func(c *OAuthConfig) { c.TokenURL = "https://u:canary@login.example/token" },
		"oauth: client_id and":      func(c *OAuthConfig) { c.ClientID = "" },
		"oauth: client_id and c":    func(c *OAuthConfig) { c.ClientSecret = "" },
	} {
		cfg := good
		change(&cfg)
		if _, err := NewOAuth(cfg); err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestARenewalThatHangsHoldsUpNobody: what is held goes on while it is good.
func TestARenewalThatHangsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.token
	hang := make(chan struct{})
	defer close(hang)
	d.token = func(n int) string {
		if n == 1 {
			return first(n)
		}
		<-hang
		return ""
	}
	d.after(t, 0)
	d.clock = d.clock.Add(59*time.Minute + 30*time.Second)
	begun := time.Now()
	if _, err := d.access(context.Background()); err != nil || time.Since(begun) >= signInTimeout {
		t.Errorf("after %v: %v", time.Since(begun), err)
	}
}

func TestSignInsOfSeveralKeysTryEachOnce(t *testing.T) {
	for name, c := range map[string]struct {
		keys  []string // what the source yields in turn
		good  string
		tried int
		hint  string
	}{
		"the second works":        {[]string{"SHA256:a", "SHA256:b"}, "SHA256:b", 2, ""},
		"a third, just replaced":  {[]string{"SHA256:a", "SHA256:c", "SHA256:b"}, "SHA256:b", 3, ""},
		"none works":              {[]string{"SHA256:b", "SHA256:a"}, "", 2, "SHA256:a and SHA256:b"},
		"one, signed anew":        {[]string{"SHA256:a"}, "", 2, "tried with SHA256:a, which DESC USER"},
		"a source without a name": {[]string{""}, "", 2, ""},
	} {
		tried := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if tried++; c.good == "" || !strings.HasSuffix(r.Header.Get("Authorization"), c.good) {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			fmt.Fprint(w, r.Host)
		}))
		client, err := New(Config{Account: "A", User: "U", Host: server.URL, Database: "D", Schema: "S", Pipe: "P", Tokens: &inTurn{keys: c.keys}})
		if err != nil {
			t.Fatal(err)
		}
		token, err := client.gate.credential(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = client.gate.discover(context.Background(), token)
		var f *messages.Fault
		if errors.As(err, &f) != (c.good == "") || tried != c.tried || f != nil && (f.Stop != messages.AccessDenied || !strings.Contains(f.Hint, c.hint)) {
			t.Errorf("%s: %d attempts, %v", name, tried, err)
		}
		server.Close()
	}
}

// inTurn yields its keys in turn, the next one once one was refused.
type inTurn struct {
	keys    []string
	refused int
}

func (s *inTurn) Token(context.Context) (Token, error) {
	key := s.keys[s.refused%len(s.keys)]
	return Token{Kind: KeyPairJWT, Text: "jwt-by-" + key, Key: key}, nil
}
func (s *inTurn) Refused(Token) { s.refused++ }
