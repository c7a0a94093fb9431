package warehouse

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Config says where to sign in, and as whom. Exactly one of PrivateKey, PAT,
// PATFile and OAuth is the credential.
type Config struct {
	Account string // identifier such as MYORG-PROD; required
	User    string // required
	Role    string // "" = the user's default
	Host    string // "" = the account's own; PrivateLink name; http://127.0.0.1:PORT on loopback
	Proxy   string // URL; "" = HTTPS_PROXY and NO_PROXY

	Warehouse string // "" = the user's default, if any; only queries need one
	Database  string // exact case, like Schema; required
	Schema    string

	PrivateKey *rsa.PrivateKey
	PAT        string // programmatic access token
	PATFile    string // a file that holds one; read at every sign-in
	OAuth      *OAuth

	Application string // names the caller to Snowflake; "" = kinesnow
}

// OAuth is the client credentials grant of an external authorization server.
type OAuth struct {
	TokenURL     string
	ClientID     string
	ClientSecret string
}

// String keeps the secrets out of texts.
func (c Config) String() string { return "warehouse of " + c.Account + " as " + c.User }

// GoString keeps the secrets out of texts.
func (c Config) GoString() string { return c.String() }

var (
	accountPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$`)
	hostPattern    = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+snowflakecomputing\.(com|cn)$`)
	appPattern     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,49}$`)
)

// check fills in the defaults and refuses what cannot work.
func (c *Config) check() error {
	if c.Application == "" {
		c.Application = "kinesnow"
	}
	if !accountPattern.MatchString(c.Account) {
		return fmt.Errorf("account: %q is not an account identifier such as MYORG-PROD", clip(c.Account, 80))
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
	for _, is := range []bool{c.PrivateKey != nil, c.PAT != "", c.PATFile != "", c.OAuth != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		return fmt.Errorf("credential: want exactly one of private key, token, token file and oauth; %d are given", given)
	}
	if o := c.OAuth; o != nil && (o.TokenURL == "" || o.ClientID == "" || o.ClientSecret == "") {
		return errors.New("oauth: token_url, client_id and client_secret are required")
	}
	return nil
}

// address is where the driver connects to.
type address struct {
	protocol string
	host     string
	port     int
}

// address of the account's host. Credentials go to Snowflake's domains over
// https, or to loopback.
func (c *Config) address() (address, error) {
	if c.Host == "" {
		domain := ".snowflakecomputing.com"
		if _, region, ok := strings.Cut(c.Account, "."); ok && strings.HasPrefix(strings.ToLower(region), "cn-") {
			domain = ".snowflakecomputing.cn"
		}
		return address{"https", strings.ReplaceAll(strings.ToLower(c.Account), "_", "-") + domain, 443}, nil
	}
	protocol, rest := "https", strings.ToLower(c.Host)
	if i := strings.Index(rest, "://"); i >= 0 {
		protocol, rest = rest[:i], strings.TrimSuffix(rest[i+3:], "/")
	}
	name, port := rest, map[string]int{"https": 443, "http": 80}[protocol]
	if h, p, err := net.SplitHostPort(rest); err == nil {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return address{}, fmt.Errorf("host: %q has no valid port", clip(c.Host, 80))
		}
		name, port = h, int(n)
	}
	snowflake := protocol == "https" && port == 443 && hostPattern.MatchString(name)
	if port == 0 || !snowflake && !isLoopback(name) {
		return address{}, fmt.Errorf("host: %q is neither NAME.snowflakecomputing.com nor http://127.0.0.1:PORT", clip(c.Host, 80))
	}
	return address{protocol, name, port}, nil
}

func isLoopback(name string) bool {
	if name == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.IsLoopback()
}

// proxy reads Proxy. Its text may hold a password: no error repeats it.
func (c *Config) proxy() (*url.URL, error) {
	if c.Proxy == "" {
		return nil, nil
	}
	u, err := url.Parse(c.Proxy)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("proxy: want http://HOST:PORT or https://HOST:PORT")
	}
	return u, nil
}
