package leasetable_test

import (
	"errors"
	"maps"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/messages"
)

// The holes of the sibling's migrator (specs/kinesis-consumption.md 1.8), each
// as a test that it is none of ours.

const first = "shardId-000000000002" // an open shard of the recorded stories

// TestH1AHalfCopyIsNeverTakenForAWholeOne: a copy that was cut off is made
// anew while the KCL's table is there, and refused when it is not.
func TestH1AHalfCopyIsNeverTakenForAWholeOne(t *testing.T) {
	items := fixture(t, "kcl-2.7.2-killed")
	for _, marker := range []attributes{
		nil,
		{"streamName": S(streamName), "shardId": S("__migration__"), "migrationStatus": S("IN_PROGRESS"), "migrationOwner": S("nifi")},
		{"streamName": S("*"), "shardId": S("__migration__"), "migrationPhase": S("COPYING"), "migrationEpoch": N("1"), "leaseCounter": N("1")},
	} {
		half := func(w *world) {
			w.makeTable(copyName, "streamName", "shardId")
			w.putRaw(copyName, attributes{"streamName": S(streamName), "shardId": S(first), "sequenceNumber": S("7"), "migrationEpoch": N("1")})
			w.putRaw(copyName, attributes{"streamName": S(streamName), "shardId": S("shardId-000000000099"), "sequenceNumber": S("7")})
			if marker != nil {
				w.putRaw(copyName, marker)
			}
		}
		w := legacyWorld(t, localdynamo.Options{}, items)
		half(w)
		w.migrated(quick("a"))
		w.demand(items)

		w = newWorld(t, localdynamo.Options{})
		half(w)
		_, err := w.table.Migrate(t.Context(), quick("a"))
		var refused *leasetable.RefusedMigrationError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "a copy that was cut off") {
			t.Errorf("with marker %v: Migrate = %v", marker, err)
		}
		w.wantFault(w.table.Prepare(t.Context()), messages.Rejected, messages.ReasonMissing)
	}
}

// TestH2AnEndedShardStaysEnded: lost, SHARD_END would have the shard read from
// its beginning.
func TestH2AnEndedShardStaysEnded(t *testing.T) {
	w := legacyWorld(t, localdynamo.Options{}, fixture(t, "kcl-3.4.2-end"))
	w.migrated(quick("a"))
	for _, id := range []messages.ShardID{"shardId-000000000000", "shardId-000000000001", "shardId-000000000003"} {
		if row := w.row(id); !row.Ended || row.Trimmed || len(row.Children) == 0 {
			t.Errorf("row %+v, want ended, with its children", row)
		}
	}
	if row := w.row(first); row.Ended {
		t.Errorf("an open shard is ended: %+v", row)
	}
}

// TestH3TheRestOfAnAggregateIsNotLost: the KCL died at sub-sequence number 5 of
// an aggregate of ten.
func TestH3TheRestOfAnAggregateIsNotLost(t *testing.T) {
	items := fixture(t, "kcl-3.5.1-killed")
	w := legacyWorld(t, localdynamo.Options{}, items)
	w.migrated(quick("a"))
	row := w.row("shardId-000000000004")
	if row.PartialSub != 5 || row.Sequence != "" || row.PartialSeq != "49680456096602086740421037256920711726353790501319082050" || !row.Foreign {
		t.Errorf("row %+v, want to go on inside the aggregate", row)
	}
}

