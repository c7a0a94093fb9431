package localsnowflake_test

import (
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

func TestAFencedWriterNeverLandsARow(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	zombie := a.append("c", a.open("T-STREAMING", "c", "").next(), "1", `{"a":"old"}`).next()
	a.committed("c", "1")
	heir := a.open("T-STREAMING", "c", "")
	if token := heir.json["channel_status"].(map[string]any)["last_committed_offset_token"]; token != "1" || heir.next() != "1_1" {
		t.Errorf("opening says %s", heir.body)
	}
	a.append("c", zombie, "2", `{"a":"zombie"}`).expect(400, localsnowflake.CodeStale)
	a.append("c", heir.next(), "2", `{"a":"new"}`).expect(200, "")
	a.append("c", zombie, "3", `{"a":"zombie"}`).expect(400, localsnowflake.CodeStale)
	a.committed("c", "2")
	expectRows(t, a.rows(table), `{"a":"old"}`, `{"a":"new"}`)
}

func TestOpeningAgainDiscardsWhatWasNotCommitted(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	token := a.append("c", a.open("T-STREAMING", "c", "").next(), "1", `{"a":1}`).next()
	a.committed("c", "1")
	a.StallCommits(true)
	token = a.append("c", token, "2", `{"a":2}`).next()
	a.append("c", token, "3", `{"a":3}`).expect(200, "")
	if c := a.Channels()[0]; c.UncommittedBatches != 2 || c.UncommittedBytes != 14 || c.AcceptedToken != "3" || c.Committed != "1" {
		t.Errorf("before the opening: %+v", c)
	}
	token = a.open("T-STREAMING", "c", `{"fail_on_uncommitted_rows":false}`).next()
	if c := a.Channels()[0]; c.UncommittedBatches != 0 || c.UncommittedBytes != 0 || c.DiscardedBatches != 2 || c.ClientSequencer != 1 || c.Committed != "1" {
		t.Errorf("after the opening: %+v", c)
	}
	a.StallCommits(false)
	a.append("c", token, "2b", `{"a":"2b"}`).expect(200, "")
	status := a.committed("c", "2b")
	expectRows(t, a.rows(table), `{"a":1}`, `{"a":"2b"}`)
	if number(status, "rows_inserted") != 2 || number(status, "rows_parsed") != 2 {
		t.Errorf("counters run on across openings: %v", status)
	}
}

func TestParsedRowsMayCountFromAcceptance(t *testing.T) {
	a := start(t, localsnowflake.Options{ParsedAtAcceptance: true})
	a.variants("A")
	a.StallCommits(true)
	a.append("c", a.open("T-STREAMING", "c", "").next(), "1", "{}\n{}\n").expect(200, "")
	token := a.open("T-STREAMING", "c", "").next()
	a.StallCommits(false)
	a.append("c", token, "1", "{}\n").expect(200, "")
	if status := a.committed("c", "1"); number(status, "rows_parsed") != 3 || number(status, "rows_inserted") != 1 {
		t.Errorf("counters: %v", status)
	}
}

func TestAnOpenMayRefuseToDiscard(t *testing.T) {
	const careful = `{"fail_on_uncommitted_rows":true}`
	for _, c := range []struct {
		name    string
		effect  localsnowflake.RefusedOpen
		stale   bool
		commits bool
	}{
		{"and change nothing", localsnowflake.RefusedOpenChangesNothing, false, true},
		{"and fence", localsnowflake.RefusedOpenFences, true, true},
		{"and discard all the same", localsnowflake.RefusedOpenDiscards, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := start(t, localsnowflake.Options{RefusedOpen: c.effect})
			table := a.variants("A")
			a.StallCommits(true)
			token := a.append("c", a.open("T-STREAMING", "c", careful).next(), "1", `{"a":1}`).next()
			a.open("T-STREAMING", "c", careful).expect(409, localsnowflake.CodeUncommitted)
			second := a.append("c", token, "2", `{"a":2}`)
			if c.stale {
				second.expect(400, localsnowflake.CodeStale)
			} else {
				second.expect(200, "")
			}
			a.StallCommits(false)
			a.waitFor("an open that is not refused", func() bool { return a.open("T-STREAMING", "c", careful).status == 200 })
			want := []string{`{"a":1}`, `{"a":2}`}
			if c.stale {
				want = want[:1]
			}
			if !c.commits {
				want = nil
			}
			expectRows(t, a.rows(table), want...)
		})
	}
}

func TestAnOpenMaySeedTheOffsetToken(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	a.open("T-STREAMING", "c", `{"offset_token":"seed"}`).expect(200, "")
	if token := a.status("c")["last_committed_offset_token"]; token != "seed" {
		t.Errorf("token %v", token)
	}
}

