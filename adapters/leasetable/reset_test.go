package leasetable_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/messages"
)

var (
	oldStream = messages.StreamRow{ARN: "arn", CreatedAt: noon, Position: "TRIM_HORIZON", Drained: true}
	newStream = messages.StreamRow{ARN: "arn", CreatedAt: noon.Add(time.Hour), Position: "LATEST", Timestamp: noon.Add(time.Hour)}
)

// worked has a stream that was read for a while.
func worked(t *testing.T) *world {
	w := prepared(t)
	_, err := w.table.CreateStream(t.Context(), oldStream)
	w.must(err)
	w.must(w.table.MarkInitialised(t.Context()))
	w.claim()
	w.write(messages.PositionWrite{WriteNo: 1, Committed: token("9"), Settled: ptr(false), ChannelCreated: 1, Counters: &messages.Counters{Read: 9}})
	return w
}

func TestAStreamThatWasCreatedAnewBeginsAnew(t *testing.T) {
	w := worked(t)
	before := w.row(shard)
	w.must(w.table.ResetStream(t.Context(), oldStream, newStream))
	if rows, err := w.table.Rows(t.Context()); err != nil || len(rows.Shards) != 0 {
		t.Errorf("rows after the reset: %+v, %v", rows.Shards, err)
	}
	got, err := w.table.Stream(t.Context())
	w.must(err)
	if got.Initialised || got.Drained || !got.CreatedAt.Equal(newStream.CreatedAt) || !got.Timestamp.Equal(newStream.Timestamp) || got.Position != "LATEST" {
		t.Errorf("the stream's row = %+v", got)
	}
	for _, lateWrite := range []func() error{
		func() error { _, err := w.table.Renew(t.Context(), shard, me, 1, lease, nil); return err },
		func() error { _, err := w.open(application).Claim(t.Context(), before, other, lease); return err },
	} {
		w.wantLost(lateWrite())
	}

	for _, want := range []bool{true, false} {
		if made, err := w.table.CreateShard(t.Context(), messages.ShardRow{Shard: shard, HashFrom: "1", HashTo: "2"}); err != nil || made != want {
			t.Errorf("CreateShard = %v, %v, want %v", made, err, want)
		}
	}
	row := w.row(shard)
	if row.Committed != "" || row.Sequence != "" || row.Owner != "" || row.Counters.Read != 0 || !row.Settled || row.Epoch != 1 || row.HashTo != "2" {
		t.Errorf("row = %+v, want it as created, under an epoch that goes on", row)
	}
	if row, err = w.table.Claim(t.Context(), row, me, lease); err != nil || row.Epoch != 2 {
		t.Errorf("Claim = %+v, %v", row, err)
	}
}

func TestAResetThatWasCutOffIsDoneAgain(t *testing.T) {
	w := worked(t)
	w.put("shardId-000000000001", map[string]types.AttributeValue{"sequenceNumber": S("5")})
	w.server.Faults().Set("UpdateItem", func(c fault.Call) fault.Effect {
		return fault.Effect{LoseBefore: c.Key == application+"/"+streamName+"/__stream__"}
	})
	w.wantFault(w.table.ResetStream(t.Context(), oldStream, newStream), messages.Transient, messages.ReasonUnavailable)
	w.server.Faults().Set("UpdateItem", nil)
	w.must(w.table.ResetStream(t.Context(), oldStream, newStream))
	if rows, err := w.table.Rows(t.Context()); err != nil || len(rows.Shards) != 0 {
		t.Errorf("rows after the reset: %+v, %v", rows.Shards, err)
	}
}

// TestASlowResetHarmsNoRowOfTheNewStream lets a second process finish the
// reset and make the row anew between the first one's reading and writing.
func TestASlowResetHarmsNoRowOfTheNewStream(t *testing.T) {
	w := worked(t)
	faster := w.open(application)
	w.server.Faults().Set("UpdateItem", fault.Times(1, func(fault.Call) fault.Effect {
		w.server.Faults().Set("UpdateItem", nil)
		if err := faster.ResetStream(t.Context(), oldStream, newStream); err != nil {
			t.Errorf("the faster reset: %v", err)
		}
		if made, err := faster.CreateShard(t.Context(), messages.ShardRow{Shard: shard, HashTo: "7"}); err != nil || !made {
			t.Errorf("CreateShard = %v, %v", made, err)
		}
		return fault.Effect{}
	}))
	w.wantFault(w.table.ResetStream(t.Context(), oldStream, newStream), messages.Transient, messages.ReasonLeaseLost)
	if row := w.row(shard); row.HashTo != "7" || !row.Settled {
		t.Errorf("row = %+v", row)
	}
}
