package recorded

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/messages"
)

//go:embed testdata/kcl-*.json
var files embed.FS

// Item is one item of a table.
type Item = map[string]types.AttributeValue

// Names of the tables of one stream: right after a kill, and at the story's end.
var Names = []string{
	"kcl-1.15.3-killed", "kcl-1.15.3-end", "kcl-2.7.2-killed", "kcl-2.7.2-end", "kcl-3.4.2-killed", "kcl-3.4.2-end", "kcl-3.5.1-killed", "kcl-3.5.1-end",
}

// SeveralStreams is the table of one worker on streams quakes and volcanoes, both
// made at SeveralStreamsCreated (Unix seconds).
const (
	SeveralStreams        = "kcl-3.5.1-multi-stream"
	SeveralStreamsCreated = 1795352514
)

// Shards are those of the story: 0 was split into 2 and 3, and 3 and 1 were
// merged into 4.
var Shards = []messages.Shard{
	{ID: "shardId-000000000000", HashFrom: "0", HashTo: "170141183460469231731687303715884105727", Starting: "1", Ending: "2"},
	{ID: "shardId-000000000001", HashFrom: "170141183460469231731687303715884105728", HashTo: "340282366920938463463374607431768211455", Starting: "1", Ending: "2"},
	{ID: "shardId-000000000002", Parents: []messages.ShardID{"shardId-000000000000"}, HashFrom: "0", HashTo: "85070591730234615865843651857942052863", Starting: "1"},
	{ID: "shardId-000000000003", Parents: []messages.ShardID{"shardId-000000000000"}, HashFrom: "85070591730234615865843651857942052864", HashTo: "170141183460469231731687303715884105727", Starting: "1", Ending: "2"},
	{ID: "shardId-000000000004", Parents: []messages.ShardID{"shardId-000000000001", "shardId-000000000003"}, HashFrom: "85070591730234615865843651857942052864", HashTo: "340282366920938463463374607431768211455", Starting: "1"},
}

// Load reads a table.
func Load(name string) ([]Item, error) {
	text, err := files.ReadFile("testdata/" + name + ".json")
	if err != nil {
		return nil, err
	}
	var items []map[string]map[string]any
	if err := json.Unmarshal(text, &items); err != nil {
		return nil, err
	}
	all := make([]Item, len(items))
	for i, it := range items {
		all[i] = Item{}
		for attr, v := range it {
			if all[i][attr], err = value(v); err != nil {
				return nil, fmt.Errorf("%s, item %d, %s: %w", name, i, attr, err)
			}
		}
	}
	return all, nil
}

// value reads an attribute in DynamoDB's own JSON.
func value(v map[string]any) (types.AttributeValue, error) {
	for kind, x := range v {
		switch kind {
		case "S":
			return &types.AttributeValueMemberS{Value: x.(string)}, nil
		case "N":
			return &types.AttributeValueMemberN{Value: x.(string)}, nil
		case "SS":
			set := &types.AttributeValueMemberSS{}
			for _, e := range x.([]any) {
				set.Value = append(set.Value, e.(string))
			}
			return set, nil
		case "M":
			m := &types.AttributeValueMemberM{Value: Item{}}
			for name, e := range x.(map[string]any) {
				inner, err := value(e.(map[string]any))
				if err != nil {
					return nil, err
				}
				m.Value[name] = inner
			}
			return m, nil
		case "L":
			l := &types.AttributeValueMemberL{}
			for _, e := range x.([]any) {
				inner, err := value(e.(map[string]any))
				if err != nil {
					return nil, err
				}
				l.Value = append(l.Value, inner)
			}
			return l, nil
		}
	}
	return nil, fmt.Errorf("no attribute value: %v", v)
}

// IsLease reports whether an item is a lease: a KCL keeps other things in one
// table with them.
func IsLease(it Item) bool {
	kind := Text(it["entityType"])
	return kind == "" || kind == "LEASE"
}

// Text is a text or a number; "" for anything else.
func Text(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	}
	return ""
}

// free are a row's attributes that no lease decides.
var free = []string{"streamName", "shardId", "leaseNonce", "lastUpdateTimestamp"}

// Compare says how a row differs from what a lease must become: every checkpoint
// as it was, SHARD_END and sub-sequence numbers included, and nothing more. It is
// worked out from the lease alone.
func Compare(lease, row Item) error {
	if len(row) == 0 {
		return fmt.Errorf("%s is lost", Text(lease["leaseKey"]))
	}
	got := maps.Clone(row)
	for _, name := range free {
		delete(got, name)
	}
	want := Item{}
	switch checkpoint := Text(lease["checkpoint"]); checkpoint {
	case "SHARD_END":
		want["shardState"], want["settled"] = &types.AttributeValueMemberS{Value: checkpoint}, &types.AttributeValueMemberBOOL{Value: true}
	case "TRIM_HORIZON":
		want["initialPosition"] = &types.AttributeValueMemberS{Value: checkpoint}
	default:
		want["partialSequenceNumber"], want["partialSubSequenceNumber"] = lease["checkpoint"], lease["checkpointSubSequenceNumber"]
	}
	for from, to := range map[string]string{"parentShardId": "parentShardIds", "childShardIds": "childShardIds", "startingHashKey": "startingHashKey", "endingHashKey": "endingHashKey"} {
		if v, there := lease[from]; there && (Text(v) != "" || isSet(v)) {
			want[to] = v
		}
	}
	if !reflect.DeepEqual(sorted(got), sorted(want)) {
		return fmt.Errorf("%s became %v, want %v", Text(lease["leaseKey"]), plain(got), plain(want))
	}
	return nil
}

func isSet(v types.AttributeValue) bool {
	_, set := v.(*types.AttributeValueMemberSS)
	return set
}

// sorted is an item whose sets are in order.
func sorted(it Item) Item {
	same := maps.Clone(it)
	for name, v := range it {
		if set, ok := v.(*types.AttributeValueMemberSS); ok {
			same[name] = &types.AttributeValueMemberSS{Value: slices.Sorted(slices.Values(set.Value))}
		}
	}
	return same
}

// plain is an item to read.
func plain(it Item) map[string]any {
	all := map[string]any{}
	for name, v := range it {
		switch v := v.(type) {
		case *types.AttributeValueMemberSS:
			all[name] = v.Value
		case *types.AttributeValueMemberBOOL:
			all[name] = v.Value
		default:
			all[name] = Text(v)
		}
	}
	return all
}
