package leasetable_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// pausable is a table whose stream began.
func pausable(t *testing.T) *world {
	w := prepared(t)
	_, err := w.table.CreateStream(t.Context(), messages.StreamRow{ARN: streamARN, CreatedAt: noon, Position: "TRIM_HORIZON"})
	w.must(err)
	return w
}

func TestAPauseIsKeptForEverybody(t *testing.T) {
	w := pausable(t)
	p, err := w.table.Pause(t.Context(), []messages.ShardID{"shardId-000000000002", "shardId-000000000001"}, "ada")
	w.must(err)
	again, err := w.open(application).Pause(t.Context(), []messages.ShardID{"shardId-000000000001"}, "bob")
	w.must(err)
	want := []messages.ShardID{"shardId-000000000001", "shardId-000000000002"}
	if !slices.Equal(p.Shards, want) || !slices.Equal(again.Shards, want) || again.Who != "ada" || !again.Since.Equal(noon) {
		t.Errorf("pauses %+v, then %+v", p, again)
	}
	all, err := w.open(application).Rows(t.Context())
	w.must(err)
	seen := all.Stream.Pauses
	if !seen.Has("shardId-000000000002") || seen.Has("shardId-000000000003") || seen.All {
		t.Errorf("another process sees %+v", seen)
	}
	row, err := w.table.Stream(t.Context())
	w.must(err)
	if row.ARN != streamARN || !row.Pauses.Same(seen) {
		t.Errorf("the stream's row is %+v", row)
	}

	_, err = w.table.Pause(t.Context(), nil, "ada")
	w.must(err)
	if _, err := w.table.Resume(t.Context(), want[:1], "ada"); err == nil || !strings.Contains(err.Error(), "paused as a whole") {
		t.Errorf("Resume of one = %v", err)
	}
	none, err := w.table.Resume(t.Context(), nil, "ada")
	w.must(err)
	if !none.None() || w.item("__stream__")["pausedShards"] != nil || w.item("__stream__")["pausedAt"] != nil {
		t.Errorf("after all was resumed: %+v, %v", none, w.item("__stream__"))
	}
}

func TestTheLastShardResumedEndsThePause(t *testing.T) {
	w := pausable(t)
	one := []messages.ShardID{shard}
	_, err := w.table.Pause(t.Context(), one, "ada")
	w.must(err)
	p, err := w.table.Resume(t.Context(), one, "ada")
	w.must(err)
	if !p.None() || !p.Since.IsZero() {
		t.Errorf("pauses %+v", p)
	}
}

func TestPausesAtTheSameTimeAddUp(t *testing.T) {
	w := pausable(t)
	var all sync.WaitGroup
	for _, id := range []messages.ShardID{"shardId-000000000001", "shardId-000000000002", "shardId-000000000003", "shardId-000000000004"} {
		all.Go(func() {
			if _, err := w.open(application).Pause(t.Context(), []messages.ShardID{id}, "x"); err != nil {
				t.Errorf("Pause: %v", err)
			}
		})
	}
	all.Wait()
	row, err := w.table.Stream(t.Context())
	w.must(err)
	if len(row.Pauses.Shards) != 4 {
		t.Errorf("pauses %+v, want 4 shards", row.Pauses)
	}
}

func TestAnApplicationThatNeverRanCannotBePaused(t *testing.T) {
	w := prepared(t)
	_, err := w.table.Pause(t.Context(), nil, "ada")
	w.wantFault(err, messages.Rejected, messages.ReasonMissing)
}
