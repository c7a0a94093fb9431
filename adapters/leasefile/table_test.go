package leasefile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

const (
	shard = messages.ShardID("shardId-000000000000")
	me    = messages.Owner("node-0/p1")
)

// opened is a table with one shard, which this process holds.
func opened(t *testing.T, dir string) (*Table, *messages.ShardRow) {
	t.Helper()
	table, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { table.Close() })
	if _, err := table.CreateShard(t.Context(), messages.ShardRow{Shard: shard}); err != nil {
		t.Fatal(err)
	}
	all, err := table.Rows(t.Context())
	if err != nil || len(all.Shards) != 1 {
		t.Fatalf("rows %+v, %v", all, err)
	}
	row, err := table.Claim(t.Context(), &all.Shards[0], me, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return table, row
}

func TestAPositionOutlivesItsProcessAndALeaseDoesNot(t *testing.T) {
	dir := t.TempDir()
	table, row := opened(t, dir)
	if _, err := table.CreateStream(t.Context(), messages.StreamRow{ARN: "arn"}); err != nil {
		t.Fatal(err)
	}
	write := messages.PositionWrite{WriteNo: 1, Committed: "K", Settled: new(bool), ChannelCreated: 7, Counters: &messages.Counters{Committed: 3}}
	if _, err := table.WritePosition(t.Context(), shard, me, row.Epoch, write); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); !errors.Is(err, ErrHeld) {
		t.Errorf("a second process: %v", err)
	}
	table.Close()
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	all, _ := again.Rows(t.Context())
	if r := all.Shards[0]; r.Committed != "K" || r.Settled || r.ChannelCreated != 7 || r.Counters.Committed != 3 || r.Owner != "" || all.Stream.ARN != "arn" {
		t.Errorf("after a restart: %+v", r)
	}
}

func TestAWriteOfAnotherEpochOrAnOlderOneChangesNothing(t *testing.T) {
	table, row := opened(t, t.TempDir())
	var fault *messages.Fault
	if _, err := table.WritePosition(t.Context(), shard, me, row.Epoch+1, messages.PositionWrite{WriteNo: 1, Committed: "other"}); !errors.As(err, &fault) || fault.Class != messages.Fenced {
		t.Errorf("another epoch's: %v", err)
	}
	for _, no := range []int64{2, 1} {
		if _, err := table.Renew(t.Context(), shard, me, row.Epoch, time.Second, &messages.PositionWrite{WriteNo: no, Committed: string(rune('0' + no))}); err != nil {
			t.Fatal(err)
		}
	}
	if all, _ := table.Rows(t.Context()); all.Shards[0].Committed != "2" {
		t.Errorf("committed %q, want that of the newest write", all.Shards[0].Committed)
	}
}

func TestAnEndedShardIsNotClaimedAndItsChannelIsDroppedOnce(t *testing.T) {
	table, row := opened(t, t.TempDir())
	end := messages.PositionWrite{WriteNo: 1, Ended: true}
	for range 2 { // its answer was lost
		if _, err := table.WritePosition(t.Context(), shard, me, row.Epoch, end); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := table.Claim(t.Context(), row, me, time.Second); err == nil {
		t.Error("an ended shard was claimed")
	}
	if err := errors.Join(table.NoteFinal(t.Context(), shard, messages.ChannelFinal{RowsInserted: 5}), table.MarkDropped(t.Context(), shard, 1)); err != nil {
		t.Error(err)
	}
	if err := table.MarkDropped(t.Context(), shard, 2); err == nil {
		t.Error("dropped twice")
	}
}

func TestWhatCannotBeWrittenIsNotTrue(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	table, row := opened(t, dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	var fault *messages.Fault
	if _, err := table.WritePosition(t.Context(), shard, me, row.Epoch, messages.PositionWrite{WriteNo: 1, Committed: "K"}); !errors.As(err, &fault) || fault.Class != messages.Transient {
		t.Errorf("on a disk that went away: %v", err)
	}
	if all, _ := table.Rows(t.Context()); all.Shards[0].Committed != "" {
		t.Error("the row says what the disk does not")
	}
}