func TestAnOpenReplacesNoOffsetToken(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	token := func() any { return a.status("c")["last_committed_offset_token"] }
	a.open("T-STREAMING", "c", `{"offset_token":""}`).expect(200, "")
	if got := token(); got != nil {
		t.Errorf("an empty token was taken over: %v", got)
	}
	a.open("T-STREAMING", "c", `{"offset_token":"late"}`).expect(200, "")
	if got := token(); got != "late" {
		t.Errorf("a channel without a token has %v, want the opening's", got)
	}
	for _, body := range []string{`{"offset_token":"other"}`, `{"offset_token":""}`, `{"offset_token":null}`, ""} {
		opened := a.open("T-STREAMING", "c", body).expect(200, "").json["channel_status"].(map[string]any)["last_committed_offset_token"]
		if got := token(); got != "late" || opened != "late" {
			t.Errorf("%s: the token is %v, the answer says %v", body, got, opened)
		}
	}
	next := a.open("T-STREAMING", "c", `{"offset_token":"other"}`).next()
	a.append("c", next, "later", "{}").expect(200, "")
	a.committed("c", "later")
	a.open("T-STREAMING", "c", `{"offset_token":"other"}`).expect(200, "")
	if got := token(); got != "later" {
		t.Errorf("token %v, want the committed one", got)
	}
}

func TestNamesInPathsIgnoreCase(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.table(catalog.Table{Name: "my table"}, catalog.Insert)
	a.variants("A")
	a.do("PUT", "/v2/streaming/databases/db/schemas/s/pipes/t-streaming/channels/Chan%2F1", nil, nil).expect(200, "")
	a.do("PUT", "/v2/streaming/databases/DB/schemas/S/pipes/T-STREAMING/channels/CHAN%2F1", nil, nil).expect(200, "")
	a.open(`"my table-STREAMING"`, "c", "").expect(200, "")
	channels := a.Channels()
	if len(channels) != 2 || channels[0].Name != "Chan/1" || channels[0].ClientSequencer != 1 || channels[1].Pipe != "my table-STREAMING" {
		t.Errorf("channels %+v", channels)
	}
}

func TestOpensThatCannotBeAreRefused(t *testing.T) {
	a := start(t, localsnowflake.Options{MaxChannelsPerPipe: 1})
	a.variants("A")
	a.table(catalog.Table{Name: "HIDDEN"})
	a.table(catalog.Table{Name: "READABLE"}, catalog.Select)
	a.open("T-STREAMING", "elastic", "").expect(400, localsnowflake.CodeInvalidRequest)
	a.open("T-STREAMING", strings.Repeat("c", 256), "").expect(400, localsnowflake.CodeInvalidRequest)
	a.open("T-STREAMING", "c", `[]`).expect(400, localsnowflake.CodeInvalidRequest)
	a.open("NONE-STREAMING", "c", "").expect(404, localsnowflake.CodePipeMissing)
	a.open("T", "c", "").expect(404, localsnowflake.CodePipeMissing)
	a.open("HIDDEN-STREAMING", "c", "").expect(404, localsnowflake.CodeTableMissing)
	a.open("READABLE-STREAMING", "c", "").expect(403, localsnowflake.CodeTableMissing)
	a.open("T-STREAMING", "c", "").expect(200, "")
	if full := a.open("T-STREAMING", "d", "").expect(400, ""); full.json["status_code"] != 5.0 {
		t.Errorf("one channel too many: %s", full.body)
	}
	a.do("POST", "/v2/streaming"+pipes+"T-STREAMING/channels/c", nil, nil).expect(405, "")
}

func TestTheFirstOpenMakesThePipe(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	if got := a.Catalog().Pipes("DB", "S"); len(got) != 0 {
		t.Fatalf("pipes before: %v", got)
	}
	a.do("POST", "/v2/streaming"+pipes+"T-STREAMING:bulk-channel-status", []byte(`{"channel_names":["c"]}`), nil).expect(404, localsnowflake.CodePipeMissing)
	a.do("POST", "/v2/streaming"+pipes+"T-STREAMING:pipe-info?encryptionVersion=1", []byte(`{"generate_new_token":true}`), nil).expect(200, "")
	a.open("T-STREAMING", "c", "").expect(200, "")
	if got := a.Catalog().Pipes("DB", "S"); len(got) != 1 || got[0].Name != "T-STREAMING" || !got[0].Default {
		t.Errorf("pipes after: %+v", got)
	}
}
