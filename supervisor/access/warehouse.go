package access

import (
	"context"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// Warehouse is SQL with the connector's own credentials, whichever they are. It
// reads them, and connects, at its first call. Errors name the field.
func Warehouse(s config.Snowflake) (*warehouse.Warehouse, error) {
	return warehouse.New(warehouse.Config{
		Account: s.Account, User: s.User, Role: s.Role, Host: s.Host, Proxy: s.Proxy.Reveal(),
		Warehouse: s.Warehouse, Database: s.Database, Schema: s.Schema,
		Credentials: session{newSignIn(s, nil)},
	})
}

// Statements is Warehouse for what reads no rows: DESC, SHOW, CREATE and ALTER
// need no warehouse, and a sign-in that names one is refused whole where it is
// missing or not granted (390201). Errors name the field.
func Statements(s config.Snowflake) (*warehouse.Warehouse, error) {
	s.Warehouse = ""
	return Warehouse(s)
}

// session is a credential as the SQL driver wants it: the key itself, or a
// token.
type session struct{ *signIn }

// Credential implements warehouse.Credentials.
func (s session) Credential(ctx context.Context) (warehouse.Credential, error) {
	if s.cfg.Authenticator == config.KeyPair {
		s.mu.Lock()
		defer s.mu.Unlock()
		now, err := s.key()
		if err != nil {
			return warehouse.Credential{}, unusable(err)
		}
		return warehouse.Credential{PrivateKey: now.key, Key: now.print}, nil
	}
	token, err := s.Token(ctx)
	switch {
	case err != nil:
		return warehouse.Credential{}, err
	case token.Kind == snowpipe.OAuthToken:
		return warehouse.Credential{OAuth: token.Text}, nil
	}
	return warehouse.Credential{PAT: token.Text}, nil
}

// Refused implements warehouse.Credentials.
func (s session) Refused(c warehouse.Credential) {
	s.signIn.Refused(snowpipe.Token{Key: c.Key, Text: c.PAT + c.OAuth})
}

// Accepted implements warehouse.Credentials.
func (s session) Accepted(c warehouse.Credential) { s.signIn.Accepted(snowpipe.Token{Key: c.Key}) }
