package messages

import (
	"slices"
	"time"
)

// Pauses is what somebody has paused of a stream, as kept in its __stream__ row.
// It is a value: Add and Remove change no other copy.
type Pauses struct {
	All    bool      `json:"all"`
	Shards []ShardID `json:"shards,omitempty"` // where it is not all, in order
	Since  time.Time `json:"since,omitzero"`   // when the first of it was paused
	Who    string    `json:"who,omitempty"`    // changed it last
}

// None reports whether nothing is paused.
func (p Pauses) None() bool { return !p.All && len(p.Shards) == 0 }

// Has reports whether a shard is paused.
func (p Pauses) Has(id ShardID) bool { return p.All || slices.Contains(p.Shards, id) }

// Same reports whether the same is paused, whoever did it, and when.
func (p Pauses) Same(o Pauses) bool { return p.All == o.All && slices.Equal(p.Shards, o.Shards) }

// Add pauses shards; none named means all of them.
func (p Pauses) Add(shards []ShardID, at time.Time) Pauses {
	if p.None() {
		p.Since = at
	}
	if p.All = p.All || len(shards) == 0; p.All {
		p.Shards = nil
		return p
	}
	p.Shards = slices.Concat(p.Shards, shards)
	slices.Sort(p.Shards)
	p.Shards = slices.Compact(p.Shards)
	return p
}

// Remove resumes shards; none named means all of them. What is paused as a whole
// is resumed as a whole alone.
func (p Pauses) Remove(shards []ShardID) Pauses {
	if len(shards) == 0 {
		return Pauses{}
	}
	p.Shards = slices.DeleteFunc(slices.Clone(p.Shards), func(id ShardID) bool { return slices.Contains(shards, id) })
	if p.None() {
		return Pauses{}
	}
	return p
}

// Change is what has to be told of the way from p to another state: Paused and
// Resumed, in the order in which they lead there.
func (p Pauses) Change(to Pauses, at time.Time) []Event {
	var events []Event
	switch {
	case p.Same(to):
		return nil
	case to.None():
		return []Event{&Resumed{At: at}}
	case to.All:
		return []Event{&Paused{At: at}}
	case p.All:
		p = Pauses{}
		events = append(events, &Resumed{At: at})
	}
	if less := without(p.Shards, to.Shards); len(less) > 0 {
		events = append(events, &Resumed{Shards: less, At: at})
	}
	if more := without(to.Shards, p.Shards); len(more) > 0 {
		events = append(events, &Paused{Shards: more, At: at})
	}
	return events
}

func without(ids, other []ShardID) []ShardID {
	return slices.DeleteFunc(slices.Clone(ids), func(id ShardID) bool { return slices.Contains(other, id) })
}
