package audit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// orderly is a shard with three batches of ten, one kill between them.
func orderly(t *testing.T) *world {
	w := newWorld(t)
	w.batch(10)
	w.batch(10)
	w.node()
	w.open(20)
	w.batch(10)
	return w
}

func TestWhatEverybodyAgreesOnIsWitnessed(t *testing.T) {
	r := orderly(t).audit()
	if !r.Exact || r.Sums.Read != 30 || r.Sums.Witnessed != 30 || *r.Sums.Table != 30 || *r.Sums.Snowflake != 30 || kinds(r) != "" {
		t.Errorf("%+v %+v", r.Sums, r.Shards)
	}
}

func TestARowThatWasDeletedIsMissingFromItsBatch(t *testing.T) {
	w := orderly(t)
	delete(w.rows, row(13))
	r := w.audit()
	if r.Exact || r.Sums.Missing != 1 || r.Sums.Doubled != 0 || kinds(r) != "MISSING" {
		t.Fatalf("%+v %s", r.Sums, kinds(r))
	}
	if f := r.Shards[0].Findings[0]; f.From != at(10).String() || f.To != at(20).String() {
		t.Errorf("found between %s and %s, want the second batch", f.From, f.To)
	}
}

func TestARowThatIsThereTwiceIsDoubled(t *testing.T) {
	w := orderly(t)
	w.rows[row(13)]++
	if r := w.audit(); r.Exact || r.Sums.Doubled != 1 || r.Sums.Missing != 0 || kinds(r) != "DOUBLED" {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

// TestOneRowLostAndAnotherDoubledAreTwoFindings, though the sum is right.
func TestOneRowLostAndAnotherDoubledAreTwoFindings(t *testing.T) {
	w := orderly(t)
	delete(w.rows, row(12))
	w.rows[row(13)]++
	if r := w.audit(); r.Exact || r.Sums.Doubled != 1 || r.Sums.Missing != 1 || *r.Sums.Table != 30 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

func TestAHoleInTheLedgerIsBridgedByCountersAndTable(t *testing.T) {
	w := orderly(t)
	w.journals = w.journals[1:] // the first node's is lost
	r := w.audit()
	if !r.Exact || r.Sums.Bridged != 20 || r.Sums.Witnessed != 10 || r.Sums.Read != 30 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

func TestAHoleIsBridgedBySnowflakesCountersAlone(t *testing.T) {
	w := orderly(t)
	w.journals, w.noSQL = nil, true
	if r := w.audit(); !r.Exact || r.Sums.Bridged != 30 || r.Sums.Table != nil {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

func TestAHoleThatNobodyElseKnowsIsUnexplained(t *testing.T) {
	w := orderly(t)
	w.journals, w.noSQL, w.silent = nil, true, true
	if r := w.audit(); r.Exact || r.Sums.Unexplained != 30 || len(r.Notes) == 0 {
		t.Errorf("%+v %v", r.Sums, r.Notes)
	}
}

// TestRowsMissingUnderACutLedgerAreFound: the journal was cut out together with
// the rows that it told of.
func TestRowsMissingUnderACutLedgerAreFound(t *testing.T) {
	w := orderly(t)
	w.journals = w.journals[1:]
	for n := 5; n < 9; n++ {
		delete(w.rows, row(n))
	}
	if r := w.audit(); r.Exact || r.Sums.Missing != 4 || r.Sums.Bridged != 0 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

func TestATokenThatWasMovedByHandIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		token string
		says  string
	}{
		"back":     {messages.Token{Position: at(10), Shard: shard}.String(), "behind the checkpoint"},
		"forward":  {messages.Token{Position: at(35), Shard: shard}.String(), "the end of no batch"},
		"into one": {messages.Token{Position: at(33), Shard: shard}.String(), "the end of no batch"},
		"foreign":  {"batch-17", "not ours"},
	} {
		w := orderly(t)
		w.accept(4)
		w.status.Token = c.token
		r := w.audit()
		if r.Exact || kinds(r) == "" || !strings.Contains(r.Shards[0].Findings[0].Text, c.says) {
			t.Errorf("%s: exact %v, %+v", name, r.Exact, r.Shards[0].Findings)
		}
	}
}

func TestACheckpointThatWasMovedBackIsSeen(t *testing.T) {
	w := orderly(t)
	w.row.Committed = messages.Token{Position: at(10), Shard: shard}.String()
	if r := w.audit(); r.Exact || !strings.Contains(r.Shards[0].Findings[0].Text, "moved back") {
		t.Errorf("%+v", r.Shards[0].Findings)
	}
}

func TestAForgedCounterContradicts(t *testing.T) {
	for name, forge := range map[string]func(*world){
		"the row's":     func(w *world) { w.row.Counters.Committed--; w.row.Counters.Appended--; w.row.Counters.Read-- },
		"the row's sum": func(w *world) { w.row.Counters.Committed = 99 },
		"Snowflake's":   func(w *world) { w.status.RowsInserted++ },
		"the digest":    func(w *world) { w.row.Counters.Digest = "0000000000000000" },
		"without ledger": func(w *world) {
			w.journals = nil
			w.row.Counters.Committed++
			w.row.Counters.Appended++
			w.row.Counters.Read++
		},
	} {
		w := orderly(t)
		forge(w)
		if r := w.audit(); r.Exact || !strings.Contains(kinds(r), "COUNTERS") {
			t.Errorf("%s: exact %v, %s", name, r.Exact, kinds(r))
		}
	}
}

func TestALedgerThatWasChangedContradictsItsOwnDigest(t *testing.T) {
	w := newWorld(t)
	w.batch(10)
	w.accept(11) // what the ledger says
	w.end--
	w.commit(10) // what happened
	w.tell(&messages.Checkpointed{Shard: shard, Epoch: w.epoch, To: at(w.end + 1), Counters: w.counters, At: noon})
	if r := w.audit(); r.Exact || !strings.Contains(kinds(r), "DIGEST") {
		t.Errorf("%s", kinds(r))
	}
}

// TestWhatWasRewoundDoesNotCount: a batch that was accepted and never
// committed is read again by the next generation.
func TestWhatWasRewoundDoesNotCount(t *testing.T) {
	w := newWorld(t)
	w.batch(10)
	w.accept(7)
	w.node()
	w.open(10)
	w.batch(12)
	if r := w.audit(); !r.Exact || r.Sums.Read != 22 || r.Sums.Witnessed != 22 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

func TestRowsInFlightAreNoRowsYet(t *testing.T) {
	w := orderly(t)
	w.accept(5)
	if r := w.audit(); !r.Exact || r.Sums.InFlight != 5 || r.Sums.Committed != 30 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

func TestRecordsWithoutRowsAreCountedAndMakeNoHole(t *testing.T) {
	w := newWorld(t)
	w.batch(10)
	w.pass(5)
	w.batch(10)
	if r := w.audit(); !r.Exact || r.Sums.Read != 25 || r.Sums.Discarded != 5 || r.Sums.Witnessed != 20 || r.Sums.Bridged != 0 || r.Sums.Stretches != 0 {
		t.Errorf("%+v %+v", r.Sums, r.Shards[0])
	}
}

func TestAGapIsReported(t *testing.T) {
	w := orderly(t)
	w.tell(&messages.GapDetected{Shard: shard, From: at(30), To: at(40), FromTime: noon, ToTime: noon, At: noon})
	if r := w.audit(); r.Exact || r.Sums.Gaps != 1 || kinds(r) != "GAP" {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

func TestAWindowIsJudgedAlone(t *testing.T) {
	w := orderly(t)
	delete(w.rows, row(3)) // before the window
	r := w.audit(func(a *Auditor) { a.Since, a.Until = noon.Add(5*time.Minute), noon.Add(15*time.Minute) })
	if !r.Exact || r.Sums.Committed != 10 || *r.Sums.Table != 10 || r.Sums.Snowflake != nil {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

func TestEntriesOfANewerVersionArePassedOverAndTold(t *testing.T) {
	w := orderly(t)
	if err := w.journals[0].Append(t.Context(), "shard/"+string(shard), []messages.Entry{{Kind: "teleported.v9", Body: []byte{0x80}}}); err != nil {
		t.Fatal(err)
	}
	r := w.audit()
	if !r.Exact || !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "newer version") }) {
		t.Errorf("exact %v, notes %v", r.Exact, r.Notes)
	}
}

// TestRepeatedEntriesCountOnce: a writer repeats what was not answered in time.
func TestRepeatedEntriesCountOnce(t *testing.T) {
	w := orderly(t)
	twice := &journal.Memory{}
	err := w.journals[1].Read(t.Context(), "shard/"+string(shard), 0, func(e messages.Entry) bool {
		return twice.Append(t.Context(), "shard/"+string(shard), []messages.Entry{e, e}) == nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.journals[1] = twice
	if r := w.audit(); !r.Exact || r.Sums.Committed != 30 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

func TestTheReportReadsLikeAnAccount(t *testing.T) {
	w := orderly(t)
	delete(w.rows, row(13))
	var out strings.Builder
	if err := w.audit().Text(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"user records read", "= ", "the table has 29   DIFFERS", "missing 1  doubled 0", "MISSING", "is not in the table: 10", "committed there, the table has 9", "NOT EXACT"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
