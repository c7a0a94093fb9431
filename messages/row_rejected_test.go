package messages

import "testing"

// TestRejectedRowsAreOfTheChannelThatRejectedThem: a channel that was made anew
// counts from zero, the lease row goes on.
func TestRejectedRowsAreOfTheChannelThatRejectedThem(t *testing.T) {
	for name, c := range map[string]struct {
		row         ShardRow
		created     int64
		own, before int64
	}{
		"the first channel":               {ShardRow{ChannelCreated: 7, Counters: Counters{Rejected: 3}}, 7, 3, 0},
		"a new one":                       {ShardRow{ChannelCreated: 7, Counters: Counters{Rejected: 3}}, 8, 0, 3},
		"the new one later":               {ShardRow{ChannelCreated: 8, RejectedBefore: 3, Counters: Counters{Rejected: 5}}, 8, 2, 3},
		"a third one":                     {ShardRow{ChannelCreated: 8, RejectedBefore: 3, Counters: Counters{Rejected: 5}}, 9, 0, 5},
		"nobody knows which, dropped":     {ShardRow{RejectedBefore: 5, Counters: Counters{Rejected: 5}}, 9, 0, 5},
		"nothing was ever sent to any":    {ShardRow{}, 9, 0, 0},
		"nobody knows which, and it goes": {ShardRow{Counters: Counters{Rejected: 5}}, 9, 5, 0},
	} {
		if own, before := c.row.RejectedBy(c.created); own != c.own || before != c.before {
			t.Errorf("%s: %d and %d before, want %d and %d", name, own, before, c.own, c.before)
		}
	}
}
