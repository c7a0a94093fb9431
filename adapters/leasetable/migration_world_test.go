package leasetable_test

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/judges/kcl/recorded"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/messages"
)

// longest is how long a test waits for what has to come: far longer than a slow
// machine takes.
const longest = 2 * time.Minute

const (
	copyName  = application + "_migration"
	streamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/" + streamName
)

type attributes = recorded.Item

// fixture reads a recorded lease table.
func fixture(t *testing.T, name string) []attributes {
	t.Helper()
	items, err := recorded.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// legacyWorld has a KCL's table with these items.
func legacyWorld(t *testing.T, o localdynamo.Options, items []attributes) *world {
	t.Helper()
	w := newWorld(t, o)
	w.makeTable(application, "leaseKey")
	for _, it := range items {
		w.putRaw(application, it)
	}
	return w
}

func (w *world) makeTable(name string, keys ...string) {
	w.Helper()
	in := &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest}
	for i, k := range keys {
		in.KeySchema = append(in.KeySchema, types.KeySchemaElement{AttributeName: aws.String(k), KeyType: []types.KeyType{types.KeyTypeHash, types.KeyTypeRange}[i]})
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: aws.String(k), AttributeType: "S"})
	}
	_, err := w.client().CreateTable(w.Context(), in)
	w.must(err)
	w.must(dynamodb.NewTableExistsWaiter(w.client(), func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = time.Millisecond, 10*time.Millisecond
	}).Wait(w.Context(), &dynamodb.DescribeTableInput{TableName: &name}, longest))
}

func (w *world) putRaw(table string, it attributes) {
	w.Helper()
	_, err := w.client().PutItem(w.Context(), &dynamodb.PutItemInput{TableName: &table, Item: it})
	w.must(err)
}

func (w *world) deleteTable(name string) {
	w.Helper()
	_, err := w.client().DeleteTable(w.Context(), &dynamodb.DeleteTableInput{TableName: &name})
	w.must(err)
}

// quick are settings whose waits are short.
func quick(who string) leasetable.MigrationSettings {
	return leasetable.MigrationSettings{
		Who: who, Quiet: time.Millisecond, Stale: 10 * time.Millisecond, Renew: longest, Settle: longest,
		Stream:   messages.Stream{Name: streamName, ARN: streamARN, CreatedAt: noon.Add(-time.Hour), Now: noon},
		Position: "TRIM_HORIZON", Shards: recorded.Shards,
	}
}

// migrated carries a migration out to its end.
func (w *world) migrated(o leasetable.MigrationSettings) *leasetable.MigrationReport {
	w.Helper()
	return w.migratedWithin(o, longest)
}

func (w *world) migratedWithin(o leasetable.MigrationSettings, limit time.Duration) *leasetable.MigrationReport {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), limit)
	defer cancel()
	r, err := w.open(application).Migrate(ctx, o)
	w.must(err)
	return r
}

// demand holds the table against the leases that were migrated: every one as it
// was, none more, and both tables as they should be at the end. It is worked
// out from the KCL's items alone.
func (w *world) demand(items []attributes) {
	w.Helper()
	want := map[string]bool{}
	for _, it := range items {
		if recorded.IsLease(it) {
			key := plain(it["leaseKey"])
			want[key] = true
			w.demandRow(it, streamName, key)
		}
	}
	for _, it := range w.server.Items(application) {
		key := it["shardId"].(string)
		if !strings.HasPrefix(key, "__") && !want[key] {
			w.Errorf("row %s is nobody's lease: %v", key, it)
		}
	}
	if stream := w.item("__stream__"); stream == nil || stream["initialised"] != true || stream["streamARN"] != streamARN {
		w.Errorf("__stream__ is %v", stream)
	}
	if done := w.server.Item(application, "*", "__migration__"); done["migrationPhase"] != "DONE" {
		w.Errorf("the new table's marker is %v, want DONE", done)
	}
	gone := dynamodb.NewTableNotExistsWaiter(w.client(), func(o *dynamodb.TableNotExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = time.Millisecond, 10*time.Millisecond
	})
	if err := gone.Wait(w.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(copyName)}, longest); err != nil {
		w.Errorf("the copy %s is still there: %v", copyName, err)
	}
}

// demandRow holds one row against one lease.
func (w *world) demandRow(lease attributes, stream, shard string) {
	w.Helper()
	out, err := w.client().GetItem(w.Context(), &dynamodb.GetItemInput{TableName: aws.String(application), Key: attributes{"streamName": S(stream), "shardId": S(shard)}})
	w.must(err)
	if err := recorded.Compare(lease, out.Item); err != nil {
		w.Error(err)
	}
}

func plain(v types.AttributeValue) string { return recorded.Text(v) }

// severalStreams turns a recorded table into one of several streams, keyed as a
// KCL's multi-stream lease serializer does (specs/kinesis-consumption.md 2.1).
func severalStreams(items []attributes, streams map[string]int64) []attributes {
	var all []attributes
	for _, name := range slices.Sorted(maps.Keys(streams)) {
		for _, it := range items {
			if !recorded.IsLease(it) {
				continue
			}
			id := "000000000000:" + name + ":" + strconv.FormatInt(streams[name], 10)
			one := maps.Clone(it)
			one["leaseKey"], one["streamName"], one["shardId"] = S(id+":"+plain(it["leaseKey"])), S(id), it["leaseKey"]
			all = append(all, one)
		}
	}
	return all
}
