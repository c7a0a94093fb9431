package messages

import "testing"

// TestSiblingFieldsFollowTheTokens is P24: the last whole record that is
// durable, and how far into the next one.
func TestSiblingFieldsFollowTheTokens(t *testing.T) {
	token := func(seq SequenceNumber, sub int64) string { return Token{Position{seq, sub}, 9, shard}.String() }
	for _, c := range []struct {
		name               string
		committed, skipped string
		seq, partial       SequenceNumber
		sub                int64
	}{
		{name: "nothing yet"},
		{name: "a whole record", committed: token("100", Whole), seq: "100"},
		{name: "inside an aggregate", committed: token("100", 4), partial: "100", sub: 4},
		{name: "the first of an aggregate", committed: token("100", 0), partial: "100"},
		{name: "S alone", skipped: token("100", Whole), seq: "100"},
		{name: "S ahead of K", committed: token("99", Whole), skipped: token("100", Whole), seq: "100"},
		{name: "S behind K", committed: token("100", 4), skipped: token("99", Whole), partial: "100", sub: 4},
		{name: "S completes K's aggregate", committed: token("100", 4), skipped: token("100", Whole), seq: "100"},
		{name: "a foreign token counts for nothing", committed: "1.5.0.0.shardId-000000000009", skipped: token("7", Whole), seq: "7"},
		{name: "two foreign tokens", committed: "x", skipped: "y"},
	} {
		row := ShardRow{Shard: shard, Committed: c.committed, Skipped: c.skipped}
		seq, partial, sub := row.Derived()
		if seq != c.seq || partial != c.partial || sub != c.sub {
			t.Errorf("%s: %q %q %d, want %q %q %d", c.name, seq, partial, sub, c.seq, c.partial, c.sub)
		}
	}
}

// TestReadFromNamesTheIteratorItStandsFor pins the four forms of ReadFrom.
func TestReadFromNamesTheIteratorItStandsFor(t *testing.T) {
	after, at := Position{"5", Whole}, Token{Arrival: 1500}.ArrivedAt()
	for _, c := range []struct {
		from             ReadFrom
		text             string
		oldest, anchored bool
	}{
		{ReadFrom{}, "TRIM_HORIZON", true, false},
		{ReadFrom{Time: at}, "AT_TIMESTAMP 1970-01-01T00:00:01.5Z", false, false},
		{ReadFrom{After: after}, "after 5/*", false, true},
		{ReadFrom{After: after, Unanchored: true}, "TRIM_HORIZON", true, false},
		{ReadFrom{After: after, Unanchored: true, Time: at}, "AT_TIMESTAMP 1970-01-01T00:00:01.5Z", false, false},
	} {
		if c.from.String() != c.text || c.from.Oldest() != c.oldest || c.from.Anchored() != c.anchored {
			t.Errorf("%+v: %q oldest %v anchored %v", c.from, c.from.String(), c.from.Oldest(), c.from.Anchored())
		}
	}
}
