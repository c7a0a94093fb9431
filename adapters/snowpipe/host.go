package snowpipe

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// The domains that Snowflake serves accounts in, PrivateLink names included.
var snowflakeDomains = []string{".snowflakecomputing.com", ".snowflakecomputing.cn"}

var (
	accountPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$`)
	hostPattern    = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$`)
)

// endpoint is a server that may be given a credential.
type endpoint struct {
	scheme string // https, or http on loopback
	host   string // lower case, with a port where it is not the scheme's
}

func (e endpoint) url() string    { return e.scheme + "://" + e.host }
func (e endpoint) isZero() bool   { return e.host == "" }
func (e endpoint) loopback() bool { return isLoopback(e.host) }

// domain returns Snowflake's domain that e lies in, "" for none.
func (e endpoint) domain() string {
	name := strings.TrimSuffix(e.host, ":443")
	for _, d := range snowflakeDomains {
		if strings.HasSuffix(name, d) {
			return d
		}
	}
	return ""
}

// controlEndpoint is the account's own host: the configured one, else the one
// that the account identifier stands for, with hyphens for underscores.
func controlEndpoint(account, host string) (endpoint, error) {
	if host == "" {
		domain := snowflakeDomains[0]
		if _, region, ok := strings.Cut(account, "."); ok && strings.HasPrefix(strings.ToLower(region), "cn-") {
			domain = snowflakeDomains[1]
		}
		return endpoint{"https", hostForm(account) + domain}, nil
	}
	e, err := parseEndpoint(host, "https")
	if err != nil {
		return endpoint{}, fmt.Errorf("host: %w", err)
	}
	switch {
	case e.loopback():
		return e, nil
	case e.domain() == "":
		return endpoint{}, fmt.Errorf("host: %q is not a host of Snowflake: want NAME.snowflakecomputing.com, "+
			"NAME.privatelink.snowflakecomputing.com, or http://127.0.0.1:PORT", clip(host, 80))
	case e.scheme != "https":
		return endpoint{}, fmt.Errorf("host: %q: http is for loopback only", clip(host, 80))
	}
	return e, nil
}

// ingestEndpoint judges what the control host named as the host for data. No
// credential may leave Snowflake's domain because of such an answer: the host
// must be in the control host's own domain, or on loopback when that is.
func ingestEndpoint(control endpoint, answer string) (endpoint, error) {
	refuse := func(why string) (endpoint, error) {
		return endpoint{}, fmt.Errorf("the service named the ingest host %q: %s", clip(answer, 120), why)
	}
	if answer == "" {
		return refuse("empty answer")
	}
	e, err := parseEndpoint(hostForm(answer), control.scheme)
	if err != nil {
		return refuse(err.Error())
	}
	switch {
	case control.loopback() && !e.loopback():
		return refuse("not on loopback, as the configured host is")
	case control.loopback():
		return e, nil
	case e.scheme != "https":
		return refuse("not https")
	case e.domain() == "" || e.domain() != control.domain():
		return refuse("outside " + strings.TrimPrefix(control.domain(), "."))
	}
	return e, nil
}

// parseEndpoint reads HOST, HOST:PORT or SCHEME://HOST[:PORT] and nothing
// more: no user, path, query or fragment, and off loopback no port but 443.
func parseEndpoint(text, scheme string) (endpoint, error) {
	rest := text
	if i := strings.Index(text, "://"); i >= 0 {
		scheme, rest = strings.ToLower(text[:i]), text[i+3:]
	}
	if scheme != "https" && scheme != "http" {
		return endpoint{}, fmt.Errorf("scheme %q is neither https nor http", clip(scheme, 20))
	}
	e := endpoint{scheme, strings.ToLower(strings.TrimSuffix(rest, "/"))}
	if e.loopback() {
		return e, nil
	}
	name := strings.TrimSuffix(e.host, ":443")
	if len(name) > 253 || !hostPattern.MatchString(name) {
		return endpoint{}, fmt.Errorf("%q is not a host name", clip(rest, 80))
	}
	e.host = name
	return e, nil
}

// isLoopback reports whether host is localhost or a loopback address, with or
// without a port, and nothing else besides.
func isLoopback(host string) bool {
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

// hostForm is how a name stands in a host: lower case, hyphens for
// underscores, which certificates do not allow (REST tutorial).
func hostForm(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "_", "-")
}

// proxyURL reads a proxy's URL. Its text may hold a password: no error repeats it.
func proxyURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" {
		return nil, fmt.Errorf("proxy: want http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT")
	}
	return u, nil
}
