package actors

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// deaf lets no status answer through: what is committed stays unknown.
func deaf(op string, _ int) actorstest.Effect {
	if op == "Status" {
		return actorstest.Effect{Lose: true}
	}
	return actorstest.Effect{}
}

// unknownCommits is a cloud on which a first process has appended 30 records in
// three batches that are committed, of which it has heard of one; then it died.
func unknownCommits(t *testing.T, journal messages.Journal) *actorstest.Cloud {
	t.Helper()
	cloud := oneShard(10)
	w := start(t, cloud, plan{journal: journal})
	time.Sleep(10 * time.Second)
	cloud.Play(deaf)
	for range 2 {
		cloud.Stream.PutRecord(shard0, filtered)
		cloud.Stream.Put(shard0, 8)
		cloud.Stream.PutRecord(shard0, actorstest.User{Rows: 1}, discarded)
		time.Sleep(3 * time.Second)
	}
	w.stop()
	cloud.Play(nil)
	if c := cloud.Table.Row(shard0).Counters; c.Read != 10 || len(cloud.Sink.Rows(shard0)) != 28 {
		t.Fatalf("counters %+v with %d rows in the table", c, len(cloud.Sink.Rows(shard0)))
	}
	return cloud
}

var allOfThem = messages.Counters{Read: 32, Discarded: 2, Filtered: 2, Appended: 28, Committed: 28}

// without drops the digest, which depends on where batches were cut.
func without(c messages.Counters) messages.Counters {
	c.Digest = ""
	return c
}

// TestCommittedRowsThatNobodyCountedAreFoundInTheLedger is P26: the digest is
// that of the batches themselves.
func TestCommittedRowsThatNobodyCountedAreFoundInTheLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		journal := &tape{}
		cloud := unknownCommits(t, journal)
		w := start(t, cloud, plan{process: "process-b", journal: journal})
		time.Sleep(40 * time.Second)
		w.stop()
		w.whole()
		found := recorded[*messages.Recovered](w)
		if len(found) != 1 || found[0].Source != "ledger" || found[0].From != whole("104") || found[0].To != whole("124") {
			t.Fatalf("recovered %+v", found)
		}
		row := cloud.Table.Row(shard0)
		if without(row.Counters) != allOfThem || row.Committed != cloud.Sink.Token(channel0) {
			t.Errorf("counters %+v at %s", row.Counters, row.Committed)
		}
		var digest messages.Digest // over all batches that both processes appended
		past := NewBook(journal, "audit", nil)
		past.load(t.Context(), ShardStream(shard0))
		for _, a := range past.appends[ShardStream(shard0)] {
			digest = digest.Fold(a.To, a.Rows)
		}
		if row.Counters.Digest != digest {
			t.Errorf("digest %s, want %s of the batches in the ledger", row.Counters.Digest, digest)
		}
	})
}

// TestCommittedRowsThatNobodyCountedAreReadAgain where the ledger is gone, or
// does not answer. Nothing is appended by that.
func TestCommittedRowsThatNobodyCountedAreReadAgain(t *testing.T) {
	for name, p := range map[string]plan{"another journal": {}, "no ledger": {noLedger: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := unknownCommits(t, &tape{})
				p.process = "process-b"
				w := start(t, cloud, p)
				time.Sleep(60 * time.Second)
				w.stop()
				w.whole()
				row := cloud.Table.Row(shard0)
				if without(row.Counters) != allOfThem || row.Committed != cloud.Sink.Token(channel0) {
					t.Errorf("counters %+v at %s", row.Counters, row.Committed)
				}
				if found := recorded[*messages.Recovered](w); !p.noLedger && (len(found) != 1 || found[0].Source != "reread") {
					t.Errorf("recovered %+v", found)
				}
			})
		})
	}
}

// TestWhatCannotBeCountedIsSaidToBeUnknown, and the flow goes on.
func TestWhatCannotBeCountedIsSaidToBeUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := unknownCommits(t, &tape{})
		cloud.Stream.Put(shard0, 5)
		w := start(t, cloud, plan{process: "process-b", recount: func(context.Context, messages.Position, messages.Position) (messages.Counters, error) {
			return messages.Counters{}, errors.New("expired")
		}})
		time.Sleep(60 * time.Second)
		w.stop()
		w.whole()
		if found := recorded[*messages.Recovered](w); len(found) != 1 || found[0].Source != "none" {
			t.Errorf("recovered %+v", found)
		}
		if c := cloud.Table.Row(shard0).Counters; c.Read != 15 || c.Committed != 15 {
			t.Errorf("counters %+v, want those that are known", c)
		}
	})
}

