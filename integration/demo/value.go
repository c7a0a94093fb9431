package demo

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"math/big"
	"strconv"
)

// sameValue reports whether a cell holds the JSON value that was put; want is
// nil where the record had null or no such key. Numbers are compared as exact
// decimals, never as floats.
func sameValue(kind string, cell sql.NullString, want json.RawMessage) bool {
	semi := kind == "VARIANT" || kind == "OBJECT" || kind == "ARRAY"
	switch {
	case want == nil:
		return !cell.Valid || semi && cell.String == "null"
	case !cell.Valid:
		return false
	case semi:
		return sameJSON([]byte(cell.String), want)
	}
	switch want[0] {
	case '"':
		var text string
		return json.Unmarshal(want, &text) == nil && text == cell.String
	case 't', 'f':
		is, err := strconv.ParseBool(cell.String) // the driver hands on 1 and 0
		return err == nil && is == (want[0] == 't')
	}
	return sameNumber(cell.String, string(want))
}

func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) == 0
}

// sameJSON compares two texts as values: white space and the order of members
// do not count.
func sameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, okX := decode(a)
	y, okY := decode(b)
	return okX && okY && same(x, y)
}

func decode(text []byte) (v any, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return v, decoder.Decode(&v) == nil
}

func same(x, y any) bool {
	switch x := x.(type) {
	case json.Number:
		n, ok := y.(json.Number)
		return ok && sameNumber(string(x), string(n))
	case []any:
		list, ok := y.([]any)
		if !ok || len(list) != len(x) {
			return false
		}
		for i := range x {
			if !same(x[i], list[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		members, ok := y.(map[string]any)
		if !ok || len(members) != len(x) {
			return false
		}
		for name, v := range x {
			if other, there := members[name]; !there || !same(v, other) {
				return false
			}
		}
		return true
	}
	return x == y
}
