package replay

import (
	"bufio"
	"fmt"
	"io"

	"github.com/dustin/go-humanize"
)

// Text writes the list for people. Whatever a payload holds, nothing in it
// reaches the terminal as more than characters.
func (i *Inventory) Text(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s: %s   waiting %s   replayed %s\n", i.Connector, letters(i.Letters), humanize.Comma(i.Waiting), humanize.Comma(i.Replayed))
	writeCauses(out, i.Causes)
	if n := int64(len(i.Shown)); n > 0 && n < i.Letters {
		fmt.Fprintf(out, "the newest %d; --limit shows more\n", n)
	}
	for k := range i.Shown {
		l := &i.Shown[k]
		if k == 0 {
			fmt.Fprintln(out)
		}
		state := string(l.State)
		for _, r := range l.Replays {
			state = "replayed " + when(r.At) + " into " + printable(r.Table)
		}
		fmt.Fprintf(out, "%s  %s/%s  %s  key %s  %s\n", l.Shard, l.Seq, l.Sub, when(l.Arrival), orDash(clip(printable(l.PartitionKey), 40)), state)
		fmt.Fprintf(out, "    %s\n    %s  %s\n", clip(printable(l.Cause), 120), l.size(), l.Preview)
	}
	if i.Unended != "" {
		fmt.Fprintf(out, "replay %s is not over: kinesnow deadletter replay %s goes on with it\n", i.Unended, i.Connector)
	}
	if i.BadLines > 0 {
		fmt.Fprintf(out, "%s no letters: a machine crashed while they were written\n", plural(i.BadLines, "line"))
	}
	return out.Flush()
}

// size says how long the payload is, and what it is where it is no record's.
func (l *Letter) size() string {
	text := humanize.Comma(int64(l.Bytes)) + " bytes"
	if l.Rendered {
		text += " as sent"
	}
	return text
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// Payloads writes the payloads that are shown, as they are, each followed by a
// line break: for a file or another program.
func (i *Inventory) Payloads(w io.Writer) error {
	for k := range i.Shown {
		if _, err := w.Write(append(i.Shown[k].raw[:len(i.Shown[k].raw):len(i.Shown[k].raw)], '\n')); err != nil {
			return err
		}
	}
	return nil
}

// PrintablePayloads writes them for a terminal.
func (i *Inventory) PrintablePayloads(w io.Writer) error {
	for k := range i.Shown {
		if _, err := fmt.Fprintln(w, printable(string(i.Shown[k].raw))); err != nil {
			return err
		}
	}
	return nil
}
