package access

import (
	"context"
	"sync"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// Snowflake is the credential of a configuration, for Snowpipe Streaming.
func Snowflake(cfg config.Snowflake) snowpipe.TokenSource { return &signIn{cfg: cfg} }

// signIn reads the configured credential when it is first needed, and again
// after it was refused, so that a constructor does no I/O and a rotated file is picked
// up.
type signIn struct {
	cfg    config.Snowflake
	mu     sync.Mutex
	source snowpipe.TokenSource
}

// Token implements snowpipe.TokenSource.
func (s *signIn) Token(ctx context.Context) (snowpipe.Token, error) {
	s.mu.Lock()
	source, err := s.source, error(nil)
	if source == nil {
		source, err = s.open()
		s.source = source
	}
	s.mu.Unlock()
	if err != nil {
		return snowpipe.Token{}, &messages.Fault{
			Class: messages.Rejected, Reason: messages.ReasonDenied, Stop: messages.AccessDenied,
			Op: "snowflake.signin", Err: err, Hint: messages.AccessDenied.Hint(), Complete: true,
		}
	}
	return source.Token(ctx)
}

// Refused forgets the credential, so that the next Token reads it again.
func (s *signIn) Refused(snowpipe.Token) {
	s.mu.Lock()
	s.source = nil
	s.mu.Unlock()
}

func (s *signIn) open() (snowpipe.TokenSource, error) {
	if s.cfg.Authenticator == config.PAT {
		return snowpipe.NewPATFile(s.cfg.TokenFile)
	}
	key, err := s.cfg.PrivateKey()
	if err != nil {
		return nil, err
	}
	return snowpipe.NewKeyPair(s.cfg.Account, s.cfg.User, s.cfg.Role, key)
}
