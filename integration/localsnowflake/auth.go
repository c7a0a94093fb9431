package localsnowflake

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// clockSkew is how far a client's clock may be off.
const clockSkew = 60 * time.Second

// keyPairLife is the longest life of a key-pair JWT (spec 2.1).
const keyPairLife = time.Hour

// identity is who a request comes from. Names are exact.
type identity struct {
	User string
	Role string
}

// TokenKind says how a bearer token is announced in
// X-Snowflake-Authorization-Token-Type and in a driver login.
type TokenKind string

// The kinds of token (spec 1.2).
const (
	KeyPairJWT              TokenKind = "KEYPAIR_JWT"
	OAuth                   TokenKind = "OAUTH"
	ProgrammaticAccessToken TokenKind = "PROGRAMMATIC_ACCESS_TOKEN"
)

// auth tells who a credential stands for. Users, their keys and roles are the
// catalog's.
type auth struct {
	catalog *catalog.Catalog
	account string // as JWTs spell it: cut at the first dot, upper case
	now     func() time.Time
	life    time.Duration // of scoped tokens
	secret  []byte        // signs scoped tokens
	issued  atomic.Int64  // how many of them

	mu      sync.Mutex
	tokens  map[string]registeredToken // PATs and OAuth tokens
	clients map[string]oauthClient     // of the authorization server
}

type registeredToken struct {
	kind    TokenKind
	user    string
	role    string
	expires time.Time
}

func accountClaim(account string) string {
	account, _, _ = strings.Cut(account, ".")
	return strings.ToUpper(account)
}

// fingerprint is RSA_PUBLIC_KEY_FP without its prefix: base64 of the SHA-256
// of the DER SubjectPublicKeyInfo.
func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// publicKey finds the user's key with this fingerprint.
func publicKey(u *catalog.User, print string) (*rsa.PublicKey, bool) {
	for _, encoded := range u.PublicKeys {
		der, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || encoded == "" || fingerprint(der) != print {
			continue
		}
		parsed, err := x509.ParsePKIXPublicKey(der)
		key, ok := parsed.(*rsa.PublicKey)
		return key, err == nil && ok
	}
	return nil, false
}

var (
	errInvalidJWT = refuse(http.StatusUnauthorized, CodeInvalidJWT, "JWT token is invalid.")
	errNoToken    = refuse(http.StatusUnauthorized, CodeInvalidJWT, "Authorization header with a bearer token is missing.")
	errBadToken   = refuse(http.StatusUnauthorized, CodeTokenExpired, "Access token is invalid or expired.")
	errRole       = refuse(http.StatusForbidden, CodeNotAllowed, "Role is not granted to this user.")
	errDisabled   = refuse(http.StatusForbidden, CodeNotAllowed, "User access disabled. Contact your local system administrator.")
)

// keyPairClaims are the claims of spec 2.1.
type keyPairClaims struct {
	jwt.RegisteredClaims
	Scope string `json:"scp"`
}

// milliseconds is above every time in seconds until the year 5138 and below
// every time in milliseconds since 1973.
const milliseconds = 100_000_000_000

// inSeconds takes times in milliseconds, too: Snowflake's own streaming SDKs
// write iat and exp so, against RFC 7519, and the service takes them.
func inSeconds(date *jwt.NumericDate) (*jwt.NumericDate, error) {
	if date == nil || date.Unix() < milliseconds {
		return date, nil
	}
	return jwt.NewNumericDate(time.UnixMilli(date.Unix())), nil
}

// GetExpirationTime is exp.
func (c keyPairClaims) GetExpirationTime() (*jwt.NumericDate, error) { return inSeconds(c.ExpiresAt) }

// GetIssuedAt is iat.
func (c keyPairClaims) GetIssuedAt() (*jwt.NumericDate, error) { return inSeconds(c.IssuedAt) }

// GetNotBefore is nbf.
func (c keyPairClaims) GetNotBefore() (*jwt.NumericDate, error) { return inSeconds(c.NotBefore) }

// sound holds the life of a token against the longest allowed, and against
// now without the leeway that its start gets.
func (c keyPairClaims) sound(now time.Time) bool {
	issued, _ := c.GetIssuedAt()
	expires, _ := c.GetExpirationTime()
	return issued != nil && expires.Sub(issued.Time) <= keyPairLife+clockSkew && expires.After(now)
}

