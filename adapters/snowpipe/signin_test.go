package snowpipe_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
)

func TestBothFormsOfSignInAreUnderstood(t *testing.T) {
	for name, form := range map[string]func(host string) (string, string){
		"plain":  func(host string) (string, string) { return host, "scoped-1" },
		"quoted": func(host string) (string, string) { return `"` + host + "\"\n", "scoped-1\n" },
		"json": func(host string) (string, string) {
			return fmt.Sprintf(`{"hostname":%q}`, host), `{"token":"scoped-1"}`
		},
		"url": func(host string) (string, string) { return "http://" + host, `{"access_token":"scoped-1"}` },
	} {
		s := serve(t, map[string][]reply{})
		host, token := form(strings.TrimPrefix(s.URL, "http://"))
		s.scripts["hostname"], s.scripts["token"] = []reply{ok(host)}, []reply{ok(token)}
		c, _ := s.client(nil)
		if _, err := c.Open(ctx, "c", false); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := s.of("open")[0].header.Get("Authorization"); got != "Bearer scoped-1" {
			t.Errorf("%s: opened with %q", name, got)
		}
	}
}

func TestUnusableSignInAnswersSendNoCredentialOn(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a request went elsewhere: %s %s", r.Method, r.URL)
	}))
	t.Cleanup(elsewhere.Close)
	for name, scripts := range map[string]map[string][]reply{
		"empty host":      {"hostname": {ok("")}},
		"host elsewhere":  {"hostname": {ok("evil.test")}},
		"real cloud":      {"hostname": {ok("x.ingest.snowflakecomputing.com")}},
		"broken JSON":     {"hostname": {ok(`{"hostname":`)}},
		"empty token":     {"token": {ok("")}},
		"token with CRLF": {"token": {ok("a\r\nX-Evil: 1")}},
		"redirected":      {"hostname": {{status: 302, header: map[string]string{"Location": elsewhere.URL}}}},
		"token elsewhere": {"token": {{status: 307, header: map[string]string{"Location": elsewhere.URL}}}},
	} {
		s := serve(t, scripts)
		c, _ := s.client(nil)
		_, err := c.Open(ctx, "c", false)
		wantFault(t, err, messages.Transient, messages.ReasonUnavailable, true)
		if len(s.of("open")) != 0 {
			t.Errorf("%s: the channel was opened", name)
		}
	}
}

func TestARefusedCredentialIsReplacedOnce(t *testing.T) {
	no := reply{status: 401, body: `{"code":"390144","message":"JWT token is invalid"}`}
	echo := reply{status: 401, body: `{"code":"390144","message":"JWT token canary-2 is invalid"}`,
		header: map[string]string{"Date": "Mon, 02 Jan 2006 15:04:05 GMT"}}
	for _, op := range []string{"hostname", "token"} {
		s := serve(t, map[string][]reply{op: {no}})
		c, source := s.client(nil)
		if _, err := c.Open(ctx, "c", false); err != nil {
			t.Errorf("%s refused once: %v", op, err)
		}
		if len(source.refused) != 1 || source.n != 2 {
			t.Errorf("%s: refused %v, %d tokens", op, source.refused, source.n)
		}
		if !slices.Equal(source.accepted, []string{"canary-2"}) {
			t.Errorf("%s: accepted %v", op, source.accepted)
		}
		s = serve(t, map[string][]reply{op: {no, echo}})
		c, source = s.client(nil)
		_, err := c.Open(ctx, "c", false)
		f := wantFault(t, err, messages.Rejected, messages.ReasonDenied, true)
		if len(source.accepted) > 0 {
			t.Errorf("%s refused twice: accepted %v", op, source.accepted)
		}
		if f.Stop != messages.AccessDenied || !strings.Contains(f.Hint, "clock") {
			t.Errorf("%s refused twice: %+v", op, f)
		}
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the credential is in the error: %v", op, err)
		}
	}
}

