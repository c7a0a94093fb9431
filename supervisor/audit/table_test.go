package audit

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// TestTheTableIsAskedOnceForAllShards, and more often only where it differs.
func TestTheTableIsAskedOnceForAllShards(t *testing.T) {
	w := orderly(t)
	for range 60 {
		w.batch(3)
	}
	if r := w.audit(); !r.Exact || w.asked != 1 {
		t.Errorf("exact %v, asked %d times", r.Exact, w.asked)
	}
	delete(w.rows, row(140))
	w.asked = 0
	r := w.audit()
	if f := r.Shards[0].Findings; len(f) != 1 || f[0].From != at(138).String() || f[0].To != at(141).String() || w.asked != 2 {
		t.Errorf("asked %d times, found %+v", w.asked, f)
	}
}

// TestARowThatMovedIntoAnotherBatchIsMissingHereAndStrangeThere, though the sum
// and the number of positions are right.
func TestARowThatMovedIntoAnotherBatchIsMissingHereAndStrangeThere(t *testing.T) {
	w := orderly(t)
	delete(w.rows, row(3))
	w.rows[messages.Position{Seq: row(25).Seq, Sub: 7}]++
	if r := w.audit(); r.Exact || kinds(r) != "MISSING STRANGE" || r.Sums.Missing != 1 || r.Sums.Strange != 1 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

// TestRowsBehindTheEndAreStrangeUnlessTheTokenMovesMeanwhile: a connector at
// work commits between one question and the next.
func TestRowsBehindTheEndAreStrangeUnlessTheTokenMovesMeanwhile(t *testing.T) {
	w := orderly(t)
	w.rows[row(31)]++
	if r := w.audit(); r.Exact || kinds(r) != "STRANGE" || r.Shards[0].Findings[0].From != at(30).String() {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
	w.moves, w.asked = true, 0
	if r := w.audit(); !r.Exact {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

// errorless is a table without ERROR_LOGGING.
type errorless struct{ counted }

func (errorless) Rejected(context.Context) (map[messages.ShardID]int64, error) {
	return nil, &messages.Fault{Op: "warehouse.query", Err: errors.New("002003: no error table"), Hint: "check the names", Complete: true}
}

// TestRejectedRowsAreMissingFromNoBatch: which of a commit's batches had them is
// not known, so the commit is counted as one.
func TestRejectedRowsAreMissingFromNoBatch(t *testing.T) {
	w := orderly(t)
	for range 6 {
		w.accept(5)
	}
	w.commit(30)
	w.counters.Rejected, w.row.Counters.Rejected, w.errors = 2, 2, 2
	w.status.RowsInserted, w.status.RowsErrors = w.status.RowsInserted-2, 2
	w.tell(&messages.Committed{Shard: shard, To: at(w.end), Rows: 30, Rejected: 2, At: noon})
	delete(w.rows, row(31))
	delete(w.rows, row(33))
	w.row.Counters.Digest = ""
	if r := w.audit(); !r.Exact || r.Sums.Rejected != 2 || *r.Sums.ErrorTable != 2 {
		t.Errorf("%+v %+v", r.Sums, r.Shards[0].Findings)
	}
	off := func(a *Auditor) { a.Table = errorless{counted{w}} }
	want := `the error table could not be counted; is ERROR_LOGGING off? ALTER TABLE "D"."S"."T" SET ERROR_LOGGING = TRUE keeps rejected rows from then on: 002003: no error table`
	if r := w.audit(off, func(a *Auditor) {
		a.Config.Snowflake.Database, a.Config.Snowflake.Schema, a.Config.Snowflake.Table = "D", "S", "T"
	}); !r.Exact || r.Sums.ErrorTable != nil || !slices.Contains(r.Notes, want) {
		t.Errorf("notes %q", r.Notes)
	}
	w.errors = 1
	if r := w.audit(); r.Exact || kinds(r) != "ERROR_ROWS" {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
	w.errors = 2
	delete(w.rows, row(50))
	if r := w.audit(); r.Exact || r.Sums.Missing != 1 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

// TestRowsOfAnotherProductBeforeOursAreNotCounted: the shard was adopted.
func TestRowsOfAnotherProductBeforeOursAreNotCounted(t *testing.T) {
	w := &world{t: t, rows: map[messages.Position]int64{}, row: &messages.ShardRow{Shard: shard}, status: &messages.ChannelStatus{CreatedMS: 7}}
	w.node()
	for n := 1; n <= 5; n++ {
		w.rows[row(n)]++
	}
	w.tell(&messages.Adopted{Shard: shard, Sequence: at(5).Seq, At: noon})
	w.open(5)
	w.batch(10)
	if r := w.audit(); !r.Exact || r.Sums.Committed != 10 || *r.Sums.Table != 10 {
		t.Errorf("%+v %+v", r.Sums, r.Shards[0].Findings)
	}
}

// TestAnotherConnectorsLedgerIsSeen, and one of an earlier stream of the same
// name is passed over.
func TestAnotherConnectorsLedgerIsSeen(t *testing.T) {
	for channel, want := range map[string]string{
		"other-clicks-0123456789-" + string(shard): "LEDGER",
		"app-orders-0123456789-" + string(shard):   "",
	} {
		w := orderly(t)
		foreign := &journal.Memory{}
		body, err := messages.Encode(&messages.Opened{Shard: shard, Epoch: 9, Channel: channel, At: noon})
		if err != nil {
			t.Fatal(err)
		}
		if err := foreign.Append(t.Context(), "shard/"+string(shard), []messages.Entry{{Kind: messages.KindOpened, Body: body}}); err != nil {
			t.Fatal(err)
		}
		w.journals = append(w.journals, foreign)
		r := w.audit()
		if kinds(r) != want || r.Exact != (want == "") {
			t.Errorf("%s: %s, %v", channel, kinds(r), r.Notes)
		}
		if noted := slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "earlier stream of this name") }); noted != (want == "") {
			t.Errorf("%s: notes %q", channel, r.Notes)
		}
	}
}

// TestALedgerThatIsWrittenAMomentLaterIsWaitedFor: beside a process at work.
func TestALedgerThatIsWrittenAMomentLaterIsWaitedFor(t *testing.T) {
	w := orderly(t)
	w.row.Owner = "node-0/p"
	before := *w.row
	late := w.journals[1]
	w.journals[1] = &journal.Memory{}
	if err := late.Read(t.Context(), "shard/"+string(shard), 0, func(e messages.Entry) bool {
		return w.journals[1].Append(t.Context(), "shard/"+string(shard), []messages.Entry{e}) == nil
	}); err != nil {
		t.Fatal(err)
	}
	w.journals[1], late = late, w.journals[1]
	w.batch(10) // told to the journal that is read later
	*w.row = before
	slow := &lateJournal{Memory: w.journals[1], early: late, until: time.Now().Add(300 * time.Millisecond)}
	r := w.audit(func(a *Auditor) { a.Journals[1] = slow })
	if !r.Exact || r.Sums.Witnessed != 40 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

// lateJournal shows what a process has written only after a while.
type lateJournal struct {
	*journal.Memory
	early *journal.Memory
	until time.Time
}

func (j *lateJournal) Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error {
	if time.Now().Before(j.until) {
		return j.early.Read(ctx, stream, after, yield)
	}
	return j.Memory.Read(ctx, stream, after, yield)
}

// TestADecisionBeginsTheCountersAnew: what a human skipped over was never
// counted, and is no contradiction.
func TestADecisionBeginsTheCountersAnew(t *testing.T) {
	w := orderly(t)
	w.accept(10) // committed, and lost with the channel before anybody read it back
	for n := 31; n <= 40; n++ {
		w.rows[row(n)]++
	}
	start := row(40) // the table's highest position
	w.tell(&messages.Resolved{Shard: shard, Code: messages.TokenLost, From: "table", Start: start, Who: "ada", At: noon})
	w.row.Committed = messages.Token{Position: start, Shard: shard}.String()
	w.epoch++
	w.status.CreatedMS, w.status.RowsInserted = 8, 0
	w.tell(&messages.Opened{Shard: shard, Epoch: w.epoch, CreatedMS: 8, Start: start, At: noon})
	w.batch(10)
	if r := w.audit(); !r.Exact || r.Sums.Witnessed != 50 {
		t.Errorf("%+v %+v", r.Sums, r.Shards[0].Findings)
	}
}

// TestRecordsOfSeveralRowsInAHoleAreNotDoubled: the counters say how many
// records they were.
func TestRecordsOfSeveralRowsInAHoleAreNotDoubled(t *testing.T) {
	w := newWorld(t)
	w.batch(10)
	for n := 1; n <= 10; n++ {
		w.rows[row(n)]++ // two rows each
	}
	w.row.Counters.Appended, w.row.Counters.Committed, w.status.RowsInserted = 20, 20, 20
	w.journals = nil
	if r := w.audit(); !r.Exact || r.Sums.Bridged != 20 {
		t.Errorf("%+v %+v", r.Sums, r.Shards[0].Findings)
	}
	w.rows[row(3)] += 2
	delete(w.rows, row(4))
	if r := w.audit(); r.Exact || r.Sums.Missing == 0 {
		t.Errorf("%+v %+v", r.Sums, r.Shards[0].Findings)
	}
}

func TestEveryLineOfTheTextFitsATerminal(t *testing.T) {
	w := orderly(t)
	delete(w.rows, row(3))
	w.row.Counters.Committed = 99
	var out strings.Builder
	if err := w.audit().Text(&out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if len(line) > columns+1 {
			t.Errorf("%d columns: %s", len(line)-1, line)
		}
	}
	if percent(99.999, true) != "99.99 %" || percent(100, false) != "100.00 %" {
		t.Error("a part was rounded up to the whole")
	}
}

func TestManyShardsAreCountedInFewStatements(t *testing.T) {
	for shards, want := range map[int]int{0: 8, 1: 8, 62: 8, 100: 5, 1000: 1, 5000: 1} {
		if got := piecesFor(shards); got != want {
			t.Errorf("%d pieces for %d shards, want %d", got, shards, want)
		}
	}
}
