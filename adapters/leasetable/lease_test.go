package leasetable_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/messages"
)

func TestOfManyNodesOneClaimsAFreeShard(t *testing.T) {
	w := prepared(t)
	free := w.row(shard)
	var won atomic.Int64
	var all sync.WaitGroup
	for i := range 8 {
		owner := messages.MakeOwner("node", string(rune('a'+i)))
		table := w.open(application)
		all.Go(func() {
			row, err := table.Claim(t.Context(), free, owner, lease)
			if err != nil {
				w.wantLostConcurrently(t, err)
				return
			}
			won.Add(1)
			if row.Owner != owner || row.Epoch != 1 || row.Counter != 1 {
				t.Errorf("claimed row has owner %s epoch %d counter %d", row.Owner, row.Epoch, row.Counter)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d nodes claimed the shard, want 1", won.Load())
	}
}

func (w *world) wantLostConcurrently(t *testing.T, err error) {
	if f := messages.AsFault("", err); f.Class != messages.Fenced || f.Reason != messages.ReasonLeaseLost {
		t.Errorf("the loser's error is %v", err)
	}
}

func TestAClaimSetsWhatALeaseHas(t *testing.T) {
	w := prepared(t)
	row := w.claim()
	if row.Expiry != noon.Add(lease).UnixMilli() || row.DurationMS != 20000 || row.WriteNo != 0 || row.Nonce == "" || !row.Settled {
		t.Errorf("row = %+v", row)
	}
	if got := w.row(shard); got.Nonce != row.Nonce || got.Owner != me {
		t.Errorf("the table has %+v, Claim returned %+v", got, row)
	}
}

func TestADeadOwnersShardIsClaimedAsSeen(t *testing.T) {
	w := prepared(t)
	w.claim()
	dead := w.row(shard)
	row, err := w.open(application).Claim(t.Context(), dead, other, lease)
	w.must(err)
	if row.Owner != other || row.Epoch != 2 || row.Counter != 2 {
		t.Errorf("row has owner %s epoch %d counter %d, want %s 2 2", row.Owner, row.Epoch, row.Counter, other)
	}
}

func TestAnOwnerThatStillRenewsIsNotDead(t *testing.T) {
	w := prepared(t)
	w.claim()
	seen := w.row(shard)
	if _, err := w.table.Renew(t.Context(), shard, me, 1, lease, nil); err != nil {
		t.Fatal(err)
	}
	_, err := w.open(application).Claim(t.Context(), seen, other, lease)
	w.wantLost(err)
}

// TestARowSaysThatItsShardIsStoppedUntilTheNextGeneration, by whoever begins it,
// an older version that does not know of stops included.
func TestARowSaysThatItsShardIsStoppedUntilTheNextGeneration(t *testing.T) {
	w := prepared(t)
	w.claim()
	row, err := w.table.Stop(t.Context(), shard, me, 1, lease, messages.GapFound)
	w.must(err)
	if seen := w.row(shard); row.Stop != messages.GapFound || seen.Stop != messages.GapFound || seen.Counter != 2 || seen.Epoch != 1 || seen.Owner != me {
		t.Errorf("stopped, the row is %+v", seen)
	}
	if _, err = w.table.Renew(t.Context(), shard, me, 1, lease, nil); err != nil || w.row(shard).Stop != messages.GapFound {
		t.Errorf("after a renewal: %v, stopped with %q", err, w.row(shard).Stop)
	}
	_, err = w.table.Stop(t.Context(), shard, me, 2, lease, messages.TokenLost)
	w.wantLost(err)
	_, err = w.table.Stop(t.Context(), shard, other, 1, lease, messages.TokenLost)
	w.wantLost(err)
	if _, err = w.table.Begin(t.Context(), shard, me, 1, lease); err != nil || w.row(shard).Stop != "" {
		t.Errorf("in the next generation: %v, stopped with %q", err, w.row(shard).Stop)
	}
}

func TestASiblingsLeaseIsJudgedByItsExpiry(t *testing.T) {
	w := prepared(t)
	held := map[string]types.AttributeValue{"leaseOwner": S("nifi-uuid"), "leaseExpiry": N("1000"), "sequenceNumber": S("495")}
	w.put(string(shard), held)
	seen := w.row(shard)

	held["leaseExpiry"] = N("2000")
	w.put(string(shard), held)
	_, err := w.table.Claim(t.Context(), seen, me, lease)
	w.wantLost(err)

	row, err := w.table.Claim(t.Context(), w.row(shard), me, lease)
	w.must(err)
	if row.Owner != me || row.Epoch != 1 || row.Sequence != "495" {
		t.Errorf("row = %+v, want the sibling's position under our lease", row)
	}
}

func TestKP23AnEndedShardIsNeverClaimed(t *testing.T) {
	w := prepared(t)
	free := w.row(shard)
	w.put(string(shard), map[string]types.AttributeValue{"shardState": S("SHARD_END")})
	_, err := w.table.Claim(t.Context(), free, me, lease)
	w.wantLost(err)
}

func TestAShardWithoutARowIsNotClaimed(t *testing.T) {
	w := prepared(t)
	_, err := w.table.Claim(t.Context(), &messages.ShardRow{Shard: "shardId-000000000009"}, me, lease)
	w.wantLost(err)
	if w.item("shardId-000000000009") != nil {
		t.Error("the claim made a row")
	}
}

func TestANewGenerationGetsANewEpoch(t *testing.T) {
	w := prepared(t)
	w.claim()
	_, err := w.table.WritePosition(t.Context(), shard, me, 1, messages.PositionWrite{WriteNo: 7, Committed: token("5")})
	w.must(err)
	row, err := w.table.Begin(t.Context(), shard, me, 1, lease)
	w.must(err)
	if row.Epoch != 2 || row.Counter != 2 || row.WriteNo != 0 || row.Committed != token("5") {
		t.Errorf("row has epoch %d counter %d writeNo %d K %q", row.Epoch, row.Counter, row.WriteNo, row.Committed)
	}
	_, err = w.table.Renew(t.Context(), shard, me, 1, lease, nil)
	w.wantLost(err)
}

func TestABeginWhoseCallerNeverHeardIsFoundAgain(t *testing.T) {
	w := prepared(t)
	w.claim()
	for range 2 {
		row, err := w.table.Begin(t.Context(), shard, me, 1, lease)
		w.must(err)
		if row.Epoch != 2 {
			t.Fatalf("epoch %d, want 2", row.Epoch)
		}
	}
	_, err := w.table.WritePosition(t.Context(), shard, me, 2, messages.PositionWrite{WriteNo: 1, Committed: token("5")})
	w.must(err)
	_, err = w.table.Begin(t.Context(), shard, me, 1, lease)
	w.wantLost(err)
}

func TestALostLeaseSaysWhoHasIt(t *testing.T) {
	w := prepared(t)
	w.claim()
	_, err := w.open(application).Claim(t.Context(), w.row(shard), other, lease)
	w.must(err)
	_, err = w.table.Renew(t.Context(), shard, me, 1, lease, nil)
	w.wantLost(err)
	if !strings.Contains(err.Error(), string(other)) || !strings.Contains(err.Error(), "epoch 2") {
		t.Errorf("error %q names neither the owner nor the epoch found", err)
	}
}

func TestARenewalCarriesAPosition(t *testing.T) {
	w := prepared(t)
	w.claim()
	row, err := w.table.Renew(t.Context(), shard, me, 1, lease, &messages.PositionWrite{WriteNo: 3, Committed: token("8")})
	w.must(err)
	if row.Counter != 2 || row.WriteNo != 3 || row.Committed != token("8") || row.Sequence != "8" {
		t.Errorf("row = %+v", row)
	}
	if n := w.server.Faults().Calls("UpdateItem"); n != 3 { // create, claim, renew
		t.Errorf("%d writes, want one for both", n)
	}
}

func TestARenewalLeavesAnOvertakenPositionOut(t *testing.T) {
	w := prepared(t)
	w.claim()
	_, err := w.table.WritePosition(t.Context(), shard, me, 1, messages.PositionWrite{WriteNo: 4, Committed: token("9")})
	w.must(err)
	row, err := w.table.Renew(t.Context(), shard, me, 1, lease, &messages.PositionWrite{WriteNo: 3, Committed: token("8")})
	w.must(err)
	if row.Counter != 2 || row.WriteNo != 4 || row.Committed != token("9") {
		t.Errorf("row = %+v, want it renewed at the newer position", row)
	}
}

func TestAReleasedShardIsFree(t *testing.T) {
	w := prepared(t)
	w.claim()
	for range 2 { // again: not ours any more
		w.must(w.table.Release(t.Context(), shard, me, 1))
	}
	row := w.row(shard)
	if row.Owner != "" || row.Expiry != 0 || row.Counter != 2 || row.Epoch != 1 {
		t.Errorf("row = %+v", row)
	}
	if _, err := w.table.Claim(t.Context(), row, other, lease); err != nil {
		t.Errorf("the free shard cannot be claimed: %v", err)
	}
}

func TestAReleaseOfSomebodyElsesShardChangesNothing(t *testing.T) {
	w := prepared(t)
	w.claim()
	w.must(w.open(application).Release(t.Context(), shard, other, 1))
	if row := w.row(shard); row.Owner != me || row.Counter != 1 {
		t.Errorf("row = %+v", row)
	}
}

// TestKP11ALostAnswerIsNoLostLease lets the write land and its answer break, for
// each kind of write: the SDK's repeat meets its own nonce.
func TestKP11ALostAnswerIsNoLostLease(t *testing.T) {
	w := prepared(t)
	steps := []struct {
		name    string
		do      func() (*messages.ShardRow, error)
		counter int64
	}{
		{"claim", func() (*messages.ShardRow, error) { return w.table.Claim(t.Context(), w.row(shard), me, lease) }, 1},
		{"begin", func() (*messages.ShardRow, error) { return w.table.Begin(t.Context(), shard, me, 1, lease) }, 2},
		{"write", func() (*messages.ShardRow, error) {
			return w.table.WritePosition(t.Context(), shard, me, 2, messages.PositionWrite{WriteNo: 1, Committed: token("5")})
		}, 2},
		{"renewal with a position", func() (*messages.ShardRow, error) {
			return w.table.Renew(t.Context(), shard, me, 2, lease, &messages.PositionWrite{WriteNo: 2, Committed: token("6")})
		}, 3},
		{"end", func() (*messages.ShardRow, error) {
			return w.table.WritePosition(t.Context(), shard, me, 2, messages.PositionWrite{WriteNo: 3, Ended: true})
		}, 4},
	}
	for _, s := range steps {
		w.once(fault.Effect{LoseAfter: true})
		row, err := s.do()
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if got := w.row(shard); row.Nonce != got.Nonce || row.Counter != s.counter || got.Counter != s.counter {
			t.Errorf("%s: returned %+v, the table has %+v, want counter %d", s.name, row, got, s.counter)
		}
	}
}
