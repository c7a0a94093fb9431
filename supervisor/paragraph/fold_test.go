package paragraph_test

import (
	"slices"
	"testing"

	"github.com/kinesnow/kinesnow/supervisor/paragraph"
)

func TestTextsAreFoldedBetweenWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                    {""},
		"one two  three arn:aws:kinesis four": {"one two", "three", "arn:aws:kinesis", "four"},
		"größe größe":                         {"größe", "größe"},
		"größen a":                            {"größen a"},
	} {
		if got := paragraph.Fold(text, 10); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
