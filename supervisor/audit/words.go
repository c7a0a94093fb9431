package audit

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// columns is how wide the lines of the text are, positions aside.
const columns = 80

// count puts a number before a word: 1 row, 2 rows.
func count(n int64, word string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(word, "ch"):
		word += "es"
	default:
		word += "s"
	}
	return digits(n) + " " + word
}

func rowsOf(n int64) string { return count(n, "row") }

// are adds the verb that goes with a number of things.
func are(things string, n int64) string {
	if n == 1 {
		return things + " is"
	}
	return things + " are"
}

// times is how often.
func times(n int64) string {
	if n == 2 {
		return "twice"
	}
	return digits(n) + " times"
}

// digits writes a number in groups of three.
func digits(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "-", text[1:]
	}
	var groups []string
	for len(text) > 3 {
		groups = append([]string{text[len(text)-3:]}, groups...)
		text = text[:len(text)-3]
	}
	return sign + strings.Join(append([]string{text}, groups...), ",")
}

// paragraph writes a text in lines of up to columns, words left whole.
func paragraph(out io.Writer, first, next, text string) {
	line := first
	empty := true
	for _, word := range strings.Fields(text) {
		if !empty && len(line)+1+len(word) > columns {
			fmt.Fprintln(out, line)
			line, empty = next, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	fmt.Fprintln(out, line)
}

func trimRight(text string) string { return strings.TrimRight(text, " ") }
