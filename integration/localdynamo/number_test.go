package localdynamo

import (
	"strings"
	"testing"
)

func TestNumbersAreKeptExactly(t *testing.T) {
	for given, want := range map[string]string{
		"0": "0", "-0.00": "0", "007": "7", "+5": "5", "-1.50": "-1.5", ".5": "0.5", "5.": "5", "1E5": "100000", "1e-10": "0.0000000001", "0.000001": "0.000001",
		"12345678901234567890123456789012345678":  "12345678901234567890123456789012345678",
		"123456789012345678901234567890123456780": "123456789012345678901234567890123456780",
		"1e125":                "1" + strings.Repeat("0", 125),
		"1e-130":               "0." + strings.Repeat("0", 129) + "1",
		"0e999999999999999999": "0",
		"10e-1":                "1",
		"123.456e1":            "1234.56",
		"-0.0012300e2":         "-0.123",
		"1790000000123.000":    "1790000000123",
		"340282366920938463463374607431768211455": "refused", // 2^128-1 has 39 digits
		"1e126": "refused", "1e-131": "refused", "1e99999999999999999999": "refused", "": "refused", "-": "refused", ".": "refused", "1e": "refused",
		"x": "refused", " 5": "refused", "NaN": "refused", "Infinity": "refused", "0x10": "refused", "1_000": "refused", "1.2.3": "refused",
	} {
		got, err := parseNumber(given)
		if err != nil {
			got = "refused"
		}
		if got != want {
			t.Errorf("%q became %s, want %s", given, got, want)
		}
	}
}

func TestNumbersCompareByWorth(t *testing.T) {
	inOrder := []string{"-1e125", "-10", "-9.5", "-1e-130", "0", "1e-130", "0.5", "2", "10", "1e38", "9e125"}
	for i, a := range inOrder {
		for j, b := range inOrder {
			x, errX := parseNumber(a)
			y, errY := parseNumber(b)
			if errX != nil || errY != nil {
				t.Fatal(errX, errY)
			}
			if got := compareNumbers(x, y); got != min(1, max(-1, i-j)) {
				t.Errorf("compare %s with %s is %d", a, b, got)
			}
		}
	}
}

// The sizes are those DynamoDB Local 3.3.1 counts towards its item limit.
func TestSizesAreCountedAsDynamoDBDoes(t *testing.T) {
	for wire, want := range map[string]int{
		`{"N": "0"}`: 1, `{"N": "1"}`: 2, `{"N": "12"}`: 2, `{"N": "123"}`: 3, `{"N": "1000"}`: 2, `{"N": "-12"}`: 3, `{"N": "0.01"}`: 2,
		`{"N": "1.5"}`: 3, `{"N": "12.34"}`: 3, `{"N": "1790000000123"}`: 8, `{"BOOL": true}`: 1, `{"NULL": true}`: 1, `{"S": "é"}`: 2, `{"B": "AQID"}`: 3,
		`{"L": []}`: 3, `{"L": [{"S": "a"}, {"S": "b"}]}`: 7, `{"M": {"k": {"S": "a"}, "j": {"S": "b"}}}`: 9, `{"SS": ["aa", "bb"]}`: 4, `{"NS": ["1", "2"]}`: 4,
	} {
		if got := given(t, `{"x": `+wire+`}`).bytes() - 1; got != want {
			t.Errorf("%s has %d bytes, want %d", wire, got, want)
		}
	}
}
