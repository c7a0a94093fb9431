package stream_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/messages"
)

func (w *world) list(f stream.Filter) (ids []messages.ShardID) {
	w.Helper()
	shards, err := stream.New(w.config).List(w.Context(), f)
	if err != nil {
		w.Fatal(err)
	}
	for _, s := range shards {
		ids = append(ids, s.ID)
	}
	return ids
}

func TestFiltersListWhatTheyName(t *testing.T) {
	w := newWorld(t, 1)
	begin := w.clock.now()
	w.clock.move(time.Hour)
	w.split()
	w.clock.move(time.Second)
	parent, children := messages.ShardID("shardId-000000000000"), []messages.ShardID{"shardId-000000000001", "shardId-000000000002"}
	for _, c := range []struct {
		name   string
		filter stream.Filter
		want   []messages.ShardID
	}{
		{"trim to tip", stream.TrimToTip, append([]messages.ShardID{parent}, children...)},
		{"at latest", stream.AtLatest, children},
		{"at the trim horizon", stream.AtTrimHorizon, []messages.ShardID{parent}},
		{"at a time before the split", stream.AtTimestamp(begin.Add(time.Minute)), []messages.ShardID{parent}},
		{"at a time after the split", stream.AtTimestamp(w.clock.now()), children},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := w.list(c.filter); !slices.Equal(got, c.want) {
				t.Errorf("listed %v, want %v", got, c.want)
			}
		})
	}
}

func TestAListedShardHasItsRangesAndParents(t *testing.T) {
	w := newWorld(t, 1)
	w.split()
	parent, child := w.shard(0), w.shard(1)
	if parent.HashFrom != "0" || parent.HashTo != "340282366920938463463374607431768211455" || !parent.Starting.Valid() || !parent.Ending.Valid() || parent.Parents != nil {
		t.Errorf("parent %+v", parent)
	}
	want := messages.Shard{
		ID: "shardId-000000000001", Parents: []messages.ShardID{"shardId-000000000000"},
		HashFrom: "0", HashTo: "170141183460469231731687303715884105727", Starting: child.Starting,
	}
	if !reflect.DeepEqual(child, want) || !child.Starting.Valid() {
		t.Errorf("child %+v", child)
	}
}

func TestAllPagesAreListedEvenWhenATokenExpires(t *testing.T) {
	w := newWorld(t, 2500)
	expire := fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "ExpiredNextTokenException", Message: "expired"}}
	w.Faults().Set("ListShards", func(c fault.Call) fault.Effect {
		if c.N == 1 { // the second page
			return expire
		}
		return fault.Effect{}
	})
	ids := w.list(stream.TrimToTip)
	if slices.Sort(ids); len(slices.Compact(ids)) != 2500 {
		t.Errorf("%d shards", len(ids))
	}
	if n := w.Faults().Calls("ListShards"); n != 5 {
		t.Errorf("%d calls, want 2 and then 3", n)
	}
	w.Faults().Set("ListShards", fault.Always(expire))
	if _, err := stream.New(w.config).List(t.Context(), stream.TrimToTip); faulted(t, err).Class != messages.Transient {
		t.Errorf("a token that always expires: %v", err)
	}
}

func TestDescribeTellsWhoTheStreamIsAndTheServicesTime(t *testing.T) {
	w := newWorld(t, 1)
	created := w.clock.now()
	w.clock.move(90 * time.Minute)
	for _, arn := range []string{"", "arn:aws:kinesis:us-east-1:000000000000:stream/orders"} {
		w.config.ARN = arn
		got, err := stream.New(w.config).Describe(t.Context())
		want := &messages.Stream{
			Name: "orders", ARN: "arn:aws:kinesis:us-east-1:000000000000:stream/orders", CreatedAt: created.UTC().Truncate(time.Second),
			Retention: 24 * time.Hour, Now: w.clock.now().UTC().Truncate(time.Second),
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("described %+v, error %v, want %+v", got, err, want)
		}
	}
}

func TestAnARNIsEnoughToReadBy(t *testing.T) {
	w := newWorld(t, 1)
	w.config.ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/orders"
	want := w.put(objects(3)...)
	if got, _ := w.read(w.open(messages.ReadFrom{}), messages.Position{}, 3); !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}
