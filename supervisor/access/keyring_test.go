package access

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/rsakey"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// rotation is a user's two key files, and the public keys that Snowflake knows.
type rotation struct {
	t      *testing.T
	source *signIn
	files  [2]string
	clock  time.Time
	known  []string
}

func newRotation(t *testing.T, two bool) *rotation {
	t.Helper()
	dir := t.TempDir()
	r := &rotation{t: t, files: [2]string{filepath.Join(dir, "1.p8"), filepath.Join(dir, "2.p8")}, clock: time.Now()}
	cfg := config.Defaults().Snowflake
	cfg.Account, cfg.User, cfg.PrivateKeyFile = "A", "U", r.files[0]
	if two {
		cfg.PrivateKeyFile2 = r.files[1]
	}
	r.source = newSignIn(cfg, nil)
	r.source.files.now = func() time.Time { return r.clock }
	return r
}

// file puts key n into a file; -1 is half of a key.
func (r *rotation) file(slot, n int) {
	r.t.Helper()
	text := []byte("-----BEGIN PRIVATE KEY-----\nMIIE")
	if n >= 0 {
		text = rsakey.PEM(rsakey.Key(n))
	}
	if err := os.WriteFile(r.files[slot], text, 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func printOf(n int) string {
	print, _ := snowpipe.Fingerprint(&rsakey.Key(n).PublicKey)
	return print
}

// registers replaces the keys that Snowflake knows.
func (r *rotation) registers(keys ...int) {
	r.known = nil
	for _, n := range keys {
		r.known = append(r.known, printOf(n))
	}
}

// signsIn signs in as the clients do, each key once, and wants the key that
// works after so many attempts; -1 is none.
func (r *rotation) signsIn(step string, want, attempts int) {
	r.t.Helper()
	var tried []string
	for {
		token, err := r.source.Token(context.Background())
		if err != nil {
			r.t.Fatalf("%s: %v", step, err)
		}
		if slices.Contains(tried, token.Key) && len(tried) > 1 {
			if want >= 0 || len(tried) != attempts {
				r.t.Errorf("%s: no key works after %d attempts", step, len(tried))
			}
			return
		}
		tried = append(tried, token.Key)
		if slices.Contains(r.known, token.Key) {
			if want < 0 || token.Key != printOf(want) || len(tried) != attempts {
				r.t.Errorf("%s: key %s after %d attempts", step, token.Key, len(tried))
			}
			r.source.Accepted(token)
			return
		}
		r.source.Refused(token)
	}
}

// oneKey is the rotation of a single file, whose first key is in use.
func oneKey(t *testing.T) *rotation {
	t.Helper()
	r := newRotation(t, false)
	r.file(0, 0)
	r.registers(0)
	r.signsIn("at first", 0, 1)
	return r
}

func TestAKeyIsRotatedInEveryOrder(t *testing.T) {
	t.Run("one file, read again once it is refused", func(t *testing.T) {
		r := oneKey(t)
		r.file(0, 1)
		r.signsIn("not looked at yet", 0, 1)
		r.registers(1)
		r.signsIn("swapped", 1, 2)
		r.signsIn("kept", 1, 1)
	})
	t.Run("one file, seen before it is refused", func(t *testing.T) {
		r := oneKey(t)
		r.registers(0, 1)
		r.file(0, 1)
		r.clock = r.clock.Add(lookEvery)
		r.signsIn("half a minute later", 1, 1)
	})
	t.Run("the file before the registration", func(t *testing.T) {
		r := oneKey(t)
		r.file(0, 1)
		r.clock = r.clock.Add(lookEvery)
		r.signsIn("the old key goes on", 0, 2)
		r.signsIn("and is kept", 0, 1)
		r.registers(1)
		r.signsIn("registered at last", 1, 2)
		r.signsIn("kept", 1, 1)
	})
	t.Run("the file before the registration, and asked for by two at once", func(t *testing.T) {
		r := oneKey(t)
		r.file(0, 1)
		r.clock = r.clock.Add(lookEvery)
		if token, err := r.source.Token(t.Context()); err != nil || token.Key != printOf(1) {
			t.Fatalf("the other one has %v, %v", token.Key, err)
		}
		r.signsIn("the old key goes on", 0, 2)
	})
	t.Run("half of a file", func(t *testing.T) {
		r := oneKey(t)
		r.file(0, -1)
		r.clock = r.clock.Add(lookEvery)
		r.signsIn("the old key goes on", 0, 1)
		_ = os.Remove(r.files[0])
		r.clock = r.clock.Add(lookEvery)
		r.signsIn("without a file, too", 0, 1)
		r.file(0, 1)
		r.registers(1)
		r.signsIn("whole again", 1, 2)
	})
	t.Run("two files", func(t *testing.T) {
		r := newRotation(t, true)
		r.file(0, 0)
		r.file(1, 1)
		r.registers(0, 1)
		r.signsIn("the first", 0, 1)
		r.registers(1)
		r.signsIn("the second at once", 1, 2)
		r.registers(0, 1)
		r.signsIn("no ping-pong", 1, 1)
		r.file(0, 2)
		r.registers(2)
		r.signsIn("a new first", 2, 2)
		r.registers()
		r.signsIn("neither", -1, 2)
		r.signsIn("neither, still", -1, 2)
		r.registers(1)
		r.signsIn("the second again", 1, 2)
	})
	t.Run("two files, both swapped", func(t *testing.T) {
		r := newRotation(t, true)
		r.file(0, 0)
		r.file(1, 0)
		r.registers(0)
		r.signsIn("one key twice", 0, 1)
		r.file(0, 1)
		r.file(1, 2)
		r.registers(2)
		r.signsIn("both swapped", 2, 3)
	})
}

func TestWhatCannotBeReadIsAStopThatTheStampEnds(t *testing.T) {
	r := newRotation(t, false)
	before := r.source.Stamp()
	_, err := r.source.Token(context.Background())
	if f := messages.AsFault("x", err); err == nil || f.Stop != messages.AccessDenied {
		t.Errorf("without a file: %v", err)
	}
	r.file(0, 0)
	r.clock = r.clock.Add(stampEvery)
	if r.source.Stamp() == before {
		t.Error("the new file has the stamp of none")
	}
	r.registers(0)
	r.signsIn("at once", 0, 1)
	before = r.source.Stamp()
	r.clock = r.clock.Add(stampEvery)
	if r.source.Stamp() != before {
		t.Error("the stamp of a file that stays changes")
	}
}

func TestAnExpiredTokenAndAnotherRoleThanItsAreDenied(t *testing.T) {
	n, err := localsnowflake.Start(localsnowflake.Options{Account: "A", CommitDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	for _, role := range []string{"LOADER", "OTHER"} {
		if err := n.RegisterUser("U", role); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "token")
	cfg := config.Defaults().Snowflake
	cfg.Account, cfg.User, cfg.Host, cfg.PrivateKeyFile, cfg.Authenticator, cfg.TokenFile = "A", "U", n.URL(), "", config.PAT, path
	cfg.Database, cfg.Schema = "D", "S"
	for _, c := range []struct {
		name, role string
		ends       time.Time
		good       bool
	}{
		{"restricted to its role", "LOADER", time.Now().Add(time.Hour), true},
		{"restricted, no role is asked for", "", time.Now().Add(time.Hour), true},
		{"restricted to another role", "OTHER", time.Now().Add(time.Hour), false},
		{"expired", "LOADER", time.Now().Add(-time.Second), false},
	} {
		token := strings.ReplaceAll(c.name, " ", "-")
		if err := n.RegisterToken(localsnowflake.ProgrammaticAccessToken, token, "U", "LOADER", c.ends); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg.Role = c.role
		house, err := Warehouse(cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, rows, err := house.Query(t.Context(), "SELECT CURRENT_ROLE()")
		_ = house.Close()
		if c.good && (err != nil || rows[0][0].String != "LOADER") || !c.good && messages.AsFault("x", err).Stop != messages.AccessDenied {
			t.Errorf("%s: %v, %v", c.name, rows, err)
		}
	}
}

func TestATokenFileIsRotatedForRowsAndForSQL(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg := config.Defaults().Snowflake
	cfg.Account, cfg.User, cfg.PrivateKeyFile, cfg.Authenticator, cfg.TokenFile = "A", "U", "", config.PAT, path
	rows, house := newSignIn(cfg, nil), session{newSignIn(cfg, nil)}
	if _, err := rows.Token(context.Background()); messages.AsFault("x", err).Stop != messages.AccessDenied {
		t.Errorf("without a file: %v", err)
	}
	want := func(step, text string) {
		t.Helper()
		token, err := rows.Token(context.Background())
		credential, sqlErr := house.Credential(context.Background())
		if err != nil || sqlErr != nil || token.Text != text || credential.PAT != text {
			t.Errorf("%s: %q, %v; SQL %q, %v", step, token.Text, err, credential.PAT, sqlErr)
		}
	}
	write("one\r\n")
	want("at first", "one")
	write("")
	want("while it is written", "one")
	write("two\n")
	want("rotated", "two")
	write("")
	rows.Refused(snowpipe.Token{Text: "two"})
	if _, err := rows.Token(context.Background()); messages.AsFault("x", err).Stop != messages.AccessDenied || strings.Contains(err.Error(), "two") {
		t.Errorf("refused, and none in its place: %v", err)
	}
}
