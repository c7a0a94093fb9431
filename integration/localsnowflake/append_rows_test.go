package localsnowflake_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

func TestAppendedRowsCommitInOrderAndMoveTheToken(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	opened := a.open("T-STREAMING", "c-0", "{}")
	if got := opened.next(); got != "0_1" {
		t.Errorf("first continuation token %q, want 0_1", got)
	}
	status := opened.json["channel_status"].(map[string]any)
	if status["channel_status_code"] != "SUCCESS" || status["last_committed_offset_token"] != nil || number(status, "created_on_ms") == 0 {
		t.Errorf("status at open: %v", status)
	}
	token := opened.next()
	for i := range 3 {
		r := a.append("c-0", token, fmt.Sprint("t", i), fmt.Sprintf("{\"a\":%d}\n{\"a\":%d.50}\r\n\n", i, i))
		if token = r.next(); token != fmt.Sprintf("0_%d", i+2) {
			t.Errorf("token after append %d is %q", i, token)
		}
	}
	after := a.committed("c-0", "t2")
	expectRows(t, a.rows(table), `{"a":0}`, `{"a":0.50}`, `{"a":1}`, `{"a":1.50}`, `{"a":2}`, `{"a":2.50}`)
	if number(after, "rows_inserted") != 6 || number(after, "rows_parsed") != 6 || number(after, "rows_error_count") != 0 {
		t.Errorf("counters: %v", after)
	}
}

func TestARowCarriesChannelAndOffsets(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	token := a.open("T-STREAMING", "c-0", "").next()
	a.appendWith("c-0", url.Values{"continuationToken": {token}, "startOffsetToken": {"5"}, "endOffsetToken": {"9"}}, []byte(`{"a":1}`), nil).expect(200, "")
	a.committed("c-0", "9")
	must(t, a.Store().Scan(table.ID, 0, func(r rowstore.Row) bool {
		if r.Channel != "c-0" || r.StartToken != "5" || r.EndToken != "9" || r.CommittedAt.IsZero() {
			t.Errorf("row %+v", r)
		}
		return true
	}))
}

func TestTheOlderOffsetTokenGivesTheEnd(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	token := a.open("T-STREAMING", "c", "").next()
	a.appendWith("c", url.Values{"continuationToken": {token}, "offsetToken": {"77"}}, []byte("{}\n"), nil).expect(200, "")
	a.committed("c", "77")
}

func TestARepeatedTokenIsIgnoredWhateverItCarries(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	first := a.open("T-STREAMING", "c", "").next()
	second := a.append("c", first, "1", `{"a":1}`).next()
	if again := a.append("c", first, "other", `{"a":"other"}`).next(); again != second {
		t.Errorf("repeat answered %q, want %q", again, second)
	}
	third := a.append("c", second, "2", `{"a":2}`).next()
	if again := a.append("c", first, "1", `{"a":1}`).next(); again != third {
		t.Errorf("older repeat answered %q, want %q", again, third)
	}
	a.committed("c", "2")
	expectRows(t, a.rows(table), `{"a":1}`, `{"a":2}`)
	if c := a.Channels()[0]; c.AcceptedBatches != 2 || c.RepeatedBatches != 2 {
		t.Errorf("accepted %d, repeated %d; want 2 and 2", c.AcceptedBatches, c.RepeatedBatches)
	}
}

func TestALostAnswerIsHealedByTheSameRequest(t *testing.T) {
	for name, effect := range map[string]fault.Effect{
		"before": {LoseBefore: true}, "after": {LoseAfter: true}, "cut off": {CutAfter: 5},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, localsnowflake.Options{})
			table := a.variants("A")
			token := a.open("T-STREAMING", "c", "").next()
			a.Faults().Set(localsnowflake.ActionAppendRows, fault.Times(1, fault.Always(effect)))
			a.append("c", token, "1", `{"a":1}`).lost()
			if next := a.append("c", token, "1", `{"a":1}`).next(); next != "0_2" {
				t.Errorf("token after the repeat %q, want 0_2", next)
			}
			a.committed("c", "1")
			expectRows(t, a.rows(table), `{"a":1}`)
		})
	}
}

