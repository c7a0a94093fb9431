package main

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
)

// TestADiaryTellsWhatIsOurs: a commit covers every record up to its token, and
// the server's delay is not ours.
func TestADiaryTellsWhatIsOurs(t *testing.T) {
	d, now := newDiary(5*time.Second), time.Now()
	d.put(now, []localkinesis.Put{{ShardID: "a", SequenceNumber: "9"}, {ShardID: "b", SequenceNumber: "8"}})
	d.put(now.Add(time.Second), []localkinesis.Put{{ShardID: "a", SequenceNumber: "10"}, {ShardID: "a", SequenceNumber: "11"}})
	d.note("", &messages.Committed{Shard: "a", To: messages.Position{Seq: "10"}, At: now.Add(7 * time.Second)})
	added, _, _ := d.take()
	if want := []time.Duration{2 * time.Second, time.Second}; !slices.Equal(added, want) || d.left() != 2 {
		t.Errorf("added %v, want %v; %d left, want 2", added, want, d.left())
	}
	if p99 := quantile(added, 0.99); p99 != 2*time.Second || quantile(nil, 0.5) != 0 {
		t.Errorf("p99 %s", p99)
	}
}

// TestADiaryCountsStatusCallsWithinAnySecond, in whatever order they end.
func TestADiaryCountsStatusCallsWithinAnySecond(t *testing.T) {
	d, now := newDiary(0), time.Now()
	for _, ms := range []int{0, 900, 300, 1200, 1250, 1290, 2500} {
		d.exchange(localsnowflake.Exchange{
			At: now.Add(time.Duration(ms) * time.Millisecond), Status: http.StatusTooManyRequests, URL: &url.URL{Path: "/pipes/p:bulk-channel-status"},
		})
	}
	if _, most, throttled := d.take(); most != 5 || throttled != 7 {
		t.Errorf("%d within a second, want 5 (from 300 to 1290); %d of 429", most, throttled)
	}
}
