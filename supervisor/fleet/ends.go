package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// NewReader wires a reader to a connector's configuration. Nothing is sent yet.
func NewReader(name string, cfg supervisor.Config) (*Reader, error) {
	c := access.AWS(cfg.AWS)
	r := &Reader{name: name, cfg: cfg, leases: access.Table(cfg, c), catalog: access.Stream(name, cfg, c)}
	s := cfg.Snowflake
	channels, err := snowpipe.New(snowpipe.Config{
		Account: s.Account, User: s.User, Role: s.Role, Host: s.Host, Proxy: s.Proxy.Reveal(),
		Database: s.Database, Schema: s.Schema, Pipe: s.PipeName(), Tokens: access.Snowflake(s),
	})
	if err != nil {
		return nil, fmt.Errorf("connector %s: %w", name, err)
	}
	r.channels = channels
	return r, nil
}

// ExitCode is what an error of Read means for a process: 77 where access was
// refused, else 69.
func ExitCode(err error) int {
	var f *messages.Fault
	if errors.As(err, &f) && f.Stop == messages.AccessDenied {
		return messages.AccessDenied.ExitCode()
	}
	return messages.TargetMissing.ExitCode()
}

// Read looks once at a connector through its lease rows and channels. The
// Connector is worth showing even beside an error.
func Read(ctx context.Context, name string, cfg supervisor.Config, now time.Time) (Connector, error) {
	r, err := NewReader(name, cfg)
	if err != nil {
		c := (&Reader{name: name, cfg: cfg}).blank()
		c.Error = err.Error()
		return c, err
	}
	return r.Read(ctx, now)
}
