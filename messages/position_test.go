package messages

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestPositionsAreOrderedAsNumbersAreThenBySubRecord is P1: the number of
// digits, the digits, the index; "*" covers its whole record.
func TestPositionsAreOrderedAsNumbersAreThenBySubRecord(t *testing.T) {
	long := SequenceNumber("9" + strings.Repeat("0", MaxSequenceDigits-1))
	ordered := []Position{
		{},
		{"0", 0},
		{"0", 1},
		{"0", Whole},
		{"9", 0},
		{"9", Whole},
		{"10", 0}, // before "9" as text
		{"99", 7},
		{"100", 0},
		{"49590338271490256608559692538361571095921575989136588898", 0},
		{"49590338271490256608559692538361571095921575989136588898", 12},
		{"49590338271490256608559692538361571095921575989136588898", Whole},
		{"49590338271490256608559692538361571095921575989136588899", 0},
		{long, 0},
		{long, Whole},
	}
	for i, a := range ordered {
		for j, b := range ordered {
			want := 0
			switch {
			case i < j:
				want = -1
			case i > j:
				want = 1
			}
			if got := a.Compare(b); got != want {
				t.Errorf("%s compared with %s is %d, want %d", a, b, got, want)
			}
			if got := a.Covers(b); got != (want >= 0) {
				t.Errorf("%s covers %s: %v", a, b, got)
			}
		}
	}
}

// TestSequenceNumbersCompareLikeBigIntegers holds Compare against math/big.
func TestSequenceNumbersCompareLikeBigIntegers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	number := func() SequenceNumber {
		digits := make([]byte, 1+random.IntN(MaxSequenceDigits))
		for i := range digits {
			digits[i] = byte('0' + random.IntN(10))
		}
		digits[0] = byte('1' + random.IntN(9))
		return SequenceNumber(digits)
	}
	for range 2000 {
		a, b := number(), number()
		if random.IntN(4) == 0 {
			b = a[:len(a)-1] + SequenceNumber('0'+byte(random.IntN(10)))
		}
		x, _ := new(big.Int).SetString(string(a), 10)
		y, _ := new(big.Int).SetString(string(b), 10)
		if got, want := a.Compare(b), x.Cmp(y); got != want {
			t.Fatalf("%s compared with %s is %d, want %d", a, b, got, want)
		}
		if !a.Valid() {
			t.Fatalf("%s is not valid", a)
		}
	}
}

func TestOnlyNumbersAsKinesisWritesThemAreSequenceNumbers(t *testing.T) {
	for _, good := range []SequenceNumber{"0", "1", "10", "9", SequenceNumber(strings.Repeat("9", MaxSequenceDigits))} {
		if !good.Valid() {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []SequenceNumber{"", "00", "01", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "١", "SHARD_END", SequenceNumber(strings.Repeat("9", MaxSequenceDigits+1))} {
		if bad.Valid() {
			t.Errorf("%q is taken for a sequence number", bad)
		}
	}
}

func TestPositionsReadBackAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]Position{
		"7/0":                   {"7", 0},
		"7/12":                  {"7", 12},
		"7/*":                   {"7", Whole},
		"7":                     {"7", Whole}, // a bare number is the whole record
		"0/4611686018427387903": {"0", 1<<62 - 1},
	} {
		got, err := ParsePosition(text)
		if err != nil || got != want {
			t.Errorf("ParsePosition(%q) = %v, %v; want %v", text, got, err, want)
		}
		if again, err := ParsePosition(got.String()); err != nil || again != got {
			t.Errorf("%v was written as %q and read back as %v, %v", got, got.String(), again, err)
		}
	}
	for _, bad := range []string{"", "/", "7/", "/7", "07/1", "7/01", "7/-1", "7/+1", "7/1/2", "7/**", "start", "7/4611686018427387904", " 7/1", "7/1 "} {
		if got, err := ParsePosition(bad); err == nil {
			t.Errorf("ParsePosition(%q) = %v, want an error", bad, got)
		}
	}
}

func TestAMarkThatEndsItsRecordCoversTheWholeRecord(t *testing.T) {
	inside, last := Mark{Seq: "5", Sub: 1}, Mark{Seq: "5", Sub: 2, Last: true}
	if got := inside.Position(); got != (Position{"5", 1}) {
		t.Errorf("inside an aggregate: %s", got)
	}
	if got := last.Position(); got != (Position{"5", Whole}) {
		t.Errorf("at its end: %s", got)
	}
	block := RowBlock{After: Position{"4", Whole}}
	if got := block.Last(); got != block.After {
		t.Errorf("a block without marks covers %s, want what it continues", got)
	}
	block.Marks = []Mark{inside, last}
	if got := block.Last(); got != last.Position() {
		t.Errorf("a block covers %s, want %s", got, last.Position())
	}
}

func FuzzAPositionThatIsReadIsWrittenTheSame(f *testing.F) {
	for _, seed := range []string{"7/0", "7/*", "7", "0/0", "00/1", "1/x", strings.Repeat("9", 130)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePosition(text)
		if err != nil {
			return
		}
		if p.IsZero() || !p.Seq.Valid() || p.Sub < 0 {
			t.Fatalf("ParsePosition(%q) = %#v", text, p)
		}
		if got := p.String(); got != text && got != text+"/*" {
			t.Fatalf("%q was read and is written as %q", text, got)
		}
	})
}

func TestShardsAreNamedInFullOrByNumber(t *testing.T) {
	for text, want := range map[string]ShardID{"3": "shardId-000000000003", "shardId-000000000003": "shardId-000000000003", "0": "shardId-000000000000"} {
		if got, err := ParseShard(text); err != nil || got != want {
			t.Errorf("ParseShard(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "-1", "shard 3", "3.0"} {
		if got, err := ParseShard(bad); err == nil {
			t.Errorf("ParseShard(%q) = %q, want an error", bad, got)
		}
	}
}
