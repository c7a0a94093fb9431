package snowpipe

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/account"
	"github.com/kinesnow/kinesnow/integration/rsakey"
	"github.com/kinesnow/kinesnow/messages"
)

// desk is a control host whose exchanges answer with what token returns.
type desk struct {
	*gate
	clock     time.Time
	exchanges int
	token     func(n int) string // "" = 503
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{clock: time.Now().Truncate(time.Second)}
	d.token = func(n int) string { return d.scoped(n, 0, time.Hour) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2/streaming/hostname" {
			fmt.Fprint(w, r.Host)
			return
		}
		d.exchanges++
		token := d.token(d.exchanges)
		if token == "" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, token)
	}))
	t.Cleanup(server.Close)
	source, err := NewKeyPair("A", "U", "", rsakey.Key(0))
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return d.clock }
	source.now = now
	d.gate = newGate(account.Endpoint{Scheme: "http", Host: strings.TrimPrefix(server.URL, "http://")}, source, &caller{http: server.Client()}, "A", "user U")
	d.now = now
	return d
}

// scoped is a token of a service whose clock is skew ahead of ours.
func (d *desk) scoped(n int, skew, life time.Duration) string {
	issued := d.clock.Add(skew)
	payload := fmt.Sprintf(`{"n":%d,"iat":%d,"exp":%d}`, n, issued.Unix(), issued.Add(life).Unix())
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
}

// after lets time pass and asks for access; it returns the exchanges so far, that
// included which access began and, on a slow machine, did not wait for.
func (d *desk) after(t *testing.T, passed time.Duration) int {
	t.Helper()
	d.clock = d.clock.Add(passed)
	if _, err := d.access(context.Background()); err != nil {
		t.Fatal(err)
	}
	_, _, _ = d.flights.Do("sign in", func() (any, error) { return nil, nil })
	return d.exchanges
}

func TestATokenIsRenewedBeforeItsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		token     func(d *desk) func(int) string
		keep, end time.Duration
	}{
		"an hour":        {func(d *desk) func(int) string { return d.token }, 59*time.Minute - time.Second, time.Second},
		"ten minutes":    {lives(0, 10*time.Minute), 9*time.Minute - time.Second, time.Second},
		"ten seconds":    {lives(0, 10*time.Second), 8 * time.Second, time.Second},
		"clock behind":   {lives(-time.Hour, 10*time.Minute), 9*time.Minute - time.Second, time.Second},
		"clock ahead":    {lives(time.Hour, 10*time.Minute), 9*time.Minute - time.Second, time.Second},
		"without an end": {func(*desk) func(int) string { return func(int) string { return "opaque" } }, 53*time.Minute - time.Second, time.Second},
		"bad payload":    {func(*desk) func(int) string { return func(int) string { return "a.b!.c" } }, 53*time.Minute - time.Second, time.Second},
	} {
		d := newDesk(t)
		d.token = c.token(d)
		if n := d.after(t, 0); n != 1 {
			t.Errorf("%s: %d exchanges at first", name, n)
		}
		if n := d.after(t, c.keep); n != 1 {
			t.Errorf("%s: renewed within %v", name, c.keep)
		}
		if n := d.after(t, c.end); n != 2 {
			t.Errorf("%s: not renewed after %v", name, c.keep+c.end)
		}
	}
}

func lives(skew, life time.Duration) func(*desk) func(int) string {
	return func(d *desk) func(int) string { return func(n int) string { return d.scoped(n, skew, life) } }
}

func TestATokenIsUsedToItsEndWhereItCannotBeRenewed(t *testing.T) {
	d := newDesk(t)
	first := d.token
	d.token = func(n int) string {
		if n == 1 {
			return first(n)
		}
		return ""
	}
	d.after(t, 0)
	if n := d.after(t, 59*time.Minute+30*time.Second); n != 2 {
		t.Errorf("%d exchanges, want an attempt to renew", n)
	}
	d.clock = d.clock.Add(time.Minute)
	_, err := d.access(context.Background())
	var f *messages.Fault
	if !errors.As(err, &f) || f.Class != messages.Transient || !f.Complete {
		t.Errorf("after its end: %v", err)
	}
}

func TestAReplacedTokenOutlivesTheRefusalOfTheOldOne(t *testing.T) {
	d := newDesk(t)
	d.after(t, 0)
	old := d.current
	d.refused(old)
	d.after(t, 0)
	d.refused(old)
	d.forget(old)
	if n := d.after(t, 0); n != 2 {
		t.Errorf("%d exchanges, want 2", n)
	}
}

// TestT08AHostThatIsStillGoneIsDiscoveredLessAndLessOften: discovery was seen to
// name the old deployment for two to four minutes (spec 1.11).
func TestT08AHostThatIsStillGoneIsDiscoveredLessAndLessOften(t *testing.T) {
	d := newDesk(t)
	d.after(t, 0)
	d.forget(d.current)
	if n := d.after(t, 0); n != 2 {
		t.Fatalf("%d exchanges, want the first fail-over to be followed at once", n)
	}
	waits := 0
	for range 4 * 60 * 10 { // four minutes, asked ten times a second
		acc, err := d.access(context.Background())
		var f *messages.Fault
		switch {
		case err == nil:
			d.forget(acc) // 410 again
			d.forget(acc) // and another channel's
		case !errors.As(err, &f) || f.Reason != messages.ReasonFailedOver || !f.Complete || f.After <= 0 || f.After > moveCap:
			t.Fatalf("while it waits: %+v", err)
		default:
			waits++
		}
		d.clock = d.clock.Add(100 * time.Millisecond)
	}
	if d.exchanges < 6 || d.exchanges > 14 || waits < 2000 {
		t.Errorf("%d sign-ins in four minutes, %d callers were told to wait", d.exchanges, waits)
	}
	if n := d.after(t, moveCap); n > 15 {
		t.Errorf("%d sign-ins after it healed", n)
	}
	d.clock = d.clock.Add(moveCalm)
	before := d.exchanges
	d.forget(d.current)
	if n := d.after(t, 0); n != before+1 {
		t.Error("a later fail-over is not followed at once")
	}
}

func TestASignInOutlivesTheCallerWhoBeganIt(t *testing.T) {
	d := newDesk(t)
	begun, release := make(chan struct{}), make(chan struct{})
	text := d.scoped(1, 0, time.Hour)
	d.token = func(int) string {
		close(begun)
		<-release
		return text
	}
	ctx, leave := context.WithCancel(context.Background())
	left := make(chan error)
	go func() {
		_, err := d.access(ctx)
		left <- err
	}()
	<-begun
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller who left got %v", err)
	}
	close(release)
	if _, err := d.access(context.Background()); err != nil || d.exchanges != 1 {
		t.Errorf("%d exchanges, %v; want the one that was under way", d.exchanges, err)
	}
}
