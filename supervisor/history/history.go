package history

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// History is a shard's story.
type History struct {
	Connector string           `json:"connector"`
	Shard     messages.ShardID `json:"shard"`
	Lines     []Line           `json:"lines"`
	Unknown   int64            `json:"unknownEntries"` // written by a newer version
	SetAside  int64            `json:"segmentsSetAside"`
}

// Read reads the story of a shard from the journals of all nodes, oldest first.
//
// Errors: no journal has the shard, or one cannot be read.
func Read(ctx context.Context, dataDir, connector, shard string, detail Detail) (*History, error) {
	folders, err := journal.Folders(dataDir, connector)
	if err != nil {
		return nil, err
	}
	h := &History{Connector: connector, Shard: messages.ShardID(shard), Lines: []Line{}}
	nodes := slices.Sorted(maps.Keys(folders))
	for _, node := range nodes {
		if err := h.read(ctx, folders[node], node); err != nil {
			return nil, err
		}
	}
	if !slices.ContainsFunc(h.Lines, own) && h.Unknown == 0 {
		return nil, h.nothing(dataDir, nodes)
	}
	h.order()
	h.Lines = slices.DeleteFunc(h.Lines, func(l Line) bool { return detail == Chapters && routine(l.Event) })
	return h, nil
}

// own reports whether a line is of the shard alone: a pause may be of all.
func own(l Line) bool {
	return l.Kind != messages.KindPaused && l.Kind != messages.KindResumed
}

// nothing says why there is no story.
func (h *History) nothing(dataDir string, nodes []string) error {
	if len(nodes) == 0 {
		return fmt.Errorf("no node has a journal of connector %s under %s: did kinesnow run there, with this data_dir?", h.Connector, dataDir)
	}
	return fmt.Errorf("the journals under %s (of %s) do not tell of %s/%s", dataDir, strings.Join(nodes, ", "), h.Connector, h.Shard)
}

// Detail is how much is told.
type Detail uint8

// The details.
const (
	Chapters Detail = iota // what changed the shard's way
	Batches                // every append, commit and checkpoint, too
)

// read adds one node's part.
func (h *History) read(ctx context.Context, folder, node string) error {
	r, err := journal.OpenReader(folder)
	if err != nil {
		return err
	}
	streams, err := r.Streams()
	if err != nil {
		return err
	}
	var lines []Line
	for _, name := range streams {
		if name != "shard/"+string(h.Shard) && !strings.HasPrefix(name, "leases/") && !strings.HasPrefix(name, "connector/") {
			continue
		}
		unknown, err := journal.Events(ctx, r, name, func(e messages.Entry, event messages.Event) {
			if h.about(event) {
				lines = append(lines, Line{At: when(e), Node: node, Kind: event.Kind(), Text: textOf(event), Event: event, Fields: fieldsOf(event)})
			}
		})
		h.Unknown += int64(unknown)
		if err != nil {
			return err
		}
	}
	epochs(lines)
	h.Lines = append(h.Lines, lines...)
	h.Unknown, h.SetAside = h.Unknown+r.Unknown(), h.SetAside+r.SetAside()
	return nil
}

// when is when an event happened: it may have waited for the journal.
func when(e messages.Entry) time.Time {
	var fact struct {
		At time.Time `msgpack:"at"`
	}
	if err := messages.Unmarshal(e.Body, &fact); err != nil || fact.At.IsZero() {
		return e.At.UTC()
	}
	return fact.At.UTC()
}

// about reports whether an event is this shard's.
func (h *History) about(e messages.Event) bool {
	switch e := e.(type) {
	case *messages.LeaseTaken:
		return e.Shard == h.Shard
	case *messages.LeaseDropped:
		return e.Shard == h.Shard
	case *messages.ShardDiscovered:
		return e.Shard == h.Shard
	case *messages.Paused:
		return len(e.Shards) == 0 || slices.Contains(e.Shards, h.Shard)
	case *messages.Resumed:
		return len(e.Shards) == 0 || slices.Contains(e.Shards, h.Shard)
	}
	return textOf(e) != ""
}

// routine events come with every batch. A commit with rejected rows is none.
func routine(e messages.Event) bool {
	switch e := e.(type) {
	case *messages.Committed:
		return e.Rejected == 0
	case *messages.BatchAppended, *messages.Checkpointed:
		return true
	}
	return false
}

// skew is how far the story may go back in time before it is said why.
const skew = time.Second

// Text writes the story, a line for each fact.
func (h *History) Text(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, l := range h.Lines {
		fmt.Fprintf(out, "%s  %-7s %s\n", l.At.Format("2006-01-02 15:04:05.000"), l.Node, l.Text)
	}
	if len(h.Lines) == 0 {
		fmt.Fprintln(out, "nothing happened in that time; --batches tells of appends and commits, too")
	}
	if d := h.backwards(); d > skew {
		fmt.Fprintf(out, "note: the nodes' clocks differ by %s or more; the lines are in the order of the leases\n", d.Round(time.Second))
	}
	if h.Unknown > 0 {
		fmt.Fprintf(out, "note: not shown, for a newer version wrote it: %s\n", entries(h.Unknown))
	}
	if h.SetAside > 0 {
		fmt.Fprintf(out, "note: set aside, for it was damaged: %s of the journals\n", plural(h.SetAside, "segment"))
	}
	return out.Flush()
}

func entries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// Since keeps what happened from a time on.
func (h *History) Since(t time.Time) {
	h.Lines = slices.DeleteFunc(h.Lines, func(l Line) bool { return l.At.Before(t) })
}
