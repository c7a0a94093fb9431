package actors

import (
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// UseOf counts a connector's channels by all of its lease rows, and in wanting
// the shards that have none and could be read now. Channels of ended shards
// count until they are dropped.
func UseOf(rows []messages.ShardRow) (use messages.ChannelUse, wanting int) {
	return useOf(rows, nil)
}

// useOf is UseOf where others may have channels of the same pipe.
func useOf(rows []messages.ShardRow, take func(used, wanting int) (beside int)) (use messages.ChannelUse, wanting int) {
	byID := byShard(rows)
	for i := range rows {
		switch r := &rows[i]; {
		case r.HasChannel() && r.Ended:
			use.Ended++
		case r.HasChannel():
			use.Open++
		case !r.Ended && eligible(r, byID):
			wanting++
		}
	}
	if take != nil {
		use.Beside = take(use.Open+use.Ended, wanting)
	}
	use.Waiting = max(0, wanting-room(use, wanting))
	return use, wanting
}

// room is how many channels more may be opened.
func room(use messages.ChannelUse, wanting int) int {
	return messages.ChannelRoom(use.Open+use.Ended, wanting, use.Beside)
}

// refusal stops the connector whose first start would need more channels than
// a pipe takes; nil where it may begin, or has begun.
func refusal(use messages.ChannelUse) *messages.Fault {
	if use.Open+use.Ended > 0 || use.Waiting == 0 {
		return nil
	}
	if use.Beside > 0 {
		return messages.Stopped(messages.ChannelLimit, "", "%d shards need a channel each, and the pipe has room for %d beside the %d of other connectors of this process",
			use.Waiting, max(0, messages.MaxChannels-use.Beside), use.Beside)
	}
	return messages.Stopped(messages.ChannelLimit, "", "%d shards need a channel each, and a pipe has room for %d", use.Waiting, messages.MaxChannels)
}

// watchChannels counts the channels, and tells the connector where there is no
// room to begin at all.
func (l *Lease) watchChannels(c actor.Context, rows []messages.ShardRow) {
	l.channels, l.wanting = useOf(rows, l.Channels)
	if !l.denied {
		c.Send(c.Parent(), &messages.ConnectorFault{Fault: refusal(l.channels)})
	}
}

// withRoom are the rows of a share that may be claimed: all that have a channel,
// and of the others as many as there is room for. Other nodes may take as many
// at the same time; between MaxChannels and Snowflake's own limit there is room
// for that.
func (l *Lease) withRoom(rows []*messages.ShardRow) []*messages.ShardRow {
	left := room(l.channels, l.wanting)
	for _, anew := range l.taking {
		if anew {
			left--
		}
	}
	return slices.DeleteFunc(rows, func(r *messages.ShardRow) bool {
		if !r.HasChannel() {
			left--
		}
		return !r.HasChannel() && left < 0
	})
}

// tellEnded hands the rows of ended shards to Drops, on one node at a time: the
// living take turns, for one of them may be refused what another may do. Where
// two think that it is theirs, both do the same.
func (l *Lease) tellEnded(c actor.Context, rows []messages.ShardRow, now time.Time) {
	if l.Drops == nil || l.leaving || l.described.IsZero() {
		return
	}
	living := l.Fleet.live(l.nodes, standing{me: l.owner, duration: l.Duration}, now)
	slices.Sort(living)
	if turn := now.Unix() / int64(sweepTurn.Seconds()); living[turn%int64(len(living))] != l.owner {
		return
	}
	ended := &messages.ShardsEnded{Stream: l.stream}
	aws := l.stream.Now.Add(now.Sub(l.described)) // nearly: Drops asks
	for i := range rows {
		if needsSweep(&rows[i], aws) {
			ended.Rows = append(ended.Rows, &rows[i])
		}
	}
	if ended.Rows != nil {
		c.Send(l.Drops, ended)
	}
}
