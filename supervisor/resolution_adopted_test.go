package supervisor

import (
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestAMigratedShardIsResolvedFromItsCheckpoint: what a migration took over is
// the checkpoint; where it took nothing over, the shard begins where it begins.
func TestAMigratedShardIsResolvedFromItsCheckpoint(t *testing.T) {
	const id = messages.ShardID("shardId-000000000002")
	inside := messages.Position{Seq: "4968", Sub: 5}
	r, err := planResolution(messages.AdoptedUndrained, "checkpoint", "", &messages.ShardRow{Shard: id, PartialSeq: inside.Seq, PartialSub: inside.Sub, Foreign: true})
	if want := (messages.Token{Position: inside, Shard: id}).String(); err != nil || r.write == nil || r.write.Committed != want || r.start != inside {
		t.Errorf("inside an aggregate: %+v, %v", r, err)
	}
	r, err = planResolution(messages.AdoptedUndrained, "checkpoint", "", &messages.ShardRow{Shard: id, Start: "TRIM_HORIZON", Foreign: true})
	if err != nil || r.write == nil || r.write.Committed != "" || !r.start.IsZero() {
		t.Errorf("without a position: %+v, %v", r, err)
	}
}
