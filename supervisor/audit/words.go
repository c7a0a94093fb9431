package audit

import (
	"fmt"
	"io"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/kinesnow/kinesnow/supervisor/paragraph"
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
	return humanize.Comma(n) + " " + word
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
	return humanize.Comma(n) + " times"
}

// hang writes a text in lines of up to columns, words left whole, the next ones
// under the first one's words.
func hang(out io.Writer, first, text string) {
	lines := paragraph.Fold(text, columns-len(first))
	fmt.Fprintln(out, first+strings.Join(lines, "\n"+strings.Repeat(" ", len(first))))
}
