package actors

import (
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// threeFlights are batches that end at 10, 20 and 30, accepted a second apart,
// over a token at 5.
func threeFlights() *flights {
	f := &flights{}
	f.begin(whole("5"))
	for i, seq := range []messages.SequenceNumber{"10", "20", "30"} {
		f.add(flight{
			end: messages.Token{Position: whole(seq), Shard: shard0}, raw: int64(100 * (i + 1)), oldest: int64(1000 * (i + 1)),
			counts: messages.Counters{Read: int64(i + 1)}, at: time.Unix(int64(i), 0),
		})
	}
	return f
}

// TestATokenCommitsEveryBatchUpToIt: T may move over several batches at once,
// and is waited for as at-or-past, never as equal (P14).
func TestATokenCommitsEveryBatchUpToIt(t *testing.T) {
	f := threeFlights()
	if f.raw() != 600 || f.records() != 6 || f.oldestArrival() != 1000 || f.end() != whole("30") || f.committed() != whole("5") {
		t.Errorf("%d bytes, %d records, oldest %d, end %s, committed %s", f.raw(), f.records(), f.oldestArrival(), f.end(), f.committed())
	}
	done, ok := f.commit(whole("20"))
	if !ok || len(done) != 2 || done[0].end.Position != whole("10") || done[1].end.Position != whole("20") {
		t.Errorf("committed %v, %v", done, ok)
	}
	if f.raw() != 300 || f.committed() != whole("20") || f.oldestArrival() != 3000 || f.empty() {
		t.Errorf("left: %d bytes, committed %s, oldest %d", f.raw(), f.committed(), f.oldestArrival())
	}
	if done, ok := f.commit(whole("20")); !ok || len(done) != 0 {
		t.Errorf("the same token again: %v, %v", done, ok)
	}
	if done, ok := f.commit(whole("30")); !ok || len(done) != 1 || !f.empty() || f.raw() != 0 || f.end() != whole("30") {
		t.Errorf("the last: %v, %v, %d bytes", done, ok, f.raw())
	}
}

// TestATokenThatIsNoBatchEndIsAnotherWriters (P16).
func TestATokenThatIsNoBatchEndIsAnotherWriters(t *testing.T) {
	for name, token := range map[string]messages.Position{
		"between two batches":  whole("15"),
		"inside a batch's end": pos("20", 0),
		"ahead of everything":  whole("31"),
		"no token any more":    {},
	} {
		f := threeFlights()
		if done, ok := f.commit(token); ok || len(done) != 0 {
			t.Errorf("%s: %v, %v", name, done, ok)
		}
		if f.raw() != 600 || f.committed() != whole("5") {
			t.Errorf("%s: something was committed", name)
		}
	}
}

// TestAnAnswerThatWasOvertakenChangesNothing: a poll may be answered after a
// later one.
func TestAnAnswerThatWasOvertakenChangesNothing(t *testing.T) {
	f := threeFlights()
	f.commit(whole("20"))
	if done, ok := f.commit(whole("10")); !ok || len(done) != 0 || f.committed() != whole("20") {
		t.Errorf("an older token: %v, %v, committed %s", done, ok, f.committed())
	}
	fresh := &flights{}
	fresh.begin(whole("5"))
	if _, ok := fresh.commit(whole("4")); ok {
		t.Error("a token below that of the opening, which never appended, was taken")
	}
}

func TestTooMuchOrTooLongUncommittedIsFull(t *testing.T) {
	f := threeFlights()
	if f.full(time.Unix(0, 0).Add(commitStall - 1)) {
		t.Error("full before the oldest has waited too long")
	}
	if !f.full(time.Unix(0, 0).Add(commitStall)) {
		t.Error("not full though the oldest has waited too long")
	}
	f.add(flight{raw: uncommittedMax, at: time.Unix(3, 0)})
	if !f.full(time.Unix(3, 0)) {
		t.Error("not full with 64 MiB in flight")
	}
	if (&flights{}).full(time.Now()) {
		t.Error("nothing is full")
	}
}
