package actorstest

import "github.com/kinesnow/kinesnow/messages"

// Records are a shard's records, expired ones included.
func (s *Stream) Records(id messages.ShardID) []Record {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	return append([]Record(nil), s.shards[id].records...)
}

// Closed reports whether a shard has ended.
func (s *Stream) Closed(id messages.ShardID) bool {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	return !s.shards[id].closed.IsZero()
}

// Trimmed is how many of a shard's oldest records have expired.
func (s *Stream) Trimmed(id messages.ShardID) int {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	return s.shards[id].trimmed
}

// RowsOf are the rows of one record.
func (r *Record) RowsOf() (rows []string) {
	for sub := range r.Users {
		rows = append(rows, r.rows(sub)...)
	}
	return rows
}

// Peek is a shard's row, for a function that the sink calls: the cloud is
// locked then.
func (t *Table) Peek(id messages.ShardID) messages.ShardRow { return *t.rows[id] }
