package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const memoryEvery = 5 * time.Second

// sample is one process's memory at a moment, in bytes.
type sample struct {
	at             time.Time
	resident, heap int64
}

// memory follows the processes' memory: the largest of all, and the course of
// the one that is never ended.
type memory struct {
	mu     sync.Mutex
	peak   sample
	course []sample
}

// follow looks until ctx ends.
func (m *memory) follow(ctx context.Context, w *world) {
	for sleep(ctx, memoryEvery) {
		for _, p := range w.places {
			c := p.now()
			if c == nil || c.isFrozen() {
				continue
			}
			m.add(sample{time.Now(), residentBytes(c.pid()), heapBytes(ctx, c)}, p.elder)
		}
	}
}

func (m *memory) add(s sample, elder bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.peak.resident, m.peak.heap = max(m.peak.resident, s.resident), max(m.peak.heap, s.heap)
	if elder && s.heap > 0 {
		m.course = append(m.course, s)
	}
}

// String tells the peaks, and how the elder's memory grew.
func (m *memory) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	const mib = 1 << 20
	text := fmt.Sprintf("memory of a process: at most %d MiB resident, %d MiB heap", m.peak.resident/mib, m.peak.heap/mib)
	late := m.course[len(m.course)/10:] // the first tenth is warming up
	if len(late) < 10 {
		return text
	}
	resident := slope(late, func(s sample) float64 { return float64(s.resident) / mib })
	heap := slope(late, func(s sample) float64 { return float64(s.heap) / mib })
	return fmt.Sprintf("%s; the one never ended grew by %+.2f MiB/h resident, %+.2f MiB/h heap over %s (%d samples)",
		text, resident, heap, late[len(late)-1].at.Sub(late[0].at).Round(time.Second), len(late))
}

// slope is the least-squares growth per hour.
func slope(course []sample, value func(sample) float64) float64 {
	var n, sx, sy, sxx, sxy float64
	for _, s := range course {
		x, y := s.at.Sub(course[0].at).Hours(), value(s)
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	if d := n*sxx - sx*sx; d != 0 {
		return (n*sxy - sx*sy) / d
	}
	return 0
}
