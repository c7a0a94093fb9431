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

func TestRecordsComeBackInOrderAsTheyWerePut(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now})
	client, name := connect(t, server), streamOf(t, server, 1)
	keys := []string{"plain", "ключ", `"quoted\ and <b>`, "tab\tnewline\n", strings.Repeat("k", 256)}
	last := ""
	for i, key := range keys {
		in := &kinesis.PutRecordInput{StreamName: &name, PartitionKey: &key, Data: fmt.Append(nil, i)}
		if i > 0 {
			in.SequenceNumberForOrdering = &last
		}
		number := *must(client.PutRecord(ctx, in))(t).SequenceNumber
		if len(number) != 56 || !strings.HasPrefix(number, "49") || number <= last {
			t.Errorf("sequence number %s after %s", number, last)
		}
		last = number
	}
	_, err := client.PutRecord(ctx, &kinesis.PutRecordInput{
		StreamName: &name, PartitionKey: &name, Data: []byte("no"), SequenceNumberForOrdering: aws.String("4" + last[2:]),
	})
	wantCode(t, err, "InvalidArgumentException")
	got := must(client.GetRecords(ctx, &kinesis.GetRecordsInput{
		ShardIterator: iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeTrimHorizon),
	}))(t)
	if len(got.Records) != len(keys) || *got.MillisBehindLatest != 0 || *got.Records[len(keys)-1].SequenceNumber != last {
		t.Fatalf("%d records, %d ms behind", len(got.Records), *got.MillisBehindLatest)
	}
	for i, r := range got.Records {
		if *r.PartitionKey != keys[i] || string(r.Data) != fmt.Sprint(i) || !r.ApproximateArrivalTimestamp.Equal(now.Now()) {
			t.Errorf("record %d: key %q, data %q, arrived %v", i, *r.PartitionKey, r.Data, r.ApproximateArrivalTimestamp)
		}
	}
}

func TestPutRecordsRoutesByHashKeyAndAnswersInOrder(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 4)
	quarter := "85070591730234615865843651857942052864"
	in := &kinesis.PutRecordsInput{StreamName: &name, Records: []types.PutRecordsRequestEntry{
		{PartitionKey: aws.String("a"), Data: []byte("0"), ExplicitHashKey: aws.String("340282366920938463463374607431768211455")},
		{PartitionKey: aws.String("a"), Data: []byte("1"), ExplicitHashKey: aws.String("0")},
		{PartitionKey: aws.String("a"), Data: []byte("2"), ExplicitHashKey: &quarter},
		{PartitionKey: aws.String("a"), Data: []byte("3")}, // MD5 0cc175b9...
		{PartitionKey: aws.String("b"), Data: []byte("4")}, // MD5 92eb5ffe...
		{PartitionKey: aws.String("b"), Data: []byte{}},
	}}
	out := must(client.PutRecords(ctx, in))(t)
	var shards []string
	for _, r := range out.Records {
		shards = append(shards, (*r.ShardId)[len(*r.ShardId)-1:])
	}
	if want := []string{"3", "0", "1", "0", "2", "2"}; !slices.Equal(shards, want) || *out.FailedRecordCount != 0 {
		t.Errorf("shards %v, want %v", shards, want)
	}
	data, _ := drain(t, client, iteratorAt(t, client, name, shardName(2), types.ShardIteratorTypeTrimHorizon))
	if want := []string{"4", ""}; !slices.Equal(data, want) {
		t.Errorf("shard 2 holds %q, want %q", data, want)
	}
	in.Records[0].ExplicitHashKey = aws.String("340282366920938463463374607431768211456")
	_, err := client.PutRecords(ctx, in)
	wantCode(t, err, "InvalidArgumentException")
}

func TestOversizedPutsAreRefused(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	mebibyte := make([]byte, 1<<20)
	put := func(data []byte, key string) error {
		_, err := client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: &key, Data: data})
		return err
	}
	putMany := func(n int, data []byte) error {
		entry := types.PutRecordsRequestEntry{PartitionKey: aws.String("k"), Data: data}
		_, err := client.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: &name, Records: slices.Repeat([]types.PutRecordsRequestEntry{entry}, n)})
		return err
	}
	if err := put(mebibyte, "k"); err != nil {
		t.Errorf("1 MiB: %v", err)
	}
	wantCode(t, put(append(mebibyte, 0), "k"), "ValidationException")
	wantCode(t, put([]byte("x"), ""), "ValidationException")
	wantCode(t, put([]byte("x"), strings.Repeat("k", 257)), "ValidationException")
	if err := putMany(500, []byte("x")); err != nil {
		t.Errorf("500 records: %v", err)
	}
	wantCode(t, putMany(501, []byte("x")), "ValidationException")
	wantCode(t, putMany(0, nil), "ValidationException")
	wantCode(t, putMany(10, mebibyte), "InvalidArgumentException") // 10 bytes of keys too many
	wantCode(t, putMany(13, mebibyte), "RequestEntityTooLargeException")
	if got := server.RecordsPut(); got != 501 {
		t.Errorf("%d records stored, want 501", got)
	}
}