func TestAFailOverForgetsHostTokenAndSessions(t *testing.T) {
	s := serve(t, map[string][]reply{"append": {
		{status: 200, body: `{"next_continuation_token":"n"}`, header: map[string]string{"X-Snowflake-Session": "old"}},
		{status: 410, body: "Gone"},
	}})
	c, _ := s.client(nil)
	if _, err := c.Append(ctx, "c", "0_1", batch()); err != nil {
		t.Fatal(err)
	}
	_, err := c.Append(ctx, "c", "0_2", batch())
	wantFault(t, err, messages.Transient, messages.ReasonFailedOver, true)
	if _, err := c.Append(ctx, "c", "0_2", batch()); err != nil {
		t.Fatal(err)
	}
	if len(s.of("hostname")) != 2 || len(s.of("token")) != 2 {
		t.Errorf("%d discoveries and %d exchanges, want 2 and 2", len(s.of("hostname")), len(s.of("token")))
	}
	if got := s.of("append")[2].header.Get("X-Snowflake-Session"); got != "" {
		t.Errorf("session %q outlived the fail-over", got)
	}
}

// openAtOnce opens n channels side by side.
func openAtOnce(t *testing.T, c *snowpipe.Client, n int) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if _, err := c.Open(ctx, fmt.Sprintf("c-%d", i), true); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestManyCallersSignInOnce(t *testing.T) {
	s := serve(t, nil)
	c, _ := s.client(nil)
	openAtOnce(t, c, 50)
	if len(s.of("hostname")) != 1 || len(s.of("token")) != 1 || len(s.of("open")) != 50 {
		t.Errorf("%d discoveries, %d exchanges, %d opens; want 1, 1, 50", len(s.of("hostname")), len(s.of("token")), len(s.of("open")))
	}
}

func TestADirectTokenIsNotExchanged(t *testing.T) {
	s := serve(t, map[string][]reply{"status": {{status: 401}}})
	c, source := s.client(func(cfg *snowpipe.Config) { cfg.Tokens.(*counted).direct = true })
	if _, err := c.Status(ctx, []string{"c"}); err != nil {
		t.Fatal(err)
	}
	sent := s.of("status")
	if len(s.of("token")) != 0 || len(sent) != 2 || sent[1].header.Get("Authorization") != "Bearer canary-2" ||
		sent[1].header.Get("X-Snowflake-Authorization-Token-Type") != "KEYPAIR_JWT" {
		t.Errorf("%d exchanges; status arrived as %+v", len(s.of("token")), sent)
	}
	if len(source.refused) != 1 {
		t.Errorf("the source heard of %v", source.refused)
	}
}

// TestManyCallersFindOutTogetherThatTheirTokenMustBeExchanged: no channel of many
// that are opened at once is told that access is denied.
func TestManyCallersFindOutTogetherThatTheirTokenMustBeExchanged(t *testing.T) {
	s := serve(t, nil)
	s.scoped = true
	c, _ := s.client(func(cfg *snowpipe.Config) { cfg.Tokens.(*counted).direct = true })
	openAtOnce(t, c, 50)
	if n := len(s.of("token")); n != 1 {
		t.Errorf("%d exchanges, want 1", n)
	}
}

func TestAnUnreachableSourceSendsNothing(t *testing.T) {
	s := serve(t, nil)
	c, source := s.client(nil)
	source.err = fmt.Errorf("vault is sealed")
	_, err := c.Append(ctx, "c", "0_1", batch())
	if f := wantFault(t, err, messages.Transient, messages.ReasonUnavailable, true); !strings.Contains(f.Error(), "vault is sealed") {
		t.Error(f)
	}
	if len(s.calls) != 0 {
		t.Errorf("%d requests were sent", len(s.calls))
	}
}

