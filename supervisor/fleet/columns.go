package fleet

import (
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// addColumns takes over what one process says of the table's columns.
func (c *Connector) addColumns(s *messages.State) {
	if s.Schema != nil {
		sum := *s.Schema
		if c.Schema != nil {
			sum.Changes += c.Schema.Changes
			if sum.Last == "" {
				sum.Last = c.Schema.Last
			}
			if sum.Error == "" {
				sum.Error, sum.Hint = c.Schema.Error, c.Schema.Hint
			}
			if before := c.Schema.Gone; sum.Gone == nil || before != nil && before.At.After(sum.Gone.At) {
				sum.Gone = before
			}
		}
		c.Schema = &sum
	}
	if s.Ignored == nil {
		return
	}
	sum := *s.Ignored
	sum.Names = slices.Clone(sum.Names)
	if before := c.IgnoredKeys; before != nil {
		sum.Values += before.Values
		for _, name := range before.Names {
			if !slices.Contains(sum.Names, name) && len(sum.Names) < messages.MaxIgnoredNames {
				sum.Names = append(sum.Names, name)
			}
		}
		sum.Keys = max(sum.Keys, before.Keys, len(sum.Names))
		if sum.Unknown == "" {
			sum.Unknown = before.Unknown
		}
	}
	c.IgnoredKeys = &sum
}

// columnLine tells of values that went nowhere; "" = there are none.
func (c *Connector) columnLine() string {
	if c.Schema != nil && c.Schema.Gone != nil {
		g := c.Schema.Gone
		return "somebody dropped " + strings.Join(g.Columns, ", ") + " from the table: values in rows of " + g.Since.UTC().Format("15:04:05") + " to " +
			g.At.UTC().Format("15:04:05") + " may be gone   see docs/evolution.md"
	}
	k := c.IgnoredKeys
	if k == nil || k.Values == 0 {
		return ""
	}
	names := k.Names[:min(3, len(k.Names))]
	text := strings.Join(names, ", ")
	if more := k.Keys - len(names); more > 0 {
		text += " and " + count(int64(more)) + " more"
	}
	return "dropped by Snowflake, for the table has no column: " + count(k.Values) + " values of " + text + "   see docs/evolution.md"
}
