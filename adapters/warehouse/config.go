package warehouse

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"regexp"

	"github.com/kinesnow/kinesnow/adapters/account"
)

// Config says where to sign in, and as whom. Exactly one of PrivateKey, PAT and
// Credentials is the credential.
type Config struct {
	Account string // identifier such as MYORG-PROD; required
	User    string // required
	Role    string // "" = the user's default
	Host    string // "" = the account's own; PrivateLink name; http://127.0.0.1:PORT on loopback
	Proxy   string // URL; "" = HTTPS_PROXY and NO_PROXY

	Warehouse string // "" = the user's default, if any; only queries need one
	Database  string // exact case, like Schema; required
	Schema    string

	PrivateKey  *rsa.PrivateKey
	PAT         string      // programmatic access token
	Credentials Credentials // what can change; asked at every sign-in

	Application string // names the caller to Snowflake; "" = kinesnow
}

// String keeps the secrets out of texts.
func (c Config) String() string { return "warehouse of " + c.Account + " as " + c.User }

// GoString keeps the secrets out of texts.
func (c Config) GoString() string { return c.String() }

var appPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,49}$`)

// check fills in the defaults and refuses what cannot work.
func (c *Config) check() error {
	if c.Application == "" {
		c.Application = "kinesnow"
	}
	if err := account.Check(c.Account); err != nil {
		return fmt.Errorf("account: %q %w", clip(c.Account, 80), err)
	}
	if c.User == "" {
		return errors.New("user: is required")
	}
	if !appPattern.MatchString(c.Application) {
		return fmt.Errorf("application: %q is not a name of at most 50 letters, digits, dots, hyphens and underscores", clip(c.Application, 80))
	}
	for _, name := range []struct{ field, value string }{{"database", c.Database}, {"schema", c.Schema}} {
		if _, err := Quote(name.value); err != nil {
			return fmt.Errorf("%s: %w", name.field, err)
		}
	}
	given := 0
	for _, is := range []bool{c.PrivateKey != nil, c.PAT != "", c.Credentials != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		return fmt.Errorf("credential: want exactly one of private key, token and source; %d are given", given)
	}
	return nil
}
