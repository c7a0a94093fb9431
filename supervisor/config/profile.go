package config

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// profile fills in what the file leaves out from a profile of connections.toml,
// and notes for each value where it came from. Keys are those of Snowflake's own
// tools (Snowflake CLI, "Managing Snowflake connections"; the drivers'
// connection parameters); those of other tools are passed over.
func (l *loader) profile(under string, s *Snowflake) {
	key := under + ".connection"
	at := l.places[key].at
	fail := func(format string, args ...any) {
		l.report(at, key, fmt.Sprintf(format, args...))
		for _, missing := range profileKeys { // what it would have held is not missing besides
			if _, set := l.places[join(under, missing)]; !set || missing == "connection" {
				l.places[join(under, missing)] = place{at: at, node: &node{broken: true}}
			}
		}
	}
	if l.profiles == nil {
		l.profiles = l.findProfiles()
	}
	if l.profiles.trouble != "" {
		fail("%s", l.profiles.trouble)
		return
	}
	table, known := l.profiles.tables[s.Connection]
	if !known {
		fail("%s is not among the connections of %s: %s", quote(s.Connection), l.profiles.path, strings.Join(l.profiles.names(), ", "))
		return
	}
	p := &profile{loader: l, under: under, at: at, name: s.Connection, table: table}
	if why := p.authenticator(s); why != "" {
		fail("the profile %s of %s %s", s.Connection, l.profiles.path, why)
		return
	}
	p.fill(s)
}

// profileKeys are the keys below snowflake: that a profile may fill in, and
// its own.
var profileKeys = []string{
	"connection", "account", "user", "role", "warehouse", "database", "schema", "host", "proxy", "authenticator",
	"private_key_file", "private_key", "private_key_passphrase", "token_file", "oauth.token_url", "oauth.client_id", "oauth.client_secret", "oauth.scope",
}

// profile is one connection while it is read.
type profile struct {
	*loader
	under string
	at    mark
	name  string
	table map[string]any
}

// value is the profile's first of some keys, or the variable's that goes before
// it: SNOWFLAKE_CONNECTIONS_<NAME>_<KEY>.
func (p *profile) value(keys ...string) (text, origin string) {
	for _, key := range keys {
		variable := "SNOWFLAKE_CONNECTIONS_" + strings.ToUpper(p.name+"_"+key)
		if text, set := p.env(variable); set && text != "" {
			return text, "env " + variable
		}
		if v, ok := p.table[key]; ok {
			if text = fmt.Sprint(v); text != "" {
				return text, "connection " + p.name + " of " + p.profiles.path
			}
		}
	}
	return "", ""
}

// chosen reports whether the configuration file sets a key itself.
func (p *profile) chosen(keys ...string) bool {
	return slices.ContainsFunc(keys, func(key string) bool {
		found, ok := p.places[join(p.under, key)]
		return ok && found.node != nil && found.node.kind != null
	})
}

// put sets a value unless the configuration file sets it, or there is none.
func put[T ~string](p *profile, into *T, key, text, origin string) {
	if text == "" || p.chosen(key) {
		return
	}
	*into = T(text)
	p.places[join(p.under, key)] = place{at: p.at, origin: origin}
}

// authenticators of a profile that a connector can use.
var authenticators = map[string]Authenticator{
	"snowflake_jwt":             KeyPair,
	"programmatic_access_token": PAT,
	"oauth_client_credentials":  OAuthCredentials,
}

// authenticator settles how the profile signs in; why not, where it cannot.
func (p *profile) authenticator(s *Snowflake) (why string) {
	if p.chosen("authenticator") {
		return ""
	}
	text, origin := p.value("authenticator")
	key, _ := p.value("private_key_file", "private_key_path", "private_key_raw", "private_key")
	token, _ := p.value("token_file_path", "token")
	client, _ := p.value("oauth_client_id")
	method, known := authenticators[strings.ToLower(text)]
	switch {
	case known:
	case text != "":
		return fmt.Sprintf("signs in with %s, which a connector cannot; "+
			"use SNOWFLAKE_JWT, PROGRAMMATIC_ACCESS_TOKEN or OAUTH_CLIENT_CREDENTIALS there, or set authenticator here", quote(text))
	case key != "":
		method, origin = KeyPair, "connection "+p.name+" (it has a private key)"
	case token != "":
		method, origin = PAT, "connection "+p.name+" (it has a token)"
	case client != "":
		method, origin = OAuthCredentials, "connection "+p.name+" (it has an OAuth client)"
	case p.chosen("private_key_file", "private_key", "token_file"):
		return ""
	default:
		return "names no authenticator: a password cannot be used; use SNOWFLAKE_JWT, PROGRAMMATIC_ACCESS_TOKEN or OAUTH_CLIENT_CREDENTIALS"
	}
	put(p, &s.Authenticator, "authenticator", string(method), origin)
	return ""
}

