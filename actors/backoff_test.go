package actors

import (
	"testing"
	"time"
)

// TestABackoffDoublesToItsCapWithFullJitter draws many pauses: none above the
// limit of its turn, none zero, and they fill the whole range.
func TestABackoffDoublesToItsCapWithFullJitter(t *testing.T) {
	limits := []time.Duration{200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000, 30000}
	low, high := make([]time.Duration, len(limits)), make([]time.Duration, len(limits))
	for range 2000 {
		b := NewBackoff(200*time.Millisecond, 30*time.Second)
		for i, limit := range limits {
			d := b.Next()
			if limit *= time.Millisecond; d <= 0 || d > limit {
				t.Fatalf("pause %d is %s, want up to %s", i, d, limit)
			}
			if high[i] = max(high[i], d); low[i] == 0 || d < low[i] {
				low[i] = d
			}
		}
	}
	for i, limit := range limits {
		if limit *= time.Millisecond; low[i] > limit/10 || high[i] < limit*9/10 {
			t.Errorf("pauses %d lie in %s to %s, want them all over 0 to %s", i, low[i], high[i], limit)
		}
	}
}

// TestABackoffThatNeverEndsStaysAtItsCap, also after more turns than a shift
// has bits.
func TestABackoffThatNeverEndsStaysAtItsCap(t *testing.T) {
	b := NewBackoff(200*time.Millisecond, 30*time.Second)
	for i := range 200 {
		if d := b.Next(); d <= 0 || d > b.Cap {
			t.Fatalf("pause %d is %s", i, d)
		}
	}
	b.Reset()
	if d := b.Next(); d > b.Base {
		t.Errorf("%s after a reset, want at most %s", d, b.Base)
	}
}
