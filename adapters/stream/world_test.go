package stream_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
)

// world is a local Kinesis with one stream, fed by the stock SDK.
type world struct {
	*testing.T
	*localkinesis.Server
	stock *kinesis.Client
	clock *clock // the server's

	config  stream.Config
	mu      sync.Mutex
	retried []*messages.Fault
}

// longest is how long a test waits for what has to come: far longer than a slow
// machine takes.
const longest = 2 * time.Minute

// clock is a clock that stands until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func newWorld(t *testing.T, shards int32) *world {
	t.Helper()
	w := &world{T: t, clock: &clock{t: time.Now().Truncate(time.Millisecond)}}
	server, err := localkinesis.Start(localkinesis.Options{Now: w.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	w.Server = server
	t.Cleanup(func() { server.Close() })
	cloud := aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret-key", "")}
	w.stock = kinesis.NewFromConfig(cloud, func(o *kinesis.Options) { o.BaseEndpoint = aws.String(server.URL()) })
	w.config = stream.Config{
		AWS: cloud, Endpoint: server.URL(), Stream: "orders", Connector: "c1",
		Rows: func(shard messages.ShardID) stream.RowMaker { return rows.NewRenderer("orders", shard, 5) },
		Pace: &stream.Pace{}, Idle: 50 * time.Millisecond,
		Retrying: func(f *messages.Fault) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.retried = append(w.retried, f)
		},
	}
	must(t)(w.stock.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: aws.String("orders"), ShardCount: aws.Int32(shards)}))
	return w
}

// must returns a check of a call whose answer does not matter.
func must(t *testing.T) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// put puts one record per payload and returns their sequence numbers.
func (w *world) put(payloads ...string) (all []messages.SequenceNumber) {
	w.Helper()
	for i, p := range payloads {
		out, err := w.stock.PutRecord(w.Context(), &kinesis.PutRecordInput{
			StreamName: aws.String("orders"), PartitionKey: aws.String(fmt.Sprint("key-", i)), Data: []byte(p),
		})
		if err != nil {
			w.Fatal(err)
		}
		all = append(all, messages.SequenceNumber(*out.SequenceNumber))
	}
	return all
}

// shard returns the n-th listed shard.
func (w *world) shard(n int) messages.Shard {
	w.Helper()
	shards, err := stream.New(w.config).List(w.Context(), stream.TrimToTip)
	if err != nil || len(shards) <= n {
		w.Fatalf("%d shards, error %v", len(shards), err)
	}
	return shards[n]
}

func (w *world) open(from messages.ReadFrom) *stream.Source {
	w.Helper()
	return stream.New(w.config).Open(w.shard(0), from)
}

// next reads a block that has to come.
func (w *world) next(s *stream.Source) *messages.RowBlock {
	w.Helper()
	b, err := s.Next(w.Context(), 1<<20)
	if err != nil {
		w.Fatal(err)
	}
	return b
}

// read collects n user records and checks on the way that the blocks chain.
func (w *world) read(s *stream.Source, after messages.Position, n int) (all []messages.SequenceNumber, text string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), longest)
	defer cancel()
	for len(all) < n {
		b, err := s.Next(ctx, 1<<20)
		if err != nil {
			w.Fatalf("after %d records: %v", len(all), err)
		}
		if b.After != after {
			w.Fatalf("block continues %v, want %v", b.After, after)
		}
		after = b.Last()
		for _, m := range b.Marks {
			all = append(all, m.Seq)
		}
		text += string(b.NDJSON)
		if b.Recycle != nil {
			b.Recycle(b.NDJSON)
		}
	}
	return all, text
}

func (w *world) reasons() (all []messages.Reason) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.retried {
		all = append(all, f.Reason)
	}
	return all
}

// bodies is what rows hold before their metadata.
func bodies(text string) (all []string) {
	for line := range strings.Lines(text) {
		before, _, _ := strings.Cut(line, `"KINESISMETADATA"`)
		all = append(all, strings.TrimSuffix(before, ","))
	}
	return all
}

// objects makes n payloads {"n":0}, {"n":1} ...
func objects(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf(`{"n":%d}`, i))
	}
	return all
}

// faulted returns an error's fault.
func faulted(t *testing.T, err error) *messages.Fault {
	t.Helper()
	var f *messages.Fault
	if !errors.As(err, &f) {
		t.Fatalf("error %v, want a fault", err)
	}
	return f
}

// at is the position that covers a whole plain record.
func at(seq messages.SequenceNumber) messages.Position {
	return messages.Position{Seq: seq, Sub: messages.Whole}
}
