package account

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// The domains that Snowflake serves accounts in, PrivateLink names included.
var domains = []string{".snowflakecomputing.com", ".snowflakecomputing.cn"}

var hostPattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$`)

// Endpoint is a server that may be given a credential. The zero Endpoint is
// none.
type Endpoint struct {
	Scheme string // https, or http on loopback
	Host   string // lower case, with a port where it is not the scheme's
}

// URL is the endpoint's base URL, without a slash at its end.
func (e Endpoint) URL() string { return e.Scheme + "://" + e.Host }

// IsZero reports whether e is none.
func (e Endpoint) IsZero() bool { return e.Host == "" }

// Loopback reports whether e is on this machine.
func (e Endpoint) Loopback() bool { return IsLoopback(e.Host) }

// Split is the host without its port, and the port: the scheme's own where
// none is written.
func (e Endpoint) Split() (name string, port int) {
	port = map[string]int{"https": 443, "http": 80}[e.Scheme]
	if h, p, err := net.SplitHostPort(e.Host); err == nil {
		port, _ = strconv.Atoi(p) // parse has seen that it is one
		return h, port
	}
	return strings.Trim(e.Host, "[]"), port
}

// Domain is Snowflake's domain that e lies in, such as .snowflakecomputing.com;
// "" for none.
func (e Endpoint) Domain() string {
	for _, d := range domains {
		if strings.HasSuffix(e.Host, d) {
			return d
		}
	}
	return ""
}

// parse reads HOST, HOST:PORT or SCHEME://HOST[:PORT] and nothing more: no
// user, path, query or fragment, and off loopback no port but 443. Errors read
// on after the value, and never hold any of it.
func parse(text, scheme string) (Endpoint, error) {
	rest := text
	if i := strings.Index(text, "://"); i >= 0 {
		scheme, rest = strings.ToLower(text[:i]), text[i+3:]
	}
	if strings.Contains(rest, "@") {
		return Endpoint{}, errors.New("must not hold a user or a password")
	}
	if scheme != "https" && scheme != "http" {
		return Endpoint{}, errors.New("begins with neither https:// nor http://")
	}
	e := Endpoint{scheme, strings.ToLower(strings.TrimSuffix(rest, "/"))}
	if e.Loopback() {
		return e, nil
	}
	name := strings.TrimSuffix(e.Host, ":443")
	if len(name) > 253 || !hostPattern.MatchString(name) {
		return Endpoint{}, errors.New("is not a host; write NAME, NAME:443 or https://NAME, and no path behind it")
	}
	e.Host = name
	return e, nil
}

// IsLoopback reports whether host is localhost or a loopback address, with or
// without a port, and nothing else besides.
func IsLoopback(host string) bool {
	name := host
	if h, port, err := net.SplitHostPort(host); err == nil {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
		name = h
	} else {
		name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	}
	if name == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.IsLoopback() && addr.Zone() == ""
}

// TokenURL checks the address of an authorization server: https, or http on
// loopback; no user, no fragment. Any host may be one: it gets the client's
// secret, and no credential of Snowflake's. Errors read on after the value.
func TokenURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return errors.New("is not an absolute URL; write it as in https://login.example.com/oauth2/token")
	case u.User != nil:
		return errors.New("must not hold a user or a password")
	case u.Fragment != "":
		return errors.New("must end before #")
	case u.Scheme == "https", u.Scheme == "http" && IsLoopback(u.Host):
		return nil
	case u.Scheme == "http":
		return errors.New("sends the client's secret in the clear; http is for loopback only, use https")
	}
	return errors.New("is not an https URL")
}
