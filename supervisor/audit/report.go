package audit

import (
	"time"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/reckoning"
)

// Report is what an audit found. Its JSON is what audit -o json prints.
type Report struct {
	Connector string    `json:"connector"`
	At        time.Time `json:"at"`
	Since     time.Time `json:"since,omitzero"`
	Until     time.Time `json:"until,omitzero"`
	Sources   Sources   `json:"sources"`
	Sums      Sums      `json:"sums"`
	Exact     bool      `json:"exact"` // everything is witnessed or bridged, and there is no finding
	Shards    []Shard   `json:"shards"`
	// CountsOnly says why no row of the table can be told from another, so that
	// nothing was counted by position; "" where it was, or should have been.
	CountsOnly string    `json:"countsOnly,omitempty"`
	Findings   []Finding `json:"findings,omitempty"` // that no shard can be named for
	Notes      []string  `json:"notes,omitempty"`    // what could not be looked at, and why; what explains a sum

	refused bool // a witness that could not be asked refused this side's credentials or rights
}

// Sources is who was asked.
type Sources struct {
	Leases   bool `json:"leases"`
	Channels bool `json:"channels"`
	Table    bool `json:"table"`
	Ledgers  int  `json:"ledgers"` // journals of nodes that were read
	Nodes    int  `json:"nodes"`   // that the lease table knows
}

// Sums are counts of one shard, or of all.
type Sums struct {
	reckoning.Rows
	ErrorTable  *int64 `json:"rowsInErrorTable,omitempty"`
	Letters     *int64 `json:"deadLettersOnFile,omitempty"`
	Replayed    int64  `json:"rowsReplayed,omitempty"`        // of dead letters that were sent again
	Again       int64  `json:"deadLettersReplayed,omitempty"` // those letters
	Table       *int64 `json:"rowsInTable,omitempty"`         // replayed ones included
	Counted     *int64 `json:"rowsOfTheTable,omitempty"`      // all of them, whoever wrote them; only with countsOnly
	InFlight    int64  `json:"rowsInFlight"`                  // accepted after the newest committed token
	Missing     int64  `json:"missing"`
	Doubled     int64  `json:"doubled"`
	Strange     int64  `json:"strange"` // in the table, and nobody appended them
	Altered     int64  `json:"altered"` // their metadata contradicts itself
	Gaps        int64  `json:"gaps"`
	Witnessed   int64  `json:"rowsWitnessed"`
	Bridged     int64  `json:"rowsBridged"`
	Unexplained int64  `json:"rowsUnexplained"` // at least
	Stretches   int64  `json:"stretchesUnexplained"`
	Holes       int64  `json:"holesBridged"` // stretches that no ledger has, and that others vouch for
}

// Verdict is on whose word a stretch stands.
type Verdict string

// The verdicts of P26.
const (
	Witnessed   Verdict = "witnessed"
	Bridged     Verdict = "bridged"
	Unexplained Verdict = "unexplained"
)

// Shard is one shard's part of the report.
type Shard struct {
	Shard     messages.ShardID `json:"shard"`
	From      string           `json:"from"` // position
	To        string           `json:"to"`   // the newest committed position
	Ended     bool             `json:"ended"`
	Sums      Sums             `json:"sums"`
	Stretches []Stretch        `json:"stretches"`
	Findings  []Finding        `json:"findings,omitempty"`
}

// exact reports whether nothing speaks against a shard.
func (s *Shard) exact() bool { return len(s.Findings) == 0 && s.Sums.Stretches == 0 }

// Stretch is a part of a shard's way.
type Stretch struct {
	From    string  `json:"from"`
	To      string  `json:"to"`
	Rows    *int64  `json:"rows,omitempty"` // that should be in the table; absent = nobody knows
	Table   *int64  `json:"rowsInTable,omitempty"`
	Ledger  bool    `json:"inLedger"` // every batch of it
	Verdict Verdict `json:"verdict"`
	Why     string  `json:"why,omitempty"`
}

// Kind is what kind of finding it is. Every one makes the audit not exact.
type Kind string

// The kinds.
const (
	Missing       Kind = "MISSING"      // rows were committed and are not in the table
	Doubled       Kind = "DOUBLED"      // a position is in the table more often than its record made rows
	Strange       Kind = "STRANGE"      // rows are in the table that nobody appended
	Altered       Kind = "ALTERED"      // rows' metadata contradicts itself
	MovedToken    Kind = "TOKEN"        // a position is where nobody can have put it
	WrongCounters Kind = "COUNTERS"     // two counts of the same thing differ
	WrongDigest   Kind = "DIGEST"       // the batches do not make the digest that was checkpointed
	WrongLedger   Kind = "LEDGER"       // a ledger is another connector's
	Gap           Kind = "GAP"          // records expired before they could be read
	LostErrors    Kind = "ERROR_ROWS"   // the error table has fewer rows than were rejected
	LostLetters   Kind = "DEAD_LETTERS" // fewer letters are on file than records were discarded
	Unasked       Kind = "UNASKED"      // a witness could not be asked, so what it would have said is not known
)

// Finding is something that is not as it should be.
type Finding struct {
	Kind Kind   `json:"kind"`
	Rows int64  `json:"rows,omitempty"` // or records, or letters; absent = it is about none
	From string `json:"from,omitempty"` // positions
	To   string `json:"to,omitempty"`
	// Positions are those that are doubled, up to 1,000 of them.
	Positions []string `json:"positions,omitempty"`
	// Since is the earliest --since that leaves out what was lost for good.
	Since time.Time `json:"since,omitzero"`
	Text  string    `json:"text"`
}

// add sums up one shard.
func (s *Sums) add(o Sums) {
	s.Rows.Add(o.Rows)
	s.Replayed += o.Replayed
	s.Again += o.Again
	s.InFlight += o.InFlight
	s.Missing += o.Missing
	s.Doubled += o.Doubled
	s.Strange += o.Strange
	s.Altered += o.Altered
	s.Gaps += o.Gaps
	s.Witnessed += o.Witnessed
	s.Bridged += o.Bridged
	s.Unexplained += o.Unexplained
	s.Stretches += o.Stretches
	s.Holes += o.Holes
	s.Table = reckoning.Plus(s.Table, o.Table)
}
