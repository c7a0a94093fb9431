package supervisor

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestAShardIsResolvedThoughItsPipeIsGone: a table that was made anew has no
// pipe before the first open, so there is no status to ask for. An answer that
// is missing says nothing of the kind.
func TestAShardIsResolvedThoughItsPipeIsGone(t *testing.T) {
	for _, c := range []struct {
		name    string
		err     error
		refused bool
	}{
		{"the pipe is not there", actorstest.Refusal(messages.Transient, messages.ReasonInvalidated, ""), false},
		{"no answer", actorstest.Unanswered("Status", errors.New("reset")), true},
	} {
		synctest.Test(t, func(t *testing.T) {
			shard, me := actorstest.ShardID(0), messages.MakeOwner("node-0", "p")
			token := messages.Token{Position: at("100", messages.Whole), Shard: shard}.String()
			cloud := actorstest.NewCloud()
			cloud.Stream.AddShard(shard)
			cloud.Table.Edit(shard, func(row *messages.ShardRow) { row.Owner, row.Epoch, row.Committed = me, 3, token })
			cloud.Play(func(op string, _ int) actorstest.Effect {
				if op == "Status" {
					return actorstest.Effect{Err: c.err}
				}
				return actorstest.Effect{}
			})
			stopped := stoppedShard{code: messages.TokenLost, channel: "c", granted: &messages.GenerationGranted{Shard: shard, Owner: me, Row: cloud.Table.Row(shard)}}
			_, _, err := stopped.carryOut(t.Context(), testPlant(cloud, "p", "p", Host{}), &messages.Resolve{Shard: shard, From: "150/*"})
			if (err != nil) != c.refused {
				t.Errorf("%s: %v", c.name, err)
			}
			want := messages.Token{Position: at("150", messages.Whole), Shard: shard}.String()
			if row := cloud.Table.Row(shard); !c.refused && row.Committed != want {
				t.Errorf("%s: the row says %s, want %s", c.name, row.Committed, want)
			}
		})
	}
}