// TestADirectTokenThatTheIngestHostNeverTakesIsExchanged: whether it takes
// OAuth's and programmatic access tokens as they are is not documented.
func TestADirectTokenThatTheIngestHostNeverTakesIsExchanged(t *testing.T) {
	no := reply{status: 401}
	s := serve(t, map[string][]reply{"open": {no, no}})
	c, source := s.client(func(cfg *snowpipe.Config) {
		cfg.Tokens.(*counted).direct = true
	})
	if _, err := c.Open(ctx, "c", true); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Append(ctx, "c", "0_1", batch()); err != nil {
		t.Fatal(err)
	}
	opens := s.of("open")
	if len(opens) != 3 || len(s.of("token")) != 1 || len(source.refused) != 1 || opens[2].header.Get("X-Snowflake-Authorization-Token-Type") != "" {
		t.Errorf("%d opens, %d exchanges, refused %v", len(opens), len(s.of("token")), source.refused)
	}
	// One that was taken before is refused for what it is.
	s = serve(t, nil)
	c, _ = s.client(func(cfg *snowpipe.Config) { cfg.Tokens.(*counted).direct = true })
	if _, err := c.Open(ctx, "c", true); err != nil {
		t.Fatal(err)
	}
	s.script("append", no, no)
	_, err := c.Append(ctx, "c", "0_1", batch())
	wantFault(t, err, messages.Rejected, messages.ReasonDenied, true)
	if len(s.of("token")) != 0 {
		t.Error("it was exchanged")
	}
	// And where the exchange is refused, too, the next sign-in begins anew.
	s = serve(t, map[string][]reply{"open": {no, no}, "token": {{status: 400, body: `{"error":"unsupported"}`}}})
	c, _ = s.client(func(cfg *snowpipe.Config) { cfg.Tokens.(*counted).direct = true })
	_, err = c.Open(ctx, "c", true)
	wantFault(t, err, messages.Rejected, messages.ReasonDenied, true)
	if _, err := c.Open(ctx, "c", true); err != nil || len(s.of("token")) != 1 {
		t.Errorf("%d exchanges, %v", len(s.of("token")), err)
	}
}

// TestEachCallAnswersARefusalInItsOwnWay is P11's matrix: 401 once is another
// credential, 401 again and 403 are a stop; the bytes are the same, and nothing
// is opened anew.
func TestEachCallAnswersARefusalInItsOwnWay(t *testing.T) {
	calls := map[string]func(*snowpipe.Client) error{
		"hostname": func(c *snowpipe.Client) error { _, err := c.Open(ctx, "c", true); return err },
		"token":    func(c *snowpipe.Client) error { _, err := c.Open(ctx, "c", true); return err },
		"open":     func(c *snowpipe.Client) error { _, err := c.Open(ctx, "c", true); return err },
		"append":   func(c *snowpipe.Client) error { _, err := c.Append(ctx, "c", "0_1", batch()); return err },
		"status":   func(c *snowpipe.Client) error { _, err := c.Status(ctx, []string{"c"}); return err },
		"drop":     func(c *snowpipe.Client) error { return c.Drop(ctx, "c", true) },
	}
	for op, call := range calls {
		for _, m := range []struct {
			answers []int
			sent    int
			good    bool
		}{{[]int{401}, 2, true}, {[]int{401, 401}, 2, false}, {[]int{403}, 1, false}, {[]int{401, 403}, 2, false}} {
			var script []reply
			for _, status := range m.answers {
				script = append(script, reply{status: status, body: `{"code":"390144","message":"no"}`})
			}
			s := serve(t, map[string][]reply{op: script})
			c, _ := s.client(nil)
			err := call(c)
			sent := s.of(op)
			if len(sent) != m.sent {
				t.Errorf("%s %v: sent %d times, want %d", op, m.answers, len(sent), m.sent)
			}
			for _, again := range sent {
				if again.body != sent[0].body || again.query.Encode() != sent[0].query.Encode() {
					t.Errorf("%s %v: the repeat differs: %+v", op, m.answers, sent)
				}
			}
			switch {
			case m.good && err != nil:
				t.Errorf("%s %v: %v", op, m.answers, err)
			case !m.good:
				if f := wantFault(t, err, messages.Rejected, messages.ReasonDenied, true); f.Stop != messages.AccessDenied {
					t.Errorf("%s %v: %+v", op, m.answers, f)
				}
			}
		}
	}
}
