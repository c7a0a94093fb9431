package messages

import (
	"context"
	"slices"
	"sync"
)

// ShareFloor is what each shard is sure of, unless the budget is smaller (P15).
const ShareFloor = 2 << 20

// Budget bounds the bytes that were fetched and are not yet accepted, over all
// shards of all connectors that share it (P15). Each share is sure of
// min(ShareFloor, total / shares); the rest is taken by whoever asks first.
type Budget struct {
	mu      sync.Mutex
	total   int64
	used    int64
	peak    int64
	shares  map[*Share]struct{}
	claimed int64     // the sum of what every share has a right to: see claim
	waiting []*waiter // in the order in which they came
}

// BudgetState is a budget's account.
type BudgetState struct {
	Total  int64 `json:"total"`
	Used   int64 `json:"used"`
	Peak   int64 `json:"peak"`
	Shares int   `json:"shares"`
}

// NewBudget returns a budget of so many bytes.
func NewBudget(total int64) *Budget {
	return &Budget{total: total, shares: map[*Share]struct{}{}}
}

// Join adds a share. Close it when its generation is over.
func (b *Budget) Join() *Share {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &Share{budget: b}
	b.shares[s] = struct{}{}
	b.reclaim()
	return s
}

// State returns the account.
func (b *Budget) State() BudgetState {
	b.mu.Lock()
	defer b.mu.Unlock()
	return BudgetState{b.total, b.used, b.peak, len(b.shares)}
}

// floor is what each share is sure of now.
func (b *Budget) floor() int64 {
	return min(ShareFloor, b.total/int64(max(1, len(b.shares))))
}

// claim is what a share has a right to: what it uses, and its floor at least.
func (b *Budget) claim(s *Share) int64 { return max(s.used, b.floor()) }

// reclaim sums the claims up anew, for the floor depends on how many there are.
func (b *Budget) reclaim() {
	b.claimed = 0
	for s := range b.shares {
		b.claimed += b.claim(s)
	}
}

// free is what s may take now: what is left of its own floor, and what no
// other share's floor claims. It is asked for every fetch of every shard, and so
// does not go through the shares.
func (b *Budget) free(s *Share) int64 {
	others := b.claimed - b.claim(s)
	return max(b.total-others-s.used, b.floor()-s.used)
}

// least is with how many bytes a Take goes on.
func (b *Budget) least(want int64) int64 { return max(1, min(want, b.floor())/2) }

// waiter is one Take that waits.
type waiter struct {
	share *Share
	want  int64
	ready chan struct{} // closed when there is enough
}

// wake lets those go on that have enough by now, and nobody else: each byte that
// comes back would else wake a thousand readers, and again when one took it.
func (b *Budget) wake() {
	b.waiting = slices.DeleteFunc(b.waiting, func(w *waiter) bool {
		if !w.share.closed && b.free(w.share) < b.least(w.want) {
			return false
		}
		close(w.ready)
		return true
	})
}

// Share is one shard generation's part of a budget. Safe for concurrent use.
type Share struct {
	budget *Budget
	used   int64
	closed bool
}

// Take waits until at least half of want is free, or of its floor where that is
// less (or ctx ends), and takes up to want. It returns how much it took.
func (s *Share) Take(ctx context.Context, want int64) (int64, error) {
	b := s.budget
	for {
		b.mu.Lock()
		if s.closed {
			b.mu.Unlock()
			return 0, context.Canceled
		}
		if free := b.free(s); free >= b.least(want) {
			got := min(want, free)
			s.add(got)
			b.mu.Unlock()
			return got, nil
		}
		w := &waiter{s, want, make(chan struct{})}
		b.waiting = append(b.waiting, w)
		b.mu.Unlock()
		select {
		case <-w.ready:
		case <-ctx.Done():
			b.leave(w)
			return 0, ctx.Err()
		}
	}
}

// leave forgets a Take that does not wait any more.
func (b *Budget) leave(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = slices.DeleteFunc(b.waiting, func(o *waiter) bool { return o == w })
}

// Settle turns what was taken into what the answer really holds: it charges
// the difference without waiting, or gives it back.
func (s *Share) Settle(taken, holds int64) {
	s.budget.mu.Lock()
	defer s.budget.mu.Unlock()
	if s.closed {
		return
	}
	s.add(holds - taken)
}

// Give returns bytes.
func (s *Share) Give(n int64) { s.Settle(n, 0) }

// Close returns everything. What still comes back later is ignored.
func (s *Share) Close() {
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.closed {
		return
	}
	s.add(-s.used)
	s.closed = true
	delete(b.shares, s)
	b.reclaim()
	b.wake()
}

// add books n bytes and wakes who waits when bytes came back.
func (s *Share) add(n int64) {
	b := s.budget
	before := b.claim(s)
	s.used += n
	b.used += n
	b.claimed += b.claim(s) - before
	b.peak = max(b.peak, b.used)
	if n <= 0 {
		b.wake()
	}
}
