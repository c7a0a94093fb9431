package localsnowflake_test

import (
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

func (a *account) drop(channel, body string) *answer {
	a.t.Helper()
	return a.do("DELETE", "/v2/streaming"+pipes+"T-STREAMING/channels/"+channel+"?requestId=1", []byte(body), nil)
}

func TestADroppedChannelIsGoneWithItsToken(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	opened := a.open("T-STREAMING", "c", "")
	token := a.append("c", opened.next(), "1", `{"a":1}`).next()
	created := number(a.committed("c", "1"), "created_on_ms")
	a.StallCommits(true)
	a.append("c", token, "2", `{"a":2}`).expect(200, "")
	a.drop("c", `{"fail_on_uncommitted_rows":true}`).expect(409, localsnowflake.CodeUncommitted)
	a.drop("c", "").expect(200, "")
	a.StallCommits(false)
	a.drop("c", "").expect(404, localsnowflake.CodeChannelMissing)
	a.append("c", token, "2", `{"a":2}`).expect(404, localsnowflake.CodeChannelMissing)
	if status := a.status("c"); status != nil {
		t.Errorf("status of a dropped channel: %v", status)
	}
	again := a.open("T-STREAMING", "c", "")
	status := again.json["channel_status"].(map[string]any)
	if status["last_committed_offset_token"] != nil || number(status, "created_on_ms") <= created || number(status, "rows_inserted") != 0 {
		t.Errorf("status of the new channel: %v", status)
	}
	a.append("c", token, "2", `{"a":"zombie"}`).expect(400, localsnowflake.CodeStale)
	expectRows(t, a.rows(table), `{"a":1}`)
}

func TestSequencersRepeatOnlyWhereAsked(t *testing.T) {
	for reuse, want := range map[bool]string{false: "1_1", true: "0_1"} {
		a := start(t, localsnowflake.Options{SequencerReuse: reuse})
		a.variants("A")
		a.open("T-STREAMING", "c", "").expect(200, "")
		a.drop("c", "").expect(200, "")
		if token := a.open("T-STREAMING", "c", "").next(); token != want {
			t.Errorf("reuse %v: token after a drop %q, want %q", reuse, token, want)
		}
	}
}

func TestChannelsGoWithTheirTable(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	token := a.append("c", a.open("T-STREAMING", "c", "").next(), "1", `{"a":1}`).next()
	a.committed("c", "1")
	replaced := a.table(catalog.Table{Name: "T"}, catalog.Insert)
	a.append("c", token, "2", `{"a":2}`).expect(404, localsnowflake.CodePipeMissing)
	if len(a.Channels()) != 0 || len(a.rows(table)) != 0 || len(a.rows(replaced)) != 0 {
		t.Errorf("after CREATE OR REPLACE: channels %+v, rows %q", a.Channels(), a.rows(table))
	}
	if opened := a.open("T-STREAMING", "c", ""); opened.next() != "1_1" {
		t.Errorf("opening on the new table: %s", opened.body)
	}
}
