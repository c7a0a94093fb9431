package latency

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Process is what running processes saw, since they started: from a record's
// arrival to the answer that said it was committed, one sample a commit. Their
// histogram has steps: a percentile is at most so much, and 0 beyond the last one.
type Process struct {
	Commits          int64   `json:"commits"`
	P50AtMostSeconds float64 `json:"p50AtMostSeconds,omitempty"`
	P99AtMostSeconds float64 `json:"p99AtMostSeconds,omitempty"`
}

const (
	histogram = "kinesnow_lag_at_commit_seconds_bucket{"
	askWithin = 5 * time.Second
	maxAnswer = 64 << 20
)

// ask adds up the histograms of processes; nil where none tells.
func ask(ctx context.Context, connector string, processes []string) *Process {
	counts := map[float64]int64{}
	for _, base := range processes {
		if err := read(ctx, base, connector, counts); err != nil {
			continue // it ended meanwhile: what others saw is worth as much
		}
	}
	if len(counts) == 0 {
		return nil
	}
	return summarise(counts)
}

// read adds one process's buckets, by their upper bound.
func read(ctx context.Context, base, connector string, counts map[float64]int64) error {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/metrics", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("answer %s", answer.Status)
	}
	lines := bufio.NewScanner(io.LimitReader(answer.Body, maxAnswer))
	for lines.Scan() {
		if bound, n, ok := bucket(lines.Text(), connector); ok {
			counts[bound] += n
		}
	}
	return lines.Err()
}

// bucket reads name{connector="orders",le="0.5"} 7.
func bucket(line, connector string) (bound float64, n int64, ok bool) {
	labels, ok := strings.CutPrefix(line, histogram)
	if !ok || !strings.Contains(labels, `connector="`+connector+`"`) {
		return 0, 0, false
	}
	_, rest, _ := strings.Cut(labels, `le="`)
	le, _, _ := strings.Cut(rest, `"`)
	_, count, _ := strings.Cut(labels, "} ")
	bound, err := strconv.ParseFloat(le, 64)
	if err != nil {
		return 0, 0, false
	}
	f, err := strconv.ParseFloat(count, 64)
	return bound, int64(f), err == nil
}

// summarise reads percentiles off cumulative counts.
func summarise(counts map[float64]int64) *Process {
	bounds := make([]float64, 0, len(counts))
	for bound := range counts {
		bounds = append(bounds, bound)
	}
	slices.Sort(bounds)
	p := &Process{Commits: counts[bounds[len(bounds)-1]]}
	at := func(share float64) float64 {
		for _, bound := range bounds[:len(bounds)-1] {
			if float64(counts[bound]) >= share*float64(p.Commits) {
				return bound
			}
		}
		return 0 // beyond the last step
	}
	if p.Commits > 0 {
		p.P50AtMostSeconds, p.P99AtMostSeconds = at(0.5), at(0.99)
	}
	return p
}
