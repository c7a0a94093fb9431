package actors

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// poison reports whether a batch holds a row of one of these records.
func poison(seqs ...string) func(rows []string) bool {
	return func(rows []string) bool {
		return slices.ContainsFunc(rows, func(row string) bool {
			seq, _, _ := strings.Cut(row, "/")
			return slices.Contains(seqs, seq)
		})
	}
}

// innocent demands that everything but these records is in the table, once and
// in order, and that each of these, and none other, is with the dead letters.
func (w *world) innocent(n int, poisoned ...string) {
	w.t.Helper()
	rows := w.cloud.Sink.Rows(shard0)
	var letters []string
	for _, l := range w.letters {
		if !slices.Contains(letters, l.Seq) {
			letters = append(letters, l.Seq)
		}
		if l.Cause == "" || !l.Rendered || len(l.Payload) == 0 || l.Shard != shard0 {
			w.t.Errorf("letter %+v", l)
		}
	}
	slices.Sort(letters)
	if !slices.Equal(letters, poisoned) {
		w.t.Errorf("dead letters %v, want %v", letters, poisoned)
	}
	if len(rows) != n-len(poisoned) || poison(poisoned...)(rows) {
		w.t.Errorf("%d rows, want %d without the poison", len(rows), n-len(poisoned))
	}
	if !slices.IsSortedFunc(rows, func(a, b string) int {
		x, _, _ := strings.Cut(a, "/")
		y, _, _ := strings.Cut(b, "/")
		return messages.SequenceNumber(x).Compare(messages.SequenceNumber(y))
	}) {
		w.t.Error("rows are out of order")
	}
}

// TestARecordThatIsRefusedIsFoundAndDeadLettered is P13, with records that are
// refused in a complete answer; the records around them all land.
func TestARecordThatIsRefusedIsFoundAndDeadLettered(t *testing.T) {
	for name, seqs := range map[string][]string{
		"one in the middle":       {"142"},
		"the first":               {"95"},
		"the last":                {"194"},
		"two neighbours":          {"120", "121"},
		"two that are far apart":  {"100", "190"},
		"three, one of them last": {"110", "150", "194"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := oneShard(100) // 95 to 194
				bad := poison(seqs...)
				cloud.Sink.Refuse = func(rows []string) error {
					if bad(rows) {
						return actorstest.Refusal(messages.Transient, messages.ReasonRefused, "")
					}
					return nil
				}
				w := start(t, cloud, plan{})
				time.Sleep(4 * time.Minute)
				cloud.Stream.Put(shard0, 50)
				appends := cloud.Calls("Append")
				time.Sleep(30 * time.Second)
				if n := cloud.Calls("Append") - appends; n > 5 {
					t.Errorf("%d appends for 50 records after the trouble: it still probes", n)
				}
				w.stop()
				w.innocent(150, seqs...)
				if c := cloud.Table.Row(shard0).Counters; c.Discarded != int64(len(seqs)) || c.Read != 150 {
					t.Errorf("counters %+v", c)
				}
			})
		})
	}
}

// TestARecordThatOverflowsTheTableIsFoundToo: the channel is invalidated after
// it accepted it.
func TestARecordThatOverflowsTheTableIsFoundToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(100)
		cloud.Sink.Overflows = poison("142")
		w := start(t, cloud, plan{})
		time.Sleep(4 * time.Minute)
		w.stop()
		w.innocent(100, "142")
	})
}

// TestAnOverflowIsLookedForAmongAllThatIsInFlight: the append that is told of it
// need not hold the culprit, and may be small.
func TestAnOverflowIsLookedForAmongAllThatIsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(100)
		cloud.Sink.CommitDelay = time.Hour
		late := poison("195")
		cloud.Sink.Refuse = func(rows []string) error {
			if late(rows) {
				return actorstest.Refusal(messages.Transient, messages.ReasonOverflow, "")
			}
			return nil
		}
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(5 * time.Second)
		cloud.Stream.Put(shard0, 1)
		time.Sleep(20 * time.Second)
		w.stop()
		if f := w.only(); f.Reason != messages.ReasonOverflow || f.Records != 101 || f.At != whole("195") {
			t.Errorf("fault %+v; want one of 101 records up to 195", f)
		}
	})
}

// TestTroubleDuringAProbeNeverBuriesAnInnocent: generations are killed and
// answers lost while the culprit is looked for.
func TestTroubleDuringAProbeNeverBuriesAnInnocent(t *testing.T) {
	for _, every := range []time.Duration{700 * time.Millisecond, 1900 * time.Millisecond, 3100 * time.Millisecond, 5300 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			cloud := oneShard(100)
			bad := poison("142")
			cloud.Sink.Refuse = func(rows []string) error {
				if bad(rows) {
					return actorstest.Refusal(messages.Transient, messages.ReasonRefused, "")
				}
				return nil
			}
			w := start(t, cloud, plan{})
			for range 40 {
				time.Sleep(every)
				w.note(func() {
					if n := len(w.started); n > 0 {
						w.system.Root.Stop(w.pid(string(shard0) + "/reader-" + epochText(w.started[n-1].Row.Epoch)))
					}
				})
			}
			time.Sleep(4 * time.Minute)
			w.stop()
			w.innocent(100, "142")
		})
	}
}

// TestARecordThatFitsNoAppendIsDeadLettered whole, and its neighbours land
// (P4).
func TestARecordThatFitsNoAppendIsDeadLettered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(3) // 95 to 97
		cloud.Stream.PutRecord(shard0, actorstest.User{Rows: 5, Bytes: 1 << 20})
		cloud.Stream.Put(shard0, 3) // 99 to 101
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(40 * time.Second)
		w.stop()
		if len(w.endings()) != 0 || len(w.letters) != 1 || w.letters[0].Seq != "98" || len(w.letters[0].Payload) != 5<<20 {
			t.Fatalf("ended %v, %d letters", w.endings(), len(w.letters))
		}
		if rows := cloud.Sink.Rows(shard0); len(rows) != 6 {
			t.Errorf("%d rows, want 6", len(rows))
		}
	})
}
