package sql

import (
	"strings"
	"unicode/utf8"
)

// MaxStatement is the largest statement in bytes
// (docs.snowflake.com/user-guide/query-size-limits).
const MaxStatement = 1 << 20

// lex cuts a statement into tokens; the last one is tokenEnd.
func lex(text string) ([]token, error) {
	if len(text) > MaxStatement {
		return nil, compileError(1003, "42000", "SQL text exceeds the limit of %d bytes.", MaxStatement)
	}
	if !utf8.ValidString(text) {
		return nil, compileError(1003, "42000", "SQL text is not valid UTF-8.")
	}
	l := &lexer{text: text}
	var tokens []token
	for {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		if t.kind == tokenEnd {
			return tokens, nil
		}
	}
}

type lexer struct {
	text string
	at   int
}

func (l *lexer) next() (token, error) {
	if err := l.skipBlank(); err != nil {
		return token{}, err
	}
	start := l.at
	if start >= len(l.text) {
		return token{kind: tokenEnd, text: "<EOF>", start: start, end: start}, nil
	}
	c := l.text[start]
	switch {
	case wordStart(c):
		for l.at < len(l.text) && wordPart(l.text[l.at]) {
			l.at++
		}
		return l.made(tokenWord, start, strings.ToUpper(l.text[start:l.at])), nil
	case c == '"':
		return l.quoted(start)
	case c == '\'':
		return l.str(start)
	case strings.HasPrefix(l.text[start:], "$$"):
		return l.dollars(start)
	case digit(c) || c == '.' && start+1 < len(l.text) && digit(l.text[start+1]):
		l.number()
		return l.made(tokenNumber, start, l.text[start:l.at]), nil
	case c == '$' && start+1 < len(l.text) && wordPart(l.text[start+1]): // $1, $name
		part := digit
		if wordStart(l.text[start+1]) {
			part = wordPart
		}
		for l.at++; l.at < len(l.text) && part(l.text[l.at]); {
			l.at++
		}
		return l.made(tokenWord, start, strings.ToUpper(l.text[start:l.at])), nil
	}
	for _, op := range []string{"::", "||", "<=", ">=", "<>", "!=", "=>", "->"} {
		if strings.HasPrefix(l.text[start:], op) {
			l.at += 2
			return l.made(tokenOperator, start, op), nil
		}
	}
	_, size := utf8.DecodeRuneInString(l.text[start:])
	l.at += size
	if !strings.ContainsRune("()[]{},.;:+-*/%=<>?@", rune(c)) {
		return token{}, syntaxError(l.text, start, l.text[start:l.at])
	}
	return l.made(tokenOperator, start, l.text[start:l.at]), nil
}

func (l *lexer) made(kind tokenKind, start int, text string) token {
	return token{kind: kind, text: text, start: start, end: l.at}
}

// skipBlank passes white space and the three kinds of comment.
func (l *lexer) skipBlank() error {
	for l.at < len(l.text) {
		rest := l.text[l.at:]
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			l.at += end
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return syntaxError(l.text, l.at, "/*")
			}
			l.at += end + 4
		case r <= ' ' || r == '\u00a0' || r == '\u3000' || r == '\ufeff':
			l.at += size
		default:
			return nil
		}
	}
	return nil
}

func (l *lexer) quoted(start int) (token, error) {
	var b strings.Builder
	for i := start + 1; i < len(l.text); i++ {
		if l.text[i] != '"' {
			b.WriteByte(l.text[i])
			continue
		}
		if i+1 < len(l.text) && l.text[i+1] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		l.at = i + 1
		if b.Len() == 0 {
			return token{}, syntaxError(l.text, start, `""`)
		}
		return l.made(tokenQuoted, start, b.String()), nil
	}
	return token{}, syntaxError(l.text, start, `"`)
}

func (l *lexer) dollars(start int) (token, error) {
	end := strings.Index(l.text[start+2:], "$$")
	if end < 0 {
		return token{}, syntaxError(l.text, start, "$$")
	}
	l.at = start + end + 4
	return l.made(tokenString, start, l.text[start+2:start+2+end]), nil
}

// number passes digits with one point and an exponent.
func (l *lexer) number() {
	digits := func() {
		for l.at < len(l.text) && digit(l.text[l.at]) {
			l.at++
		}
	}
	digits()
	if l.at < len(l.text) && l.text[l.at] == '.' {
		l.at++
		digits()
	}
	if l.at < len(l.text) && (l.text[l.at] == 'e' || l.text[l.at] == 'E') {
		mark := l.at
		l.at++
		if l.at < len(l.text) && (l.text[l.at] == '+' || l.text[l.at] == '-') {
			l.at++
		}
		if l.at >= len(l.text) || !digit(l.text[l.at]) {
			l.at = mark
			return
		}
		digits()
	}
}

func wordStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

func wordPart(c byte) bool { return wordStart(c) || digit(c) || c == '$' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

// place turns a byte offset into line (from 1) and characters before it in
// that line.
func place(text string, at int) (line, pos int) {
	at = min(at, len(text))
	before := text[:at]
	lineStart := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[lineStart:])
}

func syntaxError(text string, at int, unexpected string) *Error {
	line, pos := place(text, at)
	e := compileError(1003, "42000", "syntax error line %d at position %d unexpected '%s'.", line, pos, unexpected)
	e.Line, e.Pos = line, pos
	return e
}
