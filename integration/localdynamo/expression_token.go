package localdynamo

import (
	"strings"
	"unicode/utf8"
)

// tokenKind tells what a token of an expression is.
type tokenKind int

const (
	tokenEnd     tokenKind = iota + 1
	tokenName              // an attribute name, a keyword or a function's name
	tokenHash              // #placeholder of a name
	tokenColon             // :placeholder of a value
	tokenIndex             // a list index
	tokenSymbol            // = <> < <= > >= + - ( ) [ ] , .
	tokenForeign           // what has no place in an expression
)

// token is one word of an expression and where it stands.
type token struct {
	kind       tokenKind
	text       string
	start, end int // bytes
}

// is tells whether the token is the given symbol.
func (t token) is(symbol string) bool { return t.kind == tokenSymbol && t.text == symbol }

// isWord tells whether the token is the given keyword, in any case.
func (t token) isWord(keyword string) bool {
	return t.kind == tokenName && strings.EqualFold(t.text, keyword)
}

// scan splits an expression into tokens, the last one being tokenEnd. It never
// fails: what fits nothing becomes tokenForeign, for the parser to refuse.
func scan(source string) []token {
	var tokens []token
	for at := 0; ; {
		for at < len(source) && strings.IndexByte(" \t\r\n", source[at]) >= 0 {
			at++
		}
		kind, length := scanOne(source[at:])
		tokens = append(tokens, token{kind, source[at : at+length], at, at + length})
		if at += length; kind == tokenEnd {
			return tokens
		}
	}
}

func scanOne(rest string) (tokenKind, int) {
	if rest == "" {
		return tokenEnd, 0
	}
	c := rest[0]
	switch {
	case isLetter(c):
		return tokenName, wordLength(rest)
	case c == '0':
		return tokenIndex, 1
	case isDigit(c):
		digits, _ := cutDigits(rest)
		return tokenIndex, len(digits)
	case c == '#' || c == ':':
		if n := wordLength(rest[1:]); n > 0 {
			return map[byte]tokenKind{'#': tokenHash, ':': tokenColon}[c], 1 + n
		}
	case strings.HasPrefix(rest, "<>") || strings.HasPrefix(rest, "<=") || strings.HasPrefix(rest, ">="):
		return tokenSymbol, 2
	case strings.IndexByte("=<>+-()[],.", c) >= 0:
		return tokenSymbol, 1
	}
	_, size := utf8.DecodeRuneInString(rest)
	return tokenForeign, size
}

func wordLength(s string) int {
	n := 0
	for n < len(s) && (isLetter(s[n]) || isDigit(s[n]) || s[n] == '_') {
		n++
	}
	return n
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
