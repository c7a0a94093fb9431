package rows

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// One byte in each of eight.
const (
	each01 = 0x0101010101010101
	each02 = 0x0202020202020202
	each21 = 0x2121212121212121
	each5c = 0x5c5c5c5c5c5c5c5c
	each80 = 0x8080808080808080
)

// text reads a string from behind its opening quote and returns the place
// behind its closing one, or -1.
func (s *scan) text(b []byte, i int) int {
	for {
		// A byte stops the stride when it is a quote or a control character
		// (x^2 maps both below 0x21 and nothing else), a backslash, or not ASCII.
		// A borrow can only mark bytes above a true stop, and the lowest is taken.
		x := binary.LittleEndian.Uint64(b[i:])
		stops := (((x ^ each02) - each21) | ((x ^ each5c) - each01) | x) & each80
		if stops == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(stops) >> 3
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			if i = s.escape(b, i); i < 0 {
				return -1
			}
		case c >= utf8.RuneSelf:
			for b[i] >= utf8.RuneSelf {
				_, size := utf8.DecodeRune(b[i:])
				if size == 1 { // DecodeRune is as strict as RFC 3629
					return s.badUTF8(b, i)
				}
				i += size
			}
		default:
			return s.fail(i, causeControl)
		}
	}
}

// badUTF8 tells a character that the payload's end cuts off from a wrong one.
func (s *scan) badUTF8(b []byte, i int) int {
	if i < s.size && !utf8.FullRune(b[i:s.size]) {
		return s.fail(s.size, causeTruncated)
	}
	return s.fail(i, causeUTF8)
}

// escape reads one escape, or a pair of them that makes one character.
func (s *scan) escape(b []byte, i int) int {
	s.escaped = true
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
	default:
		return s.fail(i+1, causeEscape)
	}
	unit, end := hex4(b, i+2)
	switch {
	case end < i+6:
		return s.fail(end, causeEscape)
	case unit < 0xd800 || unit > 0xdfff:
		return end
	case unit >= 0xdc00:
		return s.fail(i, causeSurrogate)
	case end >= s.size || b[end] == '\\' && end+1 >= s.size:
		return s.fail(s.size, causeTruncated)
	case b[end] != '\\' || b[end+1] != 'u':
		return s.fail(i, causeSurrogate)
	}
	low, stop := hex4(b, end+2)
	switch {
	case stop < end+6:
		return s.fail(stop, causeEscape)
	case low < 0xdc00 || low > 0xdfff:
		return s.fail(i, causeSurrogate)
	}
	return stop
}

// hex4 reads four hex digits, or stops at what is none.
func hex4(b []byte, i int) (unit rune, end int) {
	for end = i; end < i+4; end++ {
		switch c := b[end]; {
		case c >= '0' && c <= '9':
			unit = unit<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			unit = unit<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, end
		}
	}
	return unit, end
}
