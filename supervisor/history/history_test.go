package history

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// rewrite writes the golden texts anew. The diff is what the review is about:
// does it read like a story?
var rewrite = flag.Bool("rewrite", false, "write testdata anew")

const (
	shard = messages.ShardID("shardId-000000000003")
	left  = messages.ShardID("shardId-000000000007")
	right = messages.ShardID("shardId-000000000008")
)

var noon = time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)

// at is the position of record n.
func at(n int) messages.Position {
	return messages.Position{Seq: messages.SequenceNumber(fmt.Sprintf("4959033827149025660855969253836157%d", 1000+n)), Sub: messages.Whole}
}

// place is a data_dir with some nodes' journals.
type place struct {
	t   *testing.T
	dir string
	now time.Time
}

func newPlace(t *testing.T) *place { return &place{t, t.TempDir(), noon} }

// later lets time pass.
func (p *place) later(d time.Duration) *place { p.now = p.now.Add(d); return p }

// tell lets a node write down what happened, now and a second between each.
func (p *place) tell(node string, events ...messages.Event) *place {
	p.t.Helper()
	j, err := journal.Open(journal.Folder(p.dir, node, "orders"), journal.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, e := range events {
		p.now = p.now.Add(time.Second)
		stream := "shard/" + string(shard)
		switch e := e.(type) {
		case *messages.LeaseTaken:
			e.At, stream = p.now, "leases/"+node
		case *messages.LeaseDropped:
			e.At, stream = p.now, "leases/"+node
		case *messages.ShardDiscovered:
			e.At, stream = p.now, "leases/"+node
		case *messages.Paused, *messages.Resumed, *messages.Started:
			stream = "connector/orders"
		}
		body, err := messages.Encode(e)
		if err != nil {
			p.t.Fatal(err)
		}
		entry := messages.Entry{Kind: e.Kind(), Body: body, At: p.now, Writer: node}
		for range 2 { // a writer repeats what was not answered in time
			if err := j.Append(p.t.Context(), stream, []messages.Entry{entry}); err != nil {
				p.t.Fatal(err)
			}
		}
	}
	if err := j.Close(); err != nil {
		p.t.Fatal(err)
	}
	return p
}

func (p *place) read(of messages.ShardID, d Detail) *History {
	p.t.Helper()
	h, err := Read(p.t.Context(), p.dir, "orders", string(of), d)
	if err != nil {
		p.t.Fatal(err)
	}
	return h
}

// reads holds a story against its golden text.
func (h *History) reads(t *testing.T, name string) {
	t.Helper()
	var text strings.Builder
	if err := h.Text(&text); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name+".txt")
	if *rewrite {
		if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text.String() != string(want) {
		t.Errorf("%s differs (-rewrite writes it anew):\n%s", path, text.String())
	}
}

func taken(epoch int64, from messages.Owner) *messages.LeaseTaken {
	return &messages.LeaseTaken{Shard: shard, Epoch: epoch, From: from}
}

func dropped(epoch int64, why string) *messages.LeaseDropped {
	return &messages.LeaseDropped{Shard: shard, Epoch: epoch, Why: why}
}

func opened(epoch int64, start messages.Position, why string) *messages.Opened {
	return &messages.Opened{Shard: shard, Generation: epoch, Epoch: epoch, Channel: "app-orders-0123456789-" + string(shard), Start: start, From: "token", Why: why}
}

func batch(after, to int) []messages.Event {
	n := int64(to - after)
	return []messages.Event{
		&messages.BatchAppended{Shard: shard, After: at(after), From: at(after + 1), To: at(to), Records: n, Rows: n - 1, Discarded: 1},
		&messages.Committed{Shard: shard, To: at(to), Rows: n - 1},
		&messages.Checkpointed{Shard: shard, Epoch: 2, To: at(to), Skipped: at(to + 1), Settled: true},
	}
}

// aDay is a shard that was found, worked on, handed over, and taken over.
func aDay(t *testing.T) *place {
	p := newPlace(t)
	p.tell("node-0", &messages.ShardDiscovered{Shard: shard}, taken(1, ""), opened(2, messages.Position{}, "no token, no checkpoint, settled"))
	p.tell("node-0", batch(0, 10)...)
	p.tell("node-0", dropped(2, "released"))
	p.tell("node-1", taken(3, ""), opened(4, at(10), "token at or ahead of the checkpoint"))
	p.tell("node-1", batch(10, 12)...)
	p.later(time.Hour)
	p.tell("node-0", taken(5, "node-1/p"), opened(6, at(12), "token at or ahead of the checkpoint"),
		&messages.Recovered{Shard: shard, From: at(12), To: at(20), Source: "ledger", Counters: messages.Counters{Committed: 8}},
		&messages.Rewound{Shard: shard, From: at(25), To: at(20)})
	return p
}

func TestAStoryOfTwoNodes(t *testing.T) {
	aDay(t).read(shard, Chapters).reads(t, "two_nodes")
}

func TestAStoryWithEveryBatch(t *testing.T) {
	aDay(t).read(shard, Batches).reads(t, "batches")
}

func TestAStoryFromATimeOn(t *testing.T) {
	h := aDay(t).read(shard, Chapters)
	h.Since(noon.Add(time.Hour))
	h.reads(t, "since")
	h.Since(noon.Add(24 * time.Hour))
	h.reads(t, "since_nothing")
}

func TestAStoryOfTrouble(t *testing.T) {
	p := newPlace(t)
	p.tell("node-0", taken(1, ""), &messages.Adopted{Shard: shard, Sequence: at(5).Seq}, opened(2, at(5), "adopted: drained, the operator says"),
		&messages.RecordsDiscarded{Shard: shard, From: at(6), To: at(8), Count: 3, Cause: "not a JSON object"},
		&messages.RecordsFiltered{Shard: shard, From: at(9), To: at(9), Count: 1},
		&messages.Committed{Shard: shard, To: at(20), Rows: 11, Rejected: 2},
		&messages.Faulted{Shard: shard, Generation: 2, Class: messages.Fenced, Reason: messages.ReasonStale, Text: "snowpipe.AppendRows: stale continuation token sequencer"},
		opened(3, at(20), "token at or ahead of the checkpoint"),
		&messages.Recovered{Shard: shard, From: at(20), To: at(30), Source: "reread", Counters: messages.Counters{Committed: 10}},
		&messages.Recovered{Shard: shard, From: at(30), To: at(40), Source: "none"},
		&messages.GapDetected{Shard: shard, From: at(40), To: at(50), FromTime: noon.Add(-24 * time.Hour), ToTime: noon},
		&messages.GapDetected{Shard: shard, From: at(50), FromTime: noon},
		&messages.Parked{Shard: shard, Code: messages.TokenRegressed, Text: "the committed token went back from 30 to 20"},
		&messages.Resolved{Shard: shard, Code: messages.TokenRegressed, From: "token", Start: at(20), Who: "ada@desk", Why: "the table was restored"},
		opened(4, at(20), "token at or ahead of the checkpoint"),
		&messages.Resolved{Shard: shard, Code: messages.TokenLost, From: at(60).String(), Start: at(60), Who: "ada@desk", Why: "I have looked"},
		dropped(4, "lost"))
	p.read(shard, Chapters).reads(t, "trouble")
}

// TestAPauseIsToldToTheShardsThatItStopped, and makes no story by itself.
func TestAPauseIsToldToTheShardsThatItStopped(t *testing.T) {
	p := newPlace(t)
	p.tell("node-0", &messages.Started{Connector: "orders"}, taken(1, ""), &messages.Paused{Shards: []messages.ShardID{shard}}, &messages.Paused{Shards: []messages.ShardID{left}},
		&messages.Resumed{})
	p.read(shard, Chapters).reads(t, "paused")
	if _, err := Read(t.Context(), p.dir, "orders", string(left), Chapters); err == nil {
		t.Error("a shard that was never worked on has a story")
	}
}

// TestAStoryOfAShardThatWasSplitAndOneThatWasMerged tells where they came from
// and what became of them.
func TestAStoryOfAShardThatWasSplitAndOneThatWasMerged(t *testing.T) {
	p := newPlace(t)
	p.tell("node-0", &messages.ShardDiscovered{Shard: shard, Parents: []messages.ShardID{"shardId-000000000001", "shardId-000000000002"}}, taken(1, ""),
		opened(2, messages.Position{}, "no token, no checkpoint, settled"),
		&messages.ShardEnded{Shard: shard, Last: at(9), Children: []messages.ShardID{left, right}}, dropped(2, "ended"),
		&messages.ShardDiscovered{Shard: left, Parents: []messages.ShardID{shard}}, &messages.ShardDiscovered{Shard: right, Parents: []messages.ShardID{shard}})
	p.read(shard, Chapters).reads(t, "split")
	p.read(left, Chapters).reads(t, "split_child")
	q := newPlace(t)
	q.tell("node-0", taken(1, ""), &messages.ShardEnded{Shard: shard, Last: at(9), Children: []messages.ShardID{left}}, &messages.ShardEnded{Shard: shard, Trimmed: true})
	q.read(shard, Chapters).reads(t, "merged")
}

// TestTheLeaseOrdersTheStoryWhateverTheClocksSay: the second node's clock is ten
// minutes slow.
func TestTheLeaseOrdersTheStoryWhateverTheClocksSay(t *testing.T) {
	p := newPlace(t)
	p.tell("node-0", taken(1, ""), opened(2, messages.Position{}, "no token, no checkpoint, settled"), dropped(2, "released"))
	p.later(-10*time.Minute).tell("node-1", taken(3, ""), opened(4, at(10), "token"), dropped(4, "released"))
	p.later(10*time.Minute).tell("node-0", taken(5, ""), opened(6, at(11), "token"))
	p.read(shard, Chapters).reads(t, "clocks")
}

func TestAStoryIsForProgramsToo(t *testing.T) {
	h := aDay(t).read(shard, Batches)
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		Connector, Shard string
		Lines            []struct {
			At, Node, Kind, Text string
			Epoch                int64
			Event                map[string]any
		}
		UnknownEntries, SegmentsSetAside *int
	}
	if err := json.Unmarshal(text, &told); err != nil {
		t.Fatal(err)
	}
	if told.Connector != "orders" || told.Shard != string(shard) || told.UnknownEntries == nil || told.SegmentsSetAside == nil || len(told.Lines) != 16 {
		t.Fatalf("%+v", told)
	}
	for _, l := range told.Lines {
		if l.At == "" || l.Node == "" || l.Kind == "" || l.Text == "" || len(l.Event) == 0 {
			t.Errorf("%+v", l)
		}
	}
	if e := told.Lines[3].Event; e["to"] != at(10).String() || e["records"] != 10.0 || e["shard"] != string(shard) {
		t.Errorf("a batch is %+v", e)
	}
}

