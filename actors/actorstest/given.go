package actorstest

import "github.com/kinesnow/kinesnow/messages"

// Have puts a shard's rows up to a position into the table, as if a process
// had committed them before. A zero position is none.
func (s *Sink) Have(id messages.ShardID, upTo messages.Position) {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	for _, r := range s.cloud.Stream.shards[id].records {
		for sub := range r.Users {
			if upTo.Covers(messages.Position{Seq: r.Seq, Sub: int64(sub)}) {
				for _, row := range r.rows(sub) {
					s.table = append(s.table, tableRow{id, row})
				}
			}
		}
	}
}

// Had makes a channel that was opened before, with a committed token or none,
// and returns its created_on_ms.
func (s *Sink) Had(name, token string) int64 {
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	s.created++
	s.channels[name] = &channel{created: s.created, token: token}
	if token != "" {
		s.tokens[token] = true
	}
	return s.created
}

// HaveStream writes the __stream__ row.
func (t *Table) HaveStream(row messages.StreamRow) {
	t.cloud.mu.Lock()
	defer t.cloud.mu.Unlock()
	t.stream = &row
}

// Start is the __stream__ row; nil where there is none.
func (t *Table) Start() *messages.StreamRow {
	t.cloud.mu.Lock()
	defer t.cloud.mu.Unlock()
	if t.stream == nil {
		return nil
	}
	row := *t.stream
	return &row
}
