package snowpipe

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
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

// What the own transport allows. A channel has at most one append in flight,
// and a pipe at most 2,000 channels.
const (
	dialTimeout   = 10 * time.Second
	answerTimeout = 60 * time.Second
	idleTimeout   = 90 * time.Second
	idlePerHost   = 2000
)

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
func checkAccount(account string) error {
	switch {
	case account == "":
		return errors.New("account: is required")
	case strings.Contains(strings.ToLower(account), "snowflakecomputing"):
		return fmt.Errorf("account: %q is a host; write the identifier alone, such as MYORG-PROD", clip(account, 80))
	case len(account) > MaxNameBytes || !accountPattern.MatchString(account):
		return fmt.Errorf("account: %q is not an account identifier such as MYORG-PROD", clip(account, 80))
	}
	return nil
}

// httpClient returns the client to send with: the caller's, or an own one.
// Either way a redirect is an answer like another, so that no credential
// follows it.
func (c *Config) httpClient() (*http.Client, error) {
	refuse := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if c.HTTP != nil {
		if c.Proxy != "" {
			return nil, errors.New("proxy: cannot be set together with an HTTP client")
		}
		own := *c.HTTP
		own.CheckRedirect, own.Jar = refuse, nil
		return &own, nil
	}
	proxy := http.ProxyFromEnvironment
	if c.Proxy != "" {
		u, err := proxyURL(c.Proxy)
		if err != nil {
			return nil, err
		}
		proxy = http.ProxyURL(u)
	}
	// HTTP/2 saves nothing on large bodies and couples channels on one connection.
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Client{CheckRedirect: refuse, Transport: &http.Transport{
		Proxy:                 proxy,
		DialContext:           (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: answerTimeout,
		IdleConnTimeout:       idleTimeout,
		MaxIdleConnsPerHost:   idlePerHost,
		Protocols:             &protocols,
	}}, nil
}
