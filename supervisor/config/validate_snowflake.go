package config

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/kinesnow/kinesnow/adapters/account"
)

// maxIdentifier is Snowflake's limit for an object's name, in characters.
const maxIdentifier = 255

func (s Snowflake) check(fs *findings) {
	s.checkAccount(fs)
	s.checkAuthenticator(fs)
	s.checkHost(fs)
	if s.Proxy != "" {
		s.checkProxy(fs)
	}
	for _, name := range []struct{ key, text, what string }{
		{"snowflake.database", s.Database, "the destination database, in exact case"},
		{"snowflake.schema", s.Schema, "the destination schema, in exact case"},
		{"snowflake.table", s.Table, "the destination table, in exact case"},
	} {
		if fs.requires(name.key, name.text, name.what) {
			checkIdentifier(fs, name.key, name.text)
		}
	}
	if s.Pipe != "" {
		checkIdentifier(fs, "snowflake.pipe", s.Pipe)
		if s.OnMissingTable == CreateMissingTable {
			fs.says("snowflake.on_missing_table", "cannot create the table of a pipe: a pipe needs its table first; create both, or leave pipe out").
				with = []string{"snowflake.pipe"}
		}
	}
	if s.SchemaEvolution == ClientEvolution && s.CustomPipe() {
		fs.says("snowflake.schema_evolution", "client needs the default pipe: a pipe of one's own matches no columns; leave pipe out, or use off").
			with = []string{"snowflake.pipe"}
	}
	integers(fs, "snowflake.evolution_max_ddl_per_minute", s.EvolutionMaxDDLPerMinute, 1, 60)
	durations(fs, "snowflake.linger", s.Linger, 0, 10*time.Second)
	durations(fs, "snowflake.append_retry", s.AppendRetry, time.Second, 5*time.Minute)
}

func (s Snowflake) checkAccount(fs *findings) {
	switch {
	case !fs.requires("snowflake.account", s.Account, "the account identifier, such as MYORG-PROD"):
	default:
		if err := account.Check(s.Account); err != nil {
			fs.rejects("snowflake.account", s.Account, "%s", err)
		}
	}
	fs.requires("snowflake.user", s.User, "the user that the connector is for Snowflake")
}

// checkAuthenticator wants the chosen credential, and no other beside it.
func (s Snowflake) checkAuthenticator(fs *findings) {
	file := s.PrivateKeyFile
	if file == DefaultPrivateKeyFile {
		file = "" // nobody chose it
	}
	keys := firstSet([2]string{"private_key_file", file}, [2]string{"private_key", s.PrivateKeyInline.Reveal()},
		[2]string{"private_key_file_2", s.PrivateKeyFile2}, [2]string{"private_key_passphrase", s.PrivateKeyPassphrase.Reveal()})
	token := firstSet([2]string{"token_file", s.TokenFile})
	oauth := firstSet([2]string{"oauth.token_url", s.OAuth.TokenURL}, [2]string{"oauth.client_id", s.OAuth.ClientID},
		[2]string{"oauth.client_secret", s.OAuth.ClientSecret.Reveal()}, [2]string{"oauth.scope", s.OAuth.Scope})

	var idle []string
	switch s.Authenticator {
	case KeyPair:
		idle = []string{token, oauth}
		if s.PrivateKeyFile == "" && s.PrivateKeyInline == "" {
			fs.says("snowflake.private_key_file", "is required with authenticator key_pair, or private_key")
		}
		if file != "" && s.PrivateKeyInline != "" {
			fs.says("snowflake.private_key", "cannot be combined with private_key_file; keep one of them")
		}
	case PAT:
		idle = []string{keys, oauth}
		fs.requires("snowflake.token_file", s.TokenFile+s.TokenInline.Reveal(), "the file with the programmatic access token, for authenticator pat")
	case OAuthCredentials:
		idle = []string{keys, token}
		s.OAuth.check(fs)
	default:
		return // refused as a choice
	}
	for _, key := range idle {
		if key != "" {
			fs.says("snowflake."+key, "is not used with authenticator %s; remove it or choose another authenticator", s.Authenticator).
				with = []string{"snowflake.authenticator"}
		}
	}
}

func (o OAuth) check(fs *findings) {
	if fs.requires("snowflake.oauth.token_url", o.TokenURL, "the authorization server's address for tokens, with authenticator oauth") {
		if err := account.TokenURL(o.TokenURL); err != nil {
			fs.says("snowflake.oauth.token_url", "%s", err) // it may hold a password
		}
	}
	fs.requires("snowflake.oauth.client_id", o.ClientID, "the client's name at the authorization server, with authenticator oauth")
	fs.requires("snowflake.oauth.client_secret", o.ClientSecret.Reveal(), "the client's secret, with authenticator oauth")
	if o.Scope != "" && !scopes.MatchString(o.Scope) {
		fs.rejects("snowflake.oauth.scope", o.Scope, "is no scope; write it as the authorization server names it, several with one space between them")
	}
}

// scopes are what may be asked for (RFC 6749 3.3).
var scopes = regexp.MustCompile(`^[!#-\[\]-~]+( [!#-\[\]-~]+)*$`)

// checkHost judges the host as the adapters do, so that no credential goes
// elsewhere.
func (s Snowflake) checkHost(fs *findings) {
	if account.Check(s.Account) != nil {
		return // said already, or missing
	}
	_, err := account.Control(s.Account, s.Host)
	switch {
	case err == nil:
	case s.Host == "":
		fs.rejects("snowflake.account", s.Account, "%s", err)
	case strings.Contains(s.Host, "@"):
		fs.says("snowflake.host", "%s", err)
	default:
		fs.rejects("snowflake.host", s.Host, "%s", err)
	}
}

// checkProxy never quotes the URL: it may hold a password.
func (s Snowflake) checkProxy(fs *findings) {
	if _, err := account.Proxy(s.Proxy.Reveal()); err != nil {
		fs.says("snowflake.proxy", "%s", err)
	}
}

// checkIdentifier wants an object's name as it is, without SQL's quotes.
func checkIdentifier(fs *findings, key, name string) {
	switch {
	case len([]rune(name)) > maxIdentifier:
		fs.says(key, "is longer than %d characters", maxIdentifier)
	case strings.Contains(name, `"`):
		fs.rejects(key, name, "holds quotes; write the name alone, its case is kept")
	case strings.ContainsFunc(name, unicode.IsControl), strings.TrimSpace(name) != name:
		fs.rejects(key, name, "holds spaces around it or control characters")
	}
}
