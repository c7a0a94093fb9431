package localkinesis

import (
	"math/big"
	"testing"
)

// One of the service's own numbers (specs/kinesis-consumption.md 1.7).
const realNumber = "49590338271490256608559692538361571095921575989136588801"

func TestASequenceNumberHasTheServicesLayout(t *testing.T) {
	number := newSequence(1762333935, 3, 0x123456789abcdef, 1762333999)
	hex, _ := new(big.Int).SetString("2"+"0690b14ef"+"3"+"0123456789abcdef"+"00"+"0690b152f"+"00000003"+"2", 16)
	if got := number.String(); got != hex.String() || len(got) != 56 {
		t.Errorf("number %s, want %s", got, hex)
	}
	back, ok := parseSequence(number.String())
	if !ok || back != number || back.created() != 1762333935 || back.shard() != 3 || back.index() != 0x123456789abcdef || back.seconds() != 1762333999 {
		t.Errorf("read back %+v, %v", back, ok)
	}
}

func TestNumbersOfOtherLayoutsAreNotRead(t *testing.T) {
	if _, ok := parseSequence(realNumber); ok {
		t.Error("a number of version 1 was read") // its last hex digit is 1
	}
	for _, digits := range []string{"", "0", "7", realNumber[1:], realNumber + "0", "99999999999999999999999999999999999999999999999999999999"} {
		if s, ok := parseSequence(digits); ok {
			t.Errorf("%q was read as %+v", digits, s)
		}
	}
}

func TestNumbersRiseWithIndexAndFromParentToChild(t *testing.T) {
	const created = 1762333935
	parentEnd := newSequence(created, 15, lastIndex, created+1000)
	ascending := []sequence{
		newSequence(created, 15, 0, created), newSequence(created, 15, 1, created), newSequence(created, 15, 2, created+5),
		newSequence(created, 15, 1<<40, created+6), parentEnd, newSequence(created+1, 0, 0, created+1),
	}
	for i := 1; i < len(ascending); i++ {
		if a, b := ascending[i-1], ascending[i]; !a.less(b) || b.less(a) || a.String() >= b.String() {
			t.Errorf("%v is not below %v", a, b)
		}
	}
}

func TestHashKeysAreExact128BitNumbers(t *testing.T) {
	for _, s := range []string{"0", "1", "18446744073709551615", "18446744073709551616", "340282366920938463463374607431768211455"} {
		if k, ok := parseHashKey(s); !ok || k.String() != s {
			t.Errorf("%s became %s, %v", s, k, ok)
		}
	}
	for _, s := range []string{"340282366920938463463374607431768211456", "999999999999999999999999999999999999999"} {
		if k, ok := parseHashKey(s); ok {
			t.Errorf("%s became %s", s, k)
		}
	}
	if got := hashOf([]byte("a")).String(); got != "16955237001963240173058271559858726497" { // MD5 0cc175b9c0f1b6a831c399e269772661
		t.Errorf("hash of a: %s", got)
	}
	for n := 1; n <= 9; n++ {
		ranges := uniform(n)
		for i := 1; i < n; i++ {
			if ranges[i-1].end.next() != ranges[i].start {
				t.Errorf("%d ranges: %v does not meet %v", n, ranges[i-1], ranges[i])
			}
		}
		if ranges[0].start != (hashKey{}) || ranges[n-1].end != maxHashKey {
			t.Errorf("%d ranges from %v to %v", n, ranges[0].start, ranges[n-1].end)
		}
	}
	if got := uniform(1)[0].middle(); got != (hashKey{hi: 1 << 63}) {
		t.Errorf("middle %v", got)
	}
}

func TestTimestampsAreWrittenAsJavaPrintsThem(t *testing.T) {
	for ms, want := range map[int64]string{
		1441215410867: "1.441215410867E9", 1762333935300: "1.7623339353E9", 1000000000000: "1.0E9", 946684800000: "9.466848E8", 1500: "1.5",
	} {
		if got := string(appendSeconds(nil, ms)); got != want {
			t.Errorf("%d ms: %s, want %s", ms, got, want)
		}
	}
}
