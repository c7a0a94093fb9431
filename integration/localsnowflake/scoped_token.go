package localsnowflake

import (
	"strconv"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// scopedIssuer marks the tokens that this server hands out.
const scopedIssuer = "localsnowflake"

// scopedClaims are what a scoped token carries. The real one is a JWT with a
// readable exp as well; clients may rely on no other claim.
type scopedClaims struct {
	jwt.RegisteredClaims
	Role  string `json:"role"`
	Scope string `json:"scope,omitempty"` // ingest host; "" is good on every host
}

// issue makes a token for one ingest host, which is another one each time:
// the times in it are whole seconds.
func (a *auth) issue(who identity, scope string) (string, error) {
	now := a.now()
	return jwt.NewWithClaims(jwt.SigningMethodHS256, scopedClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: scopedIssuer, Subject: who.User, ID: strconv.FormatInt(a.issued.Add(1), 10),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(a.life)),
		},
		Role: who.Role, Scope: scope,
	}).SignedString(a.secret)
}

// isScoped tells a scoped token from a key-pair JWT, without verifying either.
func isScoped(token string) bool {
	var claims scopedClaims
	parsed, _, err := jwt.NewParser().ParseUnverified(token, &claims)
	return err == nil && parsed.Method == jwt.SigningMethodHS256 && claims.Issuer == scopedIssuer
}

// scoped verifies a scoped token on a host. It is bound to the host it was
// exchanged for and to its expiry, to the second.
func (a *auth) scoped(token, host string) (identity, error) {
	var claims scopedClaims
	_, err := jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return a.secret, nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithTimeFunc(a.now), jwt.WithExpirationRequired(), jwt.WithIssuer(scopedIssuer))
	if err != nil || claims.Scope != "" && !names(claims.Scope, host) {
		return identity{}, errBadToken
	}
	return a.identify(claims.Subject, claims.Role)
}

// names reports whether a scope means a host. Without a port it means every
// port of the host.
func names(scope, host string) bool { return scope == host || scope == withoutPort(host) }

// normalHost is a host as scopes and requests are compared: without scheme,
// lower case, underscores as hyphens (spec 1.1).
func normalHost(host string) string {
	if _, after, ok := strings.Cut(host, "://"); ok {
		host = after
	}
	return strings.ReplaceAll(strings.ToLower(strings.TrimRight(host, "/")), "_", "-")
}
