package mangle_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/kinesnow/kinesnow/integration/mangle"
)

func TestEachVariantDiffersInOnePlace(t *testing.T) {
	const text = `{"a":[1,{"b":"c"}]}`
	all := slices.Collect(mangle.JSON(text))
	for _, want := range []string{`null`, `{}`, `{"a":null}`, `{"a":[1,{"b":"x"}]}`, `{"a":[1,{}]}`, `{"a":[true,{"b":"c"}]}`, `{"a":[1,{"b":[]}]}`, `{"a":[1,9223372036854775808]}`} {
		if !slices.Contains(all, want) {
			t.Errorf("%s is not among the variants", want)
		}
	}
	for _, one := range all {
		if !json.Valid([]byte(one)) || one == text {
			t.Errorf("a variant is %s", one)
		}
	}
	for range mangle.JSON(text) {
		break // ends at once
	}
}
