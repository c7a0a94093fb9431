package fleet

import (
	"fmt"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// Journal is a node's journal that does not keep, or did not find, everything.
// The flow is none the worse for it; history and audit know less.
type Journal struct {
	Node     string `json:"node"`
	Error    string `json:"error,omitempty"` // while it lasts
	Dropped  int64  `json:"dropped"`         // entries that were not kept
	SetAside int64  `json:"setAside"`        // segments that cannot be read
	Unknown  int64  `json:"unknown"`         // entries of a newer version, or damaged
}

// addJournal takes over how a node's journal is, if it is not well.
func (c *Connector) addJournal(node string, s messages.JournalState) {
	if s.Error == "" && s.Dropped+s.SetAside+s.Unknown == 0 {
		return
	}
	c.Journals = append(c.Journals, Journal{node, s.Error, s.Dropped, s.SetAside, s.Unknown})
}

// line is what people are told of it.
func (j *Journal) line() string {
	var counts []string
	for _, n := range []struct {
		count int64
		what  string
	}{{j.Dropped, "entries dropped"}, {j.SetAside, "segments set aside"}, {j.Unknown, "entries not understood"}} {
		if n.count > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n.count, n.what))
		}
	}
	text := "journal of " + j.Node + ": " + strings.Join(counts, ", ")
	if j.Error != "" {
		text = strings.TrimSuffix(strings.TrimSuffix(text, " "), ":") + ": " + strings.TrimPrefix(j.Error, "journal: ")
	}
	return text + " (the flow goes on)"
}
