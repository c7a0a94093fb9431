package ingest

import (
	"bytes"
	"encoding/json"
)

// Repeated reports whether an object of a row, at whatever depth, has a key
// twice. Check itself sees the top alone, which is what columns are matched with:
// what the service makes of the rest is not documented (spec 3.2).
func Repeated(row []byte) bool {
	type level struct {
		keys  map[string]bool // nil in an array
		value bool            // a value comes next, not a key
	}
	var levels []level
	for d := json.NewDecoder(bytes.NewReader(row)); ; {
		d.UseNumber()
		token, err := d.Token()
		if err != nil {
			return false
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			levels = levels[:len(levels)-1]
			continue
		}
		if top := len(levels) - 1; top >= 0 && levels[top].keys != nil {
			if key, ok := token.(string); ok && !levels[top].value {
				if levels[top].keys[key] {
					return true
				}
				levels[top].keys[key], levels[top].value = true, true
				continue
			}
			levels[top].value = false
		}
		switch token {
		case json.Delim('{'):
			levels = append(levels, level{keys: map[string]bool{}})
		case json.Delim('['):
			levels = append(levels, level{})
		}
	}
}
