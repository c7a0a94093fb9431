package sql

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// str reads a single-quoted string: two quotes are one, and a backslash
// escapes (docs.snowflake.com/sql-reference/data-types-text).
func (l *lexer) str(start int) (token, error) {
	var b strings.Builder
	for i := start + 1; i < len(l.text); {
		switch c := l.text[i]; {
		case c == '\'' && i+1 < len(l.text) && l.text[i+1] == '\'':
			b.WriteByte('\'')
			i += 2
		case c == '\'':
			l.at = i + 1
			return l.made(tokenString, start, b.String()), nil
		case c == '\\' && i+1 < len(l.text):
			size := escape(l.text[i+1:], &b)
			i += 1 + size
		default:
			b.WriteByte(c)
			i++
		}
	}
	return token{}, syntaxError(l.text, start, "'")
}

// escape writes what follows a backslash and returns its length in bytes. An
// unknown escape stands for the character itself.
func escape(s string, b *strings.Builder) int {
	switch s[0] {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'x':
		return hexEscape(s, 2, b)
	case 'u':
		return hexEscape(s, 4, b)
	case '0':
		b.WriteByte(0)
	default:
		r, size := utf8.DecodeRuneInString(s)
		b.WriteRune(r)
		return size
	}
	return 1
}

func hexEscape(s string, digits int, b *strings.Builder) int {
	if len(s) > digits {
		if n, err := strconv.ParseUint(s[1:1+digits], 16, 32); err == nil {
			b.WriteRune(rune(n))
			return 1 + digits
		}
	}
	b.WriteByte(s[0])
	return 1
}
