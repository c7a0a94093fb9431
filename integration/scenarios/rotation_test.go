package scenarios

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
	"github.com/kinesnow/kinesnow/integration/rsakey"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// alterUser runs ALTER USER KINESNOW as an administrator.
func (w *world) alterUser(change string) {
	w.t.Helper()
	session := &sql.Session{ID: "scenario", Account: localcloud.Account, User: localcloud.User, Role: catalog.AccountAdmin}
	if _, err := w.Snowflake.SQL().Execute(w.t.Context(), session, "ALTER USER "+localcloud.User+" "+change, sql.Bindings{}); err != nil {
		w.t.Fatalf("%s: %v", change, err)
	}
}

// register makes a key the user's, as RSA_PUBLIC_KEY or RSA_PUBLIC_KEY_2.
func (w *world) register(property string, key *rsa.PrivateKey) {
	w.t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		w.t.Fatal(err)
	}
	w.alterUser("SET " + property + " = '" + base64.StdEncoding.EncodeToString(der) + "'")
}

// keyFile replaces a key file in one step, as secret managers do.
func (w *world) keyFile(path string, key *rsa.PrivateKey) {
	w.t.Helper()
	w.secretFile(path, rsakey.PEM(key))
}

func (w *world) secretFile(path string, text []byte) {
	w.t.Helper()
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		w.t.Fatal(err)
	}
}

// flowing puts records on both shards until the test has done what it came
// for, and returns once all of them are in the table.
func (w *world) flowing(c *connector, work func()) {
	w.t.Helper()
	w.numbers("SELECT COUNT(*) FROM ORDERS") // signed in before any key goes
	before := w.put
	done, over := context.WithCancel(w.t.Context())
	var putting sync.WaitGroup
	putting.Go(func() {
		for done.Err() == nil {
			w.putOn(0, 2)
			w.putOn(1, 2)
			time.Sleep(10 * time.Millisecond)
		}
	})
	work()
	over()
	putting.Wait()
	c.untilCaughtUp(int64(w.put - before))
}

// exact asks for every record once, no stop, no gap, and a clean audit.
func (w *world) exact(c *connector) {
	w.t.Helper()
	c.clean()
	for _, alarm := range []string{"shard stopped", "generation ended"} {
		if told := c.log.with(alarm); len(told) > 0 {
			w.t.Errorf("%s: %v", alarm, told)
		}
	}
	if got := w.numbers("SELECT COUNT(*) FROM ORDERS"); got[0] != w.put {
		w.t.Errorf("%d rows in the table, want %d", got[0], w.put)
	}
	if got := w.numbers("SELECT COUNT(DISTINCT N) FROM ORDERS"); got[0] != w.put {
		w.t.Errorf("%d different rows in the table, want %d", got[0], w.put)
	}
	if report := w.audit(); !report.Exact {
		w.t.Errorf("the audit says: %+v", report.Sums)
	}
}

// renewing has the token of the next append refused for good, and waits until
// one has come with another, and both shards went on: neither depends on how
// long a token lives, or how soon the machine uses it. Nothing is refused
// before, for an append that is refused twice is a stop (P11).
func (w *world) renewing(c *connector) (renew func()) {
	var mu sync.Mutex
	var refuse, renewed bool
	refused := map[string]bool{}
	w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, func(call fault.Call) fault.Effect {
		mu.Lock()
		defer mu.Unlock()
		if refuse {
			refuse, refused[call.Credential] = false, true
		}
		if refused[call.Credential] {
			return refusal(http.StatusUnauthorized, localsnowflake.CodeTokenExpired)
		}
		renewed = true
		return fault.Effect{}
	})
	return func() {
		w.t.Helper()
		mu.Lock()
		refuse, renewed = true, false
		mu.Unlock()
		c.until("an append with another token", func(*messages.State) bool {
			mu.Lock()
			defer mu.Unlock()
			return !refuse && renewed
		})
		c.moves()
	}
}

// moves waits until both shards have committed more than they have read by now.
func (c *connector) moves() {
	c.t.Helper()
	read := map[messages.ShardID]int64{}
	c.until("moves", func(s *messages.State) bool {
		if len(s.Shards) < 2 {
			return false
		}
		for i := range s.Shards {
			sh := &s.Shards[i]
			if _, known := read[sh.Shard]; !known {
				read[sh.Shard] = sh.Live.Read
			}
			if sh.Live.Committed <= read[sh.Shard] {
				return false
			}
		}
		return true
	})
}