// TestH4AWordInsteadOfAPositionKeepsItsMeaning: TRIM_HORIZON, LATEST and
// AT_TIMESTAMP mean what the KCL was told, whatever kinesnow is told now.
func TestH4AWordInsteadOfAPositionKeepsItsMeaning(t *testing.T) {
	lease := func(checkpoint string) []attributes {
		return []attributes{{"leaseKey": S(first), "leaseCounter": N("1"), "checkpoint": S(checkpoint), "checkpointSubSequenceNumber": N("0")}}
	}
	at := noon.Add(-20 * time.Minute)
	for _, c := range []struct {
		checkpoint string
		change     func(*leasetable.MigrationSettings)
		start      string
		startAt    time.Time
		refused    string
	}{
		{checkpoint: "TRIM_HORIZON", change: func(o *leasetable.MigrationSettings) { o.Position = "LATEST" }, start: "TRIM_HORIZON"},
		{checkpoint: "LATEST", refused: "--latest-as"},
		{checkpoint: "LATEST", change: func(o *leasetable.MigrationSettings) { o.LatestAs = leasetable.LatestAsHorizon }, start: "TRIM_HORIZON"},
		{checkpoint: "LATEST", change: func(o *leasetable.MigrationSettings) { o.LatestAs = leasetable.LatestAsNow }, start: "AT_TIMESTAMP", startAt: noon},
		{checkpoint: "AT_TIMESTAMP", refused: "set kinesis.initial_position to that time"},
		{checkpoint: "AT_TIMESTAMP", change: func(o *leasetable.MigrationSettings) { o.Position, o.Start = "AT_TIMESTAMP", at }, start: "AT_TIMESTAMP", startAt: at},
	} {
		w := legacyWorld(t, localdynamo.Options{}, lease(c.checkpoint))
		o := quick("a")
		if c.change != nil {
			c.change(&o)
		}
		_, err := w.table.Migrate(t.Context(), o)
		if c.refused != "" {
			if err == nil || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%s: Migrate = %v, want %s", c.checkpoint, err, c.refused)
			}
			continue
		}
		w.must(err)
		row := w.row(first)
		if row.Start != c.start || !row.StartAt.Equal(c.startAt) || row.Sequence != "" || !row.Foreign {
			t.Errorf("%s: row %+v, want %s %s", c.checkpoint, row, c.start, c.startAt)
		}
		stream := messages.ReadFrom{Time: noon.Add(time.Hour)}
		if from := row.Durable(stream); from == stream {
			t.Errorf("%s: the shard starts where the stream does", c.checkpoint)
		}
	}
}

// TestH5EachLeaseIsItsOwnStreams: a table of several streams is migrated as a
// whole, for deleting it would lose the others.
func TestH5EachLeaseIsItsOwnStreams(t *testing.T) {
	created := noon.Add(-time.Hour).Unix()
	items := fixture(t, "kcl-3.5.1-killed")
	all := severalStreams(items, map[string]int64{streamName: created, "volcanoes": 77})
	all = append(all, severalStreams(items, map[string]int64{"volcanoes": 5})...) // an earlier stream of that name
	w := legacyWorld(t, localdynamo.Options{}, all)
	report := w.migrated(quick("a"))
	w.demand(items)
	for _, it := range items {
		if plain(it["entityType"]) == "LEASE" {
			w.demandRow(it, "volcanoes", plain(it["leaseKey"]))
		}
	}
	if other := w.server.Item(application, "volcanoes", "__stream__"); other["streamARN"] != "arn:aws:kinesis:us-east-1:000000000000:stream/volcanoes" || other["drained"] != false {
		t.Errorf("the other stream's row is %v", other)
	}
	if len(report.Rows) != 10 || !strings.Contains(strings.Join(report.Notes, "\n"), "5 leases of an earlier stream volcanoes") {
		t.Errorf("%d rows, notes %q", len(report.Rows), report.Notes)
	}

	for _, wrong := range []struct {
		items []attributes
		why   string
	}{
		{severalStreams(items, map[string]int64{streamName: created + 9}), "deleted and created again"},
		{append(severalStreams(items, map[string]int64{streamName: created}), items[5]), "names no stream"},
		{severalStreams(items, map[string]int64{"volcanoes": 77}), "none of the leases is of a shard that stream quakes has"},
	} {
		w := legacyWorld(t, localdynamo.Options{}, wrong.items)
		if _, err := w.table.Migrate(t.Context(), quick("a")); err == nil || !strings.Contains(err.Error(), wrong.why) {
			t.Errorf("Migrate = %v, want %s", err, wrong.why)
		}
	}
}

