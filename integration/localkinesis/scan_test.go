package localkinesis

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzMembers holds the scanner against encoding/json: what it takes for an
// object is one, and it cuts the same members out of it.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` { "a" : [1, {"b":"}"}], "c\"":"\\", "d":-1.5e3 , "e":null} `, `{"a":"\"}`, `{"a":}`, `{,}`, `{"a":1,}`, `{"a":1}x`,
		`[]`, `{"a":[}`, `{"a":{]}`, `{"a":tru}`, `{"a":01}`, `{a:1}`, `{"a" 1}`, "{\"a\":\"\xff\"}", "{\"\\n\xff\":0}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := map[string]string{}
		err := members(b, func(name, value []byte) error {
			got[string(name)] = string(value)
			return nil
		})
		var want map[string]json.RawMessage
		if json.Unmarshal(b, &want) != nil {
			return // the scanner is laxer inside strings, which unquote checks
		}
		if want == nil {
			if err == nil {
				t.Errorf("%q is no object", b)
			}
			return
		}
		if err != nil {
			if deep(b) || !utf8.Valid(b) {
				return
			}
			t.Fatalf("%q: %v", b, err)
		}
		plain := map[string]string{}
		for name, value := range want {
			plain[name] = string(value)
		}
		if utf8.Valid(b) && !reflect.DeepEqual(got, plain) {
			t.Errorf("%q: members %q, want %q", b, got, plain)
		}
	})
}

// deep reports whether brackets may be nested beyond maxDepth.
func deep(b []byte) bool {
	n := 0
	for _, c := range b {
		if c == '[' || c == '{' {
			n++
		}
	}
	return n > maxDepth
}
