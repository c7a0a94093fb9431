package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/audit"
)

// audits runs audit, as text and as JSON, which have to agree.
func (w *site) audits(want int, args ...string) (text string, r *audit.Report) {
	w.t.Helper()
	code, text, stderr := w.types(append([]string{"audit"}, args...)...)
	if code != want || stderr != "" {
		w.t.Errorf("audit exits with %d, want %d; stderr %q; it says\n%s", code, want, stderr, text)
	}
	asJSON, line, _ := w.types(append([]string{"audit", "-o", "json"}, args...)...)
	if asJSON != code {
		w.t.Errorf("audit exits with %d, with -o json with %d", code, asJSON)
	}
	r = &audit.Report{}
	if err := json.Unmarshal([]byte(line), r); err != nil {
		w.t.Fatalf("%v in %q", err, line)
	}
	if r.Exact != (want == exitFine) {
		w.t.Errorf("-o json: exact %v, exit %d", r.Exact, want)
	}
	if dir := os.Getenv("KINESNOW_KEEP_AUDITS"); dir != "" { // for a reader of what people see
		name := filepath.Join(dir, strings.ReplaceAll(w.t.Name(), "/", "-"))
		_ = os.WriteFile(name+".txt", fmt.Appendf(nil, "$ kinesnow audit %s\n%sexit %d\n", strings.Join(args, " "), text, code), 0o600)
		_ = os.WriteFile(name+".json", []byte(line), 0o600)
	}
	return text, r
}

// findings are those of a report: "SHARD KIND ROWS", SHARD being its number.
func findingsOf(r *audit.Report) (list []string) {
	for _, f := range r.Findings {
		list = append(list, fmt.Sprintf("- %s %d", f.Kind, f.Rows))
	}
	for i := range r.Shards {
		for _, f := range r.Shards[i].Findings {
			number := strings.TrimLeft(strings.TrimPrefix(string(r.Shards[i].Shard), "shardId-"), "0")
			list = append(list, fmt.Sprintf("%s %s %d", "0"[len(number):]+number, f.Kind, f.Rows))
		}
	}
	return list
}

