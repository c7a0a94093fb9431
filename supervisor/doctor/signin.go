package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// reached is what Snowflake's host said without a credential.
type reached struct {
	off   time.Duration // of our clock, ahead of its
	dated bool
}

// reach asks the account's host for its front page, without a credential.
func (d *Doctor) reach(ctx context.Context) (reached, error) {
	client, err := d.browser()
	if err != nil {
		return reached{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.cfg.Snowflake.BaseURL()+"/", nil)
	if err != nil {
		return reached{}, err
	}
	began := d.clock()
	res, err := client.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // without the URL, which a proxy may have put a password into
			err = u.Err
		}
		return reached{}, err
	}
	_, _ = io.CopyN(io.Discard, res.Body, 64<<10)
	_ = res.Body.Close()
	off, dated := offBy(res.Header.Get("Date"), began, d.clock())
	return reached{off, dated}, nil
}

// browser goes the way that the connector's own calls go: the host's client, the
// configured proxy, or that of the environment. It follows no redirect.
func (d *Doctor) browser() (*http.Client, error) {
	var c http.Client
	switch proxy := d.cfg.Snowflake.Proxy.Reveal(); {
	case d.host.HTTP != nil:
		c = *d.host.HTTP
	case proxy != "":
		u, err := url.Parse(proxy)
		if err != nil {
			return nil, errors.New("snowflake.proxy is no URL")
		}
		c.Transport = &http.Transport{Proxy: http.ProxyURL(u)}
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c, nil
}

// signInREST signs in as the channels do.
func (d *Doctor) signInREST(ctx context.Context) (*snowpipe.Client, error) {
	if _, err := d.reached.of(ctx); err != nil {
		return nil, err
	}
	s := d.cfg.Snowflake
	tokens := d.host.Snowflake
	if tokens == nil {
		tokens = access.Snowflake(s)
	}
	client, err := snowpipe.New(snowpipe.Config{
		Account: s.Account, User: s.User, Role: s.Role, Host: s.Host, Proxy: s.Proxy.Reveal(),
		Database: s.Database, Schema: s.Schema, Pipe: s.PipeName(), Tokens: tokens, HTTP: d.host.HTTP,
	})
	if err != nil {
		return nil, err
	}
	if err := client.SignIn(ctx); err != nil {
		client.Close()
		return nil, err
	}
	return client, nil
}

// signInSQL signs in as the driver does, which would go on trying for as long as
// it may where nobody answers.
func (d *Doctor) signInSQL(ctx context.Context) (warehouse.Session, error) {
	if _, err := d.reached.of(ctx); err != nil {
		return warehouse.Session{}, err
	}
	w, err := d.sql.of(ctx)
	if err != nil {
		return warehouse.Session{}, err
	}
	return w.Session(ctx)
}

// checkSignIn tries both ways that a connector signs in: by REST for rows, by SQL
// for everything else.
func (d *Doctor) checkSignIn(ctx context.Context, fs *findings) {
	s := d.cfg.Snowflake
	if _, err := d.reached.of(ctx); err != nil {
		fs.add(Missing, "%s gave no answer: %s", s.BaseURL(), words(err)).
			todo("check snowflake.account (ORGANIZATION-ACCOUNT) and snowflake.host; kinesnow setup network %s lists what has to be reachable", d.name).code(exitUnreachable)
		return
	}
	if s.Authenticator == config.KeyPair && d.host.Snowflake == nil {
		if _, err := s.PrivateKey(); err != nil {
			fs.add(Missing, "the private key of user %s: %s", s.User, words(err)).todo("check private_key_file and its passphrase").code(exitConfig)
			return
		}
	}
	_, rest := d.pipe.of(ctx)
	session, sql := d.session.of(ctx)
	switch {
	case rest != nil && sql == nil && !d.clockOff(ctx):
		d.tellHalf(fs, rest, session)
	case rest != nil:
		d.tellRefusal(ctx, fs, rest, sql)
	case sql != nil && d.clockOff(ctx):
		fs.add(Untested, "%s signs in by REST, and is refused by SQL, which a clock that is off explains: see clock", s.User)
	case sql != nil && d.host.Snowflake != nil:
		fs.add(OK, "%s signs in for rows, with the host's own credential; SQL has none", s.User)
	case sql != nil:
		fs.add(Missing, "user %s signs in for rows, and is refused by SQL: %s", s.User, words(bare(sql))).
			todo("rows can land so; grants, names and table cannot be checked, nor audited").code(exitRefused)
	case s.Role == "" && session.Role == "PUBLIC":
		fs.add(Missing, "no role is configured, and user %s has no default role: PUBLIC can do nothing here", session.User).todo("set snowflake.role")
	default:
		fs.add(OK, "%s signs in with role %s, by REST and SQL%s", session.User, session.Role, d.keyPrint())
	}
}

// tellHalf is about a sign-in that works for SQL and not for rows: the credential
// is good, and the role's name is what the two ways read differently.
func (d *Doctor) tellHalf(fs *findings, rest error, session warehouse.Session) {
	s := d.cfg.Snowflake
	if s.Role != session.Role && strings.EqualFold(s.Role, session.Role) {
		fs.add(Missing, "no role %q is granted to user %s; there is %q: names are taken in exact case", s.Role, session.User, session.Role).
			todo("snowflake.role: %s", session.Role).code(exitRefused)
		return
	}
	fs.add(Missing, "%s signs in by SQL as %s, and is refused for rows: %s", session.User, session.Role, words(rest)).
		todo("look at the login history of the user: SNOWFLAKE.ACCOUNT_USAGE.LOGIN_HISTORY").code(exitRefused)
}

// keyPrint names the key that was accepted.
func (d *Doctor) keyPrint() string {
	if key, err := d.cfg.Snowflake.PrivateKey(); err == nil && d.cfg.Snowflake.Authenticator == config.KeyPair {
		if print, err := snowpipe.Fingerprint(&key.PublicKey); err == nil {
			return "; key " + print
		}
	}
	return ""
}

// tellRefusal says why nobody is signed in, as exactly as the two refusals tell.
func (d *Doctor) tellRefusal(ctx context.Context, fs *findings, rest, sql error) {
	s := d.cfg.Snowflake
	f := messages.AsFault("", rest)
	if f.Reason != messages.ReasonDenied && f.Reason != messages.ReasonMissing {
		fs.add(Missing, "the sign-in got no usable answer: %s", words(rest)).todo("try again; kinesnow setup network %s", d.name).code(exitUnreachable)
		return
	}
	if d.clockOff(ctx) {
		fs.add(Untested, "the sign-in was refused, which a clock that is off explains: see clock")
		return
	}
	switch warehouse.RefusalOf(sql) {
	case warehouse.RefusedRole:
		d.tellNoRole(ctx, fs)
	case warehouse.RefusedNetwork:
		fs.add(Missing, "a network policy does not let this address in: %s", words(bare(sql))).
			todo("have this machine's address allowed for user %s: SHOW PARAMETERS LIKE 'NETWORK_POLICY' FOR USER %s", s.User, quote(s.User)).code(exitRefused)
	case warehouse.RefusedUser:
		fs.add(Missing, "user %s is locked or disabled: %s", s.User, words(bare(sql))).
			todo("DESC USER %s tells since when and why", quote(strings.ToUpper(s.User))).code(exitRefused)
	default:
		d.tellCredential(fs, f)
	}
}

// tellCredential is about a key or token that is not accepted.
func (d *Doctor) tellCredential(fs *findings, rest *messages.Fault) {
	s := d.cfg.Snowflake
	if rest.Stop == messages.TargetMissing {
		fs.add(Missing, "%s does not serve account %s: %s", s.BaseURL(), s.Account, words(rest.Err)).
			todo("check snowflake.account (ORGANIZATION-ACCOUNT) and snowflake.host").code(exitRefused)
		return
	}
	if s.Authenticator == config.OAuthCredentials && d.host.Snowflake == nil {
		fs.add(Missing, "no token for user %s, or one that Snowflake does not accept: %s", s.User, words(rest.Err)).
			todo("check snowflake.oauth: client_id, client_secret, scope, and what the server grants that client").code(exitRefused)
		return
	}
	if s.Authenticator != config.KeyPair || d.host.Snowflake != nil {
		way := "it may have expired or been revoked, or be restricted to another role"
		if d.host.Snowflake == nil {
			way += "; SHOW USER PROGRAMMATIC ACCESS TOKENS FOR USER " + quote(strings.ToUpper(s.User)) + " tells, and kinesnow setup grants says how one is made"
		}
		fs.add(Missing, "the token of user %s is not accepted: %s", s.User, words(rest.Err)).todo("%s", way).code(exitRefused)
		return
	}
	key, err := s.PrivateKey()
	if err != nil {
		return // checkSignIn has said so
	}
	print, public, err := publicKey(key)
	if err != nil {
		return
	}
	user := strings.ToUpper(s.User) // as the token says it
	f := fs.add(Missing, "key %s is not registered for user %s of account %s, or there is no such user: %s", print, user, s.Account, words(rest.Err))
	f.todo("register it (SQL below; RSA_PUBLIC_KEY_2 where the first is in use), unless account or user is misspelt; kinesnow setup grants makes the user, too").code(exitRefused)
	f.sql(fmt.Sprintf("ALTER USER %s SET RSA_PUBLIC_KEY = '%s';", quote(user), public))
}

// tellNoRole signs in without the role, and looks which ones there are.
func (d *Doctor) tellNoRole(ctx context.Context, fs *findings) {
	s := d.cfg.Snowflake
	wanted := s.Role
	s.Role = ""
	user := strings.ToUpper(s.User)
	f := fs.add(Missing, "role %s is not granted to user %s", wanted, user)
	f.code(exitRefused).sql(fmt.Sprintf("GRANT ROLE %s TO USER %s;", quote(wanted), quote(user)))
	w, err := access.Statements(s)
	if err != nil {
		return
	}
	defer w.Close()
	roles, err := w.RolesOf(ctx, user)
	if err != nil {
		return
	}
	for _, role := range roles {
		if role != wanted && strings.EqualFold(role, wanted) {
			f.Text += fmt.Sprintf("; role %s is: names are taken in exact case", role)
			f.SQL = nil
			f.todo("snowflake.role: %s", role)
			return
		}
	}
	if len(roles) > 0 {
		f.Text += ", which has " + strings.Join(roles, ", ")
	}
	if there, err := w.Alike(ctx, warehouse.Roles, wanted); err == nil && len(there) == 0 {
		f.Text += "; no role of that name is to be seen"
		f.SQL = append([]string{fmt.Sprintf("CREATE ROLE IF NOT EXISTS %s;", quote(wanted))}, f.SQL...)
	}
}
