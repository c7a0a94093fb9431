package snowpipe

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/kinesnow/kinesnow/messages"
)

const (
	// renewBefore is how long before its end a token is renewed, or a tenth of
	// its life where that is less.
	renewBefore = time.Minute
	// assumedLife is taken for a scoped token that does not say when it ends:
	// 54 minutes from the issue of the credential it was exchanged for, as
	// Snowflake's own client has it.
	assumedLife = 54 * time.Minute
	// recheck is for a direct token that does not say when it ends.
	recheck = 5 * time.Minute
	// signInTimeout bounds one sign-in: discovery and exchange.
	signInTimeout = 30 * time.Second
)

// access is what a call to the ingest host needs.
type access struct {
	host  endpoint
	token string
	kind  TokenKind // "" for a scoped token
}

// gate knows the ingest host and holds a token for it.
type gate struct {
	control endpoint
	source  TokenSource
	caller  *caller
	account string
	who     string
	now     func() time.Time
	flights singleflight.Group

	mu      sync.Mutex
	current access
	renew   time.Time // when to sign in again
	expires time.Time
}

func newGate(control endpoint, source TokenSource, c *caller, account, who string) *gate {
	return &gate{control: control, source: source, caller: c, account: account, who: who, now: time.Now}
}

// access returns host and token, signing in where one is missing or about to
// end. All who wait share one sign-in and its outcome; it does not end with
// the ctx of the one who began it. An error means that nothing was sent to
// the ingest host, so it is a Fault with Complete set.
func (g *gate) access(ctx context.Context) (access, error) {
	if acc, fresh := g.held(); fresh {
		return acc, nil
	}
	flight := g.flights.DoChan("sign in", func() (any, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), signInTimeout)
		defer cancel()
		return g.signIn(own)
	})
	var err error
	select {
	case done := <-flight:
		if done.Err == nil {
			return done.Val.(access), nil
		}
		err = done.Err
	case <-ctx.Done():
		err = ctx.Err()
	}
	if acc, usable := g.usable(); usable {
		return acc, nil // renewal failed early: what we hold is still good
	}
	f := *messages.AsFault(opSignIn.name(), err)
	f.Complete = true
	return access{}, &f
}

// held returns what is held, and whether it need not be renewed yet.
func (g *gate) held() (access, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.current, g.current.token != "" && g.now().Before(g.renew)
}

// usable returns what is held, and whether it has not ended yet.
func (g *gate) usable() (access, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.current, g.current.token != "" && g.now().Before(g.expires)
}

// refused drops the token of acc, unless another has taken its place.
func (g *gate) refused(acc access) {
	g.mu.Lock()
	mine := g.current.token == acc.token
	if mine {
		g.current.token = ""
	}
	g.mu.Unlock()
	if source, ok := g.source.(refuser); ok && mine && acc.kind != "" {
		source.Refused(Token{Kind: acc.kind, Text: acc.token})
	}
}

// forget drops the host of acc and the token for it, unless another host has
// taken its place already.
func (g *gate) forget(acc access) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.current.host == acc.host && g.current.token == acc.token {
		g.current = access{}
	}
}

// signIn finds the ingest host where it is not known, and gets a token for it.
func (g *gate) signIn(ctx context.Context) (access, error) {
	if acc, fresh := g.held(); fresh {
		return acc, nil // the flight before this one has just landed
	}
	token, host, err := g.locate(ctx)
	if err != nil {
		return access{}, err
	}
	acc := access{host: host, token: token.Text, kind: token.Kind}
	issued, expires := token.Issued, token.Expires
	if token.Direct {
		if expires.IsZero() {
			expires = g.now().Add(recheck)
		}
	} else {
		acc.kind = ""
		if acc.token, err = g.exchange(ctx, token, host); err != nil {
			return access{}, err
		}
		expires = g.scopedEnd(acc.token, token)
		issued = g.now()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.current, g.expires = acc, expires
	g.renew = expires.Add(-margin(issued, expires))
	return acc, nil
}

// scopedEnd is when a scoped token ends by our clock. Its life is what counts:
// the service's clock and ours may differ.
func (g *gate) scopedEnd(text string, credential Token) time.Time {
	now := g.now()
	issued, expires := jwtTimes(text)
	switch {
	case !expires.IsZero() && !issued.IsZero() && expires.After(issued):
		return now.Add(expires.Sub(issued))
	case !expires.IsZero():
		return expires
	case !credential.Issued.IsZero():
		return credential.Issued.Add(assumedLife)
	}
	return now.Add(assumedLife)
}

// margin is how long before its end a token is renewed.
func margin(issued, expires time.Time) time.Duration {
	if issued.IsZero() || !expires.After(issued) {
		return renewBefore
	}
	return min(renewBefore, expires.Sub(issued)/10)
}

// locate returns a credential and the ingest host.
func (g *gate) locate(ctx context.Context) (Token, endpoint, error) {
	g.mu.Lock()
	host := g.current.host
	g.mu.Unlock()
	token, err := g.credential(ctx)
	if err != nil || !host.isZero() {
		return token, host, err
	}
	return g.discover(ctx, token)
}

// credential asks the source.
func (g *gate) credential(ctx context.Context) (Token, error) {
	token, err := g.source.Token(ctx)
	if err != nil {
		return Token{}, messages.AsFault(opSignIn.name(), err)
	}
	if err := checkSecret("the credential", token.Text); err != nil {
		return Token{}, denied(opSignIn, err)
	}
	return token, nil
}

// another asks for another credential after t was refused.
func (g *gate) another(ctx context.Context, t Token) (Token, error) {
	if source, ok := g.source.(refuser); ok {
		source.Refused(t)
	}
	return g.credential(ctx)
}

// refusal is the fault of a control host's answer.
func (g *gate) refusal(op operation, got *answer, token Token) *messages.Fault {
	e := parseEnvelope(got.body)
	f := judge(op, got.status, e).fault(op, answerError("", got.status, e, token.Text))
	f.After = retryAfter(got)
	switch f.Stop {
	case messages.AccessDenied:
		f.Hint = "check the credentials of " + g.who + " at account " + g.account + g.skew(got)
	case messages.TargetMissing:
		f.Hint = "check the account " + g.account + ": " + g.control.host + " does not serve it"
	}
	return f
}

// skew names a clock that is off: the usual reason for a refused key-pair token.
func (g *gate) skew(got *answer) string {
	theirs, err := http.ParseTime(got.header.Get("Date"))
	if err != nil {
		return ""
	}
	if off := g.now().Sub(theirs).Round(time.Second); off.Abs() > 30*time.Second {
		return fmt.Sprintf("; this machine's clock is %s off the service's", off)
	}
	return ""
}
