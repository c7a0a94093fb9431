package localkinesis_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

func TestEachIteratorTypeBeginsWhereItSays(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now})
	client, name := connect(t, server), streamOf(t, server, 1)
	begin := now.Now()
	var numbers []string
	for i := range 4 { // one record a second
		numbers = append(numbers, must(server.PutRecords(name, records("k", i, 1)))(t)[0].SequenceNumber)
		now.advance(time.Second)
	}
	open := func(kind types.ShardIteratorType, number string, at time.Time) *string {
		in := &kinesis.GetShardIteratorInput{StreamName: &name, ShardId: aws.String(shardName(0)), ShardIteratorType: kind}
		if number != "" {
			in.StartingSequenceNumber = &number
		}
		if !at.IsZero() {
			in.Timestamp = &at
		}
		return must(client.GetShardIterator(ctx, in))(t).ShardIterator
	}
	shard := must(client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &name}))(t).Shards[0]
	beginning := *shard.SequenceNumberRange.StartingSequenceNumber
	for _, c := range []struct {
		name  string
		it    *string
		first int // index of the first record read; 4: none yet
	}{
		{"TRIM_HORIZON", open("TRIM_HORIZON", "", time.Time{}), 0},
		{"LATEST", open("LATEST", "", time.Time{}), 4},
		{"AT_SEQUENCE_NUMBER", open("AT_SEQUENCE_NUMBER", numbers[1], time.Time{}), 1},
		{"AFTER_SEQUENCE_NUMBER", open("AFTER_SEQUENCE_NUMBER", numbers[1], time.Time{}), 2},
		{"AFTER the last", open("AFTER_SEQUENCE_NUMBER", numbers[3], time.Time{}), 4},
		{"AFTER the shard's beginning", open("AFTER_SEQUENCE_NUMBER", beginning, time.Time{}), 0},
		{"AT_TIMESTAMP of a record", open("AT_TIMESTAMP", "", begin.Add(2*time.Second)), 2},
		{"AT_TIMESTAMP between two", open("AT_TIMESTAMP", "", begin.Add(1500*time.Millisecond)), 2},
		{"AT_TIMESTAMP before all", open("AT_TIMESTAMP", "", begin.Add(-time.Hour)), 0},
		{"AT_TIMESTAMP now", open("AT_TIMESTAMP", "", now.Now()), 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, _ := drain(t, client, c.it)
			if want := []string{"k-0", "k-1", "k-2", "k-3"}[c.first:]; !slices.Equal(data, want) {
				t.Errorf("read %v, want %v", data, want)
			}
		})
	}
	tip := open("LATEST", "", time.Time{})
	must(server.PutRecords(name, records("k", 4, 1)))(t)
	if data, _ := drain(t, client, tip); !slices.Equal(data, []string{"k-4"}) {
		t.Errorf("LATEST then read %v", data)
	}
}

func TestWrongIteratorRequestsAreRefused(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now})
	client, name := connect(t, server), streamOf(t, server, 2)
	foreign := must(server.PutRecords(name, []localkinesis.Record{{PartitionKey: "b", Data: nil}}))(t)[0].SequenceNumber // in shard 1
	for _, c := range []struct {
		what string
		in   kinesis.GetShardIteratorInput
		code string
	}{
		{"no such stream", kinesis.GetShardIteratorInput{StreamName: aws.String("no"), ShardIteratorType: "LATEST"}, "ResourceNotFoundException"},
		{"no such shard", kinesis.GetShardIteratorInput{ShardId: aws.String(shardName(7)), ShardIteratorType: "LATEST"}, "ResourceNotFoundException"},
		{"no shard id", kinesis.GetShardIteratorInput{ShardId: aws.String("first"), ShardIteratorType: "LATEST"}, "ResourceNotFoundException"},
		{"no such type", kinesis.GetShardIteratorInput{ShardIteratorType: "EARLIEST"}, "ValidationException"},
		{"no number", kinesis.GetShardIteratorInput{ShardIteratorType: "AT_SEQUENCE_NUMBER"}, "InvalidArgumentException"},
		{"number unasked for", kinesis.GetShardIteratorInput{ShardIteratorType: "LATEST", StartingSequenceNumber: &foreign}, "InvalidArgumentException"},
		{"another shard's number", kinesis.GetShardIteratorInput{ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: &foreign}, "InvalidArgumentException"},
		{"made-up number", kinesis.GetShardIteratorInput{ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: aws.String("7")}, "InvalidArgumentException"},
		{"no time", kinesis.GetShardIteratorInput{ShardIteratorType: "AT_TIMESTAMP"}, "InvalidArgumentException"},
		{"future time", kinesis.GetShardIteratorInput{ShardIteratorType: "AT_TIMESTAMP", Timestamp: aws.Time(now.Now().Add(time.Hour))}, "InvalidArgumentException"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if c.in.StreamName == nil {
				c.in.StreamName = &name
			}
			if c.in.ShardId == nil {
				c.in.ShardId = aws.String(shardName(0))
			}
			_, err := client.GetShardIterator(ctx, &c.in)
			wantCode(t, err, c.code)
		})
	}
}

func TestAnIteratorExpiresWithAge(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now})
	client, name := connect(t, server), streamOf(t, server, 1)
	iterator := iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeLatest)
	now.advance(300 * time.Second)
	next := must(client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator}))(t).NextShardIterator
	now.advance(time.Millisecond)
	_, err := client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator})
	wantCode(t, err, "ExpiredIteratorException")
	if !strings.Contains(err.Error(), "created at time Wed Nov 05 09:12:15 UTC 2025 while right now it is Wed Nov 05 09:17:15 UTC 2025") {
		t.Errorf("error %v", err)
	}
	must(client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: next}))(t)
}

func TestForgedAndOrphanedIteratorsAreRefused(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	good := *iteratorAt(t, client, name, shardName(0), types.ShardIteratorTypeLatest)
	if !strings.HasPrefix(good, "AAAAAAAAAAE") {
		t.Errorf("iterator %s", good)
	}
	for _, forged := range []string{"x", "AAAAAAAAAAE=", good[:20] + "A" + good[21:], good[4:]} {
		if forged == good {
			forged = good[:20] + "B" + good[21:]
		}
		_, err := client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: &forged})
		wantCode(t, err, "InvalidArgumentException")
	}
	if err := server.DeleteStream(name); err != nil {
		t.Fatal(err)
	}
	streamOf(t, server, 1) // the same name, another stream
	_, err := client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: &good})
	wantCode(t, err, "ResourceNotFoundException")
}