func TestAReadHoldsAtMostTenMebibytesOrTheLimit(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now})
	client, name := connect(t, server), streamOf(t, server, 1)
	big := make([]localkinesis.Record, 12)
	for i := range big {
		big[i] = localkinesis.Record{PartitionKey: "k", Data: make([]byte, 1<<20-1)} // 1 MiB with its key
	}
	must(server.PutRecords(name, big))(t)
	now.advance(1500 * time.Millisecond)
	must(server.PutRecords(name, records("k", 0, 5)))(t)

	iterator := iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeTrimHorizon)
	first := must(client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator}))(t)
	if len(first.Records) != 10 || *first.MillisBehindLatest != 1500 {
		t.Errorf("first answer: %d records, %d ms behind", len(first.Records), *first.MillisBehindLatest)
	}
	second := must(client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: first.NextShardIterator, Limit: aws.Int32(4)}))(t)
	if len(second.Records) != 4 || *second.MillisBehindLatest == 0 {
		t.Errorf("second answer: %d records, %d ms behind", len(second.Records), *second.MillisBehindLatest)
	}
	third := must(client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: second.NextShardIterator}))(t)
	if len(third.Records) != 3 || *third.MillisBehindLatest != 0 {
		t.Errorf("third answer: %d records, %d ms behind", len(third.Records), *third.MillisBehindLatest)
	}
	_, err := client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator, Limit: aws.Int32(10_001)})
	wantCode(t, err, "ValidationException")
}

func TestADryRunPutsNothing(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	_, err := client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: &name, Data: []byte("x"), DryRun: aws.Bool(true)})
	wantCode(t, err, "DryRunOperationException")
	if n := server.RecordsPut(); n != 0 {
		t.Errorf("%d records stored", n)
	}
}

func TestRecordsOlderThanTheRetentionAreGone(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Dir: t.TempDir()})
	client, name := connect(t, server), streamOf(t, server, 1)
	must(server.PutRecords(name, records("old", 0, 3)))(t)
	now.advance(23 * time.Hour)
	must(server.PutRecords(name, records("new", 0, 2)))(t)
	stale := must(client.GetRecords(ctx, &kinesis.GetRecordsInput{
		ShardIterator: iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeTrimHorizon), Limit: aws.Int32(1),
	}))(t)
	oldest := *stale.Records[0].SequenceNumber

	now.advance(2 * time.Hour)
	data, _ := drain(t, client, iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeTrimHorizon))
	if want := []string{"new-0", "new-1"}; !slices.Equal(data, want) {
		t.Errorf("left %v, want %v", data, want)
	}
	at := must(client.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{
		StreamName: &name, ShardId: aws.String(shardName(0)), ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: &oldest,
	}))(t)
	if data, _ = drain(t, client, at.ShardIterator); len(data) != 2 {
		t.Errorf("from a trimmed sequence number: %v", data)
	}
}

func TestTheRetentionPeriodIsRaisedAndLowered(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now})
	client, name := connect(t, server), streamOf(t, server, 1)
	increase := func(hours int32) error {
		_, err := client.IncreaseStreamRetentionPeriod(ctx, &kinesis.IncreaseStreamRetentionPeriodInput{StreamName: &name, RetentionPeriodHours: &hours})
		return err
	}
	decrease := func(hours int32) error {
		_, err := client.DecreaseStreamRetentionPeriod(ctx, &kinesis.DecreaseStreamRetentionPeriodInput{StreamName: &name, RetentionPeriodHours: &hours})
		return err
	}
	if err := increase(48); err != nil {
		t.Fatal(err)
	}
	must(server.PutRecords(name, records("k", 0, 1)))(t)
	now.advance(30 * time.Hour)
	iterator := iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeTrimHorizon)
	if data, _ := drain(t, client, iterator); len(data) != 1 {
		t.Errorf("after 30 of 48 hours: %v", data)
	}
	wantCode(t, increase(47), "InvalidArgumentException")
	wantCode(t, decrease(49), "InvalidArgumentException")
	wantCode(t, decrease(23), "InvalidArgumentException")
	wantCode(t, increase(8761), "ValidationException")
	if err := decrease(24); err != nil {
		t.Fatal(err)
	}
	if data, _ := drain(t, client, iterator); len(data) != 0 {
		t.Errorf("after the retention was lowered: %v", data)
	}
}
