package snowpipe

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/kinesnow/kinesnow/adapters/account"
)

// Compression of the request bodies.
type Compression string

// The compressions. Rows shrink 3 to 8 times; Snowflake's limits count what
// travels.
const (
	Zstd Compression = "zstd" // the default
	Gzip Compression = "gzip"
	None Compression = "none"
)

// Config says which pipe a Client writes into, and as whom.
type Config struct {
	Account string // identifier such as MYORG-PROD; required
	User    string // named in errors; the credential itself is Tokens'
	Role    string // named in errors
	Host    string // "" = the account's own; PrivateLink name; http://127.0.0.1:PORT on loopback
	Proxy   string // URL; "" = HTTPS_PROXY and NO_PROXY

	Database string // exact case, like the next two; all required
	Schema   string
	Pipe     string // see DefaultPipe

	Compression Compression // "" = Zstd
	Application string      // names the caller in the User-Agent; "" = kinesnow

	// Tokens yields the credential. Required.
	Tokens TokenSource
	// HTTP sends the requests; nil = an own HTTP/1.1 transport. Redirects are
	// never followed, whatever its CheckRedirect says.
	HTTP *http.Client
}

// check fills in the defaults and refuses what cannot work.
func (c *Config) check() error {
	switch c.Compression {
	case "":
		c.Compression = Zstd
	case Zstd, Gzip, None:
	default:
		return fmt.Errorf("compression: %q is none of zstd, gzip, none", clip(string(c.Compression), 40))
	}
	if c.Tokens == nil {
		return errors.New("tokens: a credential is required")
	}
	if err := checkAccount(c.Account); err != nil {
		return err
	}
	return errors.Join(checkName("database", c.Database), checkName("schema", c.Schema), checkName("pipe", c.Pipe))
}

// checkAccount refuses what is no account identifier, and above all what
// would name another host.
func checkAccount(identifier string) error {
	if identifier == "" {
		return errors.New("account: is required")
	}
	if err := account.Check(identifier); err != nil {
		return fmt.Errorf("account: %q %w", clip(identifier, 80), err)
	}
	return nil
}

// controlEndpoint is the account's own host.
func (c *Config) controlEndpoint() (account.Endpoint, error) {
	host, err := account.Control(c.Account, c.Host)
	switch {
	case err == nil:
		return host, nil
	case c.Host == "":
		return host, fmt.Errorf("account: %q %w", clip(c.Account, 80), err)
	}
	return host, fmt.Errorf("host: %w", err) // its text may hold a password
}

// httpClient returns the client to send with: the caller's, or an own one.
// Either way a redirect is an answer like another, so that no credential
// follows it.
func (c *Config) httpClient() (*http.Client, error) {
	if c.HTTP != nil {
		if c.Proxy != "" {
			return nil, errors.New("proxy: cannot be set together with an HTTP client")
		}
		return account.Guard(c.HTTP), nil
	}
	proxy, err := account.Proxy(c.Proxy)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	return account.NewClient(proxy), nil
}
