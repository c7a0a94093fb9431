package leasetable_test

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/messages"
)

// write writes a position under my epoch 1.
func (w *world) write(p messages.PositionWrite) *messages.ShardRow {
	w.Helper()
	row, err := w.table.WritePosition(w.Context(), shard, me, 1, p)
	w.must(err)
	return row
}

func TestAPositionIsWrittenWithItsEvidence(t *testing.T) {
	w := prepared(t)
	w.claim()
	w.write(messages.PositionWrite{
		WriteNo: 1, Committed: token("77"), Settled: ptr(false), ChannelCreated: 1234, CaughtUpAt: 99,
		Counters: &messages.Counters{Read: 10, Discarded: 1, Filtered: 2, Appended: 7, Committed: 6, Rejected: 3, Digest: "00ff00ff00ff00ff"},
	})
	got := w.item(string(shard))
	want := map[string]any{
		"committedToken": "1.77.*.1.shardId-000000000000", "settled": false, "channelCreated": json.Number("1234"),
		"caughtUpAt": json.Number("99"), "writeNo": json.Number("1"), "sequenceNumber": "77",
		"countRead": json.Number("10"), "countDiscarded": json.Number("1"), "countFiltered": json.Number("2"),
		"countAppended": json.Number("7"), "countCommitted": json.Number("6"), "countRejected": json.Number("3"),
		"digest": "00ff00ff00ff00ff", "leaseOwner": "node-0/me", "leaseCounter": json.Number("1"),
	}
	for name, v := range want {
		if got[name] != v {
			t.Errorf("%s = %v, want %v", name, got[name], v)
		}
	}
	row := w.row(shard)
	if row.Counters.Rejected != 3 || row.Counters.Digest != "00ff00ff00ff00ff" || row.ChannelCreated != 1234 || row.CaughtUpAt != 99 || row.Settled {
		t.Errorf("read back: %+v", row)
	}
}

func TestWhatAWriteLeavesOutStays(t *testing.T) {
	w := prepared(t)
	w.claim()
	w.write(messages.PositionWrite{WriteNo: 1, Committed: token("5"), Settled: ptr(false), ChannelCreated: 9, CaughtUpAt: 3, Counters: &messages.Counters{Read: 1}})
	before := w.item(string(shard))
	w.write(messages.PositionWrite{WriteNo: 2})
	after := w.item(string(shard))
	for _, changed := range []string{"writeNo", "leaseNonce"} {
		delete(before, changed)
		delete(after, changed)
	}
	if !maps.EqualFunc(before, after, func(a, b any) bool { return a == b }) {
		t.Errorf("row was\n%v\nand is\n%v", before, after)
	}
}

func TestARepeatOrAnOlderWriteHasLanded(t *testing.T) {
	w := prepared(t)
	w.claim()
	w.write(messages.PositionWrite{WriteNo: 5, Committed: token("50")})
	for _, no := range []int64{5, 4} {
		if row := w.write(messages.PositionWrite{WriteNo: no, Committed: token("40")}); row.Committed != token("50") || row.WriteNo != 5 {
			t.Errorf("write %d returned %+v, want the row as it was", no, row)
		}
	}
}

func TestAnotherOwnerOrEpochWritesNothing(t *testing.T) {
	w := prepared(t)
	w.claim()
	for _, c := range []struct {
		owner messages.Owner
		epoch int64
	}{{other, 1}, {me, 2}, {me, 0}} {
		_, err := w.table.WritePosition(t.Context(), shard, c.owner, c.epoch, messages.PositionWrite{WriteNo: 1, Committed: token("5")})
		w.wantLost(err)
	}
	if row := w.row(shard); row.Committed != "" {
		t.Errorf("K = %q", row.Committed)
	}
}

func TestAPositionAfterTheLeaseWasLostIsRefused(t *testing.T) {
	w := prepared(t)
	w.claim()
	w.write(messages.PositionWrite{WriteNo: 1, Committed: token("5")})
	_, err := w.open(application).Claim(t.Context(), w.row(shard), other, lease)
	w.must(err)
	_, err = w.table.WritePosition(t.Context(), shard, me, 1, messages.PositionWrite{WriteNo: 2, Committed: token("6")})
	w.wantLost(err)
	if row := w.row(shard); row.Committed != token("5") {
		t.Errorf("K = %q", row.Committed)
	}
}

