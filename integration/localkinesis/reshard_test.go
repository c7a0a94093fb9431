package localkinesis_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

func TestASplitShardEndsAndNamesItsChildren(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	before := must(server.PutRecords(name, records("k", 0, 3)))(t)
	open := iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeTrimHorizon)
	open = must(client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: open, Limit: aws.Int32(2)}))(t).NextShardIterator
	middle := "170141183460469231731687303715884105728"
	must(client.SplitShard(ctx, &kinesis.SplitShardInput{StreamName: &name, ShardToSplit: aws.String(shardName(0)), NewStartingHashKey: &middle}))(t)
	after := must(server.PutRecords(name, records("k", 3, 1)))(t)

	data, end := drain(t, client, open)
	if !slices.Equal(data, []string{"k-2"}) || end.NextShardIterator != nil || len(end.ChildShards) != 2 {
		t.Fatalf("end of the parent: %v, iterator %v, children %v", data, end.NextShardIterator, end.ChildShards)
	}
	for i, want := range []types.ChildShard{
		{ShardId: aws.String(shardName(1)), ParentShards: []string{shardName(0)}, HashKeyRange: &types.HashKeyRange{
			StartingHashKey: aws.String("0"), EndingHashKey: aws.String("170141183460469231731687303715884105727")}},
		{ShardId: aws.String(shardName(2)), ParentShards: []string{shardName(0)}, HashKeyRange: &types.HashKeyRange{
			StartingHashKey: &middle, EndingHashKey: aws.String("340282366920938463463374607431768211455")}},
	} {
		got := end.ChildShards[i]
		if *got.ShardId != *want.ShardId || !slices.Equal(got.ParentShards, want.ParentShards) ||
			*got.HashKeyRange.StartingHashKey != *want.HashKeyRange.StartingHashKey || *got.HashKeyRange.EndingHashKey != *want.HashKeyRange.EndingHashKey {
			t.Errorf("child %d: %s of %v", i, *got.ShardId, got.ParentShards)
		}
	}
	again, end := drain(t, client, iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeLatest))
	if len(again) != 0 || end.NextShardIterator != nil || len(end.ChildShards) != 2 {
		t.Errorf("LATEST of a closed shard: %v, iterator %v", again, end.NextShardIterator)
	}
	shards := must(client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &name}))(t).Shards
	ending := shards[0].SequenceNumberRange.EndingSequenceNumber
	if len(shards) != 3 || ending == nil || *shards[1].ParentShardId != shardName(0) || shards[1].SequenceNumberRange.EndingSequenceNumber != nil {
		t.Fatalf("shards %+v", shards)
	}
	for _, order := range [][]string{
		{before[2].SequenceNumber, *ending}, {*ending, *shards[1].SequenceNumberRange.StartingSequenceNumber},
		{*ending, after[0].SequenceNumber},
	} {
		if order[0] >= order[1] { // both have 56 digits
			t.Errorf("sequence number %s is not below %s", order[0], order[1])
		}
	}
}

func TestMergedShardsHaveOneChild(t *testing.T) {
	for _, pair := range [][2]int{{0, 1}, {1, 0}} {
		t.Run(fmt.Sprint(pair), func(t *testing.T) {
			ctx, server := context.Background(), start(t, localkinesis.Options{})
			client, name := connect(t, server), streamOf(t, server, 2)
			must(client.MergeShards(ctx, &kinesis.MergeShardsInput{
				StreamName: &name, ShardToMerge: aws.String(shardName(pair[0])), AdjacentShardToMerge: aws.String(shardName(pair[1])),
			}))(t)
			for parent := range 2 {
				_, end := drain(t, client, iteratorAt(t, client, name, shardName(parent), types.ShardIteratorTypeTrimHorizon))
				if end.NextShardIterator != nil || len(end.ChildShards) != 1 || *end.ChildShards[0].ShardId != shardName(2) || len(end.ChildShards[0].ParentShards) != 2 {
					t.Errorf("end of shard %d: %+v", parent, end.ChildShards)
				}
			}
			child := must(client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &name, ExclusiveStartShardId: aws.String(shardName(1))}))(t).Shards[0]
			if *child.ParentShardId != shardName(pair[0]) || *child.AdjacentParentShardId != shardName(pair[1]) ||
				*child.HashKeyRange.StartingHashKey != "0" || *child.HashKeyRange.EndingHashKey != "340282366920938463463374607431768211455" {
				t.Errorf("child %+v", child)
			}
		})
	}
}