func TestACleanRunIsExactAndEveryStretchWitnessed(t *testing.T) {
	w := newSite(t)
	w.work(3)
	text, r := w.audits(exitFine)
	if s := r.Sums; s.Read != 30 || s.Committed != 30 || s.Witnessed != 30 || *s.Table != 30 || *s.Snowflake != 30 || len(r.Shards) != 2 {
		t.Errorf("%+v", s)
	}
	for _, sh := range r.Shards {
		for _, s := range sh.Stretches {
			if s.Verdict != audit.Witnessed {
				t.Errorf("%s: %+v", sh.Shard, s)
			}
		}
	}
	for _, want := range []string{"sources: leases, channels, table, ledgers of 1 of 1 node\n", "witnessed   100.00 %", "missing 0  doubled 0", "\nEXACT\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestAuditsJSONIsForPrograms: numbers are numbers, positions are texts, and
// what is there keeps its name.
func TestAuditsJSONIsForPrograms(t *testing.T) {
	w := newSite(t)
	w.work(1)
	_, line, _ := w.types("audit", "-o", "json")
	v := parsed(t, line)
	for path, want := range map[string]string{
		"connector": "string", "at": "string", "exact": "bool", "sources.leases": "bool", "sources.channels": "bool", "sources.table": "bool",
		"sources.ledgers": "number", "sources.nodes": "number",
		"sums.userRecordsRead": "number", "sums.discarded": "number", "sums.filtered": "number", "sums.rowsAppended": "number", "sums.rowsCommitted": "number",
		"sums.rowsBySnowflakesCounters": "number", "sums.rowsRejected": "number", "sums.rowsInTable": "number", "sums.rowsInFlight": "number",
		"sums.missing": "number", "sums.doubled": "number", "sums.strange": "number", "sums.altered": "number", "sums.gaps": "number",
		"sums.rowsWitnessed": "number", "sums.rowsBridged": "number", "sums.rowsUnexplained": "number", "sums.stretchesUnexplained": "number", "sums.holesBridged": "number",
		"shards.0.shard": "string", "shards.0.from": "string", "shards.0.to": "string", "shards.0.ended": "bool", "shards.0.sums.rowsCommitted": "number",
		"shards.0.stretches.0.from": "string", "shards.0.stretches.0.to": "string", "shards.0.stretches.0.rows": "number",
		"shards.0.stretches.0.rowsInTable": "number", "shards.0.stretches.0.inLedger": "bool", "shards.0.stretches.0.verdict": "string",
	} {
		if got := typeAt(v, path); got != want {
			t.Errorf("%s is %s, want %s, in\n%s", path, got, want, line)
		}
	}
}

// typeAt is the JSON type of what lies at a path.
func typeAt(v any, path string) string {
	for _, key := range strings.Split(path, ".") {
		if i, err := strconv.Atoi(key); err == nil {
			list, _ := v.([]any)
			if i >= len(list) {
				return "absent"
			}
			v = list[i]
			continue
		}
		object, _ := v.(map[string]any)
		v = object[key]
	}
	switch v := v.(type) {
	case string:
		return "string"
	case bool:
		return "bool"
	case json.Number:
		if _, err := v.Int64(); err != nil {
			return "inexact number"
		}
		return "number"
	}
	return "absent"
}

func TestACrashBetweenAppendAndCheckpointIsWitnessedOrBridged(t *testing.T) {
	w := newSite(t)
	w.work(1)
	w.putOn(0, 20)
	w.crashes(func() { w.untilRows(25) })
	w.putOn(1, 5)
	w.catchUp()
	_, r := w.audits(exitFine)
	if s := r.Sums; s.Committed != 35 || s.Witnessed+s.Bridged != 35 || *s.Table != 35 {
		t.Errorf("%+v", s)
	}
}

// TestAHandOverBetweenNodesIsWitnessedAndAuditRunsBesideThem lets a second
// process take over half of the shards, and asks while both work.
func TestAHandOverBetweenNodesIsWitnessedAndAuditRunsBesideThem(t *testing.T) {
	w := newSite(t)
	w.rewrite("duration: 1200ms", "duration: 30s") // or a machine that halts takes a shard away without a hand-over
	first := w.runs()
	w.putOn(0, 5)
	w.putOn(1, 5)
	w.untilRows(10)
	second := w.runs()
	w.wait("two nodes with a shard each", func() bool {
		_, text, _ := w.types("status")
		return strings.Contains(text, "2 shards on 2 nodes") && strings.Contains(text, "FLOWING")
	})
	w.putOn(0, 5)
	w.putOn(1, 5)
	w.untilRows(20)
	for range 5 {
		w.putOn(0, 3)
		w.putOn(1, 3)
		w.audits(exitFine) // whatever is in flight
		if code, story, stderr := w.types("history", "orders/0", "--batches"); code != exitFine || !strings.Contains(story, "appended ") {
			t.Errorf("history exits with %d beside the processes: %s%s", code, story, stderr)
		}
	}
	w.untilRows(50)
	first.ends(exitFine)
	second.ends(exitFine)
	text, r := w.audits(exitFine)
	if s := r.Sums; s.Committed != 50 || s.Witnessed != 50 || r.Sources.Ledgers != 2 {
		t.Errorf("%+v\n%s", s, text)
	}
	_, story, _ := w.types("history", "orders/0")
	_, other, _ := w.types("history", "orders/1")
	if both := story + other; !strings.Contains(both, "node-0") || !strings.Contains(both, "node-1") || !strings.Contains(both, "handed") {
		t.Errorf("nobody tells of the hand-over:\n%s\n%s", story, other)
	}
}

func TestALostLedgerIsBridged(t *testing.T) {
	w := newSite(t)
	w.work(2)
	w.loseLedger()
	w.work(1)
	text, r := w.audits(exitFine)
	if s := r.Sums; s.Bridged != 20 || s.Witnessed != 10 || s.Holes != 2 || !strings.Contains(text, "2 holes in the ledgers, all else agrees") {
		t.Errorf("%+v\n%s", s, text)
	}
}

func (w *site) loseLedger() {
	w.t.Helper()
	if _, err := os.Stat(w.ledger(0)); err != nil {
		w.t.Fatal(err)
	}
	if err := os.RemoveAll(w.ledger(0)); err != nil {
		w.t.Fatal(err)
	}
}

// TestAuditWithoutAWarehouseSaysSo: ledgers, leases and channels are left.
func TestAuditWithoutAWarehouseSaysSo(t *testing.T) {
	w := newSite(t)
	w.work(1)
	w.rewrite("host: \""+w.cloud.Snowflake.URL(), "host: \""+w.withoutSQL())
	text, r := w.audits(exitFine)
	if r.Sources.Table || r.Sums.Table != nil || !strings.Contains(text, "no table") || !strings.Contains(text, "note: the table could not be counted") {
		t.Errorf("%+v\n%s", r.Sources, text)
	}
}

// TestAuditThatIsRefusedTheChannelsNeverSaysExact, though ledgers, leases and table
// agree.
func TestAuditThatIsRefusedTheChannelsNeverSaysExact(t *testing.T) {
	w := newSite(t)
	w.work(1)
	w.rewrite("host: \""+w.cloud.Snowflake.URL(), "host: \""+w.facade(func(r *http.Response) error {
		if strings.Contains(r.Request.URL.Path, "bulk-channel-status") {
			r.StatusCode = http.StatusForbidden
		}
		return nil
	}, nil))
	text, r := w.audits(messages.AccessDenied.ExitCode())
	if r.Exact || r.Sources.Channels || !strings.Contains(text, "orders  UNASKED\n    Snowflake's channels could not be asked") || strings.Contains(text, "EXACT") {
		t.Errorf("%+v\n%s", r.Sources, text)
	}
}

// facade is a Snowflake that changes what the local one says.
func (w *site) facade(change func(*http.Response) error, refuse func(*http.Request) bool) string {
	w.t.Helper()
	target, err := url.Parse(w.cloud.Snowflake.URL())
	if err != nil {
		w.t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
		r.Out.Header.Set("Accept-Encoding", "identity")
	}, ModifyResponse: change}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if refuse != nil && refuse(r) {
			rw.Header().Set("Content-Type", "application/json")
			fmt.Fprint(rw, `{"success":false,"code":"000606","message":"No active warehouse selected in the current session.","data":{"sqlState":"57P03","errorCode":"000606"}}`)
			return
		}
		proxy.ServeHTTP(rw, r)
	}))
	w.t.Cleanup(server.Close)
	return server.URL
}

func (w *site) withoutSQL() string {
	return w.facade(nil, func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/queries/v1/query-request") })
}
