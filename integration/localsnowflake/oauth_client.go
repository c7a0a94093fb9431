package localsnowflake

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// OAuthTokenPath is where the authorization server answers that stands for an
// external one (Okta, Entra ID), which Snowflake has in a security integration.
const OAuthTokenPath = "/local/oauth2/token"

// scopeRole begins the scope that asks for a role (External OAuth page).
const scopeRole = "session:role:"

// oauthClient may get access tokens for a user.
type oauthClient struct {
	secret string
	user   string
	life   time.Duration
	scope  string // it must ask for this one; "" = for a role, or none
}

// RegisterClient lets a client get access tokens for a user at OAuthTokenPath,
// by the client credentials grant (RFC 6749 4.4). life is how long each lasts.
// Clients are not kept across restarts. A client that is registered again has
// its new secret alone.
func (s *Server) RegisterClient(id, secret, user string, life time.Duration) {
	s.auth.mu.Lock()
	defer s.auth.mu.Unlock()
	s.auth.clients[id] = oauthClient{secret: secret, user: user, life: life}
}

// RequireScope makes the server grant a registered client nothing unless it asks
// for that very scope, as Microsoft Entra ID does (AADSTS90014, AADSTS1002012).
// The token is for the user's default role then.
func (s *Server) RequireScope(id, scope string) {
	s.auth.mu.Lock()
	defer s.auth.mu.Unlock()
	client := s.auth.clients[id]
	client.scope = scope
	s.auth.clients[id] = client
}

// OAuthTokenURL is the address of the authorization server.
func (s *Server) OAuthTokenURL() string { return s.URL() + OAuthTokenPath }

// grantClient serves OAuthTokenPath. Errors are those of RFC 6749 5.2.
func (s *Server) grantClient(w http.ResponseWriter, r *http.Request) {
	fail := func(status int, code string) {
		writeJSON(w, status, map[string]string{"error": code})
	}
	body, err := readAll(r.Body, r.ContentLength, 64<<10)
	if err != nil {
		writeError(w, err)
		return
	}
	form, err := url.ParseQuery(string(body))
	switch {
	case err != nil:
		fail(http.StatusBadRequest, "invalid_request")
		return
	case form.Get("grant_type") != "client_credentials":
		fail(http.StatusBadRequest, "unsupported_grant_type")
		return
	}
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if name, password, ok := r.BasicAuth(); ok {
		id, _ = url.QueryUnescape(name)
		secret, _ = url.QueryUnescape(password)
	}
	client, ok := s.auth.client(id, secret)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Basic realm="local"`)
		fail(http.StatusUnauthorized, "invalid_client")
		return
	}
	role, scope := "", form.Get("scope")
	switch {
	case client.scope == scope:
	case scope == "":
		fail(http.StatusBadRequest, "invalid_request")
		return
	case client.scope != "":
		fail(http.StatusBadRequest, "invalid_scope")
		return
	default:
		if role, ok = strings.CutPrefix(scope, scopeRole); !ok {
			fail(http.StatusBadRequest, "invalid_scope")
			return
		}
		role = catalog.Fold(role)
	}
	if _, err := s.auth.identify(client.user, role); err != nil {
		fail(http.StatusBadRequest, "invalid_scope")
		return
	}
	token := newAccessToken()
	if err := s.RegisterToken(OAuth, token, client.user, role, s.auth.now().Add(client.life)); err != nil {
		writeError(w, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(client.life.Seconds())})
}

func newAccessToken() string {
	var bytes [24]byte
	rand.Read(bytes[:])
	return "local-" + hex.EncodeToString(bytes[:])
}

// client finds a client by its secret.
func (a *auth) client(id, secret string) (oauthClient, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.clients[id]
	return c, ok && subtle.ConstantTimeCompare([]byte(c.secret), []byte(secret)) == 1
}