// TestTheSiblingsFieldsFollowTheTokens holds the row to what ShardRow.Derived
// says after every write, whichever token it names (P24).
func TestTheSiblingsFieldsFollowTheTokens(t *testing.T) {
	w := prepared(t)
	w.claim()
	for i, c := range []struct {
		write messages.PositionWrite
		item  [3]any // sequenceNumber, partialSequenceNumber, partialSubSequenceNumber
	}{
		{messages.PositionWrite{Committed: token("10")}, [3]any{"10", nil, nil}},
		{messages.PositionWrite{Committed: token("11/3")}, [3]any{"10", "11", json.Number("3")}},
		{messages.PositionWrite{Skipped: token("15")}, [3]any{"15", nil, nil}},
		{messages.PositionWrite{Committed: token("11/3")}, [3]any{"15", nil, nil}}, // S is ahead
		{messages.PositionWrite{Skipped: token("16/0")}, [3]any{"15", "16", json.Number("0")}},
		{messages.PositionWrite{Committed: token("16")}, [3]any{"16", nil, nil}},
		{messages.PositionWrite{ClearSkipped: true}, [3]any{"16", nil, nil}},
		{messages.PositionWrite{Committed: token("100/0")}, [3]any{"16", "100", json.Number("0")}},
	} {
		c.write.WriteNo = int64(i + 1)
		w.write(c.write)
		it := w.item(string(shard))
		if got := [3]any{it["sequenceNumber"], it["partialSequenceNumber"], it["partialSubSequenceNumber"]}; got != c.item {
			t.Errorf("write %d: siblings read %v, want %v", i+1, got, c.item)
		}
		row := w.row(shard)
		if seq, partial, sub := row.Derived(); seq != row.Sequence || partial != row.PartialSeq || sub != row.PartialSub {
			t.Errorf("write %d: row says %s %s/%d, tokens say %s %s/%d", i+1, row.Sequence, row.PartialSeq, row.PartialSub, seq, partial, sub)
		}
	}
}

// TestTheOtherTokenIsTakenFromTheTable writes K through a table that has not
// seen that S moved.
func TestTheOtherTokenIsTakenFromTheTable(t *testing.T) {
	w := prepared(t)
	w.claim()
	w.write(messages.PositionWrite{WriteNo: 1, Committed: token("10")})
	beside := w.open(application)
	_, err := beside.WritePosition(t.Context(), shard, me, 1, messages.PositionWrite{WriteNo: 2, Skipped: token("20")})
	w.must(err)
	row := w.write(messages.PositionWrite{WriteNo: 3, Committed: token("12")})
	if row.Sequence != "20" || row.Committed != token("12") || row.Skipped != token("20") {
		t.Errorf("row = %+v, want sequenceNumber to follow S", row)
	}
}

func TestRenewalsAndPositionsDoNotWaitForEachOther(t *testing.T) {
	w := prepared(t)
	w.claim()
	var all sync.WaitGroup
	for i := range int64(20) {
		all.Go(func() {
			if _, err := w.table.Renew(t.Context(), shard, me, 1, lease, &messages.PositionWrite{WriteNo: 2*i + 1, Skipped: token("7")}); err != nil {
				t.Errorf("renewal: %v", err)
			}
		})
		all.Go(func() {
			if _, err := w.table.WritePosition(t.Context(), shard, me, 1, messages.PositionWrite{WriteNo: 2*i + 2, Committed: token("5")}); err != nil {
				t.Errorf("position: %v", err)
			}
		})
	}
	all.Wait()
	row := w.row(shard)
	if seq, _, _ := row.Derived(); row.Counter != 21 || row.WriteNo != 40 || row.Sequence != seq {
		t.Errorf("row = %+v, want 20 renewals, write 40, sequenceNumber %s", row, seq)
	}
}

