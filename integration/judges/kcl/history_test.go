package kcl

import (
	"slices"
	"testing"
)

// put is the input of the tests: a parent of two records, its child with an
// aggregate of three and one more.
func put() map[string][]userRecord {
	return map[string][]userRecord{
		"parent": {{Sequence: "1", Key: "a", Data: "x"}, {Sequence: "2", Key: "a", Data: "y"}},
		"child": {
			{Sequence: "3", Sub: 0, Aggregated: true, Key: "a", Data: "p"}, {Sequence: "3", Sub: 1, Aggregated: true, Key: "a", Data: "q"},
			{Sequence: "3", Sub: 2, Aggregated: true, Key: "a", Data: "r"}, {Sequence: "4", Key: "a", Data: "s"},
		},
	}
}

func began(worker, shard, sequence string, sub int64) said {
	return said{Worker: worker, Event: "started", Shard: shard, Sequence: sequence, Sub: sub}
}

func read(worker, shard string, records ...userRecord) (events []said) {
	for _, r := range records {
		events = append(events, said{Worker: worker, Event: "record", Shard: shard, Sequence: r.Sequence, Sub: r.Sub, Aggregated: r.Aggregated,
			Key: []byte(r.Key), Hash: r.Hash, Data: []byte(r.Data)})
	}
	return events
}

func saved(worker, shard string, r userRecord) said {
	return said{Worker: worker, Event: "checkpoint", Shard: shard, Sequence: r.Sequence, Sub: r.Sub}
}

// goodStory is what two workers should do: A dies in the middle of the
// aggregate, one record behind its checkpoint, and B goes on.
func goodStory() []said {
	in := put()
	parent, child := in["parent"], in["child"]
	return slices.Concat(
		[]said{began("A", "parent", beginning, 0)}, read("A", "parent", parent...), []said{saved("A", "parent", parent[1]), {Worker: "A", Event: "ended", Shard: "parent"}},
		[]said{began("A", "child", beginning, 0)}, read("A", "child", child[0]), []said{saved("A", "child", child[0])}, read("A", "child", child[1]),
		[]said{began("B", "child", "3", 0)}, read("B", "child", child[1:]...), []said{saved("B", "child", child[3])},
	)
}

func held(events []said) *history {
	h := newHistory(put(), map[string][]string{"child": {"parent"}})
	h.tell(events)
	return h
}

func TestAStoryWithoutFaultIsAcceptedAndCounted(t *testing.T) {
	h := held(goodStory())
	if len(h.gaps)+len(h.resumes)+len(h.families) > 0 || h.missing() != 0 || h.repeated != 1 || h.unsaved != 1 || h.middle != 1 || !h.settled() {
		t.Errorf("%+v", h)
	}
}

