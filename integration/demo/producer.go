package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/integration/localcloud"
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
	b := batch{packed: p.packed}
	size := 0
	for next = n; next < due && next-n < batchRecords && (size < batchBytes || next == n); next++ {
		data := p.in.record(nil, next)
		size += len(data)
		b.add(p.in.line(next).key, data)
	}
	entries := b.entries()
	at := time.Now().UnixMilli()
	answer, err := p.client.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String(streamName), Records: entries})
	if err != nil {
		return n, fmt.Errorf("put records: %w", err)
	}
	if aws.ToInt32(answer.FailedRecordCount) > 0 {
		return n, errors.New("put records: some were refused")
	}
	for _, place := range b.places {
		r := answer.Records[place.entry]
		shard, err := shardNumber(aws.ToString(r.ShardId))
		if err != nil {
			return n, err
		}
		p.log.add(put{shard: shard, at: at, sequence: aws.ToString(r.SequenceNumber), sub: int32(place.sub)})
	}
	return next, nil
}

const shardPrefix = "shardId-"

// shardNumber reads shardId-000000000003 as 3.
func shardNumber(id string) (uint16, error) {
	digits, ok := strings.CutPrefix(id, shardPrefix)
	n, err := strconv.ParseUint(digits, 10, 16)
	if !ok || err != nil {
		return 0, fmt.Errorf("shard id %q: want %sDIGITS", id, shardPrefix)
	}
	return uint16(n), nil
}
