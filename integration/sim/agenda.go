package sim

import (
	"container/heap"
	"sync"
	"time"
)

// agenda is what is going to happen, by the driver's own hand; anybody may add
// to it, and then wakes the driver (Scheduler.look).
type agenda struct {
	mu    sync.Mutex
	items agendaHeap
	count int
}

type agendaItem struct {
	at    time.Time
	order int // breaks ties
	do    func()
}

// at plans something.
func (a *agenda) at(t time.Time, do func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count++
	heap.Push(&a.items, agendaItem{t, a.count, do})
}

// in plans something relative to now.
func (a *agenda) in(d time.Duration, do func()) { a.at(time.Now().Add(d), do) }

// next is when the first thing is due.
func (a *agenda) next() (time.Time, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.items) == 0 {
		return time.Time{}, false
	}
	return a.items[0].at, true
}

// take removes it.
func (a *agenda) take() func() {
	a.mu.Lock()
	defer a.mu.Unlock()
	return heap.Pop(&a.items).(agendaItem).do
}

// clear forgets everything.
func (a *agenda) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.items = nil
}

type agendaHeap []agendaItem

func (h agendaHeap) Len() int { return len(h) }
func (h agendaHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].order < h[j].order
}
func (h agendaHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface, like Pop.
func (h *agendaHeap) Push(x any) { *h = append(*h, x.(agendaItem)) }

// Pop removes the last.
func (h *agendaHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
