package supervisor

import (
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

const parkedShard = messages.ShardID("shardId-000000000003")

func at(seq messages.SequenceNumber, sub int64) messages.Position {
	return messages.Position{Seq: seq, Sub: sub}
}

func tokenAt(p messages.Position) string {
	return messages.Token{Position: p, Shard: parkedShard}.String()
}

// TestResolvingAStopOfTheToken goes through every decision a human can take.
// It never goes on below what the table has: that would double rows.
func TestResolvingAStopOfTheToken(t *testing.T) {
	t100, t200 := at("100", messages.Whole), at("200", messages.Whole)
	foreign := "2.something.else"
	k100 := messages.ShardRow{Shard: parkedShard, Committed: tokenAt(t100)}
	k200 := messages.ShardRow{Shard: parkedShard, Committed: tokenAt(t200)}
	s200 := messages.ShardRow{Shard: parkedShard, Committed: tokenAt(t100), Skipped: tokenAt(t200)}
	adopted := messages.ShardRow{Shard: parkedShard, Sequence: "200"}
	empty := messages.ShardRow{Shard: parkedShard}
	for _, c := range []struct {
		name               string
		code               messages.StopCode
		from, token        string
		row                messages.ShardRow
		start              messages.Position
		committed, skipped string
		drop               bool
		refused            string // part of the error
	}{
		{name: "regressed, go with the token", code: messages.TokenRegressed, from: "token", token: tokenAt(t100), row: k200, start: t100, committed: tokenAt(t100)},
		{name: "regressed, go with the checkpoint", code: messages.TokenRegressed, from: "checkpoint", token: tokenAt(t100), row: k200, start: t200, committed: tokenAt(t100), skipped: tokenAt(t200)},
		{name: "regressed, a position between", code: messages.TokenRegressed, from: "150", token: tokenAt(t100), row: k200, start: at("150", messages.Whole), committed: tokenAt(t100), skipped: tokenAt(at("150", messages.Whole))},
		{name: "regressed, a position below the token", code: messages.TokenRegressed, from: "99", token: tokenAt(t100), row: k200, refused: "double"},
		{name: "regressed, inside the token's own record", code: messages.TokenRegressed, from: "100/4", token: tokenAt(t100), row: k200, refused: "double"},
		{name: "the checkpoint is below the token", code: messages.TokenRegressed, from: "checkpoint", token: tokenAt(t200), row: k100, refused: "double"},
		{name: "lost, go with the checkpoint", code: messages.TokenLost, from: "checkpoint", row: k100, start: t100, committed: tokenAt(t100)},
		{name: "lost, S is the newer one", code: messages.TokenLost, from: "checkpoint", row: s200, start: t200, committed: tokenAt(t200)},
		{name: "lost, a position", code: messages.TokenLost, from: "150/3", row: k100, start: at("150", 3), committed: tokenAt(at("150", 3))},
		{name: "lost, the token", code: messages.TokenLost, from: "token", row: k100, refused: "no token"},
		{name: "lost before anything was read back", code: messages.TokenLost, from: "checkpoint", row: empty},
		{name: "foreign, no checkpoint", code: messages.TokenForeign, from: "checkpoint", token: foreign, row: empty, refused: "no checkpoint"},
		{name: "foreign no more, ahead of the checkpoint", code: messages.TokenForeign, from: "token", token: tokenAt(t200), row: k100, start: t200, committed: tokenAt(t200)},
		{name: "foreign no more, no checkpoint", code: messages.TokenForeign, from: "token", token: tokenAt(t200), row: empty, start: t200, committed: tokenAt(t200)},
		{name: "foreign, go with the checkpoint", code: messages.TokenForeign, from: "checkpoint", token: foreign, row: k100, start: t100, committed: tokenAt(t100), drop: true},
		{name: "foreign, a position", code: messages.TokenForeign, from: "150", token: foreign, row: k100, start: at("150", messages.Whole), committed: tokenAt(at("150", messages.Whole)), drop: true},
		{name: "foreign, the token", code: messages.TokenForeign, from: "token", token: foreign, row: k100, refused: "no token of ours"},
		{name: "foreign, of another shard", code: messages.TokenForeign, from: "token", token: messages.Token{Position: t100, Shard: "shardId-000000000009"}.String(), row: k100, refused: "no token of ours"},
		{name: "adopted, as the other product left it", code: messages.AdoptedUndrained, from: "checkpoint", row: adopted, start: t200, committed: tokenAt(t200)},
		{name: "adopted above our token", code: messages.AdoptedUndrained, from: "checkpoint", token: tokenAt(t100), row: adopted, start: t200, committed: tokenAt(t100), skipped: tokenAt(t200)},
		{name: "the table", code: messages.TokenLost, from: "table", row: k100, refused: "table"},
		{name: "no decision at all", code: messages.TokenLost, from: "somewhere", row: k100, refused: "somewhere"},
	} {
		plan, err := planResolution(c.code, c.from, c.token, &c.row)
		if c.refused != "" {
			if err == nil || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%s: %+v, %v; want an error with %q", c.name, plan, err, c.refused)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if plan.start != c.start || plan.drop != c.drop || plan.write == nil || plan.write.Committed != c.committed || plan.write.Skipped != c.skipped {
			t.Errorf("%s: start %s drop %v write %+v; want %s %v %q %q", c.name, plan.start, plan.drop, plan.write, c.start, c.drop, c.committed, c.skipped)
		}
	}
}

// TestAStopThatIsNotTheTokensGoesOnWhereItIs: nothing is written.
func TestAStopThatIsNotTheTokensGoesOnWhereItIs(t *testing.T) {
	row := messages.ShardRow{Shard: parkedShard, Committed: tokenAt(at("100", 0))}
	for _, code := range []messages.StopCode{messages.OtherWriter, messages.GapFound, messages.RowsRejected, messages.AccessDenied, messages.TargetMissing} {
		for _, from := range []string{"token", "checkpoint"} {
			if plan, err := planResolution(code, from, "", &row); err != nil || plan.write != nil || plan.drop {
				t.Errorf("%s from %s: %+v, %v", code, from, plan, err)
			}
		}
		if _, err := planResolution(code, "150", "", &row); err == nil {
			t.Errorf("%s was resolved with a position, which would be ignored", code)
		}
	}
}
