package audit

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// Journal is one node's event store. adapters/journal's Reader is one.
type Journal interface {
	Streams() ([]string, error)
	Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error
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
	unknown int // entries of kinds that this version does not know
}

// readStory collects one shard's entries. Within a node's stream their order is
// that of the events; across nodes generations are ordered by epoch, for the
// lease lets one follow the other.
func readStory(ctx context.Context, journals []Journal, shard messages.ShardID) (story, error) {
	type chapter struct {
		epoch   int64
		entries []told
	}
	var chapters []chapter
	var s story
	for _, j := range journals {
		current := chapter{}
		seen := map[string]bool{}
		err := j.Read(ctx, shardPrefix+string(shard), 0, func(e messages.Entry) bool {
			event, err := messages.Decode(e.Kind, e.Body)
			if err != nil {
				s.unknown++
				return true
			}
			// A writer repeats what was not answered in time.
			if id := e.Writer + "\n" + string(e.Kind) + "\n" + string(e.Body); seen[id] {
				return true
			} else {
				seen[id] = true
			}
			if o, opens := event.(*messages.Opened); opens && o.Epoch != current.epoch {
				if len(current.entries) > 0 {
					chapters = append(chapters, current)
				}
				current = chapter{epoch: o.Epoch}
			}
			current.entries = append(current.entries, told{e, event})
			return true
		})
		if err != nil {
			return story{}, err
		}
		if len(current.entries) > 0 {
			chapters = append(chapters, current)
		}
	}
	slices.SortStableFunc(chapters, func(a, b chapter) int { return cmp.Compare(a.epoch, b.epoch) })
	for _, c := range chapters {
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
