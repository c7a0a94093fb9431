package audit

import (
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/messages"
)

// letter is the place of a record that was discarded right after record n.
func letter(n int) messages.Position {
	return messages.Position{Seq: at(n).Seq, Sub: 500}
}

// resent are dead letters of one row each that were sent again into the table, one
// after each of records.
func (w *world) resent(records ...int) func(*Auditor) {
	w.t.Helper()
	folder := w.t.TempDir()
	plan, err := deadletter.Create(folder, deadletter.Plan{ID: "one", At: noon, Stream: "orders"}, func(yield func(*deadletter.Sent) error) error {
		for _, n := range records {
			p := letter(n)
			w.rows[p]++
			if err := yield(&deadletter.Sent{Shard: shard, Seq: string(p.Seq), Sub: "500", Rows: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = plan.Finish(deadletter.Outcome{At: noon, Letters: int64(len(records)), Rows: int64(len(records))})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return func(a *Auditor) { a.Letters = folder }
}

// TestAWindowTellsOfItsOwnReplayedLettersAlone, and what is wrong with others is
// none of its findings.
func TestAWindowTellsOfItsOwnReplayedLettersAlone(t *testing.T) {
	w := orderly(t)
	letters := w.resent(2, 3, 15, 25)
	half := noon.Add(15 * time.Minute)
	before := func(a *Auditor) { a.Until = half }
	after := func(a *Auditor) { a.Since = half }
	sums := func(r *Report) [4]int64 {
		return [4]int64{r.Sums.Committed, r.Sums.Replayed, r.Sums.Again, *r.Sums.Table}
	}
	for name, c := range map[string]struct {
		window func(*Auditor)
		want   [4]int64
	}{
		"all":        {func(*Auditor) {}, [4]int64{30, 4, 4, 34}},
		"the first":  {before, [4]int64{20, 3, 3, 23}},
		"the second": {after, [4]int64{10, 1, 1, 11}},
	} {
		if r := w.audit(letters, c.window); !r.Exact || sums(r) != c.want {
			t.Errorf("%s: exact %v, %v, want %v; %+v", name, r.Exact, sums(r), c.want, r.Shards[0].Findings)
		}
	}
	w.rows[letter(3)]++
	for name, c := range map[string]struct {
		window func(*Auditor)
		want   string
	}{
		"all": {func(*Auditor) {}, "DOUBLED"}, "the first": {before, "DOUBLED"}, "the second": {after, ""},
	} {
		if r := w.audit(letters, c.window); kinds(r) != c.want || r.Exact != (c.want == "") {
			t.Errorf("%s, with a letter's row doubled: %s, exact %v, want %q", name, kinds(r), r.Exact, c.want)
		}
	}
}

// TestSingleLettersAreAskedForWhereSumsDiffer: what was sent again stays on file
// for ever, and an audit is not to take longer with every letter.
func TestSingleLettersAreAskedForWhereSumsDiffer(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*world)
		want  string
		asked int // of 600 letters, 200 in each batch
	}{
		"all is there":            {func(*world) {}, "", 0},
		"a row of one is gone":    {func(w *world) { delete(w.rows, letter(3)) }, "MISSING", 200},
		"a row of one is doubled": {func(w *world) { w.rows[letter(13)]++ }, "DOUBLED", 200},
		"one gone, one doubled":   {func(w *world) { delete(w.rows, letter(3)); w.rows[letter(4)]++ }, "DOUBLED MISSING", 200},
		"one gone of each": {func(w *world) {
			for _, n := range []int{3, 213, 413} {
				delete(w.rows, letter(n))
			}
		}, "MISSING", 600},
		"another's row is gone": {func(w *world) { delete(w.rows, row(25)) }, "MISSING", 200},
	} {
		w := newWorld(t)
		var sent []int
		for range 3 {
			for range 200 {
				w.end++
				sent = append(sent, w.end)
			}
			w.end -= 200
			w.batch(200)
		}
		letters := w.resent(sent...)
		c.spoil(w)
		r := w.audit(letters)
		if kinds(r) != c.want || w.places != c.asked || r.Sums.Again != 600 {
			t.Errorf("%s: %s, %d letters asked for, %+v", name, kinds(r), w.places, r.Sums)
		}
	}
}
