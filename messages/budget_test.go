package messages

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const mib = int64(1 << 20)

// take takes without waiting and fails the test where it would have to wait.
func take(t *testing.T, s *Share, want int64) int64 {
	t.Helper()
	got, err := s.Take(soon(t), want)
	if err != nil {
		t.Fatalf("Take(%d) waits: %v", want, err)
	}
	return got
}

// soon is over at once: Take then takes what is free, or fails.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestOneShareMayTakeTheWholeBudget(t *testing.T) {
	b := NewBudget(10 * mib)
	s := b.Join()
	if got := take(t, s, 20*mib); got != 10*mib {
		t.Errorf("took %d, want everything", got)
	}
	if _, err := s.Take(soon(t), 1); err == nil {
		t.Error("took more than there is")
	}
	if got, want := b.State(), (BudgetState{10 * mib, 10 * mib, 10 * mib, 1}); got != want {
		t.Errorf("state %+v, want %+v", got, want)
	}
}

// TestAShareCannotTakeWhatAnotherIsSureOf is the floor of P15.
func TestAShareCannotTakeWhatAnotherIsSureOf(t *testing.T) {
	b := NewBudget(10 * mib)
	greedy, modest := b.Join(), b.Join()
	if got := take(t, greedy, 100*mib); got != 8*mib {
		t.Errorf("took %d, want all but the other's 2 MiB", got)
	}
	if got := take(t, modest, 100*mib); got != 2*mib {
		t.Errorf("the other took %d, want its 2 MiB", got)
	}
	if used := b.State().Used; used != b.State().Total {
		t.Errorf("%d used of %d", used, b.State().Total)
	}
}

// TestASmallBudgetIsSharedEvenly: with more shards than 2 MiB shares, each is
// sure of budget / shards.
func TestASmallBudgetIsSharedEvenly(t *testing.T) {
	b := NewBudget(8 * mib)
	var shares []*Share
	for range 16 {
		shares = append(shares, b.Join())
	}
	for i, s := range shares {
		if got := take(t, s, 2*mib); got != mib/2 {
			t.Errorf("share %d took %d, want %d", i, got, mib/2)
		}
	}
}

// TestAShareThatJoinsLateIsSureOfItsFloorToo, though the others hold all.
func TestAShareThatJoinsLateIsSureOfItsFloorToo(t *testing.T) {
	b := NewBudget(8 * mib)
	take(t, b.Join(), 8*mib)
	if got := take(t, b.Join(), 8*mib); got != 2*mib {
		t.Errorf("took %d, want the floor", got)
	}
}

// TestAnAnswerLargerThanWhatWasTakenIsChargedInFull and holds up the next one.
func TestAnAnswerLargerThanWhatWasTakenIsChargedInFull(t *testing.T) {
	b := NewBudget(4 * mib)
	s := b.Join()
	taken := take(t, s, mib)
	s.Settle(taken, 9*mib)
	if got := b.State(); got.Used != 9*mib || got.Peak != 9*mib {
		t.Errorf("state %+v, want 9 MiB used", got)
	}
	if _, err := s.Take(soon(t), mib); err == nil {
		t.Error("took although the budget is overdrawn")
	}
	s.Give(6 * mib)
	if got := take(t, s, 2*mib); got != mib {
		t.Errorf("took %d, want what is left: half of what was asked for is enough", got)
	}
}

func TestWhatWasNotNeededComesBack(t *testing.T) {
	b := NewBudget(4 * mib)
	s := b.Join()
	s.Settle(take(t, s, 2*mib), 100)
	if used := b.State().Used; used != 100 {
		t.Errorf("%d used, want 100", used)
	}
}

func TestTakeWaitsUntilBytesComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(4 * mib)
		s, o := b.Join(), b.Join()
		held := take(t, s, 4*mib)
		take(t, o, 2*mib)
		began := time.Now()
		time.AfterFunc(3*time.Second, func() { s.Give(held) })
		got, err := s.Take(t.Context(), 2*mib)
		if err != nil || got != 2*mib {
			t.Errorf("took %d, %v", got, err)
		}
		if waited := time.Since(began); waited != 3*time.Second {
			t.Errorf("waited %s, want until the bytes came back", waited)
		}
	})
}

