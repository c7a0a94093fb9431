package localsnowflake_test

import (
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

func TestAnInvalidatedChannelMustBeOpenedAgain(t *testing.T) {
	for code, status := range map[string]int{"": 409, "ERR_CHANNEL_HAS_INVALID_CLIENT_SEQUENCER": 409, localsnowflake.CodeChannelExpired: 404} {
		a := start(t, localsnowflake.Options{})
		table := a.variants("A")
		token := a.append("c", a.open("T-STREAMING", "c", "").next(), "1", `{"a":1}`).next()
		a.committed("c", "1")
		a.StallCommits(true)
		token = a.append("c", token, "2", `{"a":2}`).next()
		must(t, a.InvalidateChannel("C", code))
		a.StallCommits(false)
		want := code
		if code == "" {
			want = localsnowflake.CodeMustReopen
		}
		a.append("c", token, "3", `{"a":3}`).expect(status, want)
		if s := a.status("c"); s["channel_status_code"] != want || s["last_committed_offset_token"] != "1" || s["message"] == nil {
			t.Errorf("status %v", s)
		}
		a.append("c", a.open("T-STREAMING", "c", "").next(), "2", `{"a":"2b"}`).expect(200, "")
		a.committed("c", "2")
		expectRows(t, a.rows(table), `{"a":1}`, `{"a":"2b"}`)
	}
}

func TestChannelsExpireAfterThirtyIdleDays(t *testing.T) {
	var mu sync.Mutex
	now := time.Now()
	a := start(t, localsnowflake.Options{Now: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}})
	a.variants("A")
	a.open("T-STREAMING", "aged", "").expect(200, "")
	token := a.open("T-STREAMING", "pushed", "").next()
	must(t, a.ExpireChannel("pushed"))
	a.append("pushed", token, "1", "{}").expect(404, localsnowflake.CodeChannelExpired)
	mu.Lock()
	now = now.Add(31 * 24 * time.Hour)
	mu.Unlock()
	a.token = a.signInAt(now)
	a.append("aged", "0_1", "1", "{}").expect(404, localsnowflake.CodeChannelExpired)
	if a.status("aged") != nil || a.open("T-STREAMING", "aged", "").next() != "1_1" {
		t.Error("an expired channel is gone, and comes back with a new sequencer")
	}
}

func TestAFailedOverPipeAnswersGoneUntilDiscovery(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	token := a.open("T-STREAMING", "c", "").next()
	a.FailOver()
	a.append("c", token, "1", "{}").expect(410, "")
	a.open("T-STREAMING", "c", "").expect(410, "")
	a.discover(sign(claims(nil), userKey())).expect(200, "")
	a.append("c", token, "1", "{}").expect(200, "")
}

func TestAnAppendBeingServedIsSeen(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	token := a.open("T-STREAMING", "c", "").next()
	arrived, release := make(chan struct{}), make(chan struct{})
	a.Faults().Set(localsnowflake.ActionAppendRows, func(call fault.Call) fault.Effect {
		if call.Key != "c" {
			t.Errorf("fault key %q, want the channel", call.Key)
		}
		close(arrived)
		<-release
		return fault.Effect{}
	})
	done := make(chan *answer)
	go func() { done <- a.append("c", token, "1", "{}") }()
	<-arrived
	if c := a.Channels()[0]; c.ServingAppends != 1 || c.AcceptedBatches != 0 {
		t.Errorf("during the append: %+v", c)
	}
	close(release)
	(<-done).expect(200, "")
	a.waitFor("the end of the append", func() bool { return a.Channels()[0].ServingAppends == 0 })
}

func TestATokenMayChangeBehindItsWritersBack(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	a.open("T-STREAMING", "c", "").expect(200, "")
	other := "other"
	must(t, a.SetOffsetToken("c", &other))
	if token := a.status("c")["last_committed_offset_token"]; token != "other" {
		t.Errorf("token %v", token)
	}
	must(t, a.SetOffsetToken("c", nil))
	if token := a.status("c")["last_committed_offset_token"]; token != nil {
		t.Errorf("token %v, want none", token)
	}
	must(t, a.DropChannelState("c"))
	for _, err := range []error{a.InvalidateChannel("c", ""), a.ExpireChannel("c"), a.SetOffsetToken("c", nil)} {
		if err == nil {
			t.Error("a channel that does not exist was changed")
		}
	}
}

func TestInjectedRefusalsComeInEveryEnvelope(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	a.open("T-STREAMING", "c", "").expect(200, "")
	for _, c := range []struct {
		refusal fault.Refusal
		body    string
	}{
		{fault.Refusal{Status: 400, Code: "ERR_X", Message: "m"}, `{"code":"ERR_X","message":"m"}`},
		{fault.Refusal{Status: 429, Code: "87", Message: "m", Header: http.Header{"Retry-After": {"2"}}}, `{"message":"m","status_code":87}`},
		{fault.Refusal{Status: 400, Code: localsnowflake.CodePipeKind, Message: "m"}, `{"error":"ERR_PIPE_KIND_NOT_SUPPORTED","message":"m"}`},
		{fault.Refusal{Status: 410, Message: "Gone"}, "Gone"},
		{fault.Refusal{Status: 503}, ""},
	} {
		a.Faults().Set(localsnowflake.ActionAppendRows, fault.Always(fault.Effect{Refuse: &c.refusal}))
		r := a.append("c", "0_1", "1", "{}")
		if r.status != c.refusal.Status || string(r.body) != c.body || r.header.Get("Retry-After") != c.refusal.Header.Get("Retry-After") {
			t.Errorf("answer %d %s, want %d %s", r.status, r.body, c.refusal.Status, c.body)
		}
	}
	if c := a.Channels()[0]; c.AcceptedBatches != 0 {
		t.Errorf("refused appends had an effect: %+v", c)
	}
}

func TestACommitWaitsForItsDelay(t *testing.T) {
	a := start(t, localsnowflake.Options{CommitDelay: time.Hour})
	a.variants("A")
	token := a.append("slow", a.open("T-STREAMING", "slow", "").next(), "1", "{}").next()
	a.SetCommitDelay(0)
	a.append("slow", token, "2", "{}").expect(200, "")
	a.append("quick", a.open("T-STREAMING", "quick", "").next(), "1", "{}").expect(200, "")
	a.committed("quick", "1")
	if token := a.status("slow")["last_committed_offset_token"]; token != nil {
		t.Errorf("a batch was committed before the one ahead of it: %v", token)
	}
}

func TestAnAddressThatOthersReachIsRefused(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "nonsense"} {
		if s, err := localsnowflake.Start(localsnowflake.Options{Listen: address}); err == nil {
			err = errors.Join(s.Close(), errors.New("served"))
			t.Errorf("%s: %v", address, err)
		}
	}
}
