package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/exact"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	kpl "github.com/kinesnow/kinesnow/integration/producer"
)

// producer puts the input at a steady rate, through the AWS SDK as it is.
// Nobody else puts, one call at a time: the order of numbers is the order of
// every partition key.
type producer struct {
	client   *kinesis.Client
	in       *input
	log      *putLog
	records  int
	packed   int // records of one Kinesis record, at most; 0 = none is aggregated
	duration time.Duration
}

const (
	batchRecords = 500 // of one PutRecords call, at most
	batchBytes   = 4 << 20
	putEvery     = 25 * time.Millisecond
	buckets      = 64 // of keys whose records may share an aggregate
)

func newProducer(cloud *localcloud.Cloud, in *input, log *putLog, o Options) *producer {
	return &producer{
		client: kinesis.New(kinesis.Options{
			Region:       localcloud.Region,
			BaseEndpoint: aws.String(cloud.Kinesis.URL()),
			Credentials:  credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
			Retryer:      aws.NopRetryer{}, // a repeated put is another record
			HTTPClient:   wholeBody{},
		}),
		in: in, log: log, records: o.Records, packed: o.Aggregate, duration: o.Duration,
	}
}

// wholeBody sends request bodies from memory. The SDK closes a body as soon as
// the answer's header is there, and net/http, which may still be looking for
// bytes beyond the body, then tears the connection down under the answer
// (specs/performance.md 2, defect 2); without a retry that would end the demo.
type wholeBody struct{}

// Do implements kinesis.HTTPClient.
func (wholeBody) Do(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultClient.Do(request)
}

// run puts everything, or until ctx ends.
func (p *producer) run(ctx context.Context) error {
	ticker := time.NewTicker(putEvery)
	defer ticker.Stop()
	begun := time.Now()
	for n := 0; n < p.records; {
		due := int(float64(p.records) * min(1, float64(time.Since(begun))/float64(p.duration)))
		for n < due {
			next, err := p.put(ctx, n, due)
			if err != nil {
				return err
			}
			n = next
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}

// put puts one batch of the records from n up to due and returns the next one.
func (p *producer) put(ctx context.Context, n, due int) (next int, err error) {
	b := kpl.Batch{Buckets: buckets}
	size := 0
	for next = n; next < due && next-n < batchRecords && (size < batchBytes || next == n); next++ {
		data := p.in.record(nil, next)
		size += len(data)
		b.Add(kpl.User{Key: p.in.line(next).key, Data: data}, p.packed)
	}
	var entries []types.PutRecordsRequestEntry
	records, _ := b.Records()
	for _, r := range records {
		e := types.PutRecordsRequestEntry{Data: r.Data, PartitionKey: aws.String(r.Key)}
		if r.Hash != "" {
			e.ExplicitHashKey = aws.String(r.Hash)
		}
		entries = append(entries, e)
	}
	at := time.Now().UnixMilli()
	answer, err := p.client.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String(streamName), Records: entries})
	if err != nil {
		return n, fmt.Errorf("put records: %w", err)
	}
	if aws.ToInt32(answer.FailedRecordCount) > 0 {
		return n, errors.New("put records: some were refused")
	}
	for i := range b.Len() {
		place := b.Place(i)
		r := answer.Records[place.Record]
		shard, err := exact.ShardNumber(aws.ToString(r.ShardId))
		if err != nil {
			return n, err
		}
		p.log.add(put{at: at, Place: exact.Place{Shard: shard, Sequence: aws.ToString(r.SequenceNumber), Sub: int32(place.Sub)}})
	}
	return next, nil
}
