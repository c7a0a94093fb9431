package localsnowflake

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// RegisterUser lets a user log in with a key pair: it creates user and role
// where they are missing, grants the role, makes it the default one, and sets
// the key as RSA_PUBLIC_KEY; a further key becomes RSA_PUBLIC_KEY_2. Names are
// exact, normally upper case.
func (s *Server) RegisterUser(user, role string, keys ...*rsa.PublicKey) error {
	var encoded [2]string
	if len(keys) > len(encoded) {
		return fmt.Errorf("user %s: a user has at most two keys, not %d", user, len(keys))
	}
	for i, key := range keys {
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			return fmt.Errorf("user %s: public key: %w", user, err)
		}
		encoded[i] = base64.StdEncoding.EncodeToString(der)
	}
	if _, err := s.catalog.CreateRole(role, catalog.AccountAdmin, "", catalog.Keep); err != nil {
		return err
	}
	if _, err := s.catalog.CreateUser(catalog.User{Name: user}, catalog.Keep); err != nil {
		return err
	}
	err := s.catalog.UpdateUser(user, func(u *catalog.User) error {
		u.DefaultRole, u.PublicKeys = role, encoded
		return nil
	})
	if err != nil {
		return err
	}
	granted, _ := s.catalog.Role(role)
	return s.catalog.Grant(catalog.Grant{Privilege: catalog.Usage, On: catalog.OnRole, Object: granted.ID, ToUser: user})
}

// RegisterToken makes a PAT or an OAuth token stand for a user, with a role,
// and then with no other, or with "" for the user's default one and any other
// that is asked for. A zero expires means never. Tokens are
// not kept across restarts.
func (s *Server) RegisterToken(kind TokenKind, token, user, role string, expires time.Time) error {
	if kind != OAuth && kind != ProgrammaticAccessToken {
		return fmt.Errorf("token kind %q: only %s and %s are registered", kind, OAuth, ProgrammaticAccessToken)
	}
	s.auth.mu.Lock()
	defer s.auth.mu.Unlock()
	s.auth.tokens[token] = registeredToken{kind: kind, user: user, role: role, expires: expires}
	return nil
}

// RevokeToken makes a registered token unknown.
func (s *Server) RevokeToken(token string) {
	s.auth.mu.Lock()
	defer s.auth.mu.Unlock()
	delete(s.auth.tokens, token)
}

// programmatic looks up a token that ALTER USER ... ADD PROGRAMMATIC ACCESS TOKEN
// made.
func (a *auth) programmatic(secret string) (registeredToken, bool) {
	user, t, ok := a.catalog.TokenOf(secret)
	if !ok {
		return registeredToken{}, false
	}
	return registeredToken{kind: ProgrammaticAccessToken, user: user.Name, role: t.Role, expires: t.Expires}, true
}