// keyPair verifies a key-pair JWT: RS256 by a registered key of the user, the
// shape of iss and sub, the account, and the times. wantRole is the role a
// driver login asks for, "" for the one in scp or the user's default.
func (a *auth) keyPair(token, wantRole string) (identity, error) {
	var claims keyPairClaims
	var user *catalog.User
	_, err := jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) {
		account, name, print, ok := issuer(claims.Issuer)
		if !ok || account != a.account || claims.Subject != account+"."+name {
			return nil, errInvalidJWT
		}
		if user, ok = a.catalog.User(name); !ok {
			return nil, errInvalidJWT
		}
		key, ok := publicKey(user, print)
		if !ok {
			return nil, errInvalidJWT
		}
		return key, nil
	}, jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(a.now), jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(clockSkew))
	if err != nil || !claims.sound(a.now()) {
		return identity{}, errInvalidJWT
	}
	role := strings.TrimPrefix(claims.Scope, "session:role:")
	if wantRole != "" {
		role = wantRole
	}
	return a.identify(user.Name, role)
}

// issuer splits ACCOUNT.USER.SHA256:FINGERPRINT. A user's name may hold dots,
// an account's claim and a fingerprint may not.
func issuer(iss string) (account, user, print string, ok bool) {
	rest, print, ok := strings.Cut(iss, ".SHA256:")
	if !ok {
		return "", "", "", false
	}
	account, user, ok = strings.Cut(rest, ".")
	return account, user, print, ok
}

// identify checks that a user may log in with a role; "" is the default one.
func (a *auth) identify(name, role string) (identity, error) {
	user, ok := a.catalog.User(name)
	if !ok {
		return identity{}, errRole
	}
	if user.Disabled {
		return identity{}, errDisabled
	}
	if role == "" {
		role = user.DefaultRole
	}
	if role == "" {
		role = catalog.Public
	}
	if !slices.Contains(a.catalog.RolesOf(name), role) {
		return identity{}, errRole
	}
	return identity{User: name, Role: role}, nil
}

// registered looks up a PAT or OAuth token. wantRole is as in keyPair.
func (a *auth) registered(kind TokenKind, token, wantRole string) (identity, error) {
	a.mu.Lock()
	t, ok := a.tokens[token]
	a.mu.Unlock()
	if !ok && kind == ProgrammaticAccessToken {
		t, ok = a.programmatic(token)
	}
	if !ok || t.kind != kind || !t.expires.IsZero() && !t.expires.After(a.now()) {
		return identity{}, errBadToken
	}
	switch {
	case wantRole == "":
		wantRole = t.role
	case t.role != "" && t.role != wantRole: // ROLE_RESTRICTION
		return identity{}, errRole
	}
	return a.identify(t.user, wantRole)
}

// control says who sent a request of the account host. Scoped tokens are for
// the ingest host only, except those exchanged without a scope.
func (a *auth) control(r *http.Request) (identity, error) {
	return a.request(r, "")
}

// ingest says who sent a request of the ingest host.
func (a *auth) ingest(r *http.Request) (identity, error) {
	return a.request(r, normalHost(r.Host))
}

func (a *auth) request(r *http.Request, host string) (identity, error) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !ok || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return identity{}, errNoToken
	}
	switch kind := TokenKind(r.Header.Get("X-Snowflake-Authorization-Token-Type")); kind {
	case OAuth:
		// Snowflake's own SDKs announce the token they exchanged as this.
		if isScoped(token) {
			return a.scoped(token, host)
		}
		return a.registered(kind, token, "")
	case ProgrammaticAccessToken:
		return a.registered(kind, token, "")
	case KeyPairJWT:
		return a.keyPair(token, "")
	case "":
	default:
		return identity{}, refuse(http.StatusUnauthorized, CodeInvalidJWT, "X-Snowflake-Authorization-Token-Type is none of KEYPAIR_JWT, OAUTH, PROGRAMMATIC_ACCESS_TOKEN.")
	}
	if isScoped(token) {
		return a.scoped(token, host)
	}
	return a.keyPair(token, "")
}
