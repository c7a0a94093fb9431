package supervisor

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// plant is what every actor of one connector works with: the adapters, wired
// to its configuration. It outlives them all, a restart of the connector
// included.
type plant struct {
	name    string
	cfg     config.Config
	host    Host
	log     zerolog.Logger
	version string
	process string         // unique to this process, and to this connector in it
	held    messages.Owner // set by the connector, read when Lease is respawned; like slot
	slot    string
	fleet   *actors.Fleet
	leaving bool              // a drain has begun
	past    messages.Counters // of units that ended,
	durable messages.Counters // the same as checkpointed, and their gaps
	gaps    int64

	streams  shardStream
	recounts shardStream // puts no dead letters
	polled   polledShards
	table    shardTable
	sink     rowService
	// credential is nil where nobody can tell whether it changed.
	credential renewable
	// channels counts those of the pipe, which others may share; nil = nobody does.
	channels func(used, wanting int) (beside int)
	columns  *columnWatch // nil = nobody looks after the table's columns
	dead     messages.DeadLetter
	budget   *messages.Budget
	journal  *lateJournal
	book     *actors.Book
	metrics  *metrics

	published atomic.Pointer[messages.State]
}

// shardStream is Kinesis as a connector uses it.
type shardStream interface {
	actors.StreamCatalog
	Open(shard messages.Shard, from messages.ReadFrom) actors.BlockSource
}

// shardTable is DynamoDB as a connector uses it.
type shardTable interface {
	actors.LeaseTable
	actors.PositionTable
	pauseTable
	actors.EndTable
	ResolvePosition(ctx context.Context, shard messages.ShardID, owner messages.Owner, epoch int64, write messages.PositionWrite) (*messages.ShardRow, error)
}

// rowService is Snowpipe Streaming as a connector uses it.
type rowService interface {
	actors.RowSink
	actors.ChannelService
}

// newPlant wires the adapters. It calls nobody.
func newPlant(name string, cfg config.Config, host Host) (*plant, error) {
	p := &plant{name: name, cfg: cfg, host: host, version: host.Version, process: uuid.NewString(), fleet: actors.NewFleet()}
	p.log = host.Log.With().Str("connector", name).Str("stream", cfg.Kinesis.StreamName()).Logger()
	p.polled.log = p.log
	if p.budget = host.Budget; p.budget == nil {
		p.budget = messages.NewBudget(256 << 20)
	}
	if err := p.openDeadLetter(); err != nil {
		return nil, err
	}
	if err := p.openSnowflake(); err != nil {
		return nil, err
	}
	p.openColumns()
	if err := p.openAWS(); err != nil {
		return nil, err
	}
	p.journal = newLateJournal(host.Journal)
	p.book = actors.NewBook(p.journal, p.process, p.onEvent())
	return p, p.openMetrics()
}

func (p *plant) onEvent() func(string, messages.Event) {
	if p.host.OnEvent == nil {
		return nil
	}
	return func(_ string, e messages.Event) { p.host.OnEvent(p.name, e) }
}

// openDeadLetter opens what the configuration or the host says.
func (p *plant) openDeadLetter() (err error) {
	switch {
	case p.host.DeadLetter != nil:
		p.dead = p.host.DeadLetter
	case p.cfg.DeadLetter.To == config.DeadLetterFile && p.host.DataDir != "":
		p.dead, err = deadletter.OpenFile(filepath.Join(p.host.DataDir, "deadletter", p.name), deadletter.Options{
			MaxPerMinute: p.cfg.DeadLetter.MaxPerMinute,
		})
	default:
		p.dead = deadletter.Discard()
	}
	return err
}

// letters is what became of the dead letters that this process kept, where the
// queue can tell.
func (p *plant) letters() (s messages.LetterState) {
	if q, ok := p.dead.(interface{ State() messages.LetterState }); ok {
		s = q.State()
	}
	return s
}

// openJournal opens the node's journal, once the node is known. On failure
// the journal stays in memory, and is tried again with later events: evidence
// never holds the flow (P25).
func (p *plant) openJournal(node string) error {
	if p.host.Journal != nil || p.host.DataDir == "" {
		return nil
	}
	return p.journal.openWith(context.Background(), func() (messages.Journal, error) {
		return journal.Open(journal.Folder(p.host.DataDir, node, p.name), journal.Options{
			Retention: p.cfg.Journal.Retention, MaxBytes: int64(p.cfg.Journal.MaxBytes),
			Log: func(err error) { p.log.Warn().Err(err).Msg("journal") },
		})
	})
}

// close gives back what newPlant and openJournal opened, at the end of a drain:
// what the journal still holds in memory goes to the disk.
func (p *plant) close() {
	if p.host.Journal == nil {
		if err := p.journal.Close(); err != nil {
			p.log.Warn().Err(err).Msg("journal")
		}
	}
	if p.host.DeadLetter == nil {
		if err := p.dead.Close(); err != nil {
			p.log.Warn().Err(err).Msg("dead letters")
		}
	}
	p.columns.close()
	if p.metrics != nil {
		p.host.Metrics.Unregister(p.metrics.lag)
	}
}

// newLease makes the lease actor, with what an earlier one of this process held.
func (p *plant) newLease(ports ports, shards *actor.PID) actor.Actor {
	host, _ := os.Hostname()
	position := p.cfg.Kinesis.InitialPosition
	return actors.NewLease(actors.LeaseSettings{
		Table: p.table, Streams: p.streams, Process: p.process, Node: p.host.Node, Slot: p.slot, Held: p.held, Host: host, Version: p.version,
		Duration: p.cfg.Lease.Duration, Renew: p.cfg.Lease.Renew, Position: string(position.Kind), Start: position.At,
		Fleet: p.fleet, Channels: p.channels, Leaving: p.leaving, Reset: p.cfg.Kinesis.OnStreamRecreated == config.ResetOnStreamRecreated, Shards: shards, Ledger: ports.ledger, Drops: ports.drops,
		Log: p.log.With().Str("actor", "lease").Logger(),
	})
}

// newDrops makes the actor that drops the channels of ended shards.
func (p *plant) newDrops() actor.Actor {
	return actors.NewDrops(actors.DropsSettings{
		Sink: p.sink, Table: p.table, Clock: p.streams, Log: p.log.With().Str("actor", "drops").Logger(),
		Channel: func(stream *messages.Stream, shard messages.ShardID) string {
			return ChannelName(p.cfg.Application, stream, shard)
		},
	})
}

// target names the table, for people.
func (p *plant) target() string {
	s := p.cfg.Snowflake
	return s.Database + "." + s.Schema + "." + s.Table
}

func (p *plant) drainTimeout() time.Duration {
	if p.host.DrainTimeout > 0 {
		return p.host.DrainTimeout
	}
	return 25 * time.Second
}

// lag notes the time from arrival to commit of one commit.
func (p *plant) lag(d time.Duration) {
	if p.metrics != nil {
		p.metrics.lag.Observe(d.Seconds())
	}
}
