package localsnowflake

import (
	"sync/atomic"
	"testing"
	"time"
)

// TestAForgottenSessionLetsGoOfItsLocks leaves a session inside BEGIN, as a
// driver that was killed does.
func TestAForgottenSessionLetsGoOfItsLocks(t *testing.T) {
	var ahead atomic.Int64
	began := time.Now()
	forgotten := signInWith(t, Options{Now: func() time.Time { return began.Add(time.Duration(ahead.Load())) }})
	run := func(c *client, text string) reply {
		t.Helper()
		r := c.query(text, nil)
		if !r.Success {
			t.Fatalf("%s: %+v", text, r)
		}
		return r
	}
	run(forgotten, "CREATE TABLE DB.PUBLIC.T (n INT)")
	run(forgotten, "INSERT INTO DB.PUBLIC.T VALUES (1)")
	run(forgotten, "BEGIN")
	run(forgotten, "UPDATE DB.PUBLIC.T SET n = 2")

	ahead.Store(int64(masterTokenLife - time.Minute))
	other := forgotten.as("BOB")
	run(other, "ALTER SESSION SET LOCK_TIMEOUT = 0")
	if r := other.query("UPDATE DB.PUBLIC.T SET n = n + 10", nil); r.Code != "000625" {
		t.Errorf("while the lock is held: %+v", r)
	}
	ahead.Store(int64(masterTokenLife))
	run(other, "UPDATE DB.PUBLIC.T SET n = n + 10")
	if got := run(other, "SELECT n FROM DB.PUBLIC.T").cells(); got != "11" {
		t.Errorf("the row is %s, want 11: without what was not committed", got)
	}

	if r := forgotten.query("SELECT 1", nil); r.Code != codeSessionExpired {
		t.Errorf("the forgotten session is told %+v", r)
	}
	ahead.Store(int64(3 * masterTokenLife))
	if r := forgotten.query("SELECT 1", nil); r.Code != codeSessionGone {
		t.Errorf("much later it is told %+v", r)
	}
	all := forgotten.s.driver.sessions
	all.mu.Lock()
	defer all.mu.Unlock()
	if len(all.byToken) != 0 || len(all.byMaster) != 0 || len(all.expired) > 2 {
		t.Errorf("%d sessions, %d master tokens and %d expired tokens are kept", len(all.byToken), len(all.byMaster), len(all.expired))
	}
}

// TestAMasterTokenThatIsOverBuysNothing renews until it is.
func TestAMasterTokenThatIsOverBuysNothing(t *testing.T) {
	var ahead atomic.Int64
	began := time.Now()
	c := signInWith(t, Options{Now: func() time.Time { return began.Add(time.Duration(ahead.Load())) }})
	all := c.s.driver.sessions
	renew := func() reply {
		t.Helper()
		all.mu.Lock()
		master := ""
		if s := all.byToken[c.token]; s != nil {
			master = s.masterToken
		}
		all.mu.Unlock()
		return (&client{t: t, s: c.s, token: master}).post("/session/token-request", map[string]any{"requestType": "RENEW"})
	}
	old := c.token
	ahead.Add(int64(sessionTokenLife))
	r := renew()
	if !r.Success || r.Data.SessionToken == "" {
		t.Fatalf("renewal: %+v", r)
	}
	if r := c.query("SELECT 1", nil); r.Code != codeSessionExpired {
		t.Errorf("the replaced token is told %+v", r)
	}
	c.token = r.Data.SessionToken
	ahead.Add(int64(sessionTokenLife - time.Second))
	if r := c.query("SELECT 1", nil); !r.Success || c.token == old {
		t.Errorf("the new token is told %+v", r)
	}
	master := r.Data.MasterToken
	ahead.Add(int64(masterTokenLife))
	for range 2 { // swept, and remembered
		if r := (&client{t: t, s: c.s, token: master}).post("/session/token-request", map[string]any{"requestType": "RENEW"}); r.Code != codeMasterExpired {
			t.Errorf("renewal when the master token is over: %+v", r)
		}
	}
}
