package snowpipe_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
)

var ctx = context.Background()

func TestAChannelsLifeOnTheWire(t *testing.T) {
	s := serve(t, map[string][]reply{
		"status": {ok(`{"channel_statuses":{"a/0":{"channel_status_code":"SUCCESS","last_committed_offset_token":"9","rows_errors":1}}}`)},
	})
	c, _ := s.client(func(cfg *snowpipe.Config) { cfg.Schema, cfg.Pipe = "my schema", snowpipe.DefaultPipe("orders") })
	opening, err := c.Open(ctx, "a/0", true)
	if err != nil {
		t.Fatal(err)
	}
	if opening.Continuation != "0_1" || opening.Token != "7" || opening.CreatedMS != 12 || opening.Channel != "a/0" || !opening.Healthy {
		t.Errorf("opening %+v", opening)
	}
	b := batch()
	if next, err := c.Append(ctx, "a/0", "0_1", b); err != nil || next != "0_2" {
		t.Errorf("append: %q %v", next, err)
	}
	statuses, err := c.Status(ctx, []string{"a/0", "gone"})
	if err != nil {
		t.Fatal(err)
	}
	if st := statuses["a/0"]; len(statuses) != 1 || st.Token != "9" || st.RowsErrors != 1 {
		t.Errorf("statuses %+v", statuses)
	}
	if err := c.Drop(ctx, "a/0", true); err != nil {
		t.Error(err)
	}

	const pipe = "databases/RAW/schemas/%22my%20schema%22/pipes/%22orders-STREAMING%22"
	for op, want := range map[string]call{
		"hostname": {method: "GET", path: "/v2/streaming/hostname"},
		"token":    {method: "POST", path: "/oauth/token", body: "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&scope=" + strings.TrimPrefix(s.URL, "http://")},
		"open":     {method: "PUT", path: "/v2/streaming/" + pipe + "/channels/a%2F0", body: `{"fail_on_uncommitted_rows":true}`},
		"append":   {method: "POST", path: "/v2/streaming/data/" + pipe + "/channels/a%2F0/rows", body: "{\"a\":1}\n{\"a\":2}\n"},
		"status":   {method: "POST", path: "/v2/streaming/" + pipe + ":bulk-channel-status", body: `{"channel_names":["a/0","gone"]}`},
		"drop":     {method: "DELETE", path: "/v2/streaming/" + pipe + "/channels/a%2F0", body: `{"fail_on_uncommitted_rows":true}`},
	} {
		got := s.of(op)
		if len(got) != 1 || got[0].method != want.method || got[0].path != want.path || got[0].body != want.body {
			t.Errorf("%s arrived as %+v, want one %+v", op, got, want)
		}
	}
	sent := s.of("append")[0]
	for name, want := range map[string]string{"continuationToken": "0_1", "startOffsetToken": b.Start, "endOffsetToken": b.End, "requestId": b.RequestID} {
		if got := sent.query.Get(name); got != want {
			t.Errorf("append's %s = %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"Content-Type": "application/x-ndjson", "Content-Encoding": "", "X-Snowflake-Uncompressed-Content-Length": "16",
		"Content-Length": "16", "X-Snowflake-Authorization-Token-Type": "", "Accept": "application/json",
	} {
		if got := sent.header.Get(name); got != want {
			t.Errorf("append's %s = %q, want %q", name, got, want)
		}
	}
	if agent := sent.header.Get("User-Agent"); !strings.HasPrefix(agent, "kinesnow/") || !strings.HasSuffix(agent, " (app=test)") {
		t.Errorf("User-Agent %q", agent)
	}
	if got := s.of("hostname")[0].header; got.Get("Authorization") != "Bearer canary-1" || got.Get("X-Snowflake-Authorization-Token-Type") != "KEYPAIR_JWT" {
		t.Errorf("hostname was asked with %v", got)
	}
}

func TestOpenNamesWhatIsMissing(t *testing.T) {
	s := serve(t, map[string][]reply{"open": {
		{status: 404, body: "Not Found"},
		{status: 400, body: `{"error":"ERR_PIPE_KIND_NOT_SUPPORTED"}`},
		{status: 409, body: `{"code":"ERR_CHANNEL_HAS_UNCOMMITTED_DATA","message":"2"}`},
		{status: 400, body: `{"status_code":5,"message":"limit"}`},
		ok(`{"next_continuation_token":"0_1","channel_status":{"channel_status_code":"ERR_CHANNEL_MUST_BE_REOPENED"}}`),
		ok(`{"channel_status":{"channel_status_code":"SUCCESS"}}`),
	}})
	c, _ := s.client(nil)
	for range 2 {
		_, err := c.Open(ctx, "c", true)
		f := wantFault(t, err, messages.Rejected, messages.ReasonMissing, true)
		if f.Stop != messages.TargetMissing || !strings.Contains(f.Hint, "RAW.EVENTS.ORDERS-STREAMING") {
			t.Errorf("%+v", f)
		}
	}
	_, err := c.Open(ctx, "c", true)
	wantFault(t, err, messages.Transient, messages.ReasonUncommitted, true)
	_, err = c.Open(ctx, "c", true)
	if f := wantFault(t, err, messages.Rejected, messages.ReasonStopped, true); f.Stop != messages.ChannelLimit {
		t.Errorf("%+v", f)
	}
	_, err = c.Open(ctx, "c", true)
	wantFault(t, err, messages.Transient, messages.ReasonInvalidated, true)
	_, err = c.Open(ctx, "c", true)
	wantFault(t, err, messages.Transient, messages.ReasonUnavailable, false)
}

// TestAStatusCodeTakesThe200OfAnOpenBack as it does an append's.
func TestAStatusCodeTakesThe200OfAnOpenBack(t *testing.T) {
	s := serve(t, map[string][]reply{"open": {
		ok(`{"status_code":87,"message":"too many pending open channel requests"}`),
		ok(`{"status_code":5,"message":"limit"}`),
	}})
	c, _ := s.client(nil)
	_, err := c.Open(ctx, "c", true)
	wantFault(t, err, messages.Transient, messages.ReasonThrottled, false)
	_, err = c.Open(ctx, "c", true)
	if f := wantFault(t, err, messages.Rejected, messages.ReasonStopped, false); f.Stop != messages.ChannelLimit {
		t.Errorf("%+v", f)
	}
}

func TestStatusIsAskedInChunks(t *testing.T) {
	s := serve(t, nil)
	c, _ := s.client(nil)
	names := make([]string, 2*snowpipe.MaxNamesPerStatus+1)
	for i := range names {
		names[i] = fmt.Sprintf("c-%d", i)
	}
	if _, err := c.Status(ctx, names); err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, call := range s.of("status") {
		var body struct {
			Names []string `json:"channel_names"`
		}
		if err := json.Unmarshal([]byte(call.body), &body); err != nil || len(body.Names) > snowpipe.MaxNamesPerStatus {
			t.Errorf("%d names, %v", len(body.Names), err)
		}
		asked = append(asked, body.Names...)
	}
	if len(asked) != len(names) || len(s.of("status")) != 3 {
		t.Errorf("%d names in %d calls, want %d in 3", len(asked), len(s.of("status")), len(names))
	}
	if got, err := c.Status(ctx, nil); err != nil || len(got) != 0 {
		t.Errorf("no names: %v %v", got, err)
	}
}

func TestADroppedChannelMayBeGoneAlready(t *testing.T) {
	s := serve(t, map[string][]reply{"drop": {
		{status: 404, body: `{"code":"ERR_CHANNEL_DOES_NOT_EXIST_OR_IS_NOT_AUTHORIZED"}`},
		{status: 409, body: `{"code":"ERR_CHANNEL_HAS_UNCOMMITTED_DATA"}`},
	}})
	c, _ := s.client(nil)
	if err := c.Drop(ctx, "c", true); err != nil {
		t.Errorf("dropping what is gone: %v", err)
	}
	wantFault(t, c.Drop(ctx, "c", true), messages.Transient, messages.ReasonUncommitted, true)
}

func TestWhatCanOnlyFailIsNotSent(t *testing.T) {
	s := serve(t, nil)
	c, _ := s.client(nil)
	large := batch()
	large.Length = messages.MaxAppendBytes + 1
	_, err := c.Append(ctx, "c", "0_1", large)
	wantFault(t, err, messages.Transient, messages.ReasonRefused, true)
	for _, send := range []func() error{
		func() error { _, err := c.Append(ctx, "c", "", batch()); return err },
		func() error { _, err := c.Append(ctx, "ELASTIC", "0_1", batch()); return err },
		func() error { _, err := c.Append(ctx, "c", "0_1", &messages.SealedBatch{}); return err },
		func() error { _, err := c.Open(ctx, "..", true); return err },
		func() error { return c.Drop(ctx, "", true) },
	} {
		wantFault(t, send(), messages.Transient, messages.ReasonInvariant, true)
	}
	if len(s.calls) != 0 {
		t.Errorf("%d requests were sent", len(s.calls))
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(hang); server.Close() })
	c, err := snowpipe.New(snowpipe.Config{Account: "A", Host: server.URL, Database: "D", Schema: "S", Pipe: "P", Tokens: &counted{}})
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	_, err = c.Append(short, "c", "0_1", batch())
	if f := wantFault(t, err, messages.Transient, messages.ReasonUnavailable, true); !errors.Is(f.Err, context.DeadlineExceeded) {
		t.Errorf("%v", f.Err)
	}
}

func TestABadConfigurationNamesItsField(t *testing.T) {
	good := snowpipe.Config{Account: "A", Database: "D", Schema: "S", Pipe: "P", Tokens: &counted{}}
	for field, change := range map[string]func(*snowpipe.Config){
		"account":     func(c *snowpipe.Config) { c.Account = "evil.test/" },
		"account: ":   func(c *snowpipe.Config) { c.Account = "a.snowflakecomputing.com" },
		"host":        func(c *snowpipe.Config) { c.Host = "http://10.0.0.1" },
		"proxy":       func(c *snowpipe.Config) { c.Proxy = "canary" },
		"proxy: ":     func(c *snowpipe.Config) { c.Proxy, c.HTTP = "http://p:1", &http.Client{} },
		"database":    func(c *snowpipe.Config) { c.Database = "" },
		"schema":      func(c *snowpipe.Config) { c.Schema = "a\x00" },
		"pipe":        func(c *snowpipe.Config) { c.Pipe = strings.Repeat("p", 256) },
		"compression": func(c *snowpipe.Config) { c.Compression = "lzma" },
		"tokens":      func(c *snowpipe.Config) { c.Tokens = nil },
	} {
		cfg := good
		change(&cfg)
		_, err := snowpipe.New(cfg)
		if err == nil || !strings.HasPrefix(err.Error(), field) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := snowpipe.New(good); err != nil {
		t.Error(err)
	}
}
