package supervisor

import "github.com/kinesnow/kinesnow/messages"

// pauses is what is paused. It outlives the shard manager, which a crash makes
// forget: a shard that somebody paused must not begin again by itself.
type pauses struct {
	all    bool
	shards map[messages.ShardID]bool
}

// add pauses shards; none named means all of them.
func (p *pauses) add(shards []messages.ShardID) {
	p.all = p.all || len(shards) == 0
	if p.shards == nil {
		p.shards = map[messages.ShardID]bool{}
	}
	for _, id := range shards {
		p.shards[id] = true
	}
}

// remove resumes shards; none named means all of them.
func (p *pauses) remove(shards []messages.ShardID) {
	if len(shards) == 0 {
		*p = pauses{}
	}
	for _, id := range shards {
		delete(p.shards, id)
	}
}

// has reports whether a shard is paused.
func (p *pauses) has(id messages.ShardID) bool { return p.all || p.shards[id] }

// message pauses somebody else in the same way; nil where nothing is paused.
func (p *pauses) message() *messages.Pause {
	switch {
	case p.all:
		return &messages.Pause{}
	case len(p.shards) == 0:
		return nil
	}
	pause := &messages.Pause{}
	for id := range p.shards {
		pause.Shards = append(pause.Shards, id)
	}
	return pause
}
