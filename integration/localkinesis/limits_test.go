package localkinesis_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

const exceeded = "ProvisionedThroughputExceededException"

func TestAShardTakesAThousandRecordsASecond(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Limits: true})
	client, name := connect(t, server), streamOf(t, server, 1)
	put := func() *kinesis.PutRecordsOutput {
		entry := types.PutRecordsRequestEntry{PartitionKey: aws.String("k"), Data: []byte("x")}
		return must(client.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: &name, Records: slices.Repeat([]types.PutRecordsRequestEntry{entry}, 400)}))(t)
	}
	put()
	put()
	out := put()
	if *out.FailedRecordCount != 200 {
		t.Errorf("%d of 1,200 records failed, want 200", *out.FailedRecordCount)
	}
	failed := out.Records[399]
	if *failed.ErrorCode != exceeded || failed.SequenceNumber != nil ||
		*failed.ErrorMessage != "Rate exceeded for shard shardId-000000000000 in stream quakes under account 000000000000." {
		t.Errorf("failed record %s: %s", *failed.ErrorCode, *failed.ErrorMessage)
	}
	now.advance(time.Second)
	if out := put(); *out.FailedRecordCount != 0 {
		t.Errorf("a second later %d records failed", *out.FailedRecordCount)
	}
	if n := server.RecordsPut(); n != 1400 {
		t.Errorf("%d records stored, want 1,400", n)
	}
}

func TestAShardTakesAMebibyteASecond(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Limits: true})
	client, name := connect(t, server), streamOf(t, server, 1)
	put := func() error {
		_, err := client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: &name, Data: make([]byte, 1<<20)})
		return err
	}
	if err := put(); err != nil {
		t.Fatal(err)
	}
	wantCode(t, put(), exceeded)
	now.advance(time.Second)
	if err := put(); err != nil {
		t.Error(err)
	}
}

func TestAShardIsReadFiveTimesASecond(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Limits: true})
	client, name := connect(t, server), streamOf(t, server, 1)
	iterator := iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeTrimHorizon)
	read := func() error {
		_, err := client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator})
		return err
	}
	for range 5 {
		if err := read(); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, read(), exceeded)
	now.advance(time.Second)
	if err := read(); err != nil {
		t.Error(err)
	}
}

func TestAnAnswerOfTenMebibytesIsFollowedByAPause(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Limits: true})
	client, name := connect(t, server), streamOf(t, server, 1)
	for range 12 { // a record of a mebibyte every second
		must(server.PutRecords(name, []localkinesis.Record{{PartitionKey: "k", Data: make([]byte, 1<<20-1)}}))(t)
		now.advance(time.Second)
	}
	iterator := iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeTrimHorizon)
	read := func() error {
		_, err := client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator})
		return err
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	now.advance(4999 * time.Millisecond)
	wantCode(t, read(), exceeded)
	now.advance(time.Millisecond)
	if err := read(); err != nil {
		t.Error(err)
	}
}
