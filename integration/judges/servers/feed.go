package servers

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localcloud"
)

// feed is the stream as its producer sees it, through the AWS SDK.
type feed struct {
	client *kinesis.Client
	stream string
	sent   []record
}

// record is one that was put, and where the service says that it lies.
type record struct {
	n         int
	key, note string
	stream    string
	shard     string
	sequence  string
}

const partitionKeys = 40

func newFeed(url string) *feed { return feedOf(url, streamName) }

func feedOf(url, stream string) *feed {
	return &feed{stream: stream, client: kinesis.New(kinesis.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(url), Retryer: aws.NopRetryer{}, // a put that is sent again is there twice
		// Node's servers close a connection that was idle for 5 s, and reset a request that crosses that.
		HTTPClient:  &http.Client{Transport: &http.Transport{IdleConnTimeout: 2 * time.Second}},
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})}
}

// create makes the stream and waits for it.
func (f *feed) create(ctx context.Context, shards int32) error {
	if _, err := f.client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(f.stream), ShardCount: &shards}); err != nil {
		return err
	}
	return f.active(ctx)
}

func (f *feed) active(ctx context.Context) error {
	return eventually(ctx, "ACTIVE", func() (string, error) {
		out, err := f.client.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: aws.String(f.stream)})
		if err != nil || out.StreamDescription.StreamStatus == types.StreamStatusActive {
			return "", err
		}
		return string(out.StreamDescription.StreamStatus), nil
	})
}

// put puts n more records: N counts on, and so does a partition key's.
func (f *feed) put(ctx context.Context, n int) error {
	for n > 0 {
		in := &kinesis.PutRecordsInput{StreamName: aws.String(f.stream)}
		batch := make([]record, min(n, 50))
		for i := range batch {
			number := len(f.sent) + i
			batch[i] = record{n: number, stream: f.stream, key: fmt.Sprint("key-", number%partitionKeys), note: fmt.Sprintf("№ %d, \"naïve\" \\ ✓", number)}
			in.Records = append(in.Records, types.PutRecordsRequestEntry{
				PartitionKey: aws.String(batch[i].key), Data: fmt.Appendf(nil, `{"N":%d,"KEY":%q,"NOTE":"№ %d, \"naïve\" \\ ✓"}`, number, batch[i].key, number),
			})
		}
		out, err := f.client.PutRecords(ctx, in)
		if err != nil {
			return err
		}
		for i := range batch {
			if i >= len(out.Records) || out.Records[i].SequenceNumber == nil {
				return fmt.Errorf("PutRecords refused %d of %d", aws.ToInt32(out.FailedRecordCount), len(batch))
			}
			batch[i].shard, batch[i].sequence = aws.ToString(out.Records[i].ShardId), aws.ToString(out.Records[i].SequenceNumber)
		}
		f.sent = append(f.sent, batch...)
		n -= len(batch)
	}
	return nil
}

// open lists the shards that take records, in the order of their hash keys.
func (f *feed) open(ctx context.Context) ([]types.Shard, error) {
	out, err := f.client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: aws.String(f.stream)})
	if err != nil {
		return nil, err
	}
	shards := slices.DeleteFunc(out.Shards, func(s types.Shard) bool { return s.SequenceNumberRange.EndingSequenceNumber != nil })
	slices.SortFunc(shards, func(a, b types.Shard) int {
		return decimal(a.HashKeyRange.StartingHashKey).Cmp(decimal(b.HashKeyRange.StartingHashKey))
	})
	return shards, nil
}

func decimal(text *string) *big.Int {
	n, ok := new(big.Int).SetString(aws.ToString(text), 10)
	if !ok {
		return new(big.Int)
	}
	return n
}

// split splits the n-th open shard in the middle.
func (f *feed) split(ctx context.Context, n int) error {
	shards, err := f.open(ctx)
	if err != nil || n >= len(shards) {
		return errors.Join(err, fmt.Errorf("%d open shards", len(shards)))
	}
	s := shards[n]
	middle := new(big.Int).Add(decimal(s.HashKeyRange.StartingHashKey), decimal(s.HashKeyRange.EndingHashKey))
	_, err = f.client.SplitShard(ctx, &kinesis.SplitShardInput{
		StreamName: aws.String(f.stream), ShardToSplit: s.ShardId, NewStartingHashKey: aws.String(middle.Rsh(middle, 1).String()),
	})
	return errors.Join(err, f.active(ctx))
}

// merge merges the n-th open shard with the one after it.
func (f *feed) merge(ctx context.Context, n int) error {
	shards, err := f.open(ctx)
	if err != nil || n+1 >= len(shards) {
		return errors.Join(err, fmt.Errorf("%d open shards", len(shards)))
	}
	_, err = f.client.MergeShards(ctx, &kinesis.MergeShardsInput{
		StreamName: aws.String(f.stream), ShardToMerge: shards[n].ShardId, AdjacentShardToMerge: shards[n+1].ShardId,
	})
	return errors.Join(err, f.active(ctx))
}

// arrivals reads the whole stream back and says when each record arrived, by
// shard and sequence number.
func (f *feed) arrivals(ctx context.Context) (map[[2]string]time.Time, error) {
	all := map[[2]string]time.Time{}
	listed, err := f.client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: aws.String(f.stream)})
	if err != nil {
		return nil, err
	}
	for _, s := range listed.Shards {
		begun, err := f.client.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{
			StreamName: aws.String(f.stream), ShardId: s.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		})
		if err != nil {
			return nil, err
		}
		for at := begun.ShardIterator; at != nil; {
			out, err := f.client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: at})
			if err != nil {
				return nil, err
			}
			for _, r := range out.Records {
				all[[2]string{*s.ShardId, *r.SequenceNumber}] = aws.ToTime(r.ApproximateArrivalTimestamp)
			}
			if at = out.NextShardIterator; len(out.Records) == 0 && aws.ToInt64(out.MillisBehindLatest) == 0 {
				break
			}
		}
	}
	if len(all) != len(f.sent) {
		return nil, fmt.Errorf("the SDK reads %d of %d records back", len(all), len(f.sent))
	}
	return all, nil
}

// last is the sequence number of the last record on each shard.
func (f *feed) last() map[string]string {
	newest := map[string]string{}
	for _, r := range f.sent {
		newest[r.shard] = r.sequence
	}
	return newest
}
