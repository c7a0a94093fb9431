package actorstest

import (
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// commitDue makes durable what was accepted long enough ago. The lock is held.
func (s *Sink) commitDue() {
	names := make([]string, 0, len(s.channels))
	for name := range s.channels {
		names = append(names, name)
	}
	slices.Sort(names)
	for {
		var next *channel // whichever commits first
		for _, name := range names {
			ch := s.channels[name]
			if len(ch.waiting) > 0 && !ch.waiting[0].due.After(time.Now()) && (next == nil || ch.waiting[0].due.Before(next.waiting[0].due)) {
				next = ch
			}
		}
		if next == nil {
			return
		}
		s.commit(next, next.waiting[0])
		next.waiting = next.waiting[1:]
	}
}

func (s *Sink) commit(ch *channel, a *accepted) {
	ch.token = a.end
	s.tokens[a.end] = true
	shard := shardOf(a.end)
	s.watchCommit(shard)
	for _, row := range a.rows {
		if s.Rejects != nil && s.Rejects(row) {
			ch.errors++
			continue
		}
		ch.inserted++
		s.table = append(s.table, tableRow{shard, row})
	}
}

// Rows are a shard's rows in the table, in order.
func (s *Sink) Rows(id messages.ShardID) []string {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	s.commitDue()
	return s.rowsOf(id)
}

// Token is a channel's committed token.
func (s *Sink) Token(name string) string {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	s.commitDue()
	if ch := s.channels[name]; ch != nil {
		return ch.token
	}
	return ""
}

func (s *Sink) rowsOf(id messages.ShardID) (rows []string) {
	for _, r := range s.table {
		if r.shard == id {
			rows = append(rows, r.text)
		}
	}
	return rows
}

// shardOf is the shard that a token names.
func shardOf(token string) messages.ShardID {
	dots := 0
	for i := range len(token) {
		if token[i] == '.' {
			if dots++; dots == 4 {
				return messages.ShardID(token[i+1:])
			}
		}
	}
	return ""
}

// channelOf is the channel that ever held a shard's rows, if there is one now.
func (s *Sink) channelOf(id messages.ShardID) *channel {
	for _, ch := range s.channels {
		if len(ch.taken) > 0 && shardOf(ch.taken[0].end) == id || shardOf(ch.token) == id {
			return ch
		}
	}
	return nil
}
