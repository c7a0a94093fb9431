package supervisor

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// crashTries is how often a blow that did not land is tried again: a panic of a
// goroutine and a message may change places.
const crashTries = 5

// dealAll does the runs whose number is wanted.
func dealAll(t *testing.T, work func(*crashWorld), points []point, wanted func(i int) bool) (r crashResult) {
	began := time.Now()
	for i, blows := range plannedBlows(points) {
		if !wanted(i) {
			continue
		}
		r.Planned++
		if *crashFor > 0 && time.Since(began) > *crashFor {
			continue // counted, not done
		}
		if *crashPart != "" {
			fmt.Printf("\ncrash at %s\n", blowNames(blows))
		}
		r.Runs++
		failed := len(r.Failed)
		if dealOne(t, work, blows, &r) {
			r.Hit++
		} else if *crashPairs == 0 {
			r.Missed = append(r.Missed, blowNames(blows))
		}
		if *crashPart != "" {
			for _, text := range r.Failed[failed:] {
				line, _ := json.Marshal(text)
				fmt.Printf("\ncrash failed %s\n", line)
			}
		}
	}
	return r
}

// dealOne does one run, and reports whether every blow landed. The first of two
// changes what follows: the second may have nothing left to land on.
func dealOne(t *testing.T, work func(*crashWorld), blows []blow, r *crashResult) bool {
	for range crashTries {
		w, wrong, took := runCrash(t, work, zerolog.Nop(), blows...)
		r.ran(blows, wrong, took)
		if len(w.landed) == len(blows) {
			return true
		}
		if len(blows) > 1 {
			break
		}
	}
	return false
}

// singleBlows are all there are, by the time of their points.
func singleBlows(points []point) []blow {
	single := make([]blow, 0, len(points)*len(blowKinds))
	for _, at := range points {
		for _, kind := range blowKinds {
			if kind == "panic" && !at.after && (at.what == "Stopping" || at.what == "Restarting") {
				continue // these handlers let go of everything first: the panic would be the test's alone
			}
			single = append(single, blow{kind, at})
		}
	}
	return single
}

// plannedRuns is how many runs plannedBlows yields.
func plannedRuns(points []point) int {
	n := len(singleBlows(points))
	switch {
	case *crashPairs == 0:
		return n
	case *crashPairs > 0:
		return *crashPairs
	}
	return n * (n - 1) / 2
}

// plannedBlows yields every run's number and blows: one each, or two.
func plannedBlows(points []point) func(yield func(int, []blow) bool) {
	single := singleBlows(points)
	switch {
	case *crashPairs == 0:
		return func(yield func(int, []blow) bool) {
			for i, b := range single {
				if !yield(i, []blow{b}) {
					return
				}
			}
		}
	case *crashPairs > 0:
		return func(yield func(int, []blow) bool) {
			d := rand.New(rand.NewPCG(*crashSeed, 2))
			for i := range *crashPairs {
				a, b := d.IntN(len(single)), d.IntN(len(single)-1)
				if b >= a {
					b++
				}
				if !yield(i, []blow{single[min(a, b)], single[max(a, b)]}) {
					return
				}
			}
		}
	}
	return func(yield func(int, []blow) bool) {
		// Scattered, so that a part of them is a part of everything: a prime
		// step comes by every number below the square once.
		n, i := len(single), 0
		for k := range n * n {
			at := k * 1_000_003 % (n * n)
			if a, b := at/n, at%n; a < b {
				if !yield(i, []blow{single[a], single[b]}) {
					return
				}
				i++
			}
		}
	}
}

func blowNames(blows []blow) string {
	names := make([]string, len(blows))
	for i, b := range blows {
		names[i] = b.String()
	}
	return strings.Join(names, ", ")
}
