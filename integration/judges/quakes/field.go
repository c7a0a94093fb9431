package quakes

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
)

// sameField holds a cell against the exact text of the JSON value that was put,
// nil for none, as the default pipe stores it in a column of that type (spec
// snowpipe-streaming 3.4):
//
//	VARIANT   the same JSON text, digit for digit; null is JSON's null, absent is NULL
//	TEXT      the string; another value as its JSON text
//	FIXED     the number, a fraction rounded to the column's whole numbers
//	REAL      the nearest double
//	BOOLEAN   the truth value
func sameField(kind string, cell *string, raw json.RawMessage) bool {
	switch {
	case raw == nil, string(raw) == "null" && kind != "VARIANT":
		return cell == nil
	case cell == nil:
		return false
	}
	switch kind {
	case "VARIANT":
		return *cell == string(raw)
	case "TEXT":
		var text string
		if raw[0] != '"' {
			text = string(raw)
		} else if json.Unmarshal(raw, &text) != nil {
			return false
		}
		return *cell == text
	case "FIXED":
		got, isNumber := new(big.Rat).SetString(*cell)
		want, ok := rounded(unquoted(raw))
		return isNumber && ok && got.Cmp(want) == 0
	case "REAL":
		got, err := strconv.ParseFloat(*cell, 64)
		want, wrong := strconv.ParseFloat(unquoted(raw), 64)
		return err == nil && wrong == nil && (got == want || math.IsNaN(got) && math.IsNaN(want))
	case "BOOLEAN":
		return *cell == string(raw)
	}
	return false
}

// unquoted takes numbers in strings for numbers, as the pipe does.
func unquoted(raw json.RawMessage) string {
	var text string
	if raw[0] == '"' && json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// rounded is the number rounded to a whole one, half away from zero.
func rounded(text string) (*big.Rat, bool) {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, false
	}
	half := big.NewRat(int64(r.Sign()), 2)
	half.Add(half, r)
	return new(big.Rat).SetInt(new(big.Int).Quo(half.Num(), half.Denom())), true // Quo cuts towards zero
}
