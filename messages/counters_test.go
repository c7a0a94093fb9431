package messages

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// TestTheDigestIsRollingSHA256 pins P26's digest with its own arithmetic, and
// with the values that are in lease tables.
func TestTheDigestIsRollingSHA256(t *testing.T) {
	first := Digest("").Fold(Position{"49590338271490256608559692538361571095921575989136588898", Whole}, 500)
	sum := sha256.Sum256([]byte("\n49590338271490256608559692538361571095921575989136588898\n*\n500"))
	if want := Digest(hex.EncodeToString(sum[:8])); first != want {
		t.Errorf("first digest %s, want %s", first, want)
	}
	second := first.Fold(Position{"49590338271490256608559692538361571095921575989136588899", 2}, 1)
	sum = sha256.Sum256([]byte(string(first) + "\n49590338271490256608559692538361571095921575989136588899\n2\n1"))
	if want := Digest(hex.EncodeToString(sum[:8])); second != want {
		t.Errorf("second digest %s, want %s", second, want)
	}
	if got, want := [2]Digest{first, second}, [2]Digest{"c4dfd7784fdd2f55", "d5ca47fd73382fca"}; got != want {
		t.Errorf("digests %v, want those ever written: %v", got, want)
	}
}

// TestEveryPartOfABatchIsInItsDigest changes one part at a time.
func TestEveryPartOfABatchIsInItsDigest(t *testing.T) {
	base := Digest("0011223344556677").Fold(Position{"12", 3}, 4)
	for what, other := range map[string]Digest{
		"the digest before":       Digest("0011223344556678").Fold(Position{"12", 3}, 4),
		"the sequence number":     Digest("0011223344556677").Fold(Position{"13", 3}, 4),
		"the sub-sequence number": Digest("0011223344556677").Fold(Position{"12", Whole}, 4),
		"the rows":                Digest("0011223344556677").Fold(Position{"12", 3}, 5),
		"where parts meet":        Digest("0011223344556677").Fold(Position{"1", 23}, 4),
	} {
		if other == base {
			t.Errorf("%s makes no difference", what)
		}
	}
}

func TestCountersAddUpAndTheDigestIsTheLaterOne(t *testing.T) {
	sum := Counters{1, 2, 3, 4, 5, 6, "a"}.Add(Counters{10, 20, 30, 40, 50, 60, "b"})
	if want := (Counters{11, 22, 33, 44, 55, 66, "b"}); sum != want {
		t.Errorf("sum %+v, want %+v", sum, want)
	}
}
