package exact_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/kinesnow/kinesnow/integration/exact"
)

func TestAShardsNumberIsReadFromItsID(t *testing.T) {
	for _, n := range []uint16{0, 3, 65535} {
		if got, err := exact.ShardNumber(exact.ShardID(n)); err != nil || got != n {
			t.Errorf("shard %d became %q, and %d, %v", n, exact.ShardID(n), got, err)
		}
	}
	for _, id := range []string{"", "3", "shard-3", "shardId-", "shardId-x", "shardId--1", "shardId-000000065536"} {
		if n, err := exact.ShardNumber(id); err == nil {
			t.Errorf("%q is shard %d", id, n)
		}
	}
	if id, ok := exact.ShardOf("app-shardId-x-shardId-000000000003"); !ok || id != "shardId-000000000003" {
		t.Errorf("the channel is of shard %q, %t", id, ok)
	}
	if id, ok := exact.ShardOf("app-3"); ok {
		t.Errorf("a channel of no shard is of %q", id)
	}
}

func TestPlacesOfAShardAreOrderedAsNumbersAndThenWithinAnAggregate(t *testing.T) {
	order := []exact.Place{{Sequence: "9"}, {Sequence: "9", Sub: 1}, {Sequence: "9", Sub: 10}, {Sequence: "10"}, {Sequence: "11"}}
	for i, a := range order {
		for j, b := range order {
			if a.Before(b) != (i < j) {
				t.Errorf("%s before %s is %t", a, b, a.Before(b))
			}
		}
	}
}

func TestARowIsCountedAsWhatItIs(t *testing.T) {
	place := func(n int) exact.Place { return exact.Place{Sequence: fmt.Sprint(100 + n)} }
	for _, c := range []struct {
		rows []int
		want exact.Result
	}{
		{[]int{0, 1, 2}, exact.Result{Put: 3, Table: 3}},
		{[]int{0, 2}, exact.Result{Put: 3, Table: 2, Missing: 1, Details: []string{"record 1 (shard 0, 101) is missing"}}},
		{[]int{0, 1, 1, 2}, exact.Result{Put: 3, Table: 4, Doubled: 1, Details: []string{"record 1 (shard 0, 101) is there 2 times!"}}},
		{[]int{1, 0, 2}, exact.Result{Put: 3, Table: 3, Disordered: 1, Details: []string{"record 0 (shard 0, 100) came after record 1 of the same shard!"}}},
	} {
		comparison := exact.New(3)
		for _, n := range c.rows {
			comparison.Table++
			comparison.Row(n, place(n), "key", func() string { return "!" })
		}
		got := comparison.End(place)
		if fmt.Sprint(*got) != fmt.Sprint(c.want) || got.Exact() != (len(c.want.Details) == 0) || exact.Verdict(got.Exact()) == exact.Verdict(!got.Exact()) {
			t.Errorf("%v: %+v, want %+v", c.rows, *got, c.want)
		}
	}
}

func TestOnlyTheFirstDifferencesAreListed(t *testing.T) {
	comparison := exact.New(100)
	got := comparison.End(func(n int) exact.Place { return exact.Place{Sequence: fmt.Sprint(n)} })
	if got.Missing != 100 || len(got.Details) != 20 || !slices.Contains(got.Details, "record 19 (shard 0, 19) is missing") {
		t.Errorf("%d missing, %q", got.Missing, got.Details)
	}
}
