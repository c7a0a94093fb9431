package actors

import (
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

func pos(seq messages.SequenceNumber, sub int64) messages.Position {
	return messages.Position{Seq: seq, Sub: sub}
}

func whole(seq messages.SequenceNumber) messages.Position { return pos(seq, messages.Whole) }

func tokenOf(p messages.Position) string {
	return messages.Token{Position: p, Arrival: 1700000000000, Shard: shard0}.String()
}

// TestWhereAGenerationStarts is P7's table, row by row.
func TestWhereAGenerationStarts(t *testing.T) {
	durable := messages.ReadFrom{Time: time.Unix(1700000000, 0)}
	t9, t10, t11 := whole("9"), whole("10"), whole("11") // in this order only as numbers
	inside := pos("10", 4)
	const same, other = 1000, 2000
	for _, c := range []struct {
		name    string
		row     messages.ShardRow
		token   string
		drained bool
		after   messages.Position // zero = the durable start
		source  string
		stop    messages.StopCode
		adopted bool
	}{
		// T none, no K, settled (as created)
		{name: "as created", row: messages.ShardRow{Settled: true}, source: "durable start"},
		// T, no K or K <= T
		{name: "token, no checkpoint", token: tokenOf(t10), after: t10, source: "token"},
		{name: "token, no checkpoint, settled", token: tokenOf(t10), row: messages.ShardRow{Settled: true}, after: t10, source: "token"},
		{name: "token at the checkpoint", token: tokenOf(t10), row: messages.ShardRow{Committed: tokenOf(t10)}, after: t10, source: "token"},
		{name: "token ahead of the checkpoint", token: tokenOf(t10), row: messages.ShardRow{Committed: tokenOf(t9)}, after: t10, source: "token"},
		{name: "token inside an aggregate", token: tokenOf(inside), row: messages.ShardRow{Committed: tokenOf(t9)}, after: inside, source: "token"},
		// T, K > T
		{name: "token behind the checkpoint", token: tokenOf(t9), row: messages.ShardRow{Committed: tokenOf(t10)}, stop: messages.TokenRegressed},
		{name: "token behind the checkpoint, settled", token: tokenOf(t9), row: messages.ShardRow{Committed: tokenOf(t10), Settled: true}, stop: messages.TokenRegressed},
		{name: "token behind within its record", token: tokenOf(inside), row: messages.ShardRow{Committed: tokenOf(t10)}, stop: messages.TokenRegressed},
		// T none, K, settled
		{name: "the channel expired at rest", row: messages.ShardRow{Committed: tokenOf(t10), Settled: true}, after: t10, source: "checkpoint"},
		{name: "the channel expired at rest and was made anew", row: messages.ShardRow{Committed: tokenOf(t10), Settled: true, ChannelCreated: other}, after: t10, source: "checkpoint"},
		// T none, not settled, the same channel
		{name: "nothing was ever committed", row: messages.ShardRow{ChannelCreated: same}, source: "durable start"},
		{name: "the same channel lost nothing", row: messages.ShardRow{Committed: tokenOf(t10), ChannelCreated: same}, after: t10, source: "checkpoint"},
		// T none, not settled, another channel or none known
		{name: "the channel was dropped in flight", row: messages.ShardRow{Committed: tokenOf(t10), ChannelCreated: other}, stop: messages.TokenLost},
		{name: "dropped in flight before any checkpoint", row: messages.ShardRow{ChannelCreated: other}, stop: messages.TokenLost},
		{name: "in flight in a channel nobody noted", row: messages.ShardRow{Committed: tokenOf(t10)}, stop: messages.TokenLost},
		{name: "a row that says nothing", row: messages.ShardRow{}, stop: messages.TokenLost},
		// T none, adopted
		{name: "adopted, not drained", row: messages.ShardRow{Sequence: "10"}, stop: messages.AdoptedUndrained},
		{name: "adopted, drained", row: messages.ShardRow{Sequence: "10"}, drained: true, after: t10, source: "adopted", adopted: true},
		{name: "adopted, settled by creation", row: messages.ShardRow{Sequence: "10", Settled: true}, stop: messages.AdoptedUndrained},
		{name: "another product went on after us", row: messages.ShardRow{Committed: tokenOf(t9), Sequence: "10", Settled: true}, drained: true, after: t10, source: "adopted", adopted: true},
		{name: "another product is ahead of our token", token: tokenOf(t9), row: messages.ShardRow{Committed: tokenOf(t9), Sequence: "10"}, stop: messages.AdoptedUndrained},
		{name: "another product is behind our token", token: tokenOf(t10), row: messages.ShardRow{Sequence: "9"}, after: t10, source: "token", adopted: true},
		{name: "another product beside a partial position", row: messages.ShardRow{Committed: tokenOf(inside), PartialSeq: "10", PartialSub: 4, Sequence: "11"}, stop: messages.AdoptedUndrained},
		{name: "our own whole record", token: tokenOf(t10), row: messages.ShardRow{Committed: tokenOf(t10), Sequence: "10"}, after: t10, source: "token"},
		{name: "our own partial record", token: tokenOf(inside), row: messages.ShardRow{Committed: tokenOf(inside), PartialSeq: "10", PartialSub: 4, Sequence: "9"}, after: inside, source: "token"},
		// unreadable
		{name: "a token of another writer", token: "x", stop: messages.TokenForeign},
		{name: "a token of another shard", token: messages.Token{Position: t10, Shard: shard1}.String(), row: messages.ShardRow{Settled: true}, stop: messages.TokenForeign},
		{name: "a token of another version", token: "2.10.*.0." + string(shard0), stop: messages.TokenForeign},
		{name: "a foreign checkpoint", token: tokenOf(t10), row: messages.ShardRow{Committed: "x"}, stop: messages.TokenForeign},
		{name: "a foreign S", token: tokenOf(t10), row: messages.ShardRow{Skipped: "x"}, stop: messages.TokenForeign},
		// S counts only at or ahead of the start just decided
		{name: "S ahead of the token", token: tokenOf(t9), row: messages.ShardRow{Committed: tokenOf(t9), Skipped: tokenOf(t10)}, after: t10, source: "skipped"},
		{name: "S at the token", token: tokenOf(t10), row: messages.ShardRow{Skipped: tokenOf(t10)}, after: t10, source: "skipped"},
		{name: "S behind the token", token: tokenOf(t10), row: messages.ShardRow{Skipped: tokenOf(t9)}, after: t10, source: "token"},
		{name: "S completes the token's record", token: tokenOf(inside), row: messages.ShardRow{Skipped: tokenOf(t10)}, after: t10, source: "skipped"},
		{name: "S before anything was committed", row: messages.ShardRow{Settled: true, Skipped: tokenOf(t10)}, after: t10, source: "skipped"},
		{name: "S ahead of a checkpoint at rest", row: messages.ShardRow{Settled: true, Committed: tokenOf(t9), Skipped: tokenOf(t11)}, after: t11, source: "skipped"},
		{name: "S does not help where the token is lost", row: messages.ShardRow{Committed: tokenOf(t9), Skipped: tokenOf(t10), ChannelCreated: other}, stop: messages.TokenLost},
		{name: "S does not help where the token went back", token: tokenOf(t9), row: messages.ShardRow{Committed: tokenOf(t10), Skipped: tokenOf(t11)}, stop: messages.TokenRegressed},
	} {
		c.row.Shard = shard0
		if c.row.Sequence == "" { // as the table derives it, so that nothing looks adopted
			c.row.Sequence, c.row.PartialSeq, c.row.PartialSub = c.row.Derived()
		}
		opening := &messages.Opening{ChannelStatus: messages.ChannelStatus{Token: c.token, CreatedMS: same}}
		start, fault := DecideStart(&c.row, opening, durable, c.drained)
		if c.stop != "" {
			if fault == nil || fault.Stop != c.stop || fault.Class != messages.Rejected || fault.Shard != shard0 {
				t.Errorf("%s: start %+v, fault %v; want the stop %s", c.name, start, fault, c.stop)
			}
			continue
		}
		if fault != nil {
			t.Errorf("%s: %v", c.name, fault)
			continue
		}
		from := durable
		if !c.after.IsZero() {
			from = messages.ReadFrom{After: c.after}
		}
		if start.From != from || start.Position != c.after || start.Source != c.source || start.Adopted != c.adopted || start.Why == "" {
			t.Errorf("%s: %+v; want after %s from %s", c.name, start, c.after, c.source)
		}
		if got := start.Token.Position; c.token == "" != got.IsZero() {
			t.Errorf("%s: the token of the opening is handed on as %s", c.name, got)
		}
	}
}

// TestAStartNeverGoesBelowWhatIsInTheTable tries every combination of T, K and
// S over a few positions: a start is never below T nor, without T, below K.
func TestAStartNeverGoesBelowWhatIsInTheTable(t *testing.T) {
	places := []messages.Position{{}, whole("9"), pos("10", 0), pos("10", 4), whole("10"), whole("11")}
	text := func(p messages.Position) string {
		if p.IsZero() {
			return ""
		}
		return tokenOf(p)
	}
	starts, stops := 0, 0
	for _, token := range places {
		for _, k := range places {
			for _, s := range places {
				for _, settled := range []bool{true, false} {
					for _, created := range []int64{0, 1, 2} {
						row := messages.ShardRow{Shard: shard0, Committed: text(k), Skipped: text(s), Settled: settled, ChannelCreated: created}
						row.Sequence, row.PartialSeq, row.PartialSub = row.Derived()
						start, fault := DecideStart(&row, &messages.Opening{ChannelStatus: messages.ChannelStatus{Token: text(token), CreatedMS: 1}}, messages.ReadFrom{}, false)
						if fault != nil {
							stops++
							continue
						}
						starts++
						if !start.Position.Covers(token) || token.IsZero() && !start.Position.Covers(k) || k.Compare(token) > 0 && !token.IsZero() {
							t.Errorf("T %s K %s S %s settled %v created %d: starts after %s", token, k, s, settled, created, start.Position)
						}
						if token.IsZero() && !settled && created != 1 {
							t.Errorf("K %s S %s created %d: starts although rows may be lost", k, s, created)
						}
					}
				}
			}
		}
	}
	if starts == 0 || stops == 0 {
		t.Errorf("%d starts, %d stops: the search is empty", starts, stops)
	}
}