func TestEveryFaultOfAConsumerIsNoticed(t *testing.T) {
	good := goodStory()
	change := func(i int, edit func(*said)) []said {
		events := slices.Clone(good)
		edit(&events[i])
		return events
	}
	without := func(i int) []said { return slices.Delete(slices.Clone(good), i, i+1) }
	twice := func(i int) []said { return slices.Insert(slices.Clone(good), i, good[i]) }
	swapped := slices.Clone(good)
	swapped[1], swapped[2] = swapped[2], swapped[1]
	for what, c := range map[string]struct {
		events []said
		found  func(*history) bool
	}{
		"a record left out":            {without(1), func(h *history) bool { return len(h.gaps) > 0 }},
		"a record twice":               {twice(1), func(h *history) bool { return len(h.gaps) > 0 }},
		"two records swapped":          {swapped, func(h *history) bool { return len(h.gaps) > 0 }},
		"another value":                {change(1, func(e *said) { e.Data = []byte("z") }), func(h *history) bool { return len(h.gaps) > 0 }},
		"another key":                  {change(1, func(e *said) { e.Key = []byte("z") }), func(h *history) bool { return len(h.gaps) > 0 }},
		"an aggregate taken for one":   {change(6, func(e *said) { e.Aggregated = false }), func(h *history) bool { return len(h.gaps) > 0 }},
		"an end before the end":        {without(2), func(h *history) bool { return len(h.gaps) > 0 }},
		"a child before its parent":    {without(4), func(h *history) bool { return len(h.families) > 0 }},
		"a resumption too early":       {change(9, func(e *said) { e.Sequence = beginning }), func(h *history) bool { return len(h.resumes) > 0 }},
		"a resumption too late":        {change(9, func(e *said) { e.Sub = 1 }), func(h *history) bool { return len(h.resumes) > 0 }},
		"a reader beside the owner":    {change(10, func(e *said) { e.Worker = "A" }), func(h *history) bool { return len(h.gaps) > 0 }},
		"the last record not reached":  {good[:len(good)-2], func(h *history) bool { return h.missing() == 1 && !h.settled() }},
		"the last record not saved":    {good[:len(good)-1], func(h *history) bool { return !h.settled() }},
		"a checkpoint of another's":    {change(7, func(e *said) { e.Worker = "B" }), func(h *history) bool { return len(h.resumes) > 0 }},
		"a record that nobody put":     {append(slices.Clone(good), read("B", "child", userRecord{Sequence: "5"})...), func(h *history) bool { return len(h.gaps) > 0 }},
		"records of an unknown shard":  {append(slices.Clone(good), read("B", "other", userRecord{Sequence: "5"})...), func(h *history) bool { return len(h.gaps) > 0 }},
		"a checkpoint before anything": {append(slices.Clone(good), saved("B", "other", userRecord{})), func(h *history) bool { return len(h.resumes) > 0 }},
	} {
		if !c.found(held(c.events)) {
			t.Errorf("%s was not noticed", what)
		}
	}
}

func TestEveryWrongAttributeOfALeaseIsNoticed(t *testing.T) {
	s := func(v string) map[string]any { return map[string]any{"S": v} }
	ss := func(v ...any) map[string]any { return map[string]any{"SS": v} }
	leases := func() map[string]item {
		return map[string]item{
			"parent": {"checkpoint": s(shardEnd), "checkpointSubSequenceNumber": {"N": "0"}, "childShardIds": ss("child"), "startingHashKey": s("0"), "endingHashKey": s("9")},
			"child": {"checkpoint": s("4"), "checkpointSubSequenceNumber": {"N": "0"}, "leaseOwner": s("C"), "parentShardId": ss("parent"),
				"startingHashKey": s("0"), "endingHashKey": s("9")},
		}
	}
	shards := []shard{{ShardID: "parent"}, {ShardID: "child", ParentShardID: "parent"}}
	shards[0].SequenceNumberRange.EndingSequenceNumber = "9"
	for i := range shards {
		shards[i].HashKeyRange.StartingHashKey, shards[i].HashKeyRange.EndingHashKey = "0", "9"
	}
	if wrong := wrongLeases(leases(), shards, put(), "C"); len(wrong) > 0 {
		t.Fatalf("right leases: %v", wrong)
	}
	for key, lease := range leases() {
		for attribute := range lease {
			broken := leases()
			broken[key][attribute] = s("other")
			if len(wrongLeases(broken, shards, put(), "C")) == 0 {
				t.Errorf("%s of %s was not noticed", attribute, key)
			}
		}
	}
}

// The vector is the one of specs/kinesis-consumption.md 5.
func TestAnAggregateIsTheKPLsByteForByte(t *testing.T) {
	const want = "\xf3\x89\x9a\xc2\x0a\x04pk-a\x0a\x04pk-b\x1a\x0b\x08\x00\x1a\x07{\"n\":1}\x1a\x0b\x08\x01\x1a\x07{\"n\":2}\x1a\x0b\x08\x00\x1a\x07{\"n\":3}" +
		"\xd4\x5e\xcb\xdd\xe9\xd6\x10\x9a\x50\x16\xfd\x34\xe4\x2d\x82\xe6"
	got := aggregate([]userRecord{{Key: "pk-a", Data: `{"n":1}`}, {Key: "pk-b", Data: `{"n":2}`}, {Key: "pk-a", Data: `{"n":3}`}})
	if string(got) != want {
		t.Errorf("%x\nwant %x", got, want)
	}
}
