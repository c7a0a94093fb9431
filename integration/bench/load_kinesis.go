package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// The terms of specs/third-party.md 1.3.
const (
	putRecords = 500
	readLimit  = 10_000
	loadRecord = 1000 // bytes
)

// inMemory gives net/http request bodies that lie in memory. The SDK closes a
// body once the answer's header is there; against a server on loopback
// net/http is then still looking for the body's end and drops the connection
// (specs/performance.md 2).
type inMemory struct{ client *http.Client }

// Do implements the HTTPClient of the SDK.
func (c inMemory) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.ContentLength > 0 {
		body := make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return c.client.Do(r)
}

// sdkClient is the AWS SDK as it comes. It tries each call once: a lost
// connection is an error here.
func sdkClient(url string) *sdk.Client {
	return sdk.New(sdk.Options{
		BaseEndpoint: aws.String(url), Region: region, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("bench", "bench", ""),
		HTTPClient:  inMemory{&http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * hallShards}}},
	})
}

// putLoad puts the records, four writers at once.
func putLoad(j job, m *meter) error {
	client, events := sdkClient(j.At.Kinesis), makeEvents(j.Data)
	calls := j.Records / putRecords / hallShards
	return crew(m, func(writer int) error {
		in := &sdk.PutRecordsInput{StreamName: aws.String(streamName), Records: make([]types.PutRecordsRequestEntry, putRecords)}
		for i := range in.Records {
			e := &events[(writer*putRecords+i)%distinct]
			in.Records[i] = types.PutRecordsRequestEntry{Data: e.data, PartitionKey: &e.key}
		}
		for range calls {
			out, err := client.PutRecords(context.Background(), in)
			if err != nil {
				return err
			}
			if *out.FailedRecordCount != 0 || len(out.Records) != putRecords {
				return fmt.Errorf("PutRecords took %d records, %d of them failed", len(out.Records), *out.FailedRecordCount)
			}
		}
		return nil
	})
}

// getLoad reads the records by polling, a reader for each shard.
func getLoad(j job, m *meter) error {
	client := sdkClient(j.At.Kinesis)
	return crew(m, func(shard int) error {
		opened, err := client.GetShardIterator(context.Background(), &sdk.GetShardIteratorInput{
			StreamName: aws.String(streamName), ShardId: aws.String(shardName(shard)), ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		})
		if err != nil {
			return err
		}
		iterator := opened.ShardIterator
		for left := j.Records / hallShards; left > 0; {
			out, err := client.GetRecords(context.Background(), &sdk.GetRecordsInput{ShardIterator: iterator, Limit: aws.Int32(readLimit)})
			if err != nil {
				return err
			}
			if len(out.Records) == 0 || len(out.Records[0].Data) != j.Data {
				return fmt.Errorf("shard %d: an answer without records %d before the end", shard, left)
			}
			left -= int64(len(out.Records))
			iterator = out.NextShardIterator
		}
		return nil
	})
}

// pushLoad has the records pushed, a subscription for each shard. Each has a
// client of its own: the SDK's event stream codec belongs to the client, and
// two subscriptions on one race (specs/performance.md 2).
func pushLoad(j job, m *meter) error {
	return crew(m, func(shard int) error {
		out, err := sdkClient(j.At.Kinesis).SubscribeToShard(context.Background(), &sdk.SubscribeToShardInput{
			ConsumerARN: &j.At.Consumer, ShardId: aws.String(shardName(shard)), StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon},
		})
		if err != nil {
			return err
		}
		events := out.GetStream()
		defer events.Close()
		left := j.Records / hallShards
		for event := range events.Events() {
			if e, ok := event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent); ok {
				left -= int64(len(e.Value.Records))
			}
			if left <= 0 {
				return nil
			}
		}
		return fmt.Errorf("shard %d: the subscription ended %d records before the end: %w", shard, left, events.Err())
	})
}
