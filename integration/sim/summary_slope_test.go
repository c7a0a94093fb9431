package sim

import (
	"math"
	"testing"
)

// TestASlopeIsThatOfTheLine, whatever lies around it.
func TestASlopeIsThatOfTheLine(t *testing.T) {
	for _, c := range []struct {
		name  string
		noise float64
		want  float64
	}{{"a line", 0, 2.5}, {"up and down", 1, 2.5}, {"flat", 0, 0}} {
		l := &slope{}
		for i := range 1000 {
			x := float64(i) / 100
			l.add(x, 7+c.want*x+c.noise*math.Pow(-1, float64(i)))
		}
		if got := l.rise(); math.Abs(got-c.want) > 0.01 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	few := &slope{}
	few.add(1, 1)
	few.add(2, 9)
	if got := few.rise(); got != 0 {
		t.Errorf("two points say %v", got)
	}
}