func TestUnfitContinuationTokensAreRefused(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	a.open("T-STREAMING", "c", "").expect(200, "")
	a.open("T-STREAMING", "c", "").expect(200, "")
	for token, code := range map[string]string{
		"0_1": localsnowflake.CodeStale, "0_9": localsnowflake.CodeStale, "": localsnowflake.CodeStale,
		"1_2": localsnowflake.CodeInvalidRow, "2_1": localsnowflake.CodeInvalidRow,
		"x": localsnowflake.CodeInvalidRow, "1_1 ": localsnowflake.CodeInvalidRow, "1_01": localsnowflake.CodeInvalidRow,
	} {
		a.append("c", token, "1", "{}").expect(400, code)
	}
	a.append("nobody", "0_1", "1", "{}").expect(404, localsnowflake.CodeChannelMissing)
	a.append("c", "1_1", "1", "{}").expect(200, "")
}

func TestAGapInvalidatesWhereAsked(t *testing.T) {
	a := start(t, localsnowflake.Options{RowSequenceGap: localsnowflake.GapInvalidates})
	a.variants("A")
	a.open("T-STREAMING", "c", "").expect(200, "")
	a.append("c", "0_2", "1", "{}").expect(200, "")
	if code := a.status("c")["channel_status_code"]; code != localsnowflake.CodeRowGap {
		t.Errorf("status code %v", code)
	}
	a.append("c", "0_1", "1", "{}").expect(409, localsnowflake.CodeRowGap)
}

func TestPackedBodiesAreUnpacked(t *testing.T) {
	encoder, err := zstd.NewWriter(nil)
	must(t, err)
	plain := []byte(`{"a":"` + strings.Repeat("long ", 10_000) + `"}` + "\n")
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write(plain)
	w.Close()
	for encoding, body := range map[string][]byte{"zstd": encoder.EncodeAll(plain, nil), "gzip": zipped.Bytes(), "": plain} {
		t.Run(encoding, func(t *testing.T) {
			a := start(t, localsnowflake.Options{})
			table := a.variants("A")
			query := url.Values{"continuationToken": {a.open("T-STREAMING", "c", "").next()}, "endOffsetToken": {"1"}}
			header := http.Header{}
			if encoding != "" {
				header.Set("Content-Encoding", encoding)
				a.appendWith("c", query, []byte("not packed"), header).expect(400, localsnowflake.CodeInvalidRequest)
			}
			a.appendWith("c", query, body, header).expect(200, "")
			a.committed("c", "1")
			expectRows(t, a.rows(table), strings.TrimSpace(string(plain)))
		})
	}
}

func TestBodiesAreBounded(t *testing.T) {
	a := start(t, localsnowflake.Options{MaxUncompressed: 5 << 20})
	a.variants("A")
	token := a.open("T-STREAMING", "c", "").next()
	row := func(n int) []byte { return []byte(`{"a":"` + strings.Repeat("x", n-8) + `"}`) }
	query := url.Values{"continuationToken": {token}}
	a.appendWith("c", query, row(4<<20+1), nil).expect(413, localsnowflake.CodeTooLarge)
	encoder, err := zstd.NewWriter(nil)
	must(t, err)
	header := http.Header{"Content-Encoding": {"zstd"}}
	a.appendWith("c", query, encoder.EncodeAll(row(5<<20+1), nil), header).expect(413, localsnowflake.CodeTooLarge)
	a.appendWith("c", query, row(4<<20), nil).expect(200, "")
	a.appendWith("c", query, nil, http.Header{"Content-Encoding": {"br"}}).expect(415, localsnowflake.CodeInvalidRequest)
}

func TestTheSessionIsToBeEchoed(t *testing.T) {
	a := start(t, localsnowflake.Options{RequireSession: true})
	a.variants("A")
	first := a.append("c", a.open("T-STREAMING", "c", "").next(), "1", "{}")
	session := first.header.Get("x-snowflake-session")
	if session == "" {
		t.Fatal("no session in the first answer")
	}
	a.append("c", first.next(), "2", "{}").expect(400, localsnowflake.CodeInvalidRequest)
	query := url.Values{"continuationToken": {first.next()}}
	a.appendWith("c", query, []byte("{}"), http.Header{"X-Snowflake-Session": {session}}).expect(200, "")
}

