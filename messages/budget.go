package messages

import (
	"context"
	"sync"
)

// ShareFloor is what each shard is sure of, unless the budget is smaller (P15).
const ShareFloor = 2 << 20

// Budget bounds the bytes that were fetched and are not yet accepted, over all
// shards of all connectors that share it (P15). Each share is sure of
// min(ShareFloor, total / shares); the rest is taken by whoever asks first.
type Budget struct {
	mu     sync.Mutex
	total  int64
	used   int64
	peak   int64
	shares map[*Share]struct{}
	freed  chan struct{} // closed and replaced whenever bytes come back
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
	return &Budget{total: total, shares: map[*Share]struct{}{}, freed: make(chan struct{})}
}

// Join adds a share. Close it when its generation is over.
func (b *Budget) Join() *Share {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &Share{budget: b}
	b.shares[s] = struct{}{}
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

// free is what s may take now: what is left of its own floor, and what no
// other share's floor claims.
func (b *Budget) free(s *Share) int64 {
	floor, claimed := b.floor(), int64(0)
	for o := range b.shares {
		if o != s {
			claimed += max(o.used, floor)
		}
	}
	return max(b.total-claimed-s.used, floor-s.used)
}

// Share is one shard generation's part of a budget. Safe for concurrent use.
type Share struct {
	budget *Budget
	used   int64
	closed bool
}

// Take waits until at least half of want is free, or its floor (or ctx ends),
// and takes up to want. It returns how much it took.
func (s *Share) Take(ctx context.Context, want int64) (int64, error) {
	for {
		b := s.budget
		b.mu.Lock()
		if s.closed {
			b.mu.Unlock()
			return 0, context.Canceled
		}
		if free := b.free(s); free >= max(1, min(want/2, b.floor())) {
			got := min(want, free)
			s.add(got)
			b.mu.Unlock()
			return got, nil
		}
		freed := b.freed
		b.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
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
}

// add books n bytes and wakes who waits when bytes came back.
func (s *Share) add(n int64) {
	b := s.budget
	s.used += n
	b.used += n
	b.peak = max(b.peak, b.used)
	if n <= 0 {
		close(b.freed)
		b.freed = make(chan struct{})
	}
}
