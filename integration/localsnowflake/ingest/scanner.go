package ingest

import (
	"encoding/json"
	"errors"
)

// MaxDepth is how deep objects and arrays may nest in one row. The service
// publishes no figure; the bound keeps "a million brackets" a row error.
const MaxDepth = 1024

// errJSON means that a line is not exactly one valid JSON text: RFC 8259
// grammar, valid UTF-8, no more than MaxDepth levels.
var errJSON = errors.New("invalid JSON")

// errNotObject means valid JSON of another kind than an object.
var errNotObject = errors.New("not a JSON object")

// member is one top-level member of a row.
type member struct {
	key []byte // without quotes, escapes resolved
	raw []byte // the value's bytes
}

// scanObject appends the members of the JSON object in src to dst. It reads
// every byte once and validates all of them.
func scanObject(src []byte, dst []member) ([]member, error) {
	i := skipSpace(src, 0)
	if i == len(src) {
		return dst, errJSON
	}
	if src[i] != '{' {
		end, err := skipValue(src, i)
		if err != nil || skipSpace(src, end) != len(src) {
			return dst, errJSON
		}
		return dst, errNotObject
	}
	i = skipSpace(src, i+1)
	if i < len(src) && src[i] == '}' {
		return dst, atEnd(src, i+1)
	}
	for {
		if i >= len(src) || src[i] != '"' {
			return dst, errJSON
		}
		keyEnd, escaped, ok := skipString(src, i)
		if !ok {
			return dst, errJSON
		}
		key := src[i+1 : keyEnd-1]
		if escaped {
			key = unescape(src[i:keyEnd])
		}
		i = skipSpace(src, keyEnd)
		if i >= len(src) || src[i] != ':' {
			return dst, errJSON
		}
		start := skipSpace(src, i+1)
		end, err := skipValue(src, start)
		if err != nil {
			return dst, err
		}
		dst = append(dst, member{key: key, raw: src[start:end]})
		i = skipSpace(src, end)
		if i >= len(src) {
			return dst, errJSON
		}
		if src[i] == '}' {
			return dst, atEnd(src, i+1)
		}
		if src[i] != ',' {
			return dst, errJSON
		}
		i = skipSpace(src, i+1)
	}
}

func atEnd(src []byte, i int) error {
	if skipSpace(src, i) != len(src) {
		return errJSON
	}
	return nil
}

// unescape turns a quoted, already validated JSON string into its bytes.
func unescape(quoted []byte) []byte {
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return quoted[1 : len(quoted)-1]
	}
	return []byte(s)
}

func skipSpace(src []byte, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\t' || src[i] == '\r' || src[i] == '\n') {
		i++
	}
	return i
}

// skipValue returns the index after the value that starts at i.
func skipValue(src []byte, i int) (int, error) {
	var objects [MaxDepth / 64]uint64 // bit set: the level is an object
	depth := 0
	for {
		// A value begins here.
		i = skipSpace(src, i)
		if i >= len(src) {
			return 0, errJSON
		}
		ok := true
		opened := false
		switch c := src[i]; c {
		case '"':
			i, _, ok = skipString(src, i)
		case '{', '[':
			if depth == MaxDepth {
				return 0, errJSON
			}
			word, bit := depth/64, uint64(1)<<(depth%64)
			closing := byte(']')
			if objects[word] &^= bit; c == '{' {
				objects[word] |= bit
				closing = '}'
			}
			i = skipSpace(src, i+1)
			if i < len(src) && src[i] == closing {
				i++
				break
			}
			depth++
			opened = true
		case 't':
			i, ok = skipLiteral(src, i, "true")
		case 'f':
			i, ok = skipLiteral(src, i, "false")
		case 'n':
			i, ok = skipLiteral(src, i, "null")
		default:
			i, ok = skipNumber(src, i)
		}
		if !ok {
			return 0, errJSON
		}
		// After a value: close levels until there is another one to read.
		for !opened {
			if depth == 0 {
				return i, nil
			}
			i = skipSpace(src, i)
			if i >= len(src) {
				return 0, errJSON
			}
			isObject := objects[(depth-1)/64]>>((depth-1)%64)&1 == 1
			switch {
			case src[i] == ',':
				opened = true
			case src[i] == '}' && isObject, src[i] == ']' && !isObject:
				depth--
			default:
				return 0, errJSON
			}
			i++
		}
		if objects[(depth-1)/64]>>((depth-1)%64)&1 == 1 {
			if i, ok = skipKey(src, i); !ok {
				return 0, errJSON
			}
		}
	}
}

// skipKey skips a member's name and its colon.
func skipKey(src []byte, i int) (int, bool) {
	i = skipSpace(src, i)
	if i >= len(src) || src[i] != '"' {
		return 0, false
	}
	i, _, ok := skipString(src, i)
	if !ok {
		return 0, false
	}
	i = skipSpace(src, i)
	return i + 1, i < len(src) && src[i] == ':'
}

func skipLiteral(src []byte, i int, word string) (int, bool) {
	end := i + len(word)
	return end, end <= len(src) && string(src[i:end]) == word
}

func skipNumber(src []byte, i int) (int, bool) {
	if i < len(src) && src[i] == '-' {
		i++
	}
	start := i
	if i = skipDigits(src, i); i == start || i > start+1 && src[start] == '0' {
		return 0, false
	}
	if i < len(src) && src[i] == '.' {
		i++
		start = i
		if i = skipDigits(src, i); i == start {
			return 0, false
		}
	}
	if i < len(src) && src[i]|0x20 == 'e' {
		i++
		if i < len(src) && (src[i] == '+' || src[i] == '-') {
			i++
		}
		start = i
		if i = skipDigits(src, i); i == start {
			return 0, false
		}
	}
	return i, true
}

func skipDigits(src []byte, i int) int {
	for i < len(src) && src[i] >= '0' && src[i] <= '9' {
		i++
	}
	return i
}

// compact returns raw, which must be valid JSON, without space between tokens.
func compact(raw []byte) string {
	var out []byte // nil while nothing had to go
	for i := 0; i < len(raw); {
		switch c := raw[i]; c {
		case '"':
			end, _, ok := skipString(raw, i)
			if !ok {
				end = len(raw)
			}
			if out != nil {
				out = append(out, raw[i:end]...)
			}
			i = end
		case ' ', '\t', '\r', '\n':
			if out == nil {
				out = append(make([]byte, 0, len(raw)), raw[:i]...)
			}
			i++
		default:
			if out != nil {
				out = append(out, c)
			}
			i++
		}
	}
	if out == nil {
		return string(raw)
	}
	return string(out)
}