func TestImpossibleReshardsAreRefused(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 3)
	split := func(shard, key string) error {
		_, err := client.SplitShard(ctx, &kinesis.SplitShardInput{StreamName: &name, ShardToSplit: &shard, NewStartingHashKey: &key})
		return err
	}
	merge := func(a, b int) error {
		_, err := client.MergeShards(ctx, &kinesis.MergeShardsInput{
			StreamName: &name, ShardToMerge: aws.String(shardName(a)), AdjacentShardToMerge: aws.String(shardName(b)),
		})
		return err
	}
	wantCode(t, split(shardName(0), "1"), "InvalidArgumentException")
	wantCode(t, split(shardName(0), "113427455640312821154458202477256070484"), "InvalidArgumentException") // its last key
	wantCode(t, split(shardName(0), "x"), "ValidationException")
	wantCode(t, split(shardName(9), "2"), "ResourceNotFoundException")
	wantCode(t, merge(0, 2), "InvalidArgumentException")
	if err := merge(0, 1); err != nil {
		t.Fatal(err)
	}
	wantCode(t, split(shardName(0), "2"), "InvalidArgumentException")
	wantCode(t, merge(1, 2), "InvalidArgumentException")
}

func TestUpdateShardCountLeavesUniformShardsAndLosesNothing(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 2)
	put := 0
	for _, target := range []int32{4, 3, 5, 6, 3} {
		for key := range 40 {
			must(server.PutRecords(name, records(fmt.Sprint(key), put, 1)))(t)
		}
		put++
		out := must(client.UpdateShardCount(ctx, &kinesis.UpdateShardCountInput{
			StreamName: &name, TargetShardCount: &target, ScalingType: types.ScalingTypeUniformScaling,
		}))(t)
		var open []types.Shard
		for _, sh := range must(client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &name}))(t).Shards {
			if sh.SequenceNumberRange.EndingSequenceNumber == nil {
				open = append(open, sh)
			}
		}
		if len(open) != int(target) || *out.TargetShardCount != target {
			t.Fatalf("%d open shards after a change to %d", len(open), target)
		}
	}
	// Read the lineage from its roots: each key's records are in order.
	seen := map[string]int{}
	done := map[string]bool{}
	for left := shardsOf(server); len(left) > 0; {
		sh := left[0]
		left = left[1:]
		if slices.ContainsFunc(sh.Parents, func(p string) bool { return !done[p] }) {
			t.Fatalf("shard %s is listed before its parents %v", sh.ID, sh.Parents)
		}
		data, _ := drain(t, client, iteratorAt(t, client, name, sh.ID, types.ShardIteratorTypeTrimHorizon))
		for _, d := range data {
			key, n, _ := strings.Cut(d, "-")
			if n != fmt.Sprint(seen[key]) {
				t.Errorf("key %s: record %s after %d", key, n, seen[key]-1)
			}
			seen[key]++
		}
		done[sh.ID] = true
	}
	for key := range 40 {
		if seen[fmt.Sprint(key)] != put {
			t.Errorf("key %d: %d records of %d", key, seen[fmt.Sprint(key)], put)
		}
	}
	for _, target := range []int32{7, 1} {
		_, err := client.UpdateShardCount(ctx, &kinesis.UpdateShardCountInput{
			StreamName: &name, TargetShardCount: &target, ScalingType: types.ScalingTypeUniformScaling,
		})
		wantCode(t, err, "LimitExceededException")
	}
}

