package snowpipe

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/kinesnow/kinesnow/adapters/account"
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
	// patience is how long a call waits for a renewal while what is held is
	// still good; a renewal that failed is tried again after renewAgain.
	patience   = 2 * time.Second
	renewAgain = 5 * time.Second
)

// access is what a call to the ingest host needs.
type access struct {
	host  account.Endpoint
	token string
	kind  TokenKind // "" for a scoped token
	key   string    // Token.Key of a direct one

	signIn uint64 // which sign-in it is of: what befell an earlier one is no news
}

// gate knows the ingest host and holds a token for it.
type gate struct {
	control account.Endpoint
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
	taken   bool // the ingest host took a direct token once
	swap    bool // it took none: direct tokens are exchanged like the others
	signIns uint64
	moved   time.Time // of the last 410
	moves   int       // 410s of sign-ins in a row
}

func newGate(control account.Endpoint, source TokenSource, c *caller, name, who string) *gate {
	return &gate{control: control, source: source, caller: c, account: name, who: who, now: time.Now}
}

// access returns host and token, signing in where one is missing or about to
// end. All who wait share one sign-in and its outcome; it does not end with
// the ctx of the one who began it. An error means that nothing was sent to
// the ingest host, so it is a Fault with Complete set.
func (g *gate) access(ctx context.Context) (access, error) {
	if acc, fresh := g.held(); fresh {
		return acc, nil
	}
	if f := g.moving(); f != nil {
		return access{}, f
	}
	flight := g.flights.DoChan("sign in", func() (any, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), signInTimeout)
		defer cancel()
		acc, err := g.signIn(own)
		if err != nil {
			g.postpone()
		}
		return acc, err
	})
	acc, usable := g.usable()
	var enough <-chan time.Time
	if usable {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		enough = timer.C
	}
	var err error
	select {
	case done := <-flight:
		if done.Err == nil {
			return done.Val.(access), nil
		}
		err = done.Err
	case <-enough:
		return acc, nil // the renewal lands by itself
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

// postpone keeps a renewal that failed from being tried with every call.
func (g *gate) postpone() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := g.now().Add(renewAgain); g.current.token != "" && at.Before(g.expires) {
		g.renew = at
	}
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
	mine := g.current.signIn == acc.signIn && g.current.token != ""
	if mine {
		g.current.token = ""
	}
	g.mu.Unlock()
	if source, ok := g.source.(refuser); ok && mine && acc.kind != "" {
		source.Refused(Token{Kind: acc.kind, Text: acc.token, Key: acc.key})
	}
}

// directTaken notes that the ingest host takes direct tokens as they are.
func (g *gate) directTaken() {
	g.mu.Lock()
	g.taken = true
	g.mu.Unlock()
}

// fallBack is asked once the ingest host refused a direct token, and another
// one after it. Where it has never taken any, although the control host did,
// it is taken not to know this kind: from then on such tokens are exchanged for
// scoped ones, and the call is worth another attempt: each call that was refused
// meanwhile, for many channels are opened at once. That is not documented
// (docs/unproven.md).
func (g *gate) fallBack(acc access) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if acc.kind == "" || g.taken {
		return false
	}
	g.swap = true
	if g.current.signIn == acc.signIn {
		g.current.token = ""
	}
	return true
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
	acc := access{host: host, token: token.Text, kind: token.Kind, key: token.Key}
	issued, expires := token.Issued, token.Expires
	if g.direct(token) {
		if expires.IsZero() {
			expires = g.now().Add(recheck)
		}
	} else {
		acc.kind, acc.key = "", ""
		if acc.token, err = g.exchange(ctx, token, host); err != nil {
			g.straight()
			return access{}, err
		}
		expires = g.scopedEnd(acc.token, token)
		issued = g.now()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.signIns++
	acc.signIn = g.signIns
	g.current, g.expires = acc, expires
	g.renew = expires.Add(-margin(issued, expires))
	return acc, nil
}

// direct reports whether a token goes to the ingest host as it is.
func (g *gate) direct(t Token) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return t.Direct && !g.swap
}

// straight takes fallBack back: the exchange did not help either.
func (g *gate) straight() {
	g.mu.Lock()
	g.swap = false
	g.mu.Unlock()
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
func (g *gate) locate(ctx context.Context) (Token, account.Endpoint, error) {
	g.mu.Lock()
	host := g.current.host
	g.mu.Unlock()
	token, err := g.credential(ctx)
	if err != nil || !host.IsZero() {
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
