package paragraph

import (
	"strings"
	"unicode/utf8"
)

// Fold breaks a text between words, into lines of at most so many characters
// where its words allow it. There is always one line, which may be empty.
func Fold(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(word) > width:
			lines = append(lines, word)
		default:
			*last += " " + word
		}
	}
	return lines
}
