package actors

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// trimmedBehind is a cloud whose shard lost, while nobody looked, the record
// that was committed last and three more.
func trimmedBehind(t *testing.T) *actorstest.Cloud {
	t.Helper()
	cloud := oneShard(10) // 95 to 104
	w := start(t, cloud, plan{})
	time.Sleep(10 * time.Second)
	w.stop()
	cloud.Stream.Put(shard0, 10) // 105 to 114
	cloud.Stream.Trim(shard0, 13)
	time.Sleep(30 * time.Hour) // longer than the retention
	return cloud
}

// TestRecordsThatExpiredAreReportedAndTheRestIsRead is P9.
func TestRecordsThatExpiredAreReportedAndTheRestIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := trimmedBehind(t)
		w := start(t, cloud, plan{process: "process-b"})
		time.Sleep(60 * time.Second)
		w.stop()
		rows := cloud.Sink.Rows(shard0)
		if len(rows) != 17 || rows[10] != "108/0/0" {
			t.Errorf("rows %v", rows)
		}
		gaps := recorded[*messages.GapDetected](w)
		if len(gaps) != 1 || gaps[0].From != whole("104") || gaps[0].To != pos("108", 0) || gaps[0].FromTime.IsZero() || gaps[0].ToTime.IsZero() {
			t.Errorf("gaps %+v", gaps)
		}
	})
}

// TestAGapStopsTheShardWhereThatIsWanted: nothing is read (on_gap: stop).
func TestAGapStopsTheShardWhereThatIsWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := trimmedBehind(t)
		w := start(t, cloud, plan{process: "process-b", generations: 1, reader: func(s *ReaderSettings) { s.StopOnGap = true }})
		time.Sleep(60 * time.Second)
		w.stop()
		if f := w.only(); f.Stop != messages.GapFound || len(cloud.Sink.Rows(shard0)) != 10 {
			t.Errorf("fault %+v, %d rows", f, len(cloud.Sink.Rows(shard0)))
		}
	})
}

// TestAnIdleShardWhoseLastRecordExpiredHasNoGap: the row vouches for it with
// the last time at which nothing was behind (P9).
func TestAnIdleShardWhoseLastRecordExpiredHasNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Stream.Info.Retention = time.Hour
		w := start(t, cloud, plan{})
		time.Sleep(90 * time.Minute)
		w.stop()
		cloud.Stream.Trim(shard0, 10)
		time.Sleep(50 * time.Minute) // down
		cloud.Stream.Put(shard0, 5)
		w = start(t, cloud, plan{process: "process-b"})
		time.Sleep(60 * time.Second)
		w.stop()
		w.whole()
		if gaps := recorded[*messages.GapDetected](w); len(gaps) != 0 {
			t.Errorf("gaps %+v", gaps[0])
		}
	})
}

// TestASourceThatProvesItsAnchorAnewHasNoGap, as one does that falls back from
// fan-out to polling: what it read last expired, and nothing came since.
func TestASourceThatProvesItsAnchorAnewHasNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Stream.Info.Retention = time.Hour
		w := start(t, cloud, plan{})
		time.Sleep(90 * time.Minute)
		cloud.Stream.Trim(shard0, 10)
		var once sync.Once
		cloud.Play(func(op string, _ int) (effect actorstest.Effect) {
			if op == "Next" {
				once.Do(func() { effect.Err = &messages.AnchorMissingError{Want: whole("104"), Now: time.Now()} })
			}
			return effect
		})
		time.Sleep(30 * time.Second)
		cloud.Stream.Put(shard0, 5)
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
		if gaps := recorded[*messages.GapDetected](w); len(gaps) != 0 || len(w.endings()) != 0 || len(cloud.Sink.Rows(shard0)) != 15 {
			t.Errorf("gaps %+v, generations ended %v, %d rows", gaps, w.endings(), len(cloud.Sink.Rows(shard0)))
		}
	})
}

// TestAReadThatFailsForLongEndsTheGeneration, and one that is refused too.
func TestAReadThatFailsForLongEndsTheGeneration(t *testing.T) {
	for reason, c := range map[messages.Reason]*messages.Fault{
		messages.ReasonUnavailable: actorstest.Unanswered("Next", errText("503")),
		messages.ReasonMissing:     actorstest.Refusal(messages.Rejected, messages.ReasonMissing, messages.TargetMissing),
	} {
		synctest.Test(t, func(t *testing.T) {
			cloud := oneShard(10)
			cloud.Play(on("Next", actorstest.Effect{Err: c}))
			w := start(t, cloud, plan{generations: 1})
			time.Sleep(10 * time.Second)
			w.stop()
			if f := w.only(); f.Reason != reason || f.Class != c.Class || f.Shard != shard0 {
				t.Errorf("fault %+v", f)
			}
		})
	}
}

// TestReadingResumesInsideAnAggregate: a batch ended there (P8).
func TestReadingResumesInsideAnAggregate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := actorstest.NewCloud()
		cloud.Stream.AddShard(shard0)
		one := actorstest.User{Rows: 1, Bytes: 1 << 20}
		cloud.Stream.PutRecord(shard0, one, one, one, one, one, one, one)
		// The second append is never answered: the first three or so are committed.
		cloud.Play(func(op string, n int) actorstest.Effect {
			return actorstest.Effect{Lose: op == "Append" && n > 1}
		})
		w := start(t, cloud, plan{})
		until(time.Minute, func() bool { return len(w.endings()) > 0 })
		if rows := len(cloud.Sink.Rows(shard0)); rows == 0 || rows == 7 {
			t.Fatalf("%d of 7 rows are committed: the batch did not end inside", rows)
		}
		cloud.Play(nil)
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
	})
}
