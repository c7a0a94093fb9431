package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// Leases is DynamoDB as an audit uses it.
type Leases interface {
	Stream(ctx context.Context) (*messages.StreamRow, error)
	Rows(ctx context.Context) (messages.TableRows, error)
}

// Channels is Snowflake's streaming side as an audit uses it. A channel that
// it does not know has no key.
type Channels interface {
	Status(ctx context.Context, channels []string) (map[string]*messages.ChannelStatus, error)
}

// Auditor asks every witness of one connector. It takes no lease and writes
// nothing, so it may run beside the connector.
type Auditor struct {
	Connector string
	Config    supervisor.Config
	Leases    Leases
	Channels  Channels
	Table     Table // nil = SQL is not asked
	// Destination tells whether rows can be counted by position at all; nil = they can.
	Destination Destination
	Journals    []Journal
	Letters     string    // folder of the dead letters; "" = there is none here
	Since       time.Time // zero = from the beginning
	Until       time.Time // zero = up to now

	close func() error
}

// New wires an auditor to a connector's configuration and to the journals of
// every node under dataDir ("" = there are none). Nothing is sent yet.
func New(name string, cfg supervisor.Config, dataDir string) (*Auditor, error) {
	s := cfg.Snowflake
	channels, err := snowpipe.New(snowpipe.Config{
		Account: s.Account, User: s.User, Role: s.Role, Host: s.Host, Proxy: s.Proxy.Reveal(),
		Database: s.Database, Schema: s.Schema, Pipe: s.PipeName(), Tokens: access.Snowflake(s),
	})
	if err != nil {
		return nil, fmt.Errorf("connector %s: %w", name, err)
	}
	w, err := access.Warehouse(s)
	if err != nil {
		return nil, fmt.Errorf("connector %s: %w", name, err)
	}
	a := &Auditor{
		Connector: name, Config: cfg, Channels: channels, close: w.Close,
		Leases: access.Table(cfg, access.AWS(cfg.AWS)),
	}
	positions, err := w.Positions(s.Table, cfg.Kinesis.StreamName())
	if err != nil {
		return nil, fmt.Errorf("connector %s: %w", name, err)
	}
	a.Table, a.Destination = positions, &destination{w, positions, s.Table, s.Pipe}
	if dataDir != "" {
		a.Letters = filepath.Join(dataDir, "deadletter", name)
	}
	a.Journals, err = Journals(dataDir, name)
	return a, err
}

// Journals opens the journals that a connector's nodes keep under a data_dir,
// <data_dir>/<node>/journal/<connector>. Reading them disturbs nobody.
func Journals(dataDir, connector string) ([]Journal, error) {
	if dataDir == "" {
		return nil, nil
	}
	folders, err := journal.Folders(dataDir, connector)
	if err != nil {
		return nil, err
	}
	var journals []Journal
	for _, node := range slices.Sorted(maps.Keys(folders)) {
		r, err := journal.OpenReader(folders[node])
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		journals = append(journals, r)
	}
	return journals, nil
}

// Close signs out.
func (a *Auditor) Close() error {
	if a.close == nil {
		return nil
	}
	return a.close()
}
