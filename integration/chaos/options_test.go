package main

import (
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestTheCommandThatRepeatsARunHasItsOptions(t *testing.T) {
	o, err := parse([]string{"-for", "10s", "-kills", "3", "-rows", "500", "-takeover=false", "-only", "fanout"}, io.Discard)
	if err != nil || o.seed == 0 {
		t.Fatalf("seed %d, %v", o.seed, err)
	}
	words := strings.Fields(o.again())
	again, err := parse(words[3:], io.Discard)
	if err != nil || again != o {
		t.Errorf("%v became %v, %v", o, again, err)
	}
}

func TestSenselessOptionsAreRefused(t *testing.T) {
	for _, args := range [][]string{{"-for", "-1s"}, {"-rows", "0"}, {"-kills", "many"}, {"now"}, {"-rows", "-5"}, {"-only", "polled"}} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}

func TestPreviousNamesOneCommit(t *testing.T) {
	if commit, err := previousCommit(previousFile); err != nil || len(commit) != 40 {
		t.Errorf("PREVIOUS names %q, %v", commit, err)
	}
	for _, text := range []string{"", "# nothing\n", "main\n", strings.Repeat("g", 40)} {
		if commit, err := previousCommit(text); err == nil {
			t.Errorf("%q names %q", text, commit)
		}
	}
}

// TestTheSameSeedThrowsTheSame: what a kind of blow does next hangs on nothing
// but the seed and its own name.
func TestTheSameSeedThrowsTheSame(t *testing.T) {
	throw := func(seed uint64, kind string) (list [8]int) {
		dice := (&storm{seed: seed}).dice(kind)
		for i := range list {
			list[i] = dice.IntN(1000)
		}
		return list
	}
	if first, again := throw(7, "kill"), throw(7, "kill"); first != again {
		t.Error("the same seed threw otherwise")
	}
	if throw(7, "kill") == throw(8, "kill") || throw(7, "kill") == throw(7, "zombie") {
		t.Error("another seed, or another kind, threw the same")
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		if d := between(dice, time.Second, 2*time.Second); d < time.Second || d > 2*time.Second {
			t.Fatalf("%s is not between 1 s and 2 s", d)
		}
	}
}
