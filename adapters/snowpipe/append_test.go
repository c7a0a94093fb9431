package snowpipe_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
)

func TestASealedBatchTravelsCompressed(t *testing.T) {
	for _, compression := range []snowpipe.Compression{snowpipe.Zstd, snowpipe.Gzip} {
		s := serve(t, nil)
		c, _ := s.client(func(cfg *snowpipe.Config) { cfg.Compression = compression })
		rows := bytes.Repeat([]byte("{\"a\":\"alpha\"}\n"), 5000)
		body, length, encoding, err := c.Seal([][]byte{rows})
		if err != nil {
			t.Fatal(err)
		}
		sealed := &messages.SealedBatch{Body: body, Length: length, Encoding: encoding, Raw: int64(len(rows))}
		want := string(bytes.Join(body, nil))
		if _, err := c.Append(ctx, "c", "0_1", sealed); err != nil {
			t.Fatal(err)
		}
		c.Recycle(sealed)
		got := s.of("append")[0]
		if got.body != want || got.header.Get("Content-Encoding") != string(compression) ||
			got.header.Get("X-Snowflake-Uncompressed-Content-Length") != fmt.Sprint(len(rows)) {
			t.Errorf("%s: %d bytes with %v", compression, len(got.body), got.header)
		}
		if _, err := c.Append(ctx, "c", "0_2", sealed); err == nil {
			t.Error("a recycled batch was appended")
		}
	}
}

func TestRedirectsOfDataAreNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("rows and credential %q went elsewhere", r.Header.Get("Authorization"))
	}))
	t.Cleanup(elsewhere.Close)
	for _, follow := range []*http.Client{nil, {}} {
		s := serve(t, map[string][]reply{"append": {{status: 308, header: map[string]string{"Location": elsewhere.URL}}}})
		c, _ := s.client(func(cfg *snowpipe.Config) { cfg.HTTP = follow })
		_, err := c.Append(ctx, "c", "0_1", batch())
		wantFault(t, err, messages.Transient, messages.ReasonUnavailable, false)
	}
}

func TestARefusedTokenIsReplacedAndTheSameBytesAreSentOnce(t *testing.T) {
	s := serve(t, map[string][]reply{"append": {{status: 401, body: `{"code":"390318","message":"expired"}`}}})
	c, _ := s.client(nil)
	if next, err := c.Append(ctx, "c", "0_1", batch()); err != nil || next != "0_2" {
		t.Fatalf("%q %v", next, err)
	}
	sent := s.of("append")
	if len(sent) != 2 || sent[0].body != sent[1].body || sent[0].query.Encode() != sent[1].query.Encode() {
		t.Errorf("two equal requests expected: %+v", sent)
	}
	if sent[0].header.Get("Authorization") == sent[1].header.Get("Authorization") {
		t.Error("the refused token was used again")
	}
	if len(s.of("hostname")) != 1 || len(s.of("token")) != 2 {
		t.Errorf("%d discoveries and %d exchanges, want 1 and 2", len(s.of("hostname")), len(s.of("token")))
	}
}

func TestASecondRefusalIsAccessDenied(t *testing.T) {
	for name, script := range map[string][]reply{
		"401 twice": {{status: 401, body: "no"}, {status: 401, body: "no"}},
		"403":       {{status: 403, body: `{"code":"390186","message":"no grant"}`}},
	} {
		s := serve(t, map[string][]reply{"append": script})
		c, _ := s.client(nil)
		_, err := c.Append(ctx, "c", "0_1", batch())
		f := wantFault(t, err, messages.Rejected, messages.ReasonDenied, true)
		if f.Stop != messages.AccessDenied || !strings.Contains(f.Hint, "LOADER_ROLE") {
			t.Errorf("%s: %+v", name, f)
		}
		if n := len(s.of("append")); n != len(script) {
			t.Errorf("%s: %d attempts, want %d", name, n, len(script))
		}
	}
}

func TestAnAppendWithoutACompleteAnswerIsOfUnknownOutcome(t *testing.T) {
	for name, answer := range map[string]reply{
		"lost":            {lose: true},
		"cut off":         {status: 200, body: `{"next_continuation_token":"0_2"`, cut: true},
		"refusal cut off": {status: 400, body: `{"code":"ERR_INVALID`, cut: true},
		"no JSON":         ok("OK"),
		"no token":        ok(`{"status_code":0}`),
		"endless":         ok(`{"next_continuation_token":"` + strings.Repeat("x", 2<<20) + `"}`),
		"500":             {status: 500, body: `{"code":"ERR_INTERNAL"}`},
		"503":             {status: 503},
	} {
		s := serve(t, map[string][]reply{"append": {answer}})
		c, _ := s.client(nil)
		_, err := c.Append(ctx, "c", "0_1", batch())
		wantFault(t, err, messages.Transient, messages.ReasonUnavailable, false)
		if strings.Contains(err.Error(), "0_1") || strings.Contains(err.Error(), s.URL) {
			t.Errorf("%s: the error holds the URL: %v", name, err)
		}
		if next, err := c.Append(ctx, "c", "0_1", batch()); err != nil || next != "0_2" {
			t.Errorf("%s: the repeat gave %q %v", name, next, err)
		}
		if sent := s.of("append"); len(sent) != 2 || sent[0].body != sent[1].body {
			t.Errorf("%s: %d attempts, want 2 equal ones", name, len(sent))
		}
	}
}

func TestAStatusCodeTakesA200Back(t *testing.T) {
	s := serve(t, map[string][]reply{"append": {ok(`{"status_code":20,"message":"another writer"}`), ok(`{"status_code":99}`)}})
	c, _ := s.client(nil)
	_, err := c.Append(ctx, "c", "0_1", batch())
	wantFault(t, err, messages.Fenced, messages.ReasonStale, false)
	_, err = c.Append(ctx, "c", "0_1", batch())
	wantFault(t, err, messages.Transient, messages.ReasonUnavailable, false)
}

func TestThrottlingSaysWhenToComeBack(t *testing.T) {
	s := serve(t, map[string][]reply{
		"append": {{status: 429, body: `{"status_code":7}`, header: map[string]string{"Retry-After": "2"}}},
		"open":   {{status: 429, body: `{"status_code":87,"message":"too many pending"}`}},
	})
	c, _ := s.client(nil)
	_, err := c.Append(ctx, "c", "0_1", batch())
	if f := wantFault(t, err, messages.Transient, messages.ReasonThrottled, true); f.After != 2*time.Second {
		t.Errorf("After = %v, want 2 s", f.After)
	}
	_, err = c.Open(ctx, "c", true)
	wantFault(t, err, messages.Transient, messages.ReasonThrottled, true)
}

func TestTheSessionIsEchoedPerChannel(t *testing.T) {
	with := func(session string) reply {
		r := ok(`{"next_continuation_token":"n"}`)
		if session != "" {
			r.header = map[string]string{"X-Snowflake-Session": session}
		}
		return r
	}
	s := serve(t, map[string][]reply{"append": {with("one"), with("two"), with(""), with(""), with("")}})
	c, _ := s.client(nil)
	for _, channel := range []string{"a", "b", "a", "a", "b"} {
		if _, err := c.Append(ctx, channel, "0_1", batch()); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"", "", "one", "", "two"} {
		if got := s.of("append")[i].header.Get("X-Snowflake-Session"); got != want {
			t.Errorf("append %d carried session %q, want %q", i+1, got, want)
		}
	}
}
