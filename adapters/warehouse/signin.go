package warehouse

import (
	"context"
	"crypto/rsa"
	"database/sql/driver"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	sf "github.com/snowflakedb/gosnowflake/v2"
)

// Credential is what one session is opened with: exactly one of PrivateKey,
// PAT and OAuth.
type Credential struct {
	PrivateKey *rsa.PrivateKey
	PAT        string // programmatic access token
	OAuth      string // access token of an external authorization server
	Key        string // public name of PrivateKey, such as SHA256:...
}

// String keeps the credential out of texts.
func (Credential) String() string { return "[redacted]" }

// GoString keeps the credential out of texts.
func (Credential) GoString() string { return "[redacted]" }

// same reports whether two are one credential, read twice.
func (c Credential) same(other Credential) bool {
	return c.Key != "" && c.Key == other.Key || c == other
}

// Credentials yields the credential that is good at the moment. Refused tells
// it that Snowflake took one not, so that the next call yields another where
// there is one: a second key while keys are rotated, a new token. Accepted tells
// it that a session was opened with one.
type Credentials interface {
	Credential(ctx context.Context) (Credential, error)
	Refused(Credential)
	Accepted(Credential)
}

// maxSignIns bounds how many credentials one sign-in tries: two keys, and the
// one that has just taken the place of one of them.
const maxSignIns = 3

// connector signs in with the credential as it is at that moment.
type connector struct{ w *Warehouse }

// Driver implements driver.Connector.
func (connector) Driver() driver.Driver { return sf.SnowflakeDriver{} }

// Connect implements driver.Connector. Each credential is tried once.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	quiet()
	credential, err := c.w.credential(ctx)
	if err != nil {
		return nil, err
	}
	tried := []Credential{credential}
	for {
		conn, err := sf.NewConnector(sf.SnowflakeDriver{}, c.w.driverConfig(credential)).Connect(ctx)
		if c.w.cfg.Credentials == nil || err != nil && !refused(err) {
			return conn, err
		}
		if err == nil {
			c.w.cfg.Credentials.Accepted(credential)
			return conn, nil
		}
		c.w.cfg.Credentials.Refused(credential)
		next, other := c.w.credential(ctx)
		if other != nil || slices.ContainsFunc(tried, next.same) || len(tried) == maxSignIns {
			return nil, &signInError{err, tried}
		}
		credential, tried = next, append(tried, next)
	}
}

// credential is the one of the configuration, or of its source.
func (w *Warehouse) credential(ctx context.Context) (Credential, error) {
	if w.cfg.Credentials != nil {
		return w.cfg.Credentials.Credential(ctx)
	}
	return Credential{PrivateKey: w.cfg.PrivateKey, PAT: strings.TrimSpace(w.cfg.PAT)}, nil
}

// refused reports whether an error of a sign-in means its credential.
func refused(err error) bool {
	var said *sf.SnowflakeError
	return errors.As(err, &said) && (said.Number == refusedSignIn || authError(said.Number) && said.Number != targetNotThere)
}

// signInError is the last refusal of a sign-in, with all that it tried.
type signInError struct {
	err   error
	tried []Credential
}

func (e *signInError) Error() string { return e.err.Error() }
func (e *signInError) Unwrap() error { return e.err }

// keys names the public keys that were tried, for a hint.
func (e *signInError) keys() string {
	var keys []string
	for _, c := range e.tried {
		if c.Key != "" {
			keys = append(keys, c.Key)
		}
	}
	if len(keys) == 0 {
		return ""
	}
	slices.Sort(keys)
	return "; tried with " + strings.Join(keys, " and ") + ", which DESC USER must show as RSA_PUBLIC_KEY_FP or RSA_PUBLIC_KEY_2_FP"
}

// driverConfig is what the driver signs in with. Database and schema are not
// part of it: a session can be had without them, so that a missing one is
// named by the statement that needs it.
func (w *Warehouse) driverConfig(c Credential) sf.Config {
	off := "false"
	host, port := w.host.Split()
	cfg := sf.Config{
		Account: w.cfg.Account, User: w.cfg.User, Role: w.cfg.Role, Warehouse: w.cfg.Warehouse,
		Protocol: w.host.Scheme, Host: host, Port: port,
		Application:   w.cfg.Application,
		MaxRetryCount: 3,
		Params:        map[string]*string{"CLIENT_TELEMETRY_ENABLED": &off},
	}
	if p := w.proxy; p != nil && w.host.Scheme == "https" {
		cfg.ProxyProtocol, cfg.ProxyHost, cfg.ProxyPort = p.Scheme, p.Hostname(), proxyPort(p)
		cfg.ProxyUser = p.User.Username()
		cfg.ProxyPassword, _ = p.User.Password()
	}
	switch {
	case c.PrivateKey != nil:
		cfg.Authenticator, cfg.PrivateKey = sf.AuthTypeJwt, c.PrivateKey
	case c.OAuth != "":
		cfg.Authenticator, cfg.Token = sf.AuthTypeOAuth, c.OAuth
	default:
		cfg.Authenticator, cfg.Token = sf.AuthTypePat, c.PAT
	}
	return cfg
}

// proxyPort is the port of a proxy's URL, or its scheme's.
func proxyPort(u *url.URL) int {
	if port, err := strconv.Atoi(u.Port()); err == nil {
		return port
	}
	if u.Scheme == "https" {
		return 443
	}
	return 80
}
