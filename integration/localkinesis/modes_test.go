package localkinesis_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

func TestEncryptionBeginsAndEndsWithTheUpdate(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Delay: time.Second})
	client, name := connect(t, server), streamOf(t, server, 1)
	now.advance(time.Second)
	put := func() types.EncryptionType {
		one := must(client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: &name, Data: []byte("x")}))(t).EncryptionType
		entry := types.PutRecordsRequestEntry{PartitionKey: &name, Data: []byte("x")}
		if many := must(client.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: &name, Records: []types.PutRecordsRequestEntry{entry}}))(t).EncryptionType; many != one {
			t.Errorf("PutRecord says %q, PutRecords %q", one, many)
		}
		return one
	}
	steps := []types.EncryptionType{put()}
	key := aws.String("alias/aws/kinesis")
	must(client.StartStreamEncryption(ctx, &kinesis.StartStreamEncryptionInput{StreamName: &name, EncryptionType: types.EncryptionTypeKms, KeyId: key}))(t)
	steps = append(steps, put())
	now.advance(time.Second)
	steps = append(steps, put())
	if d := must(client.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: &name}))(t).StreamDescription; d.EncryptionType != types.EncryptionTypeKms || *d.KeyId != *key {
		t.Errorf("described as %s, key %v", d.EncryptionType, d.KeyId)
	}
	must(client.StopStreamEncryption(ctx, &kinesis.StopStreamEncryptionInput{StreamName: &name, EncryptionType: types.EncryptionTypeKms, KeyId: key}))(t)
	steps = append(steps, put())
	now.advance(time.Second)
	steps = append(steps, put())
	read := must(client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeTrimHorizon)}))(t)
	for i, want := range []types.EncryptionType{"", "", types.EncryptionTypeKms, types.EncryptionTypeKms, ""} {
		if steps[i] != want || read.Records[2*i].EncryptionType != want || read.Records[2*i+1].EncryptionType != want {
			t.Errorf("step %d: put says %q, records %q, %q; want %q", i, steps[i], read.Records[2*i].EncryptionType, read.Records[2*i+1].EncryptionType, want)
		}
	}
}

func TestAnOnDemandStreamIsNotResharded(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 2)
	mode := func(m types.StreamMode) {
		must(client.UpdateStreamMode(ctx, &kinesis.UpdateStreamModeInput{StreamARN: aws.String(streamARN), StreamModeDetails: &types.StreamModeDetails{StreamMode: m}}))(t)
	}
	split := func() error {
		_, err := client.SplitShard(ctx, &kinesis.SplitShardInput{StreamName: &name, ShardToSplit: aws.String(shardName(0)), NewStartingHashKey: aws.String("5000")})
		return err
	}
	mode(types.StreamModeOnDemand)
	wantCode(t, split(), "ValidationException")
	_, err := client.MergeShards(ctx, &kinesis.MergeShardsInput{StreamName: &name, ShardToMerge: aws.String(shardName(0)), AdjacentShardToMerge: aws.String(shardName(1))})
	wantCode(t, err, "ValidationException")
	_, err = client.UpdateShardCount(ctx, &kinesis.UpdateShardCountInput{StreamName: &name, TargetShardCount: aws.Int32(4), ScalingType: types.ScalingTypeUniformScaling})
	wantCode(t, err, "ValidationException")
	if limits := must(client.DescribeLimits(ctx, &kinesis.DescribeLimitsInput{}))(t); *limits.OnDemandStreamCount != 1 {
		t.Errorf("%d on-demand streams, want 1", *limits.OnDemandStreamCount)
	}
	mode(types.StreamModeProvisioned)
	if err := split(); err != nil {
		t.Error(err)
	}
}

func TestTheRecordSizeOfAStreamCanGrow(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	put := func() error {
		_, err := client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: &name, Data: make([]byte, 2<<20)})
		return err
	}
	wantCode(t, put(), "ValidationException")
	must(client.UpdateMaxRecordSize(ctx, &kinesis.UpdateMaxRecordSizeInput{StreamARN: aws.String(streamARN), MaxRecordSizeInKiB: aws.Int32(2048)}))(t)
	if err := put(); err != nil {
		t.Error(err)
	}
}

func TestShardLevelMetricsAreRemembered(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	on := must(client.EnableEnhancedMonitoring(ctx, &kinesis.EnableEnhancedMonitoringInput{StreamName: &name, ShardLevelMetrics: []types.MetricsName{"ALL"}}))(t)
	off := must(client.DisableEnhancedMonitoring(ctx, &kinesis.DisableEnhancedMonitoringInput{StreamName: &name, ShardLevelMetrics: []types.MetricsName{"IncomingBytes"}}))(t)
	d := must(client.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: &name}))(t).StreamDescription
	if len(on.CurrentShardLevelMetrics) != 0 || len(on.DesiredShardLevelMetrics) != 7 || len(off.DesiredShardLevelMetrics) != 6 ||
		len(d.EnhancedMonitoring[0].ShardLevelMetrics) != 6 {
		t.Errorf("on %v, off %v, described %v", on.DesiredShardLevelMetrics, off.DesiredShardLevelMetrics, d.EnhancedMonitoring[0].ShardLevelMetrics)
	}
	_, err := client.EnableEnhancedMonitoring(ctx, &kinesis.EnableEnhancedMonitoringInput{StreamName: &name, ShardLevelMetrics: []types.MetricsName{"Weather"}})
	wantCode(t, err, "ValidationException")
}

func TestSomeAnswersAreEmptyAlthoughThereAreRecords(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now, EmptyReads: 2})
	client, name := connect(t, server), streamOf(t, server, 1)
	must(server.PutRecords(name, records("k", 0, 1)))(t)
	now.advance(7 * time.Second)
	iterator := iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeTrimHorizon)
	for i, want := range []struct {
		records int
		behind  int64
	}{{0, 7000}, {0, 7000}, {1, 0}, {0, 0}} {
		out := must(client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator}))(t)
		if len(out.Records) != want.records || *out.MillisBehindLatest != want.behind {
			t.Errorf("answer %d: %d records, %d ms behind; want %+v", i, len(out.Records), *out.MillisBehindLatest, want)
		}
		iterator = out.NextShardIterator
	}
}

func TestWhatTheServiceHasAndThisServerHasNotIsRefusedByName(t *testing.T) {
	server := start(t, localkinesis.Options{})
	for _, action := range []string{"PutResourcePolicy", "UpdateAccountSettings", "NoSuchOperation"} {
		if got := text(t, post(t, server.URL(), action, `{}`, nil)); !strings.HasPrefix(got, `{"__type":"UnknownOperationException"`) || !strings.Contains(got, action) {
			t.Errorf("%s: %s", action, got)
		}
	}
}
