package rows

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// rewrite removes, in place, the white space and the members that carry our
// key from a valid object that fills b. It returns the object's new length and
// whether it has no member left.
func rewrite(b []byte) (length int, empty bool) {
	w := 1
	for i := blank(b, 1); b[i] != '}'; {
		key := i
		i = endOfValue(b, i)
		name := b[key:i]
		i = blank(b, i) // at the colon
		value := blank(b, i+1)
		i = endOfValue(b, value)
		if !isOurs(name[1 : len(name)-1]) {
			if w > 1 {
				b[w] = ','
				w++
			}
			w += copy(b[w:], name)
			b[w] = ':'
			w = compact(b, w+1, value, i)
		}
		if i = blank(b, i); b[i] == ',' {
			i = blank(b, i+1)
		}
	}
	b[w] = '}'
	return w + 1, w == 1
}

// compact moves the value b[from:to] down to w without its white space.
func compact(b []byte, w, from, to int) int {
	for i := from; i < to; {
		switch b[i] {
		case ' ', '\t', '\n', '\r':
			i++
		case '"':
			end := endOfValue(b, i)
			w += copy(b[w:], b[i:end])
			i = end
		default:
			b[w] = b[i]
			w++
			i++
		}
	}
	return w
}

// endOfValue returns the place behind the valid value that begins at b[i].
func endOfValue(b []byte, i int) int {
	depth := 0
	for {
		switch b[i] {
		case '"':
			for i++; b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		default:
			if depth == 0 { // a number or a literal
				return i + bytes.IndexAny(b[i:], ",]} \t\r\n")
			}
		}
		i++
		if depth == 0 {
			return i
		}
	}
}

// isOurs reports whether a key, as it stands between its quotes, is
// KINESISMETADATA to a reader that ignores case. A first byte that cannot begin
// it settles almost every key.
func isOurs(key []byte) bool {
	if len(key) < len(Column) {
		return false
	}
	switch key[0] {
	case 'K', 'k', '\\', "\u212a"[0]: // U+212A KELVIN SIGN folds to k
	default:
		return false
	}
	if plain(key) {
		return len(key) == len(Column) && strings.EqualFold(string(key), Column)
	}
	return isOursEscaped(key)
}

func isOursEscaped(key []byte) bool {
	if len(key) > len(Column)*len(`\u004b`) {
		return false
	}
	name := string(meaning(append(append([]byte{'"'}, key...), '"')))
	return utf8.ValidString(name) && strings.EqualFold(name, Column)
}
