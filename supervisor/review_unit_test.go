package supervisor

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// within runs f inside an actor's Receive.
func within(t *testing.T, f func(c actor.Context)) {
	t.Helper()
	system, done := actor.NewActorSystem(), make(chan struct{})
	system.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
		if _, ok := c.Message().(*actor.Started); ok {
			defer close(done)
			f(c)
		}
	}))
	select {
	case <-done:
	case <-time.After(60 * time.Second):
		t.Error("the actor does not answer")
	}
	system.Shutdown()
}

// TestWordOfAGenerationThatEndedDoesNotUnparkItsShard: Terminated overtakes the
// channel's last Progress, which must not make a stopped shard look as if it
// flowed: nobody could resolve it then.
func TestWordOfAGenerationThatEndedDoesNotUnparkItsShard(t *testing.T) {
	within(t, func(c actor.Context) {
		nobody := actor.NewPID("nonhost", "nobody")
		u := &shardUnit{plant: &plant{}, connector: nobody, ports: ports{ledger: nobody}, policy: newPolicy()}
		u.state = messages.ShardState{Phase: messages.PhaseParked, Stop: messages.GapFound}
		u.progress(c, &messages.Progress{Flowing: true, Bytes: 7, CaughtUp: true})
		if u.state.Phase != messages.PhaseParked || u.state.Stop != messages.GapFound || u.state.CaughtUp {
			t.Errorf("phase %s, stop %s, caught up %v", u.state.Phase, u.state.Stop, u.state.CaughtUp)
		}
		if u.state.Bytes != 7 {
			t.Errorf("%d bytes counted, want 7", u.state.Bytes)
		}
	})
}

// resolveTable is a lease table with one row.
type resolveTable struct {
	shardTable
	row   messages.ShardRow
	wrote *messages.PositionWrite
}

func (r *resolveTable) Rows(context.Context) (messages.TableRows, error) {
	return messages.TableRows{Shards: []messages.ShardRow{r.row}}, nil
}

func (r *resolveTable) ResolvePosition(_ context.Context, _ messages.ShardID, _ messages.Owner, _ int64, w messages.PositionWrite) (*messages.ShardRow, error) {
	r.wrote = &w
	return &r.row, nil
}

// resolveSink is a Snowflake whose channel has a foreign token.
type resolveSink struct{ rowService }

func (resolveSink) Status(_ context.Context, channels []string) (map[string]*messages.ChannelStatus, error) {
	return map[string]*messages.ChannelStatus{channels[0]: {Token: "somebody else's"}}, nil
}

func (resolveSink) Drop(context.Context, string, bool) error { return nil }

// TestResolvingGoesOnAfterWhatIsCommittedNow: the row that a generation began
// with is as old as the generation. Going on after its checkpoint would put
// everything since into the table twice.
func TestResolvingGoesOnAfterWhatIsCommittedNow(t *testing.T) {
	const shard = messages.ShardID("shardId-000000000000")
	token := func(seq string) string {
		return messages.Token{Position: messages.Position{Seq: messages.SequenceNumber(seq), Sub: messages.Whole}, Shard: shard}.String()
	}
	began := messages.ShardRow{Shard: shard, Owner: "node-0/p", Epoch: 4, Committed: token("100")}
	now := began
	now.Committed, now.WriteNo = token("900"), 12
	table := &resolveTable{row: now}
	stopped := stoppedShard{
		code: messages.TokenForeign, granted: &messages.GenerationGranted{Owner: "node-0/p", Row: &began}, channel: "c",
		committed: messages.Position{Seq: "950", Sub: messages.Whole},
	}
	p := &plant{table: table, sink: resolveSink{}}
	command := &messages.Resolve{Shard: shard, From: "checkpoint", Who: "me", Why: "test"}
	if _, _, err := stopped.carryOut(t.Context(), p, command); err != nil {
		t.Fatal(err)
	}
	if table.wrote.Committed != token("950") || table.wrote.WriteNo <= now.WriteNo {
		t.Errorf("wrote %q as number %d", table.wrote.Committed, table.wrote.WriteNo)
	}
	stopped.committed = messages.Position{}
	if _, _, err := stopped.carryOut(t.Context(), p, command); err != nil || table.wrote.Committed != token("900") {
		t.Errorf("wrote %q, %v", table.wrote.Committed, err)
	}
	table.row.Epoch++
	if _, _, err := stopped.carryOut(t.Context(), p, command); err == nil {
		t.Error("a shard that is another's was resolved")
	}
}

// TestALongErrorIsCutBetweenCharacters: what a shard's stop says goes into an
// event and into JSON.
func TestALongErrorIsCutBetweenCharacters(t *testing.T) {
	got := firstLine("x" + strings.Repeat("ü", 400) + "\nstack")
	if want := "x" + strings.Repeat("ü", 249); got != want {
		t.Errorf("%d bytes, %q; want %d", len(got), got, len(want))
	}
}
