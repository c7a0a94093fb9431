package replay

import (
	"time"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/reckoning"
)

// Report is the account of a replay. Its JSON is stable.
type Report struct {
	Connector string    `json:"connector"`
	ID        string    `json:"id"`
	Stream    string    `json:"stream"`
	Table     string    `json:"table"`
	Range     Range     `json:"range"`
	Begun     time.Time `json:"begun"`
	Done      bool      `json:"done"` // every shard was read to the end of the range, and everything is committed
	Sums      Sums      `json:"sums"`
	Shards    []Shard   `json:"shards"` // by id
	Exact     bool      `json:"exact"`
	Findings  []string  `json:"findings,omitempty"` // what makes it not exact
	Notes     []string  `json:"notes,omitempty"`
	Dropped   int       `json:"channelsDropped"`

	stop messages.StopCode // what nothing goes on for
}

// Sums are counts of one shard, or of all.
type Sums struct {
	reckoning.Rows
	Table     *int64 `json:"rowsInTable,omitempty"` // absent = not counted
	Positions *int64 `json:"positionsInTable,omitempty"`
	Gaps      int64  `json:"gaps"`
}

// Shard is one shard's part.
type Shard struct {
	Shard messages.ShardID `json:"shard"`
	First string           `json:"first,omitempty"` // position of the first user record read; absent = there was none
	Last  string           `json:"last,omitempty"`  // up to which everything is committed or made no row
	Ended bool             `json:"ended"`
	Sums  Sums             `json:"sums"`
	Gaps  []string         `json:"gaps,omitempty"`
	Error string           `json:"error,omitempty"` // what it stands still for
}

// ExitCode is the verb's: 0 where the account is exact, the stop code's where
// nothing went on, else 2.
func (r *Report) ExitCode() int {
	switch {
	case r.Exact:
		return 0
	case r.stop != "":
		return r.stop.ExitCode()
	}
	return 2
}

func (r *Report) note(text string) { r.Notes = append(r.Notes, text) }

func (s *Sums) add(o Sums) {
	s.Rows.Add(o.Rows)
	s.Gaps += o.Gaps
	s.Table = reckoning.Plus(s.Table, o.Table)
	s.Positions = reckoning.Plus(s.Positions, o.Positions)
}
