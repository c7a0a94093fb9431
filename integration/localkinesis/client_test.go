package localkinesis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// start runs a server for the length of a test.
func start(t testing.TB, o localkinesis.Options) *localkinesis.Server {
	t.Helper()
	server, err := localkinesis.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// inMemory replaces small request bodies by plain readers. The SDK closes a body
// once the answer's header is there; against a server this fast net/http is
// still looking for its end and drops the connection.
type inMemory struct{ client *http.Client }

func (c inMemory) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.ContentLength > 0 && r.ContentLength < 1<<20 {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
	}
	return c.client.Do(r)
}

// connect returns the AWS SDK's own client for a server. It tries each call once.
func connect(t testing.TB, server *localkinesis.Server) *kinesis.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return kinesis.New(kinesis.Options{
		BaseEndpoint:     aws.String(server.URL()),
		Region:           "us-east-1",
		Credentials:      credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		HTTPClient:       inMemory{&http.Client{Transport: transport}},
		RetryMaxAttempts: 1,
	})
}

// must unwraps a call's result.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// wantCode checks which error of the service a call failed with.
func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	var api smithy.APIError
	var own *localkinesis.Error
	switch {
	case errors.As(err, &api) && api.ErrorCode() == code:
	case errors.As(err, &own) && own.Code == code:
	default:
		t.Errorf("error %v, want %s", err, code)
	}
}

// streamOf makes a stream of so many shards.
func streamOf(t testing.TB, server *localkinesis.Server, shards int) string {
	t.Helper()
	name := "quakes"
	if err := server.CreateStream(name, shards); err != nil {
		t.Fatal(err)
	}
	return name
}

// iteratorAt opens a shard iterator that needs neither number nor time.
func iteratorAt(t testing.TB, client *kinesis.Client, stream, shard string, kind types.ShardIteratorType) *string {
	t.Helper()
	return must(client.GetShardIterator(context.Background(), &kinesis.GetShardIteratorInput{
		StreamName: &stream, ShardId: &shard, ShardIteratorType: kind,
	}))(t).ShardIterator
}

// drain reads from an iterator until the tip or the shard's end and returns the
// data and the last answer.
func drain(t testing.TB, client *kinesis.Client, iterator *string) (data []string, last *kinesis.GetRecordsOutput) {
	t.Helper()
	for {
		last = must(client.GetRecords(context.Background(), &kinesis.GetRecordsInput{ShardIterator: iterator}))(t)
		for _, r := range last.Records {
			data = append(data, string(r.Data))
		}
		if iterator = last.NextShardIterator; iterator == nil || *last.MillisBehindLatest == 0 {
			return data, last
		}
	}
}

// records makes n records of one partition key.
func records(key string, from, n int) []localkinesis.Record {
	list := make([]localkinesis.Record, n)
	for i := range list {
		list[i] = localkinesis.Record{PartitionKey: key, Data: fmt.Appendf(nil, "%s-%d", key, from+i)}
	}
	return list
}

// shardName is the id of a shard.
func shardName(number int) string { return fmt.Sprintf("shardId-%012d", number) }

// clock is a server's time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2025, 11, 5, 9, 12, 15, 300e6, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
