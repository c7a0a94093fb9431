package access

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/adapters/account"
	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// Snowflake is the credential of a configuration, for Snowpipe Streaming. It
// reads nothing before the first Token.
func Snowflake(cfg config.Snowflake) snowpipe.TokenSource { return SnowflakeOver(cfg, nil) }

// SnowflakeOver is the same where an authorization server is asked over a
// client of the host's; nil = an own one, through the configured proxy.
func SnowflakeOver(cfg config.Snowflake, send *http.Client) snowpipe.TokenSource {
	return newSignIn(cfg, send)
}

// signIn is one configuration's credential. It notices files that changed:
// after a refusal at once, else within lookEvery of being asked.
type signIn struct {
	cfg   config.Snowflake
	send  *http.Client
	files *watch

	mu     sync.Mutex
	keys   *keyring
	source snowpipe.TokenSource // of the other authenticators
}

func newSignIn(cfg config.Snowflake, send *http.Client) *signIn {
	return &signIn{cfg: cfg, send: send, files: newWatch(cfg.SecretFiles())}
}

// Token implements snowpipe.TokenSource.
func (s *signIn) Token(ctx context.Context) (snowpipe.Token, error) {
	source, err := s.open()
	if err != nil {
		return snowpipe.Token{}, err
	}
	token, err := source.Token(ctx)
	var f *messages.Fault
	if err != nil && s.cfg.Authenticator == config.PAT && !errors.As(err, &f) {
		err = unusable(err)
	}
	return token, err
}

// Refused makes the next Token another one where there is one.
func (s *signIn) Refused(t snowpipe.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files.distrust()
	if s.keys != nil {
		s.keys.refused(t)
		return
	}
	if source, ok := s.source.(interface{ Refused(snowpipe.Token) }); ok {
		source.Refused(t)
	}
}

// Accepted ends the rotation to a key that has worked.
func (s *signIn) Accepted(t snowpipe.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys != nil {
		s.keys.accepted(t)
	}
}

// Stamp changes when a file that the credential is made of does: a shard that
// was stopped for it is then worth another try (P11).
func (s *signIn) Stamp() string { return s.files.stamp() }

// open is the source for the next token.
func (s *signIn) open() (snowpipe.TokenSource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cfg.Authenticator == config.KeyPair {
		now, err := s.key()
		if err != nil {
			return nil, unusable(err)
		}
		return now.source, nil
	}
	if s.source == nil {
		source, err := s.other()
		if err != nil {
			return nil, unusable(err)
		}
		s.source = source
	}
	return s.source, nil
}

// key is the signer to use now.
func (s *signIn) key() (*signer, error) {
	if s.keys == nil {
		s.keys = &keyring{cfg: s.cfg}
	}
	if s.keys.current == nil || s.files.due() {
		s.files.looked()
		if err := s.keys.load(); err != nil {
			return nil, err
		}
	}
	return s.keys.current, nil
}

// other is the source of a credential that is no key pair.
func (s *signIn) other() (snowpipe.TokenSource, error) {
	if s.cfg.Authenticator == config.PAT {
		return snowpipe.NewPATFrom(func() (string, error) {
			token, err := s.cfg.Token()
			return token.Reveal(), err
		})
	}
	send := s.send
	if send == nil {
		proxy, err := account.Proxy(s.cfg.Proxy.Reveal())
		if err != nil {
			return nil, err
		}
		send = account.NewClient(proxy)
	}
	return snowpipe.NewOAuth(snowpipe.OAuthConfig{
		TokenURL: s.cfg.OAuth.TokenURL, ClientID: s.cfg.OAuth.ClientID, ClientSecret: s.cfg.OAuth.ClientSecret.Reveal(),
		Scope: s.cfg.OAuth.Scope, Role: s.cfg.Role, HTTP: send,
		Secret: func() string { return s.cfg.ClientSecret().Reveal() },
	})
}

// unusable is the fault of a credential that cannot be read.
func unusable(err error) *messages.Fault {
	return &messages.Fault{
		Class: messages.Rejected, Reason: messages.ReasonDenied, Stop: messages.AccessDenied,
		Op: "snowflake.signin", Err: err, Hint: messages.AccessDenied.Hint(), Complete: true,
	}
}

// lookEvery is how often files are looked at while nothing is refused.
const lookEvery = 30 * time.Second