func TestAnAdoptedPositionIsOverwrittenByOurs(t *testing.T) {
	w := prepared(t)
	w.put(string(shard), map[string]types.AttributeValue{"sequenceNumber": S("500")})
	w.claim()
	if row := w.write(messages.PositionWrite{WriteNo: 1, Settled: ptr(false), ChannelCreated: 1}); row.Sequence != "500" {
		t.Errorf("a write without a token moved sequenceNumber to %q", row.Sequence)
	}
	w.write(messages.PositionWrite{WriteNo: 2, Committed: token("400/2")})
	if it := w.item(string(shard)); it["sequenceNumber"] != nil || it["partialSequenceNumber"] != "400" {
		t.Errorf("a sibling would go on at %v, beyond what we have: 400/2", it["sequenceNumber"])
	}
}

func TestTheEndOfAShardGivesItsLeaseUp(t *testing.T) {
	w := prepared(t)
	w.claim()
	children := []messages.ShardID{"shardId-000000000001", "shardId-000000000002"}
	end := messages.PositionWrite{WriteNo: 2, Committed: token("9"), Ended: true, Children: children}
	for range 2 { // the repeat finds its own end
		row := w.write(end)
		if !row.Ended || row.Trimmed || row.Owner != "" || row.Expiry != 0 || !row.Settled || row.Sequence != "9" || !slices.Equal(row.Children, children) {
			t.Fatalf("row = %+v", row)
		}
	}
	_, err := w.table.Renew(t.Context(), shard, me, 1, lease, nil)
	w.wantLost(err)
	_, err = w.open(application).WritePosition(t.Context(), shard, me, 1, messages.PositionWrite{WriteNo: 3, Committed: token("10")})
	w.wantLost(err)
}

func TestARenewalThatCarriesTheEndEndsTheShard(t *testing.T) {
	w := prepared(t)
	w.claim()
	row, err := w.table.Renew(t.Context(), shard, me, 1, lease, &messages.PositionWrite{WriteNo: 1, Ended: true, Trimmed: true})
	w.must(err)
	if !row.Ended || !row.Trimmed || row.Owner != "" {
		t.Errorf("row = %+v", row)
	}
}

func TestAResolutionReplacesBothTokens(t *testing.T) {
	w := prepared(t)
	w.claim()
	w.write(messages.PositionWrite{WriteNo: 1, Committed: token("50"), Skipped: token("60"), Settled: ptr(false), ChannelCreated: 4, CaughtUpAt: 5})
	row, err := w.table.ResolvePosition(t.Context(), shard, me, 1, messages.PositionWrite{WriteNo: 2, Committed: token("40/1")})
	w.must(err)
	if row.Committed != token("40/1") || row.Skipped != "" || !row.Settled || row.ChannelCreated != 0 || row.CaughtUpAt != 0 || row.PartialSeq != "40" {
		t.Errorf("row = %+v", row)
	}
	if it := w.item(string(shard)); it["sequenceNumber"] != nil {
		t.Errorf("a sibling would skip from 40 to %v", it["sequenceNumber"])
	}
	row, err = w.table.ResolvePosition(t.Context(), shard, me, 1, messages.PositionWrite{WriteNo: 3})
	w.must(err)
	if row.Committed != "" || row.Skipped != "" || !row.Settled || row.Sequence != "" || row.PartialSeq != "" {
		t.Errorf("row = %+v, want it as created", row)
	}
	_, err = w.table.ResolvePosition(t.Context(), shard, other, 1, messages.PositionWrite{WriteNo: 4, Committed: token("1")})
	w.wantLost(err)
}

func TestAPositionWriteOfUnknownOutcomeIsRepeated(t *testing.T) {
	w := prepared(t)
	w.claim()
	w.server.Faults().Set("UpdateItem", fault.Times(3, fault.Always(fault.Effect{LoseAfter: true}))) // every attempt the SDK makes
	p := messages.PositionWrite{WriteNo: 1, Committed: token("5")}
	_, err := w.table.WritePosition(t.Context(), shard, me, 1, p)
	w.wantFault(err, messages.Transient, messages.ReasonUnavailable)
	if row := w.write(p); row.Committed != token("5") || row.WriteNo != 1 {
		t.Errorf("row = %+v", row)
	}
}