func TestMoreAppendsThanAllowedAreThrottled(t *testing.T) {
	a := start(t, localsnowflake.Options{AppendsPerSecond: 2})
	a.variants("A")
	token := a.open("T-STREAMING", "c", "").next()
	statuses := map[int]int{}
	for range 10 {
		r := a.append("c", token, "1", "{}")
		statuses[r.status]++
		if r.status == 429 && (r.header.Get("Retry-After") != "1" || r.json["status_code"] != 7.0) {
			t.Errorf("429 with %v %s", r.header, r.body)
		}
	}
	if statuses[200] < 2 || statuses[429] == 0 {
		t.Errorf("statuses %v, want both 200 and 429", statuses)
	}
}

func TestMoreBytesThanAllowedAreThrottled(t *testing.T) {
	a := start(t, localsnowflake.Options{UnpackedPerSecond: 10})
	a.variants("A")
	token := a.open("T-STREAMING", "c", "").next()
	next := a.append("c", token, "1", `{"A":"`+strings.Repeat("x", 1000)+`"}`).next() // owed for 100 s
	if busy := a.append("c", next, "2", "{}").expect(429, ""); busy.header.Get("Retry-After") != "1" {
		t.Errorf("headers %v", busy.header)
	}
	a.committed("c", "1")
}

func TestHeadersMayBeInsistedOn(t *testing.T) {
	a := start(t, localsnowflake.Options{RequirePacked: true, RequireMediaType: true, RequireAgent: regexp.MustCompile("^kinesnow/")})
	a.variants("A")
	agent := http.Header{"User-Agent": {"kinesnow/1"}}
	path := "/v2/streaming" + pipes + "T-STREAMING/channels/c"
	a.do("PUT", path, nil, http.Header{"User-Agent": {"other"}}).expect(400, localsnowflake.CodeInvalidRequest)
	query := url.Values{"continuationToken": {a.do("PUT", path, nil, agent).next()}}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte("{}"))
	must(t, w.Close())
	good := http.Header{"User-Agent": {"kinesnow/1"}, "Content-Encoding": {"gzip"}, "Content-Type": {"application/x-ndjson; charset=utf-8"}}
	for name, status := range map[string]int{"Content-Encoding": 400, "Content-Type": 415, "User-Agent": 400} {
		bad := good.Clone()
		bad.Del(name)
		a.appendWith("c", query, packed.Bytes(), bad).expect(status, localsnowflake.CodeInvalidRequest)
	}
	a.appendWith("c", query, packed.Bytes(), good).expect(200, "")
}

func TestUncommittedRowsAreBounded(t *testing.T) {
	a := start(t, localsnowflake.Options{MaxUncommitted: 10})
	a.variants("A")
	a.StallCommits(true)
	token := a.append("c", a.open("T-STREAMING", "c", "").next(), "1", `{"a":12345}`).next()
	a.append("c", token, "2", `{"a":2}`).expect(429, "")
	a.StallCommits(false)
	a.committed("c", "1")
	a.append("c", token, "2", `{"a":2}`).expect(200, "")
}

func TestACountingStoreSeesEveryShardsOrder(t *testing.T) {
	store := rowstore.NewCounting()
	a := start(t, localsnowflake.Options{Store: store})
	table := a.variants("A")
	row := func(shard string, sequence int) string {
		return fmt.Sprintf(`{"a":1,"KINESISMETADATA":{"stream":"s","shardId":%q,"sequenceNumber":"%d","subSequenceNumber":0,"partitionKey":"k"}}`+"\n", shard, sequence)
	}
	a.append("x", a.open("T-STREAMING", "x", "").next(), "1", row("x", 1)+row("x", 2)).expect(200, "")
	a.append("y", a.open("T-STREAMING", "y", "").next(), "1", row("y", 7)+row("y", 6)+`{"a":2}`).expect(200, "")
	a.committed("x", "1")
	a.committed("y", "1")
	c := store.Counts(table.ID)
	if x, y := c.Shards["x"], c.Shards["y"]; c.Rows != 5 || c.Unmarked != 1 || x.Rows != 2 || x.Backwards != 0 || y.Rows != 2 || y.Backwards != 1 {
		t.Errorf("counts %+v", c)
	}
}
