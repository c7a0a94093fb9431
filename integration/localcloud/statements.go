package localcloud

import "strings"

// Statements cuts a text at the semicolons between SQL statements. Those in
// strings, quoted names, $$ texts and comments are part of a statement.
func Statements(text string) []string {
	var list []string
	begin := 0
	for i := 0; i < len(text); {
		if text[i] != ';' {
			i += width(text[i:])
			continue
		}
		list = appendStatement(list, text[begin:i])
		i++
		begin = i
	}
	return appendStatement(list, text[begin:])
}

func appendStatement(list []string, text string) []string {
	if text = strings.TrimSpace(text); text != "" {
		return append(list, text)
	}
	return list
}

// quotes are what begins and ends the parts that a semicolon does not end.
var quotes = []struct{ open, end string }{{"'", "'"}, {`"`, `"`}, {"$$", "$$"}, {"--", "\n"}, {"//", "\n"}, {"/*", "*/"}}

// width is the length of what begins the text: one of the parts above, or one
// byte. A quote that is doubled inside begins a second part: all the same.
func width(text string) int {
	for _, q := range quotes {
		if !strings.HasPrefix(text, q.open) {
			continue
		}
		at := len(q.open)
		for at < len(text) {
			switch {
			case q.open == "'" && text[at] == '\\':
				at += 2
				continue
			case strings.HasPrefix(text[at:], q.end):
				return at + len(q.end)
			}
			at++
		}
		return len(text)
	}
	return 1
}