// slowTape answers a read of the past only after a while.
type slowTape struct{ tape }

func (j *slowTape) Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error {
	time.Sleep(8 * time.Second)
	return j.tape.Read(ctx, stream, after, yield)
}

// TestAStretchThatIsFoundTwiceCountsOnce: the ledger answers while the stretch
// is being read again.
func TestAStretchThatIsFoundTwiceCountsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		journal := &slowTape{}
		cloud := unknownCommits(t, journal)
		w := start(t, cloud, plan{process: "process-b", journal: journal, recount: func(ctx context.Context, from, to messages.Position) (messages.Counters, error) {
			time.Sleep(10 * time.Second)
			return Recount(ctx, cloud.Stream.Open(shard0, messages.ReadFrom{After: from}), to)
		}})
		time.Sleep(60 * time.Second)
		w.stop()
		if found := recorded[*messages.Recovered](w); len(found) != 1 {
			t.Errorf("recovered %+v", found)
		}
		if c := cloud.Table.Row(shard0).Counters; without(c) != allOfThem {
			t.Errorf("counters %+v", c)
		}
	})
}

// TestAnEndWhileTheStretchIsCountedLeavesTheRowUnsettled: K is behind T, so
// settled = true would lie (P7).
func TestAnEndWhileTheStretchIsCountedLeavesTheRowUnsettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := unknownCommits(t, &tape{})
		cloud.Stream.Put(shard0, 5)
		calls := cloud.Calls("Append")
		cloud.Play(func(op string, n int) actorstest.Effect {
			if op == "Append" && n == calls+1 {
				return actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonInvalidated, "")}
			}
			return actorstest.Effect{}
		})
		w := start(t, cloud, plan{process: "process-b", generations: 1, recount: func(context.Context, messages.Position, messages.Position) (messages.Counters, error) {
			time.Sleep(time.Minute)
			return messages.Counters{}, errors.New("too slow")
		}})
		time.Sleep(50 * time.Second)
		row := cloud.Table.Row(shard0)
		if w.only().Reason != messages.ReasonInvalidated || row.Settled {
			t.Errorf("fault %v, settled %v at %s", w.only(), row.Settled, row.Committed)
		}
		time.Sleep(time.Minute)
		w.stop() // the cloud watches settled = true
	})
}

// TestRecountCountsUpToAndIncludingAPosition, inside an aggregate too.
func TestRecountCountsUpToAndIncludingAPosition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := actorstest.NewCloud()
		cloud.Stream.Answer = 2
		cloud.Stream.AddShard(shard0)
		cloud.Stream.Put(shard0, 3) // 95 to 97
		cloud.Stream.PutRecord(shard0, actorstest.User{Rows: 2}, filtered, discarded, actorstest.User{Rows: 1})
		cloud.Stream.Put(shard0, 3) // 99 to 101
		for _, c := range []struct {
			from, to messages.Position
			want     messages.Counters
		}{
			{messages.Position{}, whole("101"), messages.Counters{Read: 10, Filtered: 1, Discarded: 1, Appended: 9}},
			{whole("96"), pos("98", 1), messages.Counters{Read: 3, Filtered: 1, Appended: 3}},
			{pos("98", 1), whole("98"), messages.Counters{Read: 2, Discarded: 1, Appended: 1}},
			{whole("98"), whole("99"), messages.Counters{Read: 1, Appended: 1}},
		} {
			got, err := Recount(t.Context(), cloud.Stream.Open(shard0, messages.ReadFrom{After: c.from}), c.to)
			if err != nil || got != c.want {
				t.Errorf("%s to %s: %+v, %v; want %+v", c.from, c.to, got, err, c.want)
			}
		}
		if got, err := Recount(t.Context(), cloud.Stream.Open(shard0, messages.ReadFrom{}), whole("200")); err == nil {
			t.Errorf("counted beyond the end: %+v", got)
		}
		cloud.Stream.Trim(shard0, 4)
		if got, err := Recount(t.Context(), cloud.Stream.Open(shard0, messages.ReadFrom{After: whole("96")}), whole("99")); err == nil {
			t.Errorf("counted what has expired: %+v", got)
		}
	})
}
