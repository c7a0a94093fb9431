package ingest

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// skipString returns the index after the string whose opening quote is at i.
// Eight bytes at a time are tested for the only ones that matter: quote,
// backslash, control characters and the bytes of multi-byte runes.
func skipString(src []byte, i int) (end int, escaped, ok bool) {
	i++
	for {
		for i+8 <= len(src) {
			x := binary.LittleEndian.Uint64(src[i:])
			// | binds no tighter than -, hence the brackets.
			hit := (x | (x - 0x20*ones) | ((x ^ '"'*ones) - ones) | ((x ^ '\\'*ones) - ones)) & highs
			if hit != 0 {
				i += bits.TrailingZeros64(hit) / 8
				break
			}
			i += 8
		}
		if i >= len(src) {
			return 0, escaped, false
		}
		switch c := src[i]; {
		case c == '"':
			return i + 1, escaped, true
		case c == '\\':
			escaped = true
			if i, ok = skipEscape(src, i); !ok {
				return 0, escaped, false
			}
		case c < 0x20:
			return 0, escaped, false
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRune(src[i:])
			if r == utf8.RuneError && size == 1 {
				return 0, escaped, false
			}
			i += size
		}
	}
}

func skipEscape(src []byte, i int) (int, bool) {
	if i+1 >= len(src) {
		return 0, false
	}
	switch src[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2, true
	case 'u':
		if i+6 > len(src) {
			return 0, false
		}
		for _, c := range src[i+2 : i+6] {
			if !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f') {
				return 0, false
			}
		}
		return i + 6, true
	}
	return 0, false
}