// TestTheServersOwnUpdateShardCountKnowsNoLimits, of which the call's are those
// of the reference.
func TestTheServersOwnUpdateShardCountKnowsNoLimits(t *testing.T) {
	server := start(t, localkinesis.Options{Limits: true})
	client, name := connect(t, server), streamOf(t, server, 2)
	open := func() (n int) {
		for _, sh := range shardsOf(server) {
			if sh.Open {
				n++
			}
		}
		return n
	}
	for i, target := range []int{7, 1, 4, 4, 2, 6, 3, 8, 1, 5, 2, 9} {
		if err := server.UpdateShardCount(name, target); err != nil {
			t.Fatal(err)
		}
		if n := open(); n != target {
			t.Errorf("change %d: %d open shards, want %d", i, n, target)
		}
	}
	wantCode(t, server.UpdateShardCount(name, 0), "ValidationException")
	wantCode(t, server.UpdateShardCount("no", 3), "ResourceNotFoundException")

	if err := server.UpdateShardCount(name, 9_500); err != nil {
		t.Fatal(err)
	}
	if err := server.CreateStream("other", 10_400); err != nil {
		t.Fatal(err)
	}
	scale := func(target int32) error {
		_, err := client.UpdateShardCount(context.Background(), &kinesis.UpdateShardCountInput{StreamName: &name, TargetShardCount: &target, ScalingType: types.ScalingTypeUniformScaling})
		return err
	}
	for target, says := range map[int32]string{10_001: "more than 10000 shards", 9_601: "shard limit for the account", 19_001: "over double", 4_749: "below half"} {
		if err := scale(target); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("to %d: %v, want a refusal that says %q", target, err, says)
		}
	}
}

func TestShardsAreFilteredAndPaged(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now})
	client, name := connect(t, server), streamOf(t, server, 2) // shards 0 and 1
	begin := now.Now()
	now.advance(time.Hour)
	if err := server.SplitShard(name, shardName(0)); err != nil { // into 2 and 3
		t.Fatal(err)
	}
	now.advance(time.Hour)
	if err := server.MergeShards(name, shardName(3), shardName(1)); err != nil { // into 4
		t.Fatal(err)
	}
	now.advance(time.Hour)
	list := func(filter *types.ShardFilter) (numbers []string) {
		for _, sh := range must(client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &name, ShardFilter: filter}))(t).Shards {
			numbers = append(numbers, (*sh.ShardId)[len(*sh.ShardId)-1:])
		}
		return numbers
	}
	at := func(d time.Duration) *time.Time { return aws.Time(begin.Add(d)) }
	check := func(what string, filter *types.ShardFilter, want ...string) {
		t.Helper()
		if got := list(filter); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	check("no filter", nil, "0", "1", "2", "3", "4")
	check("trim horizon", &types.ShardFilter{Type: types.ShardFilterTypeAtTrimHorizon}, "0", "1")
	check("from trim horizon", &types.ShardFilter{Type: types.ShardFilterTypeFromTrimHorizon}, "0", "1", "2", "3", "4")
	check("latest", &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}, "2", "4")
	check("at 90 min", &types.ShardFilter{Type: types.ShardFilterTypeAtTimestamp, Timestamp: at(90 * time.Minute)}, "1", "2", "3")
	check("from 90 min", &types.ShardFilter{Type: types.ShardFilterTypeFromTimestamp, Timestamp: at(90 * time.Minute)}, "1", "2", "3", "4")
	check("after shard 2", &types.ShardFilter{Type: types.ShardFilterTypeAfterShardId, ShardId: aws.String(shardName(2))}, "3", "4")

	first := must(client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &name, MaxResults: aws.Int32(2)}))(t)
	second := must(client.ListShards(ctx, &kinesis.ListShardsInput{NextToken: first.NextToken, MaxResults: aws.Int32(3)}))(t)
	if len(first.Shards) != 2 || len(second.Shards) != 3 || second.NextToken != nil {
		t.Errorf("pages of %d and %d shards", len(first.Shards), len(second.Shards))
	}
	_, err := client.ListShards(ctx, &kinesis.ListShardsInput{NextToken: first.NextToken, StreamName: &name})
	wantCode(t, err, "InvalidArgumentException")
	_, err = client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &name, ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtTimestamp}})
	wantCode(t, err, "InvalidArgumentException")
	now.advance(301 * time.Second)
	_, err = client.ListShards(ctx, &kinesis.ListShardsInput{NextToken: first.NextToken})
	wantCode(t, err, "ExpiredNextTokenException")

	now.advance(22*time.Hour + 30*time.Minute) // 0 closed 24.6 h ago, 1 and 3 23.6 h ago
	check("an expired shard", nil, "1", "2", "3", "4")
	check("the moved trim horizon", &types.ShardFilter{Type: types.ShardFilterTypeAtTrimHorizon}, "1", "2", "3")
	_, err = client.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{StreamName: &name, ShardId: aws.String(shardName(0)), ShardIteratorType: "TRIM_HORIZON"})
	wantCode(t, err, "ResourceNotFoundException")
}

func shardsOf(server *localkinesis.Server) []localkinesis.ShardInfo {
	return server.Streams()[0].Shards
}
