package snowpipe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// OAuth signs in with tokens of an external authorization server, by the
// client credentials grant. It prints as [redacted].
type OAuth struct {
	grant clientcredentials.Config
	http  *http.Client
}

// NewOAuth returns the source for a client. tokenURL must be https, or http on
// loopback. role "" leaves the user's default role in force, else the scope
// session:role:<ROLE> is asked for. send nil = http.DefaultTransport.
func NewOAuth(tokenURL, clientID, clientSecret, role string, send *http.Client) (*OAuth, error) {
	u, err := url.Parse(tokenURL)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Host)) {
		return nil, fmt.Errorf("oauth token_url: %q is not an https URL", clip(tokenURL, 120))
	}
	if clientID == "" || clientSecret == "" {
		return nil, errors.New("oauth: client_id and client_secret are required")
	}
	o := &OAuth{
		grant: clientcredentials.Config{TokenURL: tokenURL, ClientID: clientID, ClientSecret: clientSecret},
		http:  &http.Client{Timeout: signInTimeout},
	}
	if role != "" {
		o.grant.Scopes = []string{"session:role:" + role}
	}
	if send != nil {
		own := *send
		o.http = &own
	}
	o.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return o, nil
}

// Token asks the authorization server for a token, to be used as it is.
func (o *OAuth) Token(ctx context.Context) (Token, error) {
	t, err := o.grant.Token(context.WithValue(ctx, oauth2.HTTPClient, o.http))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode/100 == 4 &&
		refused.Response.StatusCode != http.StatusTooManyRequests:
		// Its own text holds the server's body in full.
		f := denied(opSignIn, fmt.Errorf("the authorization server answered %d %s",
			refused.Response.StatusCode, clip(refused.ErrorCode, 60)))
		return Token{}, f
	case err != nil:
		return Token{}, fmt.Errorf("asking the authorization server: %w", withoutURL(err))
	case checkSecret("oauth token", t.AccessToken) != nil:
		return Token{}, errors.New("the authorization server's token cannot travel in a header")
	}
	return Token{Kind: OAuthToken, Text: t.AccessToken, Issued: time.Now(), Expires: t.Expiry, Direct: true}, nil
}

// Format keeps the secret out of every formatted text.
func (OAuth) Format(s fmt.State, _ rune) { redact(s) }
