package history

import (
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// wrote appends events to a stream of a node's journal, a second apart.
func wrote(t *testing.T, dir, node, stream string, from time.Time, events ...messages.Event) {
	t.Helper()
	j, err := journal.Open(journal.Folder(dir, node, "orders"), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for i, e := range events {
		at := from.Add(time.Duration(i) * time.Second)
		switch e := e.(type) {
		case *messages.Started:
			e.At = at
		case *messages.HealthChanged:
			e.At = at
		case *messages.SchemaChanged:
			e.At = at
		case *messages.Paused:
			e.At = at
		case *messages.Resumed:
			e.At = at
		case *messages.ConnectorDrained:
			e.At = at
		case *messages.NodeClaimed:
			e.At = at
		}
		body, err := messages.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Append(t.Context(), stream, []messages.Entry{{At: at, Kind: e.Kind(), Body: body}}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAConnectorsOwnStoryAndWhatItAddsUpTo, with one node at work and one that
// was drained, where no process is asked.
func TestAConnectorsOwnStoryAndWhatItAddsUpTo(t *testing.T) {
	dir := t.TempDir()
	started := func() *messages.Started {
		return &messages.Started{Connector: "orders", Version: "1.2.0", Stream: "orders", Target: "RAW.EVENTS.ORDERS"}
	}
	wrote(t, dir, "node-0", "connector/orders", noon, started(),
		&messages.HealthChanged{From: messages.Starting, To: messages.Halted, Stop: messages.AccessDenied, Why: "kinesis.DescribeStreamSummary: no"},
		&messages.HealthChanged{From: messages.Halted, To: messages.Flowing},
		&messages.Paused{Shards: []messages.ShardID{shard, left}}, &messages.Resumed{Shards: []messages.ShardID{shard}},
		&messages.SchemaChanged{Statement: "ALTER TABLE T ADD COLUMN A FLOAT", Who: "user U"},
		&messages.ColumnsGone{Columns: []string{"A", "B"}, Since: noon})
	wrote(t, dir, "node-0", "leases/old", noon.Add(-time.Hour), &messages.NodeClaimed{Node: "node-0", Process: "old"}, &messages.LeaseTaken{Shard: right})
	wrote(t, dir, "node-0", "leases/new", noon.Add(time.Millisecond), &messages.NodeClaimed{Node: "node-0", Process: "new"},
		&messages.LeaseTaken{Shard: shard}, &messages.LeaseTaken{Shard: left}, &messages.LeaseTaken{Shard: right}, &messages.LeaseDropped{Shard: right})
	wrote(t, dir, "node-1", "connector/orders", noon.Add(time.Minute), started(), &messages.HealthChanged{To: messages.Flowing}, &messages.ConnectorDrained{Left: []messages.ShardID{right}})
	c, err := ReadConnector(t.Context(), dir, "orders")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := c.Text(&out); err != nil {
		t.Fatal(err)
	}
	want := `2026-10-02 11:00:00.000  node-0  claimed the node as process old
2026-10-02 12:00:00.000  node-0  began: orders -> RAW.EVENTS.ORDERS, version 1.2.0
2026-10-02 12:00:00.001  node-0  claimed the node as process new
2026-10-02 12:00:01.000  node-0  STOPPED ACCESS_DENIED: kinesis.DescribeStreamSummary: no
2026-10-02 12:00:02.000  node-0  FLOWING
2026-10-02 12:00:03.000  node-0  paused shards 3 and 7
2026-10-02 12:00:04.000  node-0  resumed shard 3
2026-10-02 12:00:05.000  node-0  altered the table as user U: ALTER TABLE T ADD COLUMN A FLOAT
2026-10-02 12:00:06.000  node-0  found columns of the table dropped: A, B; rows that were appended after 12:00:00 and read before now may lack their values
2026-10-02 12:01:00.000  node-1  began: orders -> RAW.EVENTS.ORDERS, version 1.2.0
2026-10-02 12:01:01.000  node-1  FLOWING
2026-10-02 12:01:02.000  node-1  drained in part: shard 8 will be read again from the last commit
node-0 by its journal: FLOWING since 2026-10-02 12:00:02; works on shards 3 and 7; paused: shard 7
node-1 by its journal: drained
`
	if out.String() != want {
		t.Errorf("story:\n%s\nwant:\n%s", out.String(), want)
	}
}

func TestAConnectorWithoutAJournalSaysSo(t *testing.T) {
	if _, err := ReadConnector(t.Context(), t.TempDir(), "orders"); err == nil || !strings.Contains(err.Error(), "orders") {
		t.Errorf("error %v", err)
	}
}
