package warehouse

import "strings"

// kinds of copyToken.
type copyKind uint8

const (
	copyEnd    copyKind = iota
	copyWord            // and $1, @stage, numbers
	copyQuoted          // "identifier", without its quotes
	copyString          // 'text', without its quotes
	copySign
)

type copyToken struct {
	kind       copyKind
	text       string
	start, end int // in the statement
}

// is compares a word in any case, or a sign.
func (t copyToken) is(word string) bool {
	return (t.kind == copyWord || t.kind == copySign) && strings.EqualFold(t.text, word)
}

// identifier is the exact name that a token stands for. No name is empty.
func (t copyToken) identifier() (string, bool) {
	switch {
	case t.kind == copyQuoted:
		return t.text, t.text != ""
	case t.kind == copyWord && t.text[0] != '$' && t.text[0] != '@' && (t.text[0] < '0' || t.text[0] > '9'):
		return strings.ToUpper(t.text), true
	}
	return "", false
}

// scanCopy splits a statement; comments and spaces are left out. Whatever is
// odd becomes a sign, which no reader expects.
func scanCopy(text string) (tokens []copyToken) {
	for at := 0; at < len(text); {
		start := at
		t := copyToken{kind: copySign}
		switch c := text[at]; {
		case c == ' ', c == '\t', c == '\n', c == '\r', c == ';':
			at++
			continue
		case strings.HasPrefix(text[at:], "--"), strings.HasPrefix(text[at:], "//"):
			at = after(text, at, "\n")
			continue
		case strings.HasPrefix(text[at:], "/*"):
			at = after(text, at+2, "*/")
			continue
		case c == '"', c == '\'':
			t.kind = copyQuoted
			if c == '\'' {
				t.kind = copyString
			}
			t.text, at = unquote(text, at)
		case wordByte(c):
			for t.kind = copyWord; at < len(text) && wordByte(text[at]); at++ {
			}
			t.text = text[start:at]
		default:
			at++
			t.text = text[start:at]
		}
		t.start, t.end = start, at
		tokens = append(tokens, t)
	}
	return tokens
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c == '@' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// after is the place behind the next mark; the end where there is none.
func after(text string, at int, mark string) int {
	if i := strings.Index(text[at:], mark); i >= 0 {
		return at + i + len(mark)
	}
	return len(text)
}

// unquote reads a quoted text that begins at a place, and the place behind it.
func unquote(text string, at int) (string, int) {
	quote := text[at]
	var b strings.Builder
	for at++; at < len(text); at++ {
		switch c := text[at]; {
		case c == quote && at+1 < len(text) && text[at+1] == quote:
			b.WriteByte(c)
			at++
		case c == quote:
			return b.String(), at + 1
		case c == '\\' && quote == '\'' && at+1 < len(text):
			at++
			b.WriteByte(text[at])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), at
}
