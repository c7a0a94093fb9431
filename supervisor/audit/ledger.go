package audit

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// Journal is one node's event store. adapters/journal's Reader is one.
type Journal interface {
	journal.Source
	Streams() ([]string, error)
}

// shardPrefix begins the names of the streams that are shards' ledgers.
const shardPrefix = "shard/"

// told is one entry of a ledger, and its event.
type told struct {
	messages.Entry
	event messages.Event
}

// story is everything that the ledgers tell of one shard, generation after
// generation, whichever node each of them ran on.
type story struct {
	entries []told
	unknown int            // entries of kinds that this version does not know
	foreign map[string]int // entries of generations on other channels, by channel
}

// readStory collects one shard's entries. Within a node's stream their order is
// that of the events; across nodes generations are ordered by epoch, for the
// lease lets one follow the other. Generations that wrote to another channel than
// this shard's are left out: they belong to another connector, or to a stream
// of the same name that was deleted since.
func readStory(ctx context.Context, journals []Journal, shard messages.ShardID, channel string) (story, error) {
	type chapter struct {
		epoch   int64
		channel string
		entries []told
	}
	var chapters []chapter
	s := story{foreign: map[string]int{}}
	for _, j := range journals {
		current := chapter{}
		unknown, err := journal.Events(ctx, j, shardPrefix+string(shard), func(e messages.Entry, event messages.Event) {
			if o, opens := event.(*messages.Opened); opens && o.Epoch != current.epoch {
				if len(current.entries) > 0 {
					chapters = append(chapters, current)
				}
				current = chapter{epoch: o.Epoch, channel: o.Channel}
			}
			current.entries = append(current.entries, told{e, event})
		})
		s.unknown += unknown
		if err != nil {
			return story{}, err
		}
		if len(current.entries) > 0 {
			chapters = append(chapters, current)
		}
	}
	slices.SortStableFunc(chapters, func(a, b chapter) int { return cmp.Compare(a.epoch, b.epoch) })
	for _, c := range chapters {
		if c.channel != "" && channel != "" && c.channel != channel {
			s.foreign[c.channel] += len(c.entries)
			continue
		}
		s.entries = append(s.entries, c.entries...)
	}
	return s, nil
}

// shardsIn names the shards that journals tell of.
func shardsIn(journals []Journal) ([]messages.ShardID, error) {
	var shards []messages.ShardID
	for _, j := range journals {
		streams, err := j.Streams()
		if err != nil {
			return nil, err
		}
		for _, name := range streams {
			if id, ok := strings.CutPrefix(name, shardPrefix); ok {
				shards = append(shards, messages.ShardID(id))
			}
		}
	}
	slices.Sort(shards)
	return slices.Compact(shards), nil
}
