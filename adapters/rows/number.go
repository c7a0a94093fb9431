package rows

// number reads a number of any size: it is passed on as text. It returns the
// place behind it, or -1.
func (s *scan) number(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	switch c := b[i]; {
	case c == '0':
		i++
	case isDigit(c):
		i = digits(b, i)
	default:
		return s.fail(i, causeNumber)
	}
	if b[i] == '.' {
		if i++; !isDigit(b[i]) {
			return s.fail(i, causeNumber)
		}
		i = digits(b, i)
	}
	if b[i]|0x20 == 'e' {
		if i++; b[i] == '+' || b[i] == '-' {
			i++
		}
		if !isDigit(b[i]) {
			return s.fail(i, causeNumber)
		}
		i = digits(b, i)
	}
	return i
}

func digits(b []byte, i int) int {
	for isDigit(b[i]) {
		i++
	}
	return i
}

func isDigit(c byte) bool { return c-'0' <= 9 }
