package snowpipe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/sync/singleflight"

	"github.com/kinesnow/kinesnow/adapters/account"
)

// OAuthConfig is a client of an external authorization server (client
// credentials grant, RFC 6749 4.4).
type OAuthConfig struct {
	TokenURL     string // https, or http on loopback
	ClientID     string
	ClientSecret string
	Scope        string // "" = session:role:<Role>, or none without a role
	Role         string // "" = the user's default role

	// Secret, where it is not nil, is asked for the client's secret at every
	// sign-in, and goes before ClientSecret: so that it can be rotated.
	Secret func() string
	// HTTP sends the request; nil = an own client. Redirects are never followed.
	HTTP *http.Client
}

// OAuth signs in with tokens of an external authorization server. It keeps a
// token until shortly before its end, asks once for all who wait, and goes on
// with the old one while the server cannot be reached and the token lasts. It
// prints as [redacted]. Safe for concurrent use.
type OAuth struct {
	cfg     OAuthConfig
	scopes  []string
	server  string // for people: without a query
	http    *http.Client
	now     func() time.Time
	flights singleflight.Group
	grant   *clientcredentials.Config // of the flight under way

	mu    sync.Mutex
	token Token
	again time.Time // no new request before, after one that failed
}

// NewOAuth checks cfg. It sends nothing yet. Errors name the field.
func NewOAuth(cfg OAuthConfig) (*OAuth, error) {
	if err := account.TokenURL(cfg.TokenURL); err != nil {
		return nil, fmt.Errorf("oauth token_url: %w", err)
	}
	if cfg.ClientID == "" || cfg.ClientSecret == "" && cfg.Secret == nil {
		return nil, errors.New("oauth: client_id and client_secret are required")
	}
	server, _, _ := strings.Cut(cfg.TokenURL, "?")
	o := &OAuth{cfg: cfg, server: server, now: time.Now}
	switch {
	case cfg.Scope != "":
		o.scopes = []string{cfg.Scope}
	case cfg.Role != "":
		o.scopes = []string{"session:role:" + cfg.Role}
	}
	if o.http = account.NewClient(nil); cfg.HTTP != nil {
		o.http = account.Guard(cfg.HTTP)
	}
	return o, nil
}

// Token returns a token that does not end within a minute, or a tenth of its
// life where that is less; while the server cannot be asked, the one that it
// has, as long as that lasts.
//
// Errors: a *messages.Fault, Rejected with AccessDenied, where the server refuses
// the client, else plain ones, which a Client takes for Transient.
func (o *OAuth) Token(ctx context.Context) (Token, error) {
	held, enough := o.held()
	if enough {
		return held, nil
	}
	flight := o.flights.DoChan("token", func() (any, error) {
		if landed, enough := o.held(); enough {
			return landed, nil // the flight before this one has just landed
		}
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), signInTimeout)
		defer cancel()
		return o.ask(own)
	})
	select {
	case done := <-flight:
		if done.Err == nil {
			return done.Val.(Token), nil
		}
		if held.Text != "" && o.now().Before(held.Expires) && !errors.As(done.Err, new(*refusedClient)) {
			return held, nil
		}
		return Token{}, done.Err
	case <-ctx.Done():
		return Token{}, ctx.Err()
	}
}

// held returns the token that is kept, and whether nobody is to be asked for
// another one now.
func (o *OAuth) held() (t Token, enough bool) {
	o.mu.Lock()
	t, again := o.token, o.again
	o.mu.Unlock()
	now := o.now()
	return t, t.Text != "" && (t.Expires.IsZero() ||
		now.Before(t.Expires.Add(-margin(t.Issued, t.Expires))) ||
		now.Before(again) && now.Before(t.Expires))
}

// Refused forgets a token that the service refused.
func (o *OAuth) Refused(t Token) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.token.Text == t.Text {
		o.token = Token{}
	}
}

// refusedClient is the authorization server's definite no.
type refusedClient struct {
	status int
	code   string
}

func (e *refusedClient) Error() string {
	return fmt.Sprintf("the authorization server answered %d %s", e.status, e.code)
}

// ask gets a new token. No error holds what was sent, or the answer's body.
func (o *OAuth) ask(ctx context.Context) (Token, error) {
	secret := o.cfg.ClientSecret
	if o.cfg.Secret != nil {
		secret = o.cfg.Secret()
	}
	if o.grant == nil || o.grant.ClientSecret != secret { // a grant remembers how its server wants the secret sent
		o.grant = &clientcredentials.Config{TokenURL: o.cfg.TokenURL, ClientID: o.cfg.ClientID, ClientSecret: secret, Scopes: o.scopes}
	}
	issued := o.now()
	got, err := o.grant.Token(context.WithValue(ctx, oauth2.HTTPClient, o.http))
	var said *oauth2.RetrieveError
	switch {
	case errors.As(err, &said) && said.Response != nil && definite(said.Response.StatusCode):
		f := denied(opSignIn, &refusedClient{said.Response.StatusCode, errorCode(said.ErrorCode)})
		f.Hint = "check oauth.client_id, oauth.client_secret and oauth.scope at " + o.server
		return Token{}, o.failed(f)
	case errors.As(err, &said) && said.Response != nil:
		return Token{}, o.failed(fmt.Errorf("the authorization server answered %d", said.Response.StatusCode))
	case err != nil:
		return Token{}, o.failed(fmt.Errorf("asking the authorization server: %w", withoutURL(err)))
	case checkSecret("oauth token", got.AccessToken) != nil:
		return Token{}, o.failed(errors.New("the authorization server's token cannot travel in a header"))
	}
	t := Token{Kind: OAuthToken, Text: got.AccessToken, Issued: issued, Direct: true}
	if !got.Expiry.IsZero() {
		t.Expires = issued.Add(time.Until(got.Expiry).Round(time.Second))
	} else if _, t.Expires = jwtTimes(t.Text); t.Expires.IsZero() {
		t.Expires = issued.Add(recheck)
	}
	o.mu.Lock()
	o.token, o.again = t, time.Time{}
	o.mu.Unlock()
	return t, nil
}

// errorCode is an error of RFC 6749 5.2, such as invalid_client. Whatever else
// a server writes there may repeat what it was sent.
func errorCode(text string) string {
	if len(text) > 40 || strings.Trim(text, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return "without a known error code"
	}
	return text
}

// definite reports whether a status is the server's own no, which no
// repetition heals. 408 and 429 are not, and no redirect is.
func definite(status int) bool {
	return status/100 == 4 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests
}

// failed notes that the server is not to be asked again at once.
func (o *OAuth) failed(err error) error {
	o.mu.Lock()
	o.again = o.now().Add(renewAgain)
	o.mu.Unlock()
	return err
}

// Format keeps the secret out of every formatted text.
func (*OAuth) Format(s fmt.State, _ rune) { redact(s) }
