package actors

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
)

// TestKP07ARepeatedQuestionBeginsOneGeneration: the lease write takes longer than
// the question's repetition.
func TestKP07ARepeatedQuestionBeginsOneGeneration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Play(on("Begin", actorstest.Effect{Delay: 5 * time.Second}))
		w := start(t, cloud, plan{})
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
		if n := cloud.Calls("Begin"); n != 1 || len(w.started) != 1 || len(w.losses()) != 0 {
			t.Errorf("%d lease writes, %d generations, lost %v", n, len(w.started), w.losses())
		}
	})
}

// TestABeginWithoutAnAnswerIsFoundAgain: the epoch is not counted up twice.
func TestABeginWithoutAnAnswerIsFoundAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Play(on("Begin", actorstest.Effect{Forget: true}, actorstest.Effect{Forget: true}))
		w := start(t, cloud, plan{})
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
		if row := cloud.Table.Row(shard0); row.Epoch != 2 || len(w.losses()) != 0 {
			t.Errorf("epoch %d, lost %v; want 2 and none", row.Epoch, w.losses())
		}
	})
}

// TestARenewalIsNoLossWhileABeginIsInDoubt: the table holds the new epoch, and
// nobody has been told of it.
func TestARenewalIsNoLossWhileABeginIsInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Play(on("Begin", actorstest.Effect{Forget: true}, actorstest.Effect{Lose: true}, actorstest.Effect{Forget: true}))
		w := start(t, cloud, plan{lease: func(s *LeaseSettings) { s.Renew = 200 * time.Millisecond }})
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
		if row := cloud.Table.Row(shard0); row.Epoch != 2 || len(w.losses()) != 0 || len(w.started) != 1 {
			t.Errorf("epoch %d, lost %v, %d generations; want 2, none and one", row.Epoch, w.losses(), len(w.started))
		}
	})
}

// TestAQuestionThatCrossesItsAnswerBeginsNothing: a second lease write would end
// the generation that has begun (P5).
func TestAQuestionThatCrossesItsAnswerBeginsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		time.Sleep(5 * time.Second)
		begun := cloud.Calls("Begin")
		granted := w.granted()
		if len(granted) != 1 {
			t.Fatalf("%d generations began", len(granted))
		}
		for range 3 {
			w.system.Root.RequestWithCustomSender(w.pid("leases"), granted[0].Answers, w.pid(string(shard0)))
		}
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
		if got := cloud.Calls("Begin"); got != begun || len(w.granted()) != 1 {
			t.Errorf("%d lease writes, want %d; %d generations", got, begun, len(w.granted()))
		}
	})
}
