package sql

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cockroachdb/apd/v3"
)

// These functions walk JSON text without decoding it, so that numbers keep
// their digits. The text is valid and compact: it was checked when it was
// stored or made.

// shape is the kind of a JSON value by its first byte.
type shape byte

const (
	shapeNull   shape = 'n'
	shapeTrue   shape = 't'
	shapeFalse  shape = 'f'
	shapeText   shape = '"'
	shapeNumber shape = '0'
	shapeArray  shape = '['
	shapeObject shape = '{'
)

func (j JSON) shape() shape {
	if j == "" {
		return shapeNull
	}
	switch c := shape(j[0]); c {
	case shapeNull, shapeTrue, shapeFalse, shapeText, shapeArray, shapeObject:
		return c
	}
	return shapeNumber
}

// skipJSON returns the end of the value that begins at i.
func skipJSON(s string, i int) int {
	depth := 0
	for i < len(s) {
		switch s[i] {
		case '"':
			i = skipJSONString(s, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		case ',', ':':
			i++
			continue
		default:
			for i < len(s) && !strings.ContainsRune(",:]}", rune(s[i])) {
				i++
			}
		}
		if depth <= 0 {
			return i
		}
	}
	return i
}

func skipJSONString(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// members calls yield for each member of an object until it returns false.
func (j JSON) members(yield func(key string, value JSON) bool) {
	s := string(j)
	for i := 1; i < len(s) && s[i] == '"'; i++ {
		end := skipJSONString(s, i)
		value := skipJSON(s, end+1)
		if value > len(s) || end+1 > value || !yield(jsonString(s[i:end]), JSON(s[end+1:value])) {
			return
		}
		i = value
	}
}

// elements calls yield for each element of an array until it returns false.
func (j JSON) elements(yield func(i int, value JSON) bool) {
	s := string(j)
	n := 0
	for i := 1; i < len(s) && s[i] != ']'; i++ {
		end := skipJSON(s, i)
		if end <= i || !yield(n, JSON(s[i:end])) {
			return
		}
		n++
		i = end
	}
}

// member finds a key's value; of a key that occurs twice the last.
func (j JSON) member(key string) (found JSON, ok bool) {
	if j.shape() != shapeObject {
		return "", false
	}
	j.members(func(k string, v JSON) bool {
		if k == key {
			found, ok = v, true
		}
		return true
	})
	return found, ok
}

// element finds an array's n-th element.
func (j JSON) element(n int) (found JSON, ok bool) {
	if j.shape() != shapeArray || n < 0 {
		return "", false
	}
	j.elements(func(i int, v JSON) bool {
		if i == n {
			found, ok = v, true
		}
		return !ok
	})
	return found, ok
}

// jsonString decodes a quoted JSON string.
func jsonString(quoted string) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(quoted, `"`), `"`)
	if !strings.Contains(inner, `\`) {
		return inner
	}
	var s string
	if json.Unmarshal([]byte(quoted), &s) != nil {
		return inner
	}
	return s
}

// quoteJSON writes a JSON string and escapes only what must be.
func quoteJSON(s string) JSON {
	b := make([]byte, 0, len(s)+2)
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
			continue
		default:
			b = append(b, c)
		}
		i++
	}
	return JSON(append(b, '"'))
}

// parseJSON checks a text and makes it compact; numbers stay as they are.
func parseJSON(text string) (JSON, bool) {
	if !json.Valid([]byte(text)) {
		return "", false
	}
	var b bytes.Buffer
	if json.Compact(&b, []byte(text)) != nil {
		return "", false
	}
	return JSON(b.String()), true
}

// decimal is a JSON number as an exact decimal; ok is false for another shape
// and for an exponent beyond any NUMBER.
func (j JSON) decimal() (*apd.Decimal, bool) {
	if j.shape() != shapeNumber {
		return nil, false
	}
	return parseDecimal(string(j))
}

func (j JSON) float() (float64, bool) {
	if j.shape() != shapeNumber {
		return 0, false
	}
	return parseFloat(string(j)), true
}

// text is a JSON string's content and any other value's JSON.
func (j JSON) text() string {
	if j.shape() == shapeText {
		return jsonString(string(j))
	}
	return string(j)
}

func floatText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if e := math.Abs(f); e >= 1e-5 && e < 1e15 {
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	return text
}