func TestClosingAShareWakesWhoWaitsAndFreesItsBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(4 * mib)
		s, o := b.Join(), b.Join()
		take(t, s, 2*mib)
		take(t, o, 2*mib)
		var all sync.WaitGroup
		all.Go(func() {
			if got, err := o.Take(t.Context(), 2*mib); err != nil || got != 2*mib {
				t.Errorf("the other share took %d, %v after the first was closed", got, err)
			}
		})
		all.Go(func() {
			if got, err := s.Take(t.Context(), mib); !errors.Is(err, context.Canceled) {
				t.Errorf("a closed share took %d, %v", got, err)
			}
		})
		synctest.Wait()
		s.Close()
		all.Wait()
		s.Give(2 * mib) // comes back late
		s.Close()
		if got, want := b.State(), (BudgetState{4 * mib, 4 * mib, 4 * mib, 1}); got != want {
			t.Errorf("state %+v, want %+v", got, want)
		}
	})
}

func TestAWaitingTakeEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(mib)
		s := b.Join()
		take(t, s, mib)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := s.Take(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the context's", err)
		}
	})
}

// TestTheBudgetHoldsWhateverShardsDo runs shards that fetch answers no larger
// than what they took: the total is never exceeded, nobody starves, and
// everything comes back.
func TestTheBudgetHoldsWhateverShardsDo(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			b := NewBudget(mib + random.Int64N(16*mib))
			var all sync.WaitGroup
			shares := make([]*Share, 1+random.IntN(12))
			for i := range shares {
				shares[i] = b.Join()
			}
			for _, s := range shares {
				own := rand.New(rand.NewPCG(seed, random.Uint64()))
				all.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
					defer cancel()
					for range 100 {
						want := 1 + own.Int64N(4*mib)
						got, err := s.Take(ctx, want)
						if err != nil || got < 1 || got > want {
							t.Errorf("seed %d: took %d of %d: %v", seed, got, want, err)
							return
						}
						time.Sleep(time.Duration(own.IntN(50)) * time.Millisecond)
						holds := own.Int64N(got + 1)
						s.Settle(got, holds)
						time.Sleep(time.Duration(own.IntN(200)) * time.Millisecond)
						s.Give(holds)
					}
				})
			}
			all.Wait()
			if got := b.State(); got.Peak > got.Total || got.Used != 0 {
				t.Errorf("seed %d: %+v", seed, got)
			}
			for _, s := range shares {
				s.Close()
			}
			if got := b.State(); got.Used != 0 || got.Shares != 0 {
				t.Errorf("seed %d: %+v after all shares were closed", seed, got)
			}
		})
	}
}

// TestAShareWithHalfOfItsFloorLeftGoesOn: with many shards the floor is less
// than a fetch asks for, and who holds a few rows must not wait until they are
// accepted.
func TestAShareWithHalfOfItsFloorLeftGoesOn(t *testing.T) {
	b := NewBudget(8 * mib)
	s := b.Join()
	for range 15 {
		b.Join()
	}
	s.Settle(take(t, s, 2*mib), mib/8)
	if got := take(t, s, 2*mib); got != mib/2-mib/8 {
		t.Errorf("took %d, want the rest of its half MiB", got)
	}
}

// TestWhoWaitsGoesOnWhenTheFloorSinks: what a Take waits for is judged by the
// shards that there are now, not by those that there were.
func TestWhoWaitsGoesOnWhenTheFloorSinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(8 * mib)
		s, o := b.Join(), b.Join()
		take(t, s, mib+mib/2)
		take(t, o, 8*mib)
		got := make(chan int64, 1)
		go func() {
			n, _ := s.Take(t.Context(), 2*mib)
			got <- n
		}()
		synctest.Wait()
		for range 4 {
			b.Join()
		}
		synctest.Wait()
		select {
		case n := <-got:
			t.Errorf("took %d: its floor is overdrawn", n)
		default:
		}
		s.Give(mib)
		if n := <-got; n < mib/2 {
			t.Errorf("took %d of a floor of %d", n, b.floor())
		}
	})
}

// TestTheSumOfClaimsIsKeptRight whatever the shares do.
func TestTheSumOfClaimsIsKeptRight(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	b := NewBudget(16 * mib)
	var shares []*Share
	for range 2000 {
		switch n := r.IntN(10); {
		case n < 2 || len(shares) == 0:
			shares = append(shares, b.Join())
		case n < 3:
			i := r.IntN(len(shares))
			shares[i].Close()
			shares = append(shares[:i], shares[i+1:]...)
		case n < 7:
			s := shares[r.IntN(len(shares))]
			if got, err := s.Take(soon(t), r.Int64N(4*mib)); err == nil {
				s.Settle(got, r.Int64N(4*mib))
			}
		default:
			s := shares[r.IntN(len(shares))]
			s.Give(min(s.used, r.Int64N(2*mib)))
		}
		kept := b.claimed
		if b.reclaim(); b.claimed != kept {
			t.Fatalf("claims are %d, kept as %d", b.claimed, kept)
		}
	}
}