// TestH6ARestoreNeverOverwrites: rows of the new table are newer than the copy.
func TestH6ARestoreNeverOverwrites(t *testing.T) {
	for _, sibling := range []bool{false, true} {
		w := newWorld(t, localdynamo.Options{})
		w.makeTable(copyName, "streamName", "shardId")
		row := attributes{"streamName": S(streamName), "shardId": S(first), "sequenceNumber": S("7"), "migrationEpoch": N("3")}
		marker := attributes{"streamName": S("*"), "shardId": S("__migration__"), "migrationPhase": S("RESTORING"), "migrationEpoch": N("3"), "copyEpoch": N("3"), "leaseCounter": N("1")}
		if sibling {
			delete(row, "migrationEpoch")
			marker = attributes{"streamName": S(streamName), "shardId": S("__migration__"), "migrationStatus": S("COMPLETE")}
		}
		absent := maps.Clone(row)
		absent["shardId"] = S("shardId-000000000004")
		w.putRaw(copyName, marker)
		w.putRaw(copyName, row)
		w.putRaw(copyName, absent)

		w.makeTable(application, "streamName", "shardId")
		newer := maps.Clone(row)
		newer["sequenceNumber"], newer["leaseOwner"] = S("8"), S("somebody")
		w.putRaw(application, newer)
		report := w.migrated(quick("a"))
		if got := w.item(first); got["sequenceNumber"] != "8" || got["leaseOwner"] != "somebody" {
			t.Errorf("sibling %v: the newer row became %v", sibling, got)
		}
		if got := w.item("shardId-000000000004"); got["sequenceNumber"] != "7" || got["migrationEpoch"] != nil {
			t.Errorf("sibling %v: the missing row became %v", sibling, got)
		}
		if !strings.Contains(strings.Join(report.Notes, "\n"), "was there before and stays") {
			t.Errorf("sibling %v: notes %q", sibling, report.Notes)
		}
	}
}

// TestH7ARunningKCLIsNotMigratedUnderItsFeet; and whoever only seems to run is
// told from one that does by two looks.
func TestH7ARunningKCLIsNotMigratedUnderItsFeet(t *testing.T) {
	items := fixture(t, "kcl-1.15.3-killed") // its leases have owners, who are dead
	w := legacyWorld(t, localdynamo.Options{}, items)
	var renewed atomic.Int64
	w.server.Faults().Set("Scan", func(fault.Call) fault.Effect {
		before := renewed.Load() // of two renewals from here on, one is whole
		for end := time.Now().Add(longest); renewed.Load() < before+2 && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		return fault.Effect{}
	})
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		lease := maps.Clone(items[2])
		for i := 1_000; ; i++ {
			select {
			case <-stop:
				return
			default:
				lease["leaseCounter"] = N(strconv.Itoa(i))
				w.putRaw(application, lease)
				renewed.Add(1)
			}
		}
	}()
	_, err := w.table.Migrate(t.Context(), quick("a"))
	w.server.Faults().Set("Scan", nil)
	close(stop)
	<-done
	if err == nil || !strings.Contains(err.Error(), "a KCL is still running: "+first) {
		t.Fatalf("Migrate = %v", err)
	}
	w.putRaw(application, items[2])
	w.migrated(quick("a"))
	w.demand(items)
}

// TestNoConsumerStartsWhereTheKCLsTableIsGoneByTheNextLook: somebody migrates, and
// the name is free for a moment. A new table there would be an empty one.
func TestNoConsumerStartsWhereTheKCLsTableIsGoneByTheNextLook(t *testing.T) {
	w := legacyWorld(t, localdynamo.Options{}, fixture(t, "kcl-2.7.2-killed"))
	w.makeTable(copyName, "streamName", "shardId")
	made := w.server.Faults().Calls("CreateTable")
	looks := 0
	w.server.Faults().Set("DescribeTable", func(call fault.Call) fault.Effect {
		if looks++; looks == 2 {
			w.server.Faults().Set("DescribeTable", nil)
			_, err := w.client().DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String(application)})
			w.must(err)
		}
		return fault.Effect{}
	})
	w.wantFault(w.table.Prepare(t.Context()), messages.Rejected, messages.ReasonMissing)
	if n := w.server.Faults().Calls("CreateTable"); n != made {
		t.Error("a table was made in the middle of the migration")
	}
}
