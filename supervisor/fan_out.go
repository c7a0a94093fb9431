package supervisor

import (
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// pushed is a catalog whose shards are read by enhanced fan-out.
type pushed struct{ catalog }

// Open implements shardStream.
func (p pushed) Open(shard messages.Shard, from messages.ReadFrom) actors.BlockSource {
	return p.Subscribe(shard, from)
}

// pushedOrPolled is one whose shards are polled while that cannot be had.
type pushedOrPolled struct{ catalog }

// Open implements shardStream.
func (p pushedOrPolled) Open(shard messages.Shard, from messages.ReadFrom) actors.BlockSource {
	return p.SubscribeOrPoll(shard, from)
}

// shards wires how the configuration wants shards to be read.
func (p *plant) shards(c stream.Config) shardStream {
	if p.cfg.Kinesis.ConsumerType != config.EnhancedFanOut {
		return catalog{stream.New(c)}
	}
	c.Consumer, c.FanOut, c.Polling = p.cfg.Application, p.host.FanOut, p.polled.note
	if p.cfg.Kinesis.OnEFOUnavailable == config.PollOnEFOUnavailable {
		return pushedOrPolled{catalog{stream.New(c)}}
	}
	return pushed{catalog{stream.New(c)}}
}

// polledShards are the shards that are polled although enhanced fan-out is
// configured. Sources note them; status and log show them.
type polledShards struct {
	log    zerolog.Logger
	mu     sync.Mutex
	shards map[messages.ShardID]*messages.Fault
}

// note keeps why a shard is polled, or with nil that it is not any more. The
// log has one line at the first and one at the last, not one per shard.
func (p *polledShards) note(shard messages.ShardID, why *messages.Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := len(p.shards)
	if why == nil {
		delete(p.shards, shard)
		if before == 1 && len(p.shards) == 0 {
			p.log.Info().Msg("no shard is polled any more")
		}
		return
	}
	if p.shards == nil {
		p.shards = map[messages.ShardID]*messages.Fault{}
	}
	p.shards[shard] = why
	if before == 0 {
		p.log.Warn().Str("code", string(why.Stop)).Str("err", firstLine(why.Error())).Msg("enhanced fan-out cannot be used; shards are polled, and it is tried again every 5 minutes")
	}
}

// count is how many shards are polled.
func (p *polledShards) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.shards)
}

// why says that shards are polled, for status; "" where none is.
func (p *polledShards) why() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, shard := range slices.Sorted(maps.Keys(p.shards)) {
		return "shards polled: " + strconv.Itoa(len(p.shards)) + "; enhanced fan-out cannot be used: " + firstLine(p.shards[shard].Error())
	}
	return ""
}
