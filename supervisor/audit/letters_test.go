package audit

import (
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// keeps puts the letters of records on file.
func (w *world) keeps(folder string, records ...int) func(*Auditor) {
	w.t.Helper()
	file, err := deadletter.OpenFile(folder, deadletter.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	defer file.Close()
	for _, n := range records {
		if err := file.Put(w.t.Context(), []messages.Letter{{Shard: shard, Seq: string(at(n).Seq), Sub: "0"}}); err != nil {
			w.t.Fatal(err)
		}
	}
	return func(a *Auditor) { a.Letters, a.Config.DeadLetter.To = folder, config.DeadLetterFile }
}

// TestWhatWasDiscardedBeforeLettersWereKeptIsLeftOutByTheTimeThatIsNamed: and not
// what lacks after it.
func TestWhatWasDiscardedBeforeLettersWereKeptIsLeftOutByTheTimeThatIsNamed(t *testing.T) {
	w := newWorld(t)
	for range 5 { // 1 to 10, 14 to 23, ...; three each are discarded after them
		w.batch(10)
		w.pass(3)
	}
	folder := t.TempDir()
	kept := w.keeps(folder, 37, 38, 39, 50, 51, 63, 64, 65)
	since := func(at time.Time) func(*Auditor) { return func(a *Auditor) { a.Since = at } }

	r := w.audit(kept)
	last := r.Shards[0].Findings[0]
	if kinds(r) != "DEAD_LETTERS" || last.Rows != 7 || !last.Since.Equal(noon.Add(39*time.Minute+1)) {
		t.Errorf("%s %+v", kinds(r), last)
	}
	w.keeps(folder, 52)
	r = w.audit(kept)
	if kinds(r) != "DEAD_LETTERS" {
		t.Fatalf("found %q", kinds(r))
	}
	f := r.Shards[0].Findings[0]
	const want = "15 records were discarded, 9 dead letters are on file: the others were removed, or discarded before deadletter.to was file; " +
		"kinesnow audit orders --since 2026-10-02T12:13:00.000000001Z leaves them out"
	if f.Text != want || f.Rows != 6 || !f.Since.Equal(noon.Add(13*time.Minute+1)) {
		t.Errorf("%+v", f)
	}
	if r := w.audit(kept, since(f.Since)); !r.Exact || r.Sums.Discarded != 6 || *r.Sums.Letters != 6 {
		t.Errorf("since then: exact %t, %d of %d letters, %+v", r.Exact, *r.Sums.Letters, r.Sums.Discarded, r.Shards[0].Findings)
	}
	if r := w.audit(kept, since(f.Since.Add(-1))); kinds(r) != "DEAD_LETTERS" || !strings.Contains(r.Shards[0].Findings[0].Text, "9 records were discarded, 6 ") {
		t.Errorf("since a moment before: %s, %+v", kinds(r), r.Shards[0].Findings)
	}
	few := func(a *Auditor) { a.Since, a.Config.DeadLetter.MaxPerMinute = f.Since.Add(-1), 10 }
	if r := w.audit(kept, few); !r.Exact || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "max_per_minute") {
		t.Errorf("where letters of the minute before took the room: %s, %q", kinds(r), r.Notes)
	}
	until := func(a *Auditor) { a.Until = noon.Add(26 * time.Minute) }
	if r := w.audit(kept, until); kinds(r) != "DEAD_LETTERS" || !strings.Contains(r.Shards[0].Findings[0].Text, "--since 2026-10-02T12:13:00.000000001Z --until 2026-10-02T12:26:00Z") {
		t.Errorf("until then: %s, %+v", kinds(r), r.Shards[0].Findings)
	}
}

// TestAWindowWithAHoleDoesNotJudgeLetters: counters on both sides of a hole may
// lie behind records that were discarded after the window.
func TestAWindowWithAHoleDoesNotJudgeLetters(t *testing.T) {
	w := killed(t)
	w.pass(3)
	kept := w.keeps(t.TempDir(), 24, 25, 26)
	if r := w.audit(kept); !r.Exact || r.Sums.Discarded != 3 || *r.Sums.Letters != 3 {
		t.Errorf("all: %+v, %+v", r.Sums, r.Shards[0].Findings)
	}
	r := w.audit(kept, func(a *Auditor) { a.Since = noon })
	if !r.Exact || r.Sums.Letters != nil || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "hole") {
		t.Errorf("since noon: %+v, %+v, %q", r.Sums, r.Shards[0].Findings, r.Notes)
	}
}