// TestKeysAreRotatedUnderLoadWithoutALostRow goes through Snowflake's procedure
// three times, in both orders of its steps, while records flow.
func TestKeysAreRotatedUnderLoadWithoutALostRow(t *testing.T) {
	w := newWorld(t, 2, undisturbed)
	file := w.Ready().PrivateKeyFile
	c := w.connect()
	exchanged := w.renewing(c)
	w.flowing(c, func() {
		exchanged()
		// The page's way: register the second, swap the file, unset the first.
		w.register("RSA_PUBLIC_KEY_2", rsakey.Key(0))
		w.keyFile(file, rsakey.Key(0))
		exchanged()
		w.alterUser("UNSET RSA_PUBLIC_KEY")
		exchanged()
		// The file first, and half of it before the whole: the old key goes on.
		w.secretFile(file, []byte("-----BEGIN PRIVATE KEY-----\nMIIE"))
		exchanged()
		w.keyFile(file, rsakey.Key(1))
		exchanged()
		w.register("RSA_PUBLIC_KEY", rsakey.Key(1))
		w.alterUser("UNSET RSA_PUBLIC_KEY_2")
		exchanged()
		// Both at once: what is refused is read again.
		w.keyFile(file, rsakey.Key(2))
		w.register("RSA_PUBLIC_KEY", rsakey.Key(2))
		exchanged()
	})
	w.exact(c)
}

// TestTheSecondKeyTakesOverAtOnce: with both keys configured nothing has to be
// swapped while the first is taken away, for rows and for SQL.
func TestTheSecondKeyTakesOverAtOnce(t *testing.T) {
	w := newWorld(t, 2, undisturbed)
	second := filepath.Join(w.Dir(), "second.p8")
	w.keyFile(second, rsakey.Key(0))
	var cfg config.Snowflake
	c := w.connect(func(p *plan) {
		p.Snowflake.PrivateKeyFile2 = second
		cfg = p.Snowflake
	})
	exchanged := w.renewing(c)
	house, err := access.Warehouse(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = house.Close() })
	w.flowing(c, func() {
		exchanged()
		w.register("RSA_PUBLIC_KEY_2", rsakey.Key(0))
		w.alterUser("UNSET RSA_PUBLIC_KEY")
		exchanged()
		if _, _, err := house.Query(t.Context(), "SELECT COUNT(*) FROM RAW.EVENTS.ORDERS"); err != nil {
			t.Errorf("SQL: %v", err)
		}
		w.register("RSA_PUBLIC_KEY", w.Login().Key)
		w.alterUser("UNSET RSA_PUBLIC_KEY_2")
		exchanged()
	})
	w.exact(c)
}

// TestTokensAreReplacedUnderLoadWithoutALostRow rotates a programmatic access
// token in its file, and has OAuth's refused.
func TestTokensAreReplacedUnderLoadWithoutALostRow(t *testing.T) {
	w := newWorld(t, 2, undisturbed)
	file := filepath.Join(w.Dir(), "token")
	grant := func(n int) string {
		token := fmt.Sprint("pat-", n)
		if err := w.Snowflake.RegisterToken(localsnowflake.ProgrammaticAccessToken, token, localcloud.User, localcloud.Role, time.Time{}); err != nil {
			t.Fatal(err)
		}
		return token
	}
	w.secretFile(file, []byte(grant(0)+"\n"))
	c := w.connect(func(p *plan) {
		p.Snowflake.Authenticator, p.Snowflake.TokenFile, p.Snowflake.PrivateKeyFile = config.PAT, file, ""
	})
	rows := func(n int) { w.untilRows(w.numbers("SELECT COUNT(*) FROM ORDERS")[0] + n) }
	w.flowing(c, func() {
		rows(1)
		for n := range 3 {
			w.secretFile(file, []byte(grant(n+1)+"\n"))
			w.Snowflake.RevokeToken(fmt.Sprint("pat-", n))
			c.moves()
			rows(20)
		}
	})
	c.clean()

	w.Snowflake.RegisterClient("ours", "canary", localcloud.User, time.Hour)
	c = w.connect(func(p *plan) {
		p.Snowflake.Authenticator, p.Snowflake.PrivateKeyFile = config.OAuthCredentials, ""
		p.Snowflake.OAuth = config.OAuth{TokenURL: w.Snowflake.OAuthTokenURL(), ClientID: "ours", ClientSecret: "canary"}
	})
	granted := w.renewing(c)
	w.flowing(c, func() {
		for range 3 {
			granted()
		}
		rows(20)
	})
	w.exact(c)
}

// TestAMendedKeyFileIsNoticedAtOnce: a stop of ACCESS_DENIED ends when the file
// does change, not with the next probe after five minutes (P11).
func TestAMendedKeyFileIsNoticedAtOnce(t *testing.T) {
	w := newWorld(t, 2)
	good := w.Login().Key
	w.changeKey()
	c := w.connect()
	w.putOn(0, 3)
	w.putOn(1, 3)
	for shard := range 2 {
		if s := c.untilParked(shard, messages.AccessDenied); s.Hint == "" {
			t.Errorf("no hint: %+v", s)
		}
	}
	w.keyFile(w.Ready().PrivateKeyFile, good)
	c.untilCaughtUp(6) // within patience
	w.expect(onShard(0), between(0, 3)...)
	w.expect(onShard(1), between(3, 6)...)
}
