package actors

import (
	"maps"
	"slices"

	"github.com/kinesnow/kinesnow/messages"
)

// Pauses is what is paused. It is a value: Add and Remove change no other copy.
type Pauses struct {
	All    bool
	Shards map[messages.ShardID]bool
}

// Add pauses shards; none named means all of them.
func (p Pauses) Add(shards []messages.ShardID) Pauses {
	p.All = p.All || len(shards) == 0
	p.Shards = maps.Clone(p.Shards)
	if p.Shards == nil {
		p.Shards = map[messages.ShardID]bool{}
	}
	for _, id := range shards {
		p.Shards[id] = true
	}
	return p
}

// Remove resumes shards; none named means all of them.
func (p Pauses) Remove(shards []messages.ShardID) Pauses {
	if len(shards) == 0 {
		return Pauses{}
	}
	p.Shards = maps.Clone(p.Shards)
	for _, id := range shards {
		delete(p.Shards, id)
	}
	return p
}

// Has reports whether a shard is paused.
func (p Pauses) Has(id messages.ShardID) bool { return p.All || p.Shards[id] }

// Message pauses somebody else in the same way; nil where nothing is paused.
func (p Pauses) Message() *messages.Pause {
	switch {
	case p.All:
		return &messages.Pause{}
	case len(p.Shards) == 0:
		return nil
	}
	return &messages.Pause{Shards: slices.Sorted(maps.Keys(p.Shards))}
}
