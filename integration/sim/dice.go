package sim

import (
	"math/rand/v2"
	"time"
)

// dice are random numbers that follow from a seed and a purpose alone.
type dice struct{ *rand.Rand }

// throw returns the dice of a seed for a purpose.
func throw(seed uint64, purpose ...string) dice {
	h := uint64(offset64)
	for _, p := range purpose {
		h = mixText(h, p)
	}
	return dice{rand.New(rand.NewPCG(seed, h))}
}

// chance is true permille times of 1,000.
func (d dice) chance(permille int) bool { return d.IntN(1000) < permille }

// between is somewhere in [low, high).
func (d dice) between(low, high time.Duration) time.Duration {
	return low + time.Duration(d.Int64N(int64(high-low)))
}

// pick is one of some values.
func pick[T any](d dice, values ...T) T { return values[d.IntN(len(values))] }

// FNV-1a, for traces and purposes.
const (
	offset64 = 14695981039346656037
	prime64  = 1099511628211
)

func mixText(h uint64, text string) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * prime64
	}
	return (h ^ 0xff) * prime64
}

func mixNumber(h, n uint64) uint64 {
	for range 8 {
		h = (h ^ n&0xff) * prime64
		n >>= 8
	}
	return h
}

// scatter makes neighbours strangers (the finalizer of splitmix64).
func scatter(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}
