package replay

import (
	"cmp"
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// LettersReport is the account of sending dead letters again. Its JSON is
// stable.
type LettersReport struct {
	Connector string       `json:"connector"`
	Stream    string       `json:"stream"`
	Table     string       `json:"table"`
	Plan      bool         `json:"plan,omitempty"` // nothing was done: this is what would be
	Letters   int64        `json:"letters"`        // that were sent
	Rows      int64        `json:"rows"`           // that they make
	Rejected  int64        `json:"rowsRejected"`   // of them
	Filtered  int64        `json:"filtered,omitempty"`
	Waiting   int64        `json:"waiting"` // of the letters that were chosen, those that still make no row
	Early     int64        `json:"early"`   // of them, those whose record the live flow has not passed yet
	Foreign   int64        `json:"ofOtherStreams,omitempty"`
	Causes    []CauseCount `json:"causes"` // of those that wait, the most frequent first
	Replays   []Resent     `json:"replays"`
	Exact     bool         `json:"exact"` // every row that was sent is committed once
	Findings  []string     `json:"findings,omitempty"`
	Notes     []string     `json:"notes,omitempty"`

	stop messages.StopCode
}

// CauseCount is how many letters wait for one cause.
type CauseCount struct {
	Cause   string `json:"cause"`
	Letters int64  `json:"letters"`
}

// Resent is one replay of letters.
type Resent struct {
	ID        string    `json:"id"`
	Table     string    `json:"table"`
	At        time.Time `json:"at"`
	Done      bool      `json:"done"`
	Letters   int64     `json:"letters"`       // that were sent
	Rows      int64     `json:"rows"`          // that they make
	Committed int64     `json:"rowsCommitted"` // rejected ones included
	Rejected  int64     `json:"rowsRejected"`
	Refused   int64     `json:"refused"`               // letters that could not be sent after all
	InTable   *int64    `json:"rowsInTable,omitempty"` // absent = not counted

	findings []string
}

// ExitCode is the verb's: 0 where every letter that was chosen is sent and
// accounted for, the stop code's where nothing went on, else 2. A plan is 0.
func (r *LettersReport) ExitCode() int {
	switch {
	case r.Plan, r.Exact && r.Waiting == 0 && r.Rejected == 0:
		return 0
	case r.stop != "":
		return r.stop.ExitCode()
	}
	return 2
}

// left adds what a look at the letters left out.
func (r *LettersReport) left(f sifted) { r.Early, r.Foreign = r.Early+f.early, r.Foreign+f.foreign }

func (r *LettersReport) note(text string) {
	if !slices.Contains(r.Notes, text) {
		r.Notes = append(r.Notes, text)
	}
}

// stopped says what a replay stands still for.
func (r *LettersReport) stopped(s *messages.State) {
	if s.Why != "" {
		r.Findings = append(r.Findings, s.Why)
	}
	r.stop = s.Stop
	for i := range s.Shards {
		if sh := &s.Shards[i]; sh.Stop != "" {
			r.stop = sh.Stop
		}
	}
}

// causes counts the letters that wait, by cause.
func (r *LettersReport) causes(s *shelf, c Choice, target string) {
	counts := map[string]int64{}
	r.Waiting = 0
	for _, e := range s.entries {
		if e.chosen(c) && !e.into(target) && !e.ready && e.stream == r.Stream {
			counts[e.why()]++
			r.Waiting++
		}
	}
	r.Causes = countCauses(counts)
}

func countCauses(counts map[string]int64) []CauseCount {
	list := []CauseCount{}
	for cause, n := range counts {
		list = append(list, CauseCount{cause, n})
	}
	slices.SortFunc(list, func(a, b CauseCount) int {
		return cmp.Or(cmp.Compare(b.Letters, a.Letters), cmp.Compare(a.Cause, b.Cause))
	})
	return list
}
