package leasetable_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/messages"
)

// siblingWorld has a table as Openflow or NiFi leave it: shard rows with and
// without an owner, one of a shard that expired, a dead node's heartbeat.
func siblingWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, localdynamo.Options{})
	w.makeTable(application, "streamName", "shardId")
	now := strconv.FormatInt(noon.UnixMilli(), 10)
	w.put("shardId-000000000002", attributes{"sequenceNumber": S("4961"), "lastUpdateTimestamp": N(now)})
	w.put("shardId-000000000004", attributes{"sequenceNumber": S("4962"), "lastUpdateTimestamp": N(now), "leaseOwner": S("9f0c"), "leaseExpiry": N(now)})
	w.put("shardId-000000000001", attributes{"lastUpdateTimestamp": N(now)}) // leased once, never checkpointed
	w.put("shardId-000000000090", attributes{"sequenceNumber": S("12"), "lastUpdateTimestamp": N(now)})
	w.put("__node__#9f0c", attributes{"lastUpdateTimestamp": N(now)})
	return w
}

func TestASiblingsTableIsTakenWhereItIs(t *testing.T) {
	w := siblingWorld(t)
	before := w.server.Items(application)
	w.must(w.table.Prepare(t.Context()))
	report := w.migrated(quick("a"))
	notes := strings.Join(report.Notes, "\n")
	if report.Next != leasetable.StepAdopt || report.Drained || !strings.Contains(notes, "4 shards were worked on by another product") || !strings.Contains(notes, "ADOPTED_UNDRAINED") {
		t.Errorf("report %+v", report)
	}
	if after := w.server.Items(application); !sameItems(before, after) {
		t.Errorf("the table became %v, and nobody had vouched for anything", after)
	}

	o := quick("a")
	o.Drained = true
	report = w.migrated(o)
	if !report.Drained || w.item("__stream__")["drained"] != true || w.item("__stream__")["initialised"] != true {
		t.Errorf("report %+v, __stream__ %v", report, w.item("__stream__"))
	}
	if row := w.row("shardId-000000000004"); row.Sequence != "4962" || row.Owner != "9f0c" || !row.Foreign || row.Ended {
		t.Errorf("row %+v", row)
	}
	if row := w.row("shardId-000000000090"); !row.Ended || row.Trimmed || row.Sequence != "12" {
		t.Errorf("the row of a shard that expired is %+v, want ended", row)
	}
}

func sameItems(a, b []map[string]any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

func TestASiblingThatStillRunsIsFound(t *testing.T) {
	for _, key := range []string{"__node__#9f0c", "shardId-000000000004"} {
		w := siblingWorld(t)
		queries := 0
		w.server.Faults().Set("Query", func(fault.Call) fault.Effect {
			if queries++; queries == 2 {
				w.put(key, attributes{"nodeHeartbeat": N("5"), "leaseOwner": S("9f0c"), "leaseExpiry": N("99")})
			}
			return fault.Effect{}
		})
		o := quick("a")
		o.Drained = true
		if _, err := w.table.Migrate(t.Context(), o); err == nil || !strings.Contains(err.Error(), "still works on this table: "+key) {
			t.Errorf("Migrate = %v", err)
		}
		if w.item("__stream__") != nil {
			t.Error("the word was kept all the same")
		}
	}
}

func TestATableOfAnotherStreamIsNotAdopted(t *testing.T) {
	w := siblingWorld(t)
	_, err := w.table.CreateStream(t.Context(), messages.StreamRow{ARN: "arn:aws:kinesis:eu-west-1:1:stream/quakes", CreatedAt: noon})
	w.must(err)
	if _, err := w.table.Migrate(t.Context(), quick("a")); err == nil || !strings.Contains(err.Error(), "the table belongs to stream arn:aws:kinesis:eu-west-1") {
		t.Errorf("Migrate = %v", err)
	}
}

// TestASiblingCanGoOnWhereWeStopped reads the rows as ConsumeKinesis does
// (specs/kinesis-consumption.md 1.1 to 1.3): available without leaseOwner or
// with a leaseExpiry that is over; from AFTER sequenceNumber, where that is
// digits; ids that ListShards does not name are passed over.
func TestASiblingCanGoOnWhereWeStopped(t *testing.T) {
	w := siblingWorld(t)
	o := quick("a")
	o.Drained = true
	w.migrated(o)
	id := messages.ShardID("shardId-000000000002")
	row, err := w.table.Claim(t.Context(), w.row(id), me, lease)
	w.must(err)
	for no, position := range []string{"4970/*", "4980/3"} {
		end := messages.Token{Shard: id}
		end.Position, err = messages.ParsePosition(position)
		w.must(err)
		row, err = w.table.WritePosition(t.Context(), id, me, row.Epoch, messages.PositionWrite{WriteNo: int64(no + 1), Committed: end.String(), Settled: ptr(true)})
		w.must(err)
	}
	if held := w.item(string(id)); held["leaseOwner"] != string(me) || held["leaseExpiry"] != json.Number(strconv.FormatInt(noon.Add(lease).UnixMilli(), 10)) {
		t.Errorf("while we hold it, a sibling reads %v", held)
	}
	w.must(w.table.Release(t.Context(), id, me, row.Epoch))

	free := w.item(string(id))
	if free["leaseOwner"] != nil || free["leaseExpiry"] != nil {
		t.Errorf("a sibling finds no available shard in %v", free)
	}
	// Inside of an aggregate it begins again behind the last whole record: some
	// rows twice, none lost.
	if free["sequenceNumber"] != "4970" {
		t.Errorf("a sibling goes on after %v, want 4970", free["sequenceNumber"])
	}
	// And what it writes then is taken for what it is, when it is handed back.
	w.sibling(id, "4999")
	back := w.row(id)
	if back.Sequence != "4999" || back.Committed == "" {
		t.Errorf("handed back: %+v", back)
	}
}

// sibling checkpoints as ConsumeKinesis does.
func (w *world) sibling(id messages.ShardID, sequence string) {
	w.Helper()
	it := attributes{}
	for name, v := range w.item(string(id)) {
		switch v := v.(type) {
		case string:
			it[name] = S(v)
		case json.Number:
			it[name] = N(v.String())
		}
	}
	it["sequenceNumber"], it["lastUpdateTimestamp"] = S(sequence), N(strconv.FormatInt(noon.Add(time.Minute).UnixMilli(), 10))
	w.putRaw(application, it)
}
