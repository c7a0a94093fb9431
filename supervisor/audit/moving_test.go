package audit

import (
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestWhatMovesBetweenTwoLooksIsNoFinding: rows are read before tokens, and a
// process is at work in between.
func TestWhatMovesBetweenTwoLooksIsNoFinding(t *testing.T) {
	for name, c := range map[string]struct {
		owner messages.Owner
		later func(w *world) // at the second look
		exact bool
		want  string
		life  int64 // of the owner's lease, in ms; 0 = it does not end
	}{
		"a free shard was taken, and its ledger comes later": {"", func(w *world) {
			w.row.Owner, w.row.Counter = "node-1/p", 9
			w.tell(w.owed...)
		}, true, "", 0},
		"the ledger never comes, the lease row does": {"node-0/p", func(w *world) {
			w.row.Counter++
			w.row.Committed, w.row.Counters = w.status.Token, w.counters
		}, true, "", 0},
		"the owner renews, and does not know of it": {"node-0/p", func(w *world) { w.row.Counter++ }, false, "TOKEN", 0},
		"nobody owns the shard":                     {"", func(*world) {}, false, "TOKEN", 0},
		"the owner stands still":                    {"node-0/p", func(*world) {}, false, "TOKEN", 1500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := orderly(t)
			w.row.Owner, w.row.DurationMS = c.owner, 60_000 // longer than any machine takes to look again
			if c.life > 0 {
				w.row.DurationMS = c.life
			}
			w.meantime = func() {
				if w.looks == 1 {
					was := *w.row
					w.unwritten(10)
					*w.row = was
					return
				}
				c.later(w)
			}
			r := w.audit()
			if r.Exact != c.exact || kinds(r) != c.want {
				t.Errorf("exact %v, %s, looked %d times: %+v", r.Exact, kinds(r), w.looks, r.Shards[0].Findings)
			}
		})
	}
}

// unwritten makes n records durable that no ledger tells of yet; owed is what it
// will tell.
func (w *world) unwritten(n int) {
	w.owed = []messages.Event{&messages.BatchAppended{
		Shard: shard, Generation: w.epoch, After: at(w.end), From: at(w.end + 1), To: at(w.end + n), Records: int64(n), Rows: int64(n), At: noon,
	}}
	w.end += n
	w.commit(n)
}
