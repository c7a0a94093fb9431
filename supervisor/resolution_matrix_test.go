package supervisor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestEveryDecisionAboutEveryStop goes through all stop codes and all ways out:
// what is written, where the shard goes on, or with which words it is refused.
// The table's answers are in it as the position that they come down to.
func TestEveryDecisionAboutEveryStop(t *testing.T) {
	k, below, above := at("100", messages.Whole), at("90", messages.Whole), at("150", 3)
	t100 := tokenAt(k)
	row := messages.ShardRow{Shard: parkedShard, Committed: t100}
	fresh := messages.ShardRow{Shard: parkedShard}
	adopted := messages.ShardRow{Shard: parkedShard, Sequence: "100"}
	where := "refused: resolved with --from token"
	for _, c := range []struct {
		code  messages.StopCode
		token string // that the channel has
		row   messages.ShardRow
		want  map[string]string
	}{
		{messages.TokenForeign, "offset=42", row, map[string]string{
			"token": "refused: no token of ours", "checkpoint": "after 100/*, dropped", "150/3": "after 150/3, dropped", "90/*": "after 90/*, dropped", "table": "refused: no row",
		}},
		{messages.TokenRegressed, tokenAt(below), row, map[string]string{
			"token": "after 90/*", "checkpoint": "after 100/*, S", "150/3": "after 150/3, S", "80/*": "refused: double", "table": "refused: no row",
		}},
		{messages.TokenLost, "", row, map[string]string{
			"token": "refused: no token of ours", "checkpoint": "after 100/*", "150/3": "after 150/3", "90/*": "after 90/*", "table": "refused: no row",
		}},
		{messages.TokenLost, "", fresh, map[string]string{
			"token": "refused: no token of ours", "checkpoint": "the beginning", "150/3": "after 150/3", "table": "the beginning",
		}},
		{messages.AdoptedUndrained, "", adopted, map[string]string{
			"token": "refused: no token of ours", "checkpoint": "after 100/*", "150/3": "after 150/3", "table": "refused: no row",
		}},
		{messages.OtherWriter, t100, row, map[string]string{"token": "where it is", "checkpoint": "where it is", "table": where, above.String(): where}},
		{messages.GapFound, t100, row, map[string]string{"token": "where it is", "checkpoint": "where it is", "table": where, above.String(): where}},
		{messages.RowsRejected, t100, row, map[string]string{"token": "where it is", "checkpoint": "where it is", "table": where, above.String(): where}},
		{messages.StreamRecreated, t100, row, map[string]string{"token": "where it is", "checkpoint": "where it is", "table": where, above.String(): where}},
		{messages.EFOUnavailable, t100, row, map[string]string{"token": "where it is", "checkpoint": "where it is", "table": where, above.String(): where}},
		{messages.AccessDenied, t100, row, map[string]string{"token": "where it is", "checkpoint": "where it is", "table": where, above.String(): where}},
		{messages.TargetMissing, t100, row, map[string]string{"token": "where it is", "checkpoint": "where it is", "table": where, above.String(): where}},
		{messages.ChannelLimit, t100, row, map[string]string{"token": "where it is", "checkpoint": "where it is", "table": where, above.String(): where}},
	} {
		for from, want := range c.want {
			r := c.row
			plan, err := planResolution(c.code, from, c.token, &r)
			words, refused := strings.CutPrefix(want, "refused: ")
			switch {
			case refused && (err == nil || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "--from")):
				t.Errorf("%s --from %s: %v, want a refusal with %q and a way out", c.code, from, err, words)
			case !refused && (err != nil || outcome(plan) != want):
				t.Errorf("%s --from %s: %s, %v; want %s", c.code, from, outcome(plan), err, want)
			case !refused && plan.write != nil: // and once more, as a human repeats it
				r.Committed, r.Skipped = plan.write.Committed, plan.write.Skipped
				token := c.token
				if plan.drop {
					token = ""
				}
				again, err := planResolution(c.code, from, token, &r)
				if err != nil || again.start != plan.start {
					t.Errorf("%s --from %s, repeated: %s, %v; want %s", c.code, from, outcome(again), err, want)
				}
			}
		}
	}
	for _, code := range messages.StopCodes() {
		if code.Hint() == "" {
			t.Errorf("%s says no way out", code)
		}
	}
}

// outcome puts a plan into words.
func outcome(r resolution) string {
	switch {
	case r.write == nil:
		return "where it is"
	case r.start.IsZero():
		return "the beginning"
	}
	text := fmt.Sprint("after ", r.start)
	if r.write.Skipped != "" {
		text += ", S"
	}
	if r.drop {
		text += ", dropped"
	}
	return text
}
