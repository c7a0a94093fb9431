package supervisor

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// openSnowflake wires Snowpipe Streaming, and the driver where a missing table
// may be made.
func (p *plant) openSnowflake() error {
	s := p.cfg.Snowflake
	tokens := p.host.Snowflake
	if tokens == nil {
		tokens = access.SnowflakeOver(s, p.host.HTTP)
	}
	p.credential, _ = tokens.(renewable)
	client, err := snowpipe.New(snowpipe.Config{
		Account: s.Account, User: s.User, Role: s.Role, Host: s.Host, Proxy: s.Proxy.Reveal(),
		Database: s.Database, Schema: s.Schema, Pipe: s.PipeName(),
		Compression: snowpipe.Compression(s.Compression), Tokens: tokens,
		HTTP: p.host.HTTP,
	})
	paces := p.host.StatusPace
	if paces == nil {
		paces = &StatusPace{}
	}
	pipe := paces.of(s.BaseURL() + " " + p.target() + " " + s.PipeName())
	p.channels = func(used, wanting int) int { return pipe.channels.Take(p.name, used, wanting) }
	service := &sink{
		Client: client, pace: pipe,
		advise: func(err error) error { return advise(s, err) },
	}
	if s.OnMissingTable == config.CreateMissingTable {
		service.create = p.createTable
	}
	if s.Pipe != "" {
		service.looks = newPipeLooks(p.lookAtPipe)
	}
	p.sink = service
	return err
}

// renewable is a credential that can change in place. Stamp is another text
// once it has.
type renewable interface{ Stamp() string }

// sink is Snowpipe Streaming as the channels use it. It makes a missing table
// where that is wanted, has a pipe of the user's own looked at, and keeps the pace
// of status calls.
type sink struct {
	*snowpipe.Client
	pace   *pipePace
	create func(context.Context) error // nil = stop on a missing table
	looks  *pipeLooks                  // nil = the pipe is the table's own
	advise func(error) error           // adds what to grant
	mu     sync.Mutex
	made   int // how often
}

// Open implements actors.RowSink.
func (s *sink) Open(ctx context.Context, channel string, failOnUncommitted bool) (*messages.Opening, error) {
	if err := s.looks.before(ctx); err != nil {
		return nil, err
	}
	made := s.timesMade()
	opening, err := s.Client.Open(ctx, channel, failOnUncommitted)
	var f *messages.Fault
	if s.create != nil && errors.As(err, &f) && f.Stop == messages.TargetMissing {
		if err := s.makeTable(ctx, made); err != nil {
			return nil, err
		}
		opening, err = s.Client.Open(ctx, channel, failOnUncommitted)
	}
	if err != nil {
		return nil, s.advise(err)
	}
	if err := s.looks.after(ctx, opening); err != nil {
		return nil, err
	}
	return opening, nil
}

// Status implements actors.StatusService: each call waits for its turn.
func (s *sink) Status(ctx context.Context, channels []string) (map[string]*messages.ChannelStatus, error) {
	found := make(map[string]*messages.ChannelStatus, len(channels))
	for names := range slices.Chunk(channels, snowpipe.MaxNamesPerStatus) {
		done, err := s.pace.take(ctx)
		if err != nil {
			return nil, messages.AsFault("snowpipe.status", err)
		}
		some, err := s.Client.Status(ctx, names)
		done()
		if err != nil {
			return nil, err
		}
		maps.Copy(found, some)
	}
	return found, nil
}

// makeTable makes the table once each time that it is found missing, whichever
// shard's channel comes first. before is how often it had been made when that
// was asked for.
func (s *sink) makeTable(ctx context.Context, before int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made != before {
		return nil
	}
	if err := s.create(ctx); err != nil {
		return err
	}
	s.made++
	return nil
}

func (s *sink) timesMade() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.made
}
