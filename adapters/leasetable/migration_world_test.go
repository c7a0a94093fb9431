package leasetable_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/messages"
)

// recorded is where the tables are that real KCLs left.
const recorded = "../../integration/judges/kcl/testdata"

const (
	copyName  = application + "_migration"
	streamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/" + streamName
)

type attributes = map[string]types.AttributeValue

// fixture reads a recorded lease table.
func fixture(t *testing.T, name string) []attributes {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(recorded, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var items []map[string]map[string]any
	if err := json.Unmarshal(text, &items); err != nil {
		t.Fatal(err)
	}
	all := make([]attributes, len(items))
	for i, it := range items {
		all[i] = attributes{}
		for attr, v := range it {
			all[i][attr] = value(t, v)
		}
	}
	return all
}

func value(t *testing.T, v map[string]any) types.AttributeValue {
	t.Helper()
	for kind, x := range v {
		switch kind {
		case "S":
			return S(x.(string))
		case "N":
			return N(x.(string))
		case "SS":
			set := &types.AttributeValueMemberSS{}
			for _, e := range x.([]any) {
				set.Value = append(set.Value, e.(string))
			}
			return set
		case "M":
			m := &types.AttributeValueMemberM{Value: attributes{}}
			for name, e := range x.(map[string]any) {
				m.Value[name] = value(t, e.(map[string]any))
			}
			return m
		case "L":
			l := &types.AttributeValueMemberL{}
			for _, e := range x.([]any) {
				l.Value = append(l.Value, value(t, e.(map[string]any)))
			}
			return l
		}
	}
	t.Fatalf("no attribute value: %v", v)
	return nil
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
	}).Wait(w.Context(), &dynamodb.DescribeTableInput{TableName: &name}, 10*time.Second))
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
		Who: who, Quiet: time.Millisecond, Stale: 10 * time.Millisecond, Renew: 5 * time.Second, Settle: 20 * time.Second,
		Stream:   messages.Stream{Name: streamName, ARN: streamARN, CreatedAt: noon.Add(-time.Hour), Now: noon},
		Position: "TRIM_HORIZON", Shards: quakeShards,
	}
}

// quakeShards are the shards of the recorded stories: 0 was split into 2 and 3,
// and 3 and 1 were merged into 4.
var quakeShards = []messages.Shard{
	{ID: "shardId-000000000000", HashFrom: "0", HashTo: "170141183460469231731687303715884105727", Starting: "1", Ending: "2"},
	{ID: "shardId-000000000001", HashFrom: "170141183460469231731687303715884105728", HashTo: "340282366920938463463374607431768211455", Starting: "1", Ending: "2"},
	{ID: "shardId-000000000002", Parents: []messages.ShardID{"shardId-000000000000"}, HashFrom: "0", HashTo: "85070591730234615865843651857942052863", Starting: "1"},
	{ID: "shardId-000000000003", Parents: []messages.ShardID{"shardId-000000000000"}, HashFrom: "85070591730234615865843651857942052864", HashTo: "170141183460469231731687303715884105727", Starting: "1", Ending: "2"},
	{ID: "shardId-000000000004", Parents: []messages.ShardID{"shardId-000000000001", "shardId-000000000003"}, HashFrom: "85070591730234615865843651857942052864", HashTo: "340282366920938463463374607431768211455", Starting: "1"},
}

// migrated carries a migration out to its end.
func (w *world) migrated(o leasetable.MigrationSettings) *leasetable.MigrationReport {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 30*time.Second)
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
		if kind := plain(it["entityType"]); kind != "" && kind != "LEASE" {
			continue
		}
		key := plain(it["leaseKey"])
		want[key] = true
		w.demandRow(it, w.item(key))
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
	if err := gone.Wait(w.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(copyName)}, 5*time.Second); err != nil {
		w.Errorf("the copy %s is still there: %v", copyName, err)
	}
}

// demandRow holds one row against one lease.
func (w *world) demandRow(lease attributes, row map[string]any) {
	w.Helper()
	key := plain(lease["leaseKey"])
	if row == nil {
		w.Errorf("%s is lost", key)
		return
	}
	got := maps.Clone(row)
	for _, free := range []string{"streamName", "shardId", "leaseNonce", "lastUpdateTimestamp"} {
		delete(got, free)
	}
	want := map[string]any{}
	switch checkpoint := plain(lease["checkpoint"]); checkpoint {
	case "SHARD_END":
		want["shardState"], want["settled"] = "SHARD_END", true
	case "TRIM_HORIZON":
		want["initialPosition"] = "TRIM_HORIZON"
	default:
		want["partialSequenceNumber"] = checkpoint
		want["partialSubSequenceNumber"] = json.Number(plain(lease["checkpointSubSequenceNumber"]))
	}
	for from, to := range map[string]string{"parentShardId": "parentShardIds", "childShardIds": "childShardIds"} {
		if set, ok := lease[from].(*types.AttributeValueMemberSS); ok {
			want[to] = slices.Sorted(slices.Values(set.Value))
		}
	}
	for _, name := range []string{"startingHashKey", "endingHashKey"} {
		if v := plain(lease[name]); v != "" {
			want[name] = v
		}
	}
	for _, sets := range []string{"parentShardIds", "childShardIds"} {
		if set, ok := got[sets].([]string); ok {
			slices.Sort(set)
		}
	}
	if !reflect.DeepEqual(got, want) {
		w.Errorf("%s became %v, want %v", key, got, want)
	}
}

func plain(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	}
	return ""
}

// severalStreams turns a recorded table into one of several streams, keyed as a
// KCL's multi-stream lease serializer does (specs/kinesis-consumption.md 2.1).
func severalStreams(items []attributes, streams map[string]int64) []attributes {
	var all []attributes
	for _, name := range slices.Sorted(maps.Keys(streams)) {
		for _, it := range items {
			if kind := plain(it["entityType"]); kind != "" && kind != "LEASE" {
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