// fill takes what the chosen authenticator needs, and the rest.
func (p *profile) fill(s *Snowflake) {
	text := func(into *string, key string, from ...string) {
		value, origin := p.value(from...)
		put(p, into, key, value, origin)
	}
	identifier, origin := p.value("account")
	if region, _ := p.value("region"); region != "" && identifier != "" && !strings.Contains(identifier, ".") {
		identifier += "." + region
	}
	put(p, &s.Account, "account", identifier, origin)
	text(&s.User, "user", "user", "username")
	text(&s.Role, "role", "role")
	text(&s.Warehouse, "warehouse", "warehouse")
	text(&s.Database, "database", "database")
	text(&s.Schema, "schema", "schema")
	p.host(s)
	p.proxy(s)
	switch s.Authenticator {
	case KeyPair:
		p.keys(s)
	case PAT:
		value, origin := p.value("token_file_path")
		put(p, &s.TokenFile, "token_file", p.path(value), origin)
		if value, _ := p.value("token"); s.TokenFile == "" {
			s.TokenInline = Secret(value)
		}
	case OAuthCredentials:
		text(&s.OAuth.TokenURL, "oauth.token_url", "oauth_token_request_url")
		text(&s.OAuth.ClientID, "oauth.client_id", "oauth_client_id")
		value, origin := p.value("oauth_client_secret")
		put(p, &s.OAuth.ClientSecret, "oauth.client_secret", value, origin)
		text(&s.OAuth.Scope, "oauth.scope", "oauth_scope")
	}
}

func (p *profile) keys(s *Snowflake) {
	if !p.chosen("private_key_file", "private_key") {
		file, origin := p.value("private_key_file", "private_key_path")
		put(p, &s.PrivateKeyFile, "private_key_file", p.path(file), origin)
		if inline, origin := p.value("private_key_raw", "private_key"); file == "" {
			put(p, &s.PrivateKeyInline, "private_key", inline, origin)
		}
	}
	pass, origin := p.value("private_key_file_pwd", "private_key_passphrase")
	if pass == "" { // the variable that Snowflake CLI asks for
		if pass, _ = p.env("PRIVATE_KEY_PASSPHRASE"); pass != "" {
			origin = "env PRIVATE_KEY_PASSPHRASE"
		}
	}
	put(p, &s.PrivateKeyPassphrase, "private_key_passphrase", pass, origin)
}

// host puts protocol, host and port together.
func (p *profile) host(s *Snowflake) {
	host, origin := p.value("host")
	if host == "" {
		return
	}
	if port, _ := p.value("port"); port != "" && port != "443" {
		host = net.JoinHostPort(host, port)
	}
	if protocol, _ := p.value("protocol"); protocol != "" && protocol != "https" {
		host = protocol + "://" + host
	}
	put(p, &s.Host, "host", host, origin)
}

func (p *profile) proxy(s *Snowflake) {
	host, origin := p.value("proxy_host")
	if host == "" {
		return
	}
	u := &url.URL{Scheme: "http", Host: host}
	if protocol, _ := p.value("proxy_protocol"); protocol != "" {
		u.Scheme = protocol
	}
	if port, _ := p.value("proxy_port"); port != "" {
		u.Host = net.JoinHostPort(host, port)
	}
	if user, _ := p.value("proxy_user"); user != "" {
		password, _ := p.value("proxy_password")
		u.User = url.UserPassword(user, password)
	}
	put(p, &s.Proxy, "proxy", u.String(), origin)
}

// path is a file that a profile names: ~ is the home folder, and a relative
// path is a neighbour of the profile's file.
func (p *profile) path(text string) string {
	switch rest, home := strings.CutPrefix(text, "~/"); {
	case home:
		return filepath.Join(p.home(), rest)
	case text == "" || filepath.IsAbs(text):
		return text
	}
	return filepath.Join(filepath.Dir(p.profiles.path), text)
}
