package leasetable_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/messages"
)

func TestRowsTellsTheKindsOfRowsApart(t *testing.T) {
	w := prepared(t)
	_, err := w.table.CreateStream(t.Context(), messages.StreamRow{ARN: "arn", Position: "TRIM_HORIZON"})
	w.must(err)
	w.must(w.table.ClaimNode(t.Context(), nil, messages.NodeRow{Node: "node-0", Process: "p"}))
	w.put("__node__#nifi-uuid", map[string]types.AttributeValue{"nodeHeartbeat": N("5")})
	w.put("__migration__", map[string]types.AttributeValue{"migrationStatus": S("COMPLETE")})
	w.put("__something newer__", map[string]types.AttributeValue{"leaseCounter": S("not a number")})
	rows, err := w.table.Rows(t.Context())
	w.must(err)
	if len(rows.Shards) != 1 || rows.Shards[0].Shard != shard {
		t.Errorf("shards = %+v", rows.Shards)
	}
	if rows.Stream == nil || rows.Stream.ARN != "arn" {
		t.Errorf("stream = %+v", rows.Stream)
	}
	want := []messages.NodeRow{{Node: "nifi-uuid"}, {Node: "node-0", Process: "p", Counter: 1}}
	if !slices.Equal(rows.Nodes, want) {
		t.Errorf("nodes = %+v, want %+v", rows.Nodes, want)
	}
}

func TestRowsReadsEveryPage(t *testing.T) {
	w := prepared(t)
	long := S(strings.Repeat("x", 300_000)) // four of them are more than a page
	for i := range 7 {
		w.put(fmt.Sprintf("shardId-%012d", i), map[string]types.AttributeValue{"note": long})
	}
	rows, err := w.table.Rows(t.Context())
	w.must(err)
	if len(rows.Shards) != 7 {
		t.Errorf("%d rows, want 7", len(rows.Shards))
	}
	if n := w.server.Faults().Calls("Query"); n < 2 {
		t.Errorf("%d pages: the test reads no second one", n)
	}
}

func TestAnotherStreamsRowsAreNotOurs(t *testing.T) {
	w := prepared(t)
	if n := len(w.server.Items(application)); n != 1 {
		t.Fatalf("%d items, want 1", n)
	}
	_, err := w.table.Claim(t.Context(), w.row(shard), me, lease)
	w.must(err)
	rows, err := w.openStream("volcanoes").Rows(t.Context())
	w.must(err)
	if rows.Stream != nil || len(rows.Shards)+len(rows.Nodes) != 0 {
		t.Errorf("another stream sees %+v", rows)
	}
}

func TestADamagedItemIsNamed(t *testing.T) {
	for attr, v := range map[string]types.AttributeValue{
		"leaseCounter": S("7"), "committedToken": N("7"), "settled": S("true"), "parentShardIds": S("x"), "writeNo": N("1.5"),
	} {
		w := prepared(t)
		w.put(string(shard), map[string]types.AttributeValue{attr: v})
		_, err := w.table.Rows(t.Context())
		f := w.wantFault(err, messages.Transient, messages.ReasonInvariant)
		if !strings.Contains(f.Error(), string(shard)) || !strings.Contains(f.Error(), attr) {
			t.Errorf("error %q names neither item nor attribute %s", f, attr)
		}
	}
}

func TestARowIsMadeOnce(t *testing.T) {
	w := prepared(t)
	row := messages.ShardRow{
		Shard: "shardId-000000000005", Parents: []messages.ShardID{"shardId-000000000003", "shardId-000000000004"},
		HashFrom: "0", HashTo: "99",
	}
	for i, want := range []bool{true, false} {
		made, err := w.table.CreateShard(t.Context(), row)
		if err != nil || made != want {
			t.Errorf("call %d: %v, %v, want %v", i, made, err, want)
		}
		row.HashTo = "100" // must not land
	}
	got := w.row("shardId-000000000005")
	if !slices.Equal(got.Parents, row.Parents) || got.HashFrom != "0" || got.HashTo != "99" || !got.Settled || got.Ended || got.Owner != "" {
		t.Errorf("row = %+v", got)
	}
}

func TestARowWhoseAnswerWasLostCountsAsMadeByUs(t *testing.T) {
	w := prepared(t)
	w.once(fault.Effect{LoseAfter: true})
	if made, err := w.table.CreateShard(t.Context(), messages.ShardRow{Shard: "shardId-000000000008"}); err != nil || !made {
		t.Errorf("CreateShard = %v, %v, want it made", made, err)
	}
}

func TestAParentThatExpiredUnreadIsMadeAsEnded(t *testing.T) {
	w := prepared(t)
	_, err := w.table.CreateShard(t.Context(), messages.ShardRow{Shard: "shardId-000000000007", Ended: true, Trimmed: true})
	w.must(err)
	if row := w.row("shardId-000000000007"); !row.Ended || !row.Trimmed {
		t.Errorf("row = %+v", row)
	}
}

func TestTheStreamIsDecidedOnce(t *testing.T) {
	w := newWorld(t, localdynamo.Options{})
	w.must(w.table.Prepare(t.Context()))
	if row, err := w.table.Stream(t.Context()); row != nil || err != nil {
		t.Fatalf("Stream = %v, %v, want none", row, err)
	}
	w.wantFault(w.table.MarkInitialised(t.Context()), messages.Transient, messages.ReasonInvariant)
	first := messages.StreamRow{
		ARN: "arn:aws:kinesis:us-east-1:000000000000:stream/quakes", CreatedAt: noon,
		Position: "LATEST", Timestamp: noon.Add(1500 * time.Millisecond), Drained: true, Schema: messages.SchemaVersion,
	}
	for _, r := range []messages.StreamRow{first, {ARN: "arn:other", Position: "TRIM_HORIZON"}} {
		got, err := w.table.CreateStream(t.Context(), r)
		w.must(err)
		if !reflect.DeepEqual(*got, first) {
			t.Errorf("row = %+v, want %+v", *got, first)
		}
	}
	w.must(w.table.MarkInitialised(t.Context()))
	first.Initialised = true
	got, err := w.table.Stream(t.Context())
	w.must(err)
	if !reflect.DeepEqual(*got, first) {
		t.Errorf("row = %+v, want %+v", *got, first)
	}
}

func TestANewerVersionsTableIsRefused(t *testing.T) {
	w := prepared(t)
	w.put("__stream__", map[string]types.AttributeValue{"schemaVersion": N("2")})
	_, err := w.table.Stream(t.Context())
	f := w.wantFault(err, messages.Rejected, messages.ReasonMissing)
	if !strings.Contains(f.Error(), "schema version 2") {
		t.Errorf("error %q does not name the version", f)
	}
	_, err = w.table.CreateStream(t.Context(), messages.StreamRow{})
	w.wantFault(err, messages.Rejected, messages.ReasonMissing)
}
