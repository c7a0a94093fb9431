package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAKillCountsOnlyAfterCommits(t *testing.T) {
	var got []bool
	tally := &tally{}
	for _, rows := range []int64{0, 10, 10, 11, 11, 11, 500} {
		fresh := tally.fresh(rows)
		counts := tally.kill(rows)
		if fresh != counts {
			t.Errorf("at %d rows: would count %t, counts %t", rows, fresh, counts)
		}
		got = append(got, counts)
	}
	if want := []bool{false, true, false, true, false, false, true}; !slices.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
	if tally.kills != 7 || tally.counted != 3 || !tally.enough(3) || tally.enough(4) {
		t.Errorf("%d kills, %d counted", tally.kills, tally.counted)
	}
}

func TestAStormMustDoWhatItSays(t *testing.T) {
	w, d := &world{fleet: &fleet{}}, deeds{}
	w.tally.counted = 39
	w.tally.joins = 1
	w.did(d, &storm{blows: append(slices.Clone(allBlows), "guest"), programs: []program{{reads: fanOut}}})
	if got := d.lacks(options{kills: 40, length: 10 * time.Second}); len(got) != 1 || !strings.Contains(got[0], "39 kills counted") {
		t.Errorf("a short storm lacks %q", got)
	}
	other := &world{fleet: &fleet{}, plan: plan{packed: 1}}
	other.tally.counted, other.tally.drains = 1, 1
	other.did(d, &storm{blows: []string{"drain"}})
	if got := d.lacks(options{kills: 40, length: 10 * time.Second}); got != nil {
		t.Errorf("a short storm lacks %q", got)
	}
	got := d.lacks(options{kills: 40, length: lacksAfter})
	for _, want := range []string{
		"no zombie lost a lease", "no connection was half-open", "no answer was cut", "no clock jump", "no split", "no guest left", "no event was spoiled",
		"no user record in an aggregate", "no SubscribeToShard",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not said; %q", want, got)
		}
	}
	for _, done := range []string{"no drain", "no guest joined", "no shard count changed", "no GetRecords"} { // the last two are not theirs to do
		if slices.Contains(got, done) {
			t.Errorf("%q is said", done)
		}
	}
}

func TestTheGapBetweenCommitsIsTheLongest(t *testing.T) {
	at := func(seconds ...float64) (list []commit) {
		for _, s := range seconds {
			list = append(list, commit{at: time.Unix(0, int64(s*1e9))})
		}
		return list
	}
	for want, commits := range map[time.Duration][]commit{0: at(5), 2 * time.Second: at(1, 2, 4, 5.5), 7 * time.Second: at(0, 7, 8)} {
		if got := longest(commits); got != want {
			t.Errorf("longest of %v is %s, want %s", commits, got, want)
		}
	}
}

func TestASlopeIsPerHour(t *testing.T) {
	var course []sample
	for i := range 20 {
		course = append(course, sample{at: time.Unix(int64(i*180), 0), resident: int64(100 + i)})
	}
	if got := slope(course, func(s sample) float64 { return float64(s.resident) }); got < 19.99 || got > 20.01 {
		t.Errorf("slope is %f, want 20", got)
	}
	if got := slope(course[:1], func(sample) float64 { return 7 }); got != 0 {
		t.Errorf("one sample has slope %f", got)
	}
}
