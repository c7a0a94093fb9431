package actors

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// large is an aggregate of 60 user records of a MiB each: four full batches.
var large = slices.Repeat([]actorstest.User{{Rows: 1, Bytes: 1 << 20}}, 60)

// TestABatchEndsInsideAnAggregate and its token says where; the generation that
// follows a death there begins behind it, by K, T and the ledger alike.
func TestABatchEndsInsideAnAggregate(t *testing.T) {
	for name, journal := range map[string]func() messages.Journal{
		"with the ledger": func() messages.Journal { return &tape{} },
		"without":         func() messages.Journal { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := oneShard(3) // 95 to 97
				first := plan{journal: journal()}
				w := start(t, cloud, first)
				time.Sleep(10 * time.Second)
				cloud.Play(deaf) // K stays behind T
				cloud.Stream.PutRecord(shard0, large...)
				inside := func() bool {
					token := cloud.Sink.Token(channel0)
					return strings.HasPrefix(token, "1.98.") && !strings.HasPrefix(token, "1.98.*.")
				}
				for range 200 {
					if time.Sleep(50 * time.Millisecond); inside() {
						break
					}
				}
				w.stop()
				cloud.Play(nil)
				if !inside() {
					t.Fatalf("the first process died at token %q", cloud.Sink.Token(channel0))
				}
				at, err := messages.ParseToken(cloud.Sink.Token(channel0), shard0)
				if err != nil {
					t.Fatal(err)
				}
				w = start(t, cloud, plan{process: "process-b", journal: first.journal})
				time.Sleep(2 * time.Minute)
				w.stop()
				w.whole()
				if opened := recorded[*messages.Opened](w); len(opened) == 0 || opened[0].Start != at.Position || opened[0].From != "token" {
					t.Errorf("it started at %+v, the token was %s", opened, at)
				}
				found := recorded[*messages.Recovered](w)
				if len(found) != 1 || found[0].To != at.Position || found[0].Counters.Committed != at.Sub+1 {
					t.Errorf("recovered %+v", found)
				}
				if c := cloud.Table.Row(shard0).Counters; c.Read != 63 || c.Committed != 63 {
					t.Errorf("counters %+v", c)
				}
			})
		})
	}
}

// TestAnAggregateOfNothingIsAPlaceAndCountsAsNothing: S covers it where it is
// last, a token where rows follow.
func TestAnAggregateOfNothingIsAPlaceAndCountsAsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(2) // 95, 96
		w := start(t, cloud, plan{})
		time.Sleep(10 * time.Second)
		cloud.Stream.PutRecord(shard0) // 97
		cloud.Stream.PutRecord(shard0) // 98
		time.Sleep(20 * time.Second)
		row := cloud.Table.Row(shard0)
		if s, err := messages.ParseToken(row.Skipped, shard0); err != nil || s.Position != whole("98") || !row.Settled {
			t.Errorf("S %q, settled %v", row.Skipped, row.Settled)
		}
		cloud.Stream.PutRecord(shard0) // 99
		cloud.Stream.Put(shard0, 1)    // 100
		cloud.Stream.PutRecord(shard0) // 101
		cloud.Stream.Close(shard0)
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
		row = cloud.Table.Row(shard0)
		if c := row.Counters; !row.Ended || c.Read != 3 || c.Discarded != 0 || c.Filtered != 0 || c.Committed != 3 {
			t.Errorf("ended %v, counters %+v", row.Ended, c)
		}
		if lost := recorded[*messages.RecordsDiscarded](w); len(lost) != 0 {
			t.Errorf("the ledger has it as lost: %+v", lost)
		}
	})
}
