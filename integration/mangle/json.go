package mangle

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// values stand in for others: one of each JSON kind, and the extremes.
var values = []any{
	nil, true, false, "", "x", "\x00\u2028\U0001f600", strings.Repeat("long", 300), json.Number("0"), json.Number("-1"), json.Number("1.5"),
	json.Number("9223372036854775808"), json.Number("1e300"), []any{}, []any{nil}, []any{map[string]any{}}, map[string]any{}, map[string]any{"": nil},
	map[string]any{"S": "x"},
}

// JSON yields every variant of a JSON text in which one value, at any depth, is
// another one or missing. It panics when the text is no JSON: that is a mistake
// in the test.
func JSON(text string) iter.Seq[string] {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var whole any
	if err := decoder.Decode(&whole); err != nil {
		panic(fmt.Sprintf("mangle: %v in %s", err, text))
	}
	return func(yield func(string) bool) {
		variants(whole, func(v any) bool {
			text, err := json.Marshal(v)
			if err != nil {
				panic(err) // it was decoded from JSON
			}
			return yield(string(text))
		})
	}
}

// variants yields v with one of its values replaced, v itself included. It
// returns false when the caller wants no more.
func variants(v any, yield func(any) bool) bool {
	for _, other := range values {
		if !yield(other) {
			return false
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			without := maps.Clone(v)
			delete(without, name)
			if !yield(without) {
				return false
			}
			if !variants(v[name], func(other any) bool {
				with := maps.Clone(v)
				with[name] = other
				return yield(with)
			}) {
				return false
			}
		}
	case []any:
		for i := range v {
			if !variants(v[i], func(other any) bool {
				with := slices.Clone(v)
				with[i] = other
				return yield(with)
			}) {
				return false
			}
		}
	}
	return true
}