func TestANewerVersionsEntriesAreCounted(t *testing.T) {
	p := newPlace(t)
	p.tell("node-0", taken(1, ""))
	j, err := journal.Open(journal.Folder(p.dir, "node-0", "orders"), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Append(t.Context(), "shard/"+string(shard), []messages.Entry{{Kind: "teleported.v9", Body: []byte{0x80}, At: noon}}); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	p.read(shard, Chapters).reads(t, "newer")
}

func TestWithoutAJournalItIsSaidWhatIsMissing(t *testing.T) {
	p := newPlace(t)
	_, err := Read(t.Context(), p.dir, "orders", string(shard), Chapters)
	if err == nil || !strings.Contains(err.Error(), "no node has a journal of connector orders") {
		t.Errorf("no folder: %v", err)
	}
	p.tell("node-0", taken(1, ""))
	_, err = Read(t.Context(), p.dir, "orders", string(left), Chapters)
	if err == nil || !strings.Contains(err.Error(), "(of node-0) do not tell of orders/"+string(left)) {
		t.Errorf("another shard: %v", err)
	}
}

// TestEveryKindOfTheLedgerIsToldOrKnownToBeNone keeps a new kind from being
// forgotten here.
func TestEveryKindOfTheLedgerIsToldOrKnownToBeNone(t *testing.T) {
	for _, e := range []messages.Event{
		&messages.Opened{}, &messages.BatchAppended{}, &messages.RecordsDiscarded{}, &messages.RecordsFiltered{}, &messages.Committed{}, &messages.Checkpointed{},
		&messages.Rewound{}, &messages.Recovered{}, &messages.GapDetected{}, &messages.Parked{}, &messages.Resolved{}, &messages.ShardEnded{}, &messages.Faulted{},
		&messages.Adopted{}, &messages.LeaseTaken{}, &messages.LeaseDropped{}, &messages.ShardDiscovered{},
		&messages.Paused{}, &messages.Resumed{},
	} {
		if textOf(e) == "" {
			t.Errorf("%s is not told", e.Kind())
		}
	}
	if textOf(&messages.NodeClaimed{}) != "" {
		t.Error("a node's slot is no shard's story")
	}
}
