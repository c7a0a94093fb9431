package plan

import (
	"fmt"
	"io"
	"strings"

	"github.com/dustin/go-humanize/english"

	"github.com/kinesnow/kinesnow/supervisor/paragraph"
)

// signs stand before a line, in the spirit of other tools' plans.
var signs = map[Action]string{Create: "+", Alter: "~", There: "=", Ignored: "!", Unseen: "?"}

// words are what a kind is called.
var words = map[Kind]string{
	LeaseTable: "lease table", StreamRow: "stream row", ShardRows: "shard rows", NodeRow: "node row", Consumer: "consumer",
	Table: "table", Columns: "columns", Pipe: "pipe", Channels: "channels", Setting: "setting",
}

// Text writes the plan for people.
func (r *Report) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s/%s -> %s\n", r.Connector, r.Region, r.Stream, r.Target)
	for i := range r.Changes {
		r.Changes[i].line(&b)
	}
	for i := range r.Changes {
		for _, statement := range r.Changes[i].SQL {
			fmt.Fprintf(&b, "\n    %s;\n", statement)
		}
	}
	for _, s := range r.Stops {
		fmt.Fprintf(&b, "  x stops here: %s\n", strings.Join(paragraph.Fold(s.Text, 79), "\n                "))
	}
	b.WriteString(r.summary())
	_, err := io.WriteString(w, b.String())
	return err
}

// nameWidth is how long a name may be for its text to stand in the same line.
const nameWidth = 24

// textColumn is where texts begin.
const textColumn = 17 + nameWidth + 2

func (c *Change) line(b *strings.Builder) {
	name := c.named()
	fmt.Fprintf(b, "  %s %-11s  ", signs[c.Action], words[c.Kind])
	switch {
	case c.Text == "":
		b.WriteString(name)
	case len(name) <= nameWidth:
		fmt.Fprintf(b, "%-*s  %s", nameWidth, name, c.folded())
	default:
		fmt.Fprintf(b, "%s\n%*s%s", name, textColumn, "", c.folded())
	}
	b.WriteByte('\n')
}

// folded is the text in lines that a terminal holds: what services answer can be
// long.
func (c *Change) folded() string {
	return strings.Join(paragraph.Fold(c.Text, 78), "\n"+strings.Repeat(" ", textColumn))
}

func several(n int, noun string) string { return english.Plural(n, noun, "") }

// named names one thing, or counts several and shows the first and the last.
func (c *Change) named() string {
	text := ""
	switch n := len(c.Names); n {
	case 0:
	case 1:
		text = c.Names[0]
	default:
		text = fmt.Sprintf("%d: %s ... %s", n, c.Names[0], c.Names[n-1])
	}
	if len(c.Later) > 0 {
		text = strings.TrimSpace(fmt.Sprintf("%s (+ %d once their parents are read)", text, len(c.Later)))
	}
	return text
}

func (r *Report) summary() string {
	switch {
	case len(r.Stops) > 0:
		return "run would stop. Nothing was made.\n"
	case r.err != nil:
		return "Not everything could be asked. Nothing was made.\n"
	case r.Creates+r.Alters == 0:
		return "Nothing to make: run goes on from where things are.\n"
	case r.Alters == 0:
		return fmt.Sprintf("%d to make. Nothing was made yet: kinesnow run makes it.\n", r.Creates)
	}
	return fmt.Sprintf("%d to make, %d to change. Nothing was made yet: kinesnow run makes it.\n", r.Creates, r.Alters)
}
