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

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// Connector is a connector's own story, and what it adds up to on each node.
type Connector struct {
	Connector string `json:"connector"`
	Lines     []Line `json:"lines"`
	Nodes     []Node `json:"nodes"`
	Unknown   int64  `json:"unknownEntries"` // written by a newer version
	SetAside  int64  `json:"segmentsSetAside"`
}

// Node is what one node's journal adds up to: how the connector's newest life
// on it is, or was when it ended.
type Node struct {
	Node    string             `json:"node"`
	Health  messages.Health    `json:"health"`
	Stop    messages.StopCode  `json:"stop,omitempty"`
	Why     string             `json:"why,omitempty"`
	Since   time.Time          `json:"since"` // of health and stop
	Paused  bool               `json:"paused"`
	Shards  []messages.ShardID `json:"pausedShards,omitempty"` // beside or instead of all
	Held    []messages.ShardID `json:"held"`                   // leases
	Drained bool               `json:"drained"`                // it has ended, as it was asked to
	Left    []messages.ShardID `json:"left,omitempty"`         // shards that were not committed to the end then
}

// ReadConnector reads a connector's own story from the journals of all nodes,
// oldest first.
//
// Errors: no node has a journal of it, or one cannot be read.
func ReadConnector(ctx context.Context, dataDir, connector string) (*Connector, error) {
	folders, err := journal.Folders(dataDir, connector)
	if err != nil {
		return nil, err
	}
	if len(folders) == 0 {
		return nil, (&History{Connector: connector}).nothing(dataDir, nil)
	}
	c := &Connector{Connector: connector, Lines: []Line{}, Nodes: []Node{}}
	for _, node := range slices.Sorted(maps.Keys(folders)) {
		if err := c.read(ctx, folders[node], node); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(c.Lines, func(a, b Line) int { return a.At.Compare(b.At) })
	return c, nil
}

// read adds one node's part.
func (c *Connector) read(ctx context.Context, folder, node string) error {
	r, err := journal.OpenReader(folder)
	if err != nil {
		return err
	}
	streams, err := r.Streams()
	if err != nil {
		return err
	}
	var own actors.ConnectorLedger
	var lease actors.LeaseLedger
	var newest time.Time // when the node's newest process claimed it
	for _, name := range streams {
		switch {
		case name == "connector/"+c.Connector:
			err = c.tell(ctx, r, name, node, func(e messages.Event) { own = own.Evolve(e) })
		case strings.HasPrefix(name, "leases/"):
			var one actors.LeaseLedger
			claimed := time.Time{}
			err = c.tell(ctx, r, name, node, func(e messages.Event) {
				one = one.Evolve(e)
				if n, ok := e.(*messages.NodeClaimed); ok {
					claimed = n.At
				}
			})
			if !claimed.Before(newest) {
				newest, lease = claimed, one
			}
		}
		if err != nil {
			return err
		}
	}
	c.Nodes = append(c.Nodes, nodeOf(node, own, lease))
	c.Unknown, c.SetAside = c.Unknown+r.Unknown(), c.SetAside+r.SetAside()
	return nil
}

// tell reads one stream: its lines, and what it adds up to.
func (c *Connector) tell(ctx context.Context, r *journal.Reader, stream, node string, evolve func(messages.Event)) error {
	unknown, err := journal.Events(ctx, r, stream, func(e messages.Entry, event messages.Event) {
		evolve(event)
		if text := connectorText(event); text != "" {
			c.Lines = append(c.Lines, Line{At: when(e), Node: node, Kind: event.Kind(), Text: text, Event: event, Fields: fieldsOf(event)})
		}
	})
	c.Unknown += int64(unknown)
	return err
}

func nodeOf(node string, own actors.ConnectorLedger, lease actors.LeaseLedger) Node {
	n := Node{
		Node: node, Health: own.Health, Stop: own.Stop, Why: own.Why, Since: own.Since.UTC(), Paused: own.Paused.All,
		Shards: own.Paused.Shards, Held: slices.Sorted(maps.Keys(lease.Held)), Drained: own.Drained, Left: own.Left,
	}
	if n.Held == nil {
		n.Held = []messages.ShardID{}
	}
	return n
}

// connectorText puts an event of a connector's own into words; "" for one that
// is some shard's.
func connectorText(e messages.Event) string {
	switch e := e.(type) {
	case *messages.Started:
		return fmt.Sprintf("began: %s -> %s, version %s", e.Stream, e.Target, e.Version)
	case *messages.NodeClaimed:
		return "claimed the node as process " + e.Process
	case *messages.HealthChanged:
		text := strings.TrimSpace(string(e.To) + " " + string(e.Stop))
		if e.Why != "" {
			text += ": " + e.Why
		}
		return text
	case *messages.Paused:
		return "paused " + named(e.Shards)
	case *messages.Resumed:
		return "resumed " + named(e.Shards)
	case *messages.SchemaChanged:
		return "altered the table as " + e.Who + ": " + e.Statement
	case *messages.ColumnsGone:
		return "found columns of the table dropped: " + strings.Join(e.Columns, ", ") + "; rows that were appended after " +
			e.Since.Format("15:04:05") + " and read before now may lack their values"
	case *messages.ConnectorDrained:
		if e.Clean {
			return "drained: everything that was read is committed"
		}
		return "drained in part: " + named(e.Left) + " will be read again from the last commit"
	}
	return ""
}

// named names shards; none are all of them.
func named(shards []messages.ShardID) string {
	switch len(shards) {
	case 0:
		return "every shard"
	case 1:
		return "shard " + numbers(shards)
	}
	return "shards " + numbers(shards)
}

// Text writes the story, a line for each fact, and below it how each node is by
// its journal.
func (c *Connector) Text(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, l := range c.Lines {
		fmt.Fprintf(out, "%s  %-7s %s\n", l.At.Format("2006-01-02 15:04:05.000"), l.Node, l.Text)
	}
	for _, n := range c.Nodes {
		fmt.Fprintln(out, n.text())
	}
	if c.Unknown > 0 {
		fmt.Fprintf(out, "note: not shown, for a newer version wrote it: %s\n", entries(c.Unknown))
	}
	if c.SetAside > 0 {
		fmt.Fprintf(out, "note: set aside, for it was damaged: %s of the journals\n", plural(c.SetAside, "segment"))
	}
	return out.Flush()
}

func (n Node) text() string {
	text := fmt.Sprintf("%s by its journal: ", n.Node)
	switch {
	case n.Drained:
		text += "drained"
	case n.Health == "":
		text += "it never began" // or retention has taken the beginning
	default:
		text += strings.TrimSpace(string(n.Health)+" "+string(n.Stop)) + " since " + clock(n.Since)
	}
	if !n.Drained && len(n.Held) > 0 {
		text += "; works on " + named(n.Held)
	}
	switch {
	case n.Paused:
		text += "; every shard is paused"
	case len(n.Shards) > 0:
		text += "; paused: " + named(n.Shards)
	}
	return text
}

// Since keeps what happened from a time on.
func (c *Connector) Since(t time.Time) {
	c.Lines = slices.DeleteFunc(c.Lines, func(l Line) bool { return l.At.Before(t) })
}
