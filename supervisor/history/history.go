package history

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// History is a shard's story.
type History struct {
	Connector string           `json:"connector"`
	Shard     messages.ShardID `json:"shard"`
	Lines     []Line           `json:"lines"`
	Unknown   int              `json:"unknownEntries"` // written by a newer version
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
	for _, node := range slices.Sorted(maps.Keys(folders)) {
		if err := h.read(ctx, folders[node], node, detail); err != nil {
			return nil, err
		}
	}
	if len(h.Lines) == 0 && h.Unknown == 0 {
		return nil, fmt.Errorf("no journal under %s tells of %s/%s", dataDir, connector, shard)
	}
	slices.SortStableFunc(h.Lines, func(a, b Line) int { return a.At.Compare(b.At) })
	return h, nil
}

// Detail is how much is told.
type Detail uint8

// The details.
const (
	Chapters Detail = iota // what changed the shard's way
	Batches                // every append, commit and checkpoint, too
)

// read adds one node's part.
func (h *History) read(ctx context.Context, folder, node string, detail Detail) error {
	r, err := journal.OpenReader(folder)
	if err != nil {
		return err
	}
	streams, err := r.Streams()
	if err != nil {
		return err
	}
	for _, name := range streams {
		if name != "shard/"+string(h.Shard) && !strings.HasPrefix(name, "leases/") {
			continue
		}
		seen := map[string]bool{}
		err := r.Read(ctx, name, 0, func(e messages.Entry) bool {
			event, err := messages.Decode(e.Kind, e.Body)
			if err != nil {
				h.Unknown++
				return true
			}
			id := e.Writer + string(e.Kind) + string(e.Body) // a writer repeats what was not answered
			if !seen[id] && h.about(event) && (detail == Batches || !routine(e.Kind)) {
				h.Lines = append(h.Lines, Line{At: when(e), Node: node, Kind: e.Kind, Text: textOf(event), Event: event})
			}
			seen[id] = true
			return true
		})
		if err != nil {
			return err
		}
	}
	h.SetAside += r.SetAside()
	return nil
}

// when is when an event happened: it may have waited for the journal.
func when(e messages.Entry) time.Time {
	var fact struct {
		At time.Time `msgpack:"at"`
	}
	if err := msgpack.Unmarshal(e.Body, &fact); err != nil || fact.At.IsZero() {
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
	case *messages.NodeClaimed:
		return false
	}
	return textOf(e) != ""
}

// routine kinds come with every batch.
func routine(k messages.Kind) bool {
	switch k {
	case messages.KindBatchAppended, messages.KindCommitted, messages.KindCheckpointed:
		return true
	}
	return false
}

// Text writes the story, a line each, with the time that passed since the line
// before where that is long.
func (h *History) Text(w io.Writer) error {
	for _, l := range h.Lines {
		if _, err := fmt.Fprintf(w, "%s  %-8s  %s\n", l.At.Format("2006-01-02 15:04:05.000"), l.Node, l.Text); err != nil {
			return err
		}
	}
	if h.Unknown > 0 {
		if _, err := fmt.Fprintf(w, "%d entries were written by a newer version and are not shown\n", h.Unknown); err != nil {
			return err
		}
	}
	return nil
}

// Since keeps what happened from a time on.
func (h *History) Since(t time.Time) {
	h.Lines = slices.DeleteFunc(h.Lines, func(l Line) bool { return l.At.Before(t) })
}
