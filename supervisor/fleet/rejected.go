package fleet

import (
	"fmt"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// maxRejections is how many shards' rejected rows are shown; -o json has all.
const maxRejections = 3

// rejections say of which rows Snowflake made none, and how they are looked at.
func (c *Connector) rejections() (lines []string) {
	more := 0
	for i := range c.Shards {
		r := c.Shards[i].Rejection
		switch {
		case r == nil:
			continue
		case len(lines) == 2*maxRejections:
			more++
			continue
		}
		when := ""
		if !r.At.IsZero() {
			when = " at " + r.At.UTC().Format("2006-01-02T15:04:05Z")
		}
		lines = append(lines,
			fmt.Sprintf("%s  rejected %s, the last%s: %s", c.Shards[i].Shard, plural(int(r.Rows), "row"), when, oneLine(r.Message)),
			"  with ERROR_LOGGING they are kept: "+r.Query)
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("and of %s more; -o json lists all", plural(more, "shard")))
	}
	return lines
}

// oneLine keeps what a service says from breaking the screen.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }), " ")
}

// addLetters takes over what one process says of its dead letters.
func (c *Connector) addLetters(node string, s messages.LetterState) {
	l := &c.Letters
	l.Written, l.Capped, l.Failed = l.Written+s.Written, l.Capped+s.Capped, l.Failed+s.Failed
	if s.Error != "" {
		l.Error = strings.TrimSpace(node + " " + s.Error)
	}
}

// letters say what is wrong with the dead letters; none where nothing is.
func (c *Connector) letters() (lines []string) {
	if n := c.Letters.Capped; n > 0 {
		lines = append(lines, "dead letters over deadletter.max_per_minute, counted and not kept: "+count(n))
	}
	if c.Letters.Error != "" {
		lines = append(lines, "dead letters cannot be kept, and their shards wait: "+c.Letters.Error)
	}
	return lines
}
