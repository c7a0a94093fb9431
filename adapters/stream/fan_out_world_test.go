package stream_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
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

// hasty does everything that takes seconds in milliseconds. What ends a
// subscription for the lack of something takes longer than any machine stands
// still: a test shortens what it is about.
func hasty() *stream.FanOutPace {
	return &stream.FanOutPace{
		Between: 5 * time.Millisecond, Refused: 5 * time.Millisecond, Silence: longest, Stalled: longest,
		Blocked: longest, Again: 10 * time.Millisecond, Look: 2 * time.Millisecond,
	}
}

// newPushWorld is a world whose stream is read as consumer app. Its server's
// times are real and short, but for what a test sets.
func newPushWorld(t *testing.T, shards int32, change ...func(*localkinesis.Options)) *world {
	t.Helper()
	w := &world{T: t, clock: &clock{t: time.Now().Truncate(time.Millisecond)}}
	o := localkinesis.Options{Now: w.clock.now, IdleEvents: 10 * time.Millisecond, TakeOver: time.Nanosecond}
	for _, c := range change {
		c(&o)
	}
	server, err := localkinesis.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Server = server
	t.Cleanup(func() { server.Close() })
	w.connect(server.URL(), nil)
	must(t)(w.stock.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: aws.String("orders"), ShardCount: aws.Int32(shards)}))
	return w
}

// connect makes the configuration of a client of an endpoint.
func (w *world) connect(url string, client aws.HTTPClient) {
	cloud := aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret-key", ""), HTTPClient: client}
	w.stock = kinesis.NewFromConfig(cloud, func(o *kinesis.Options) { o.BaseEndpoint = aws.String(url) })
	w.config = stream.Config{
		AWS: cloud, Endpoint: url, Stream: "orders", Connector: "c1", Consumer: "app", FanOut: hasty(), Pace: &stream.Pace{}, Idle: 50 * time.Millisecond,
		Rows: func(shard messages.ShardID) stream.RowMaker { return rows.NewRenderer("orders", shard, 5) },
		Retrying: func(f *messages.Fault) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.retried = append(w.retried, f)
		},
	}
}

// overHTTP2 makes the world speak HTTP/2: cleartext, or as the service does it,
// over TLS.
func (w *world) overHTTP2(secure bool) {
	w.Helper()
	if !secure {
		transport := &http.Transport{Protocols: new(http.Protocols)}
		transport.Protocols.SetUnencryptedHTTP2(true)
		w.Cleanup(transport.CloseIdleConnections)
		w.config.AWS.HTTPClient = &http.Client{Transport: transport}
		return
	}
	front := httptest.NewUnstartedServer(w.Handler())
	front.EnableHTTP2 = true
	front.StartTLS()
	w.Cleanup(front.Close)
	w.config.AWS.HTTPClient, w.config.Endpoint = front.Client(), front.URL
}

// reader is what the three kinds of source have in common.
type reader interface {
	Next(ctx context.Context, room int64) (*messages.RowBlock, error)
	Close()
}

// subscribe opens the first shard.
func (w *world) subscribe(from messages.ReadFrom) *stream.FanOut {
	w.Helper()
	s := stream.New(w.config).Subscribe(w.shard(0), from)
	w.Cleanup(s.Close)
	return s
}

// follow collects n user records, and checks that the blocks chain.
func (w *world) follow(s reader, after messages.Position, n int) (all []messages.SequenceNumber, last *messages.RowBlock) {
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
		after, last = b.Last(), b
		for _, m := range b.Marks {
			all = append(all, m.Seq)
		}
		if b.Recycle != nil {
			b.Recycle(b.NDJSON)
		}
	}
	return all, last
}

// want checks what was read against what was put.
func (w *world) want(got, put []messages.SequenceNumber) {
	w.Helper()
	if !slices.Equal(got, put) {
		w.Errorf("read %d records, not the %d that were put: %.200v", len(got), len(put), fmt.Sprint(got))
	}
}

// ends reads to the end of the shard.
func (w *world) ends(s reader) (all []messages.SequenceNumber, last *messages.RowBlock) {
	w.Helper()
	for {
		b, err := s.Next(w.Context(), 1<<20)
		if err != nil {
			w.Fatalf("after %d records: %v", len(all), err)
		}
		for _, m := range b.Marks {
			all = append(all, m.Seq)
		}
		if b.Closed {
			return all, b
		}
	}
}

// calls is how often the shard was subscribed to.
func (w *world) calls() int64 { return w.Faults().Calls("SubscribeToShard") }
