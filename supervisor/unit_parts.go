package supervisor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// channelName is the shard's channel (P3). Neither epoch nor node is in it, so
// that whoever opens it next fences whoever had it.
func (u *shardUnit) channelName() string {
	return ChannelName(u.plant.cfg.Application, u.stream, u.shard.ID)
}

// ChannelName returns the name of a shard's channel:
//
//	lower(application)-lower(stream)-<h>-<shardId>
//
// h is 10 hex digits of SHA-256 over application, stream ARN and the stream's
// creation time in seconds: a stream that was created anew never inherits a
// token of the one before (P3).
func ChannelName(application string, stream *messages.Stream, shard messages.ShardID) string {
	sum := sha256.Sum256([]byte(application + "\n" + stream.ARN + "\n" + strconv.FormatInt(stream.CreatedAt.Unix(), 10)))
	return strings.ToLower(application) + "-" + strings.ToLower(stream.Name) + "-" + hex.EncodeToString(sum[:5]) + "-" + string(shard)
}

func (u *shardUnit) log(kind string) zerolog.Logger {
	return u.plant.log.With().Str("actor", kind).Str("shard", string(u.shard.ID)).Int64("generation", u.granted.Row.Epoch).Logger()
}

func (u *shardUnit) newCheckpoint() actor.Actor {
	return actors.NewCheckpoint(actors.CheckpointSettings{
		Shard: u.shard.ID, Owner: u.granted.Owner, Epoch: u.granted.Row.Epoch, Table: u.plant.table,
		Recount: func(ctx context.Context, from, to messages.Position) (messages.Counters, error) {
			start := messages.ReadFrom{After: from}
			if from.IsZero() {
				start = u.durableStart()
			}
			return actors.Recount(ctx, u.plant.recountSource(u.shard, start), to)
		},
		Before: u.accepted, Lease: u.ports.lease, Ledger: u.ports.ledger, Log: u.log("checkpoint"),
	})
}

func (u *shardUnit) newReader() actor.Actor {
	return actors.NewReader(actors.ReaderSettings{
		Shard: u.shard.ID, Share: u.share, Retention: u.stream.Retention,
		Open: func(from messages.ReadFrom) actors.BlockSource {
			from.Created = u.stream.CreatedAt
			return u.plant.source(u.shard, from)
		},
		StopOnGap: u.plant.cfg.Kinesis.OnGap == config.StopOnGap && !u.gapOK,
		Log:       u.log("reader"),
	})
}

// durableStart is where the shard starts while nothing was committed (P12).
func (u *shardUnit) durableStart() messages.ReadFrom {
	if u.first {
		return u.durable
	}
	return messages.ReadFrom{}
}

// located is the statement that shows the shard's rejected rows.
func (u *shardUnit) located(after, to messages.Position) string {
	s := u.plant.cfg.Snowflake
	return warehouse.ErrorRows(warehouse.FullName(s.Database, s.Schema, s.Table), u.channelName(), after, to)
}

func (u *shardUnit) newChannel(checkpoint, reader *actor.PID) actor.Actor {
	s := u.plant.cfg.Snowflake
	return actors.NewChannel(actors.ChannelSettings{
		Connector: u.plant.name, Stream: u.stream.Name, Name: u.state.Channel, Shard: u.shard.ID, Epoch: u.granted.Row.Epoch,
		Sink: u.plant.sink, DeadLetter: u.plant.dead, Share: u.share, Durable: u.durableStart(), Drained: u.drained, Probe: u.probe,
		Linger: s.Linger, AppendRetry: s.AppendRetry,
		StopOnRejected: s.OnRejectedRows == config.StopOnRejectedRows, Acknowledged: u.rejectOK, Located: u.located,
		Watching: u.plant.columns.watching(u.ports.schema),
		Lease:    u.ports.lease, Commits: u.ports.commits, Checkpoint: checkpoint, Reader: reader, Log: u.log("channel"),
	})
}
