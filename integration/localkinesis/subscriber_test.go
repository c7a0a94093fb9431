package localkinesis_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/schemas"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// subscriber is one running SubscribeToShard of the AWS SDK.
type subscriber struct {
	t      testing.TB
	stream *kinesis.SubscribeToShardEventStream
}

// fromTrimHorizon and fromLatest are starting positions.
var (
	fromTrimHorizon = types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}
	fromLatest      = types.StartingPosition{Type: types.ShardIteratorTypeLatest}
)

func after(number *string) types.StartingPosition {
	return types.StartingPosition{Type: types.ShardIteratorTypeAfterSequenceNumber, SequenceNumber: number}
}

// open calls SubscribeToShard. Every call has a protocol of its own, because
// the SDK's is not safe for two streams at once (smithy-go issue 714).
func open(client *kinesis.Client, consumer, shard string, from types.StartingPosition) (*kinesis.SubscribeToShardOutput, error) {
	return client.SubscribeToShard(context.Background(), &kinesis.SubscribeToShardInput{
		ConsumerARN: &consumer, ShardId: &shard, StartingPosition: &from,
	}, func(o *kinesis.Options) { o.Protocol = awsjson.New11(schemas.Kinesis_20131202) })
}

func subscribe(t testing.TB, client *kinesis.Client, consumer, shard string, from types.StartingPosition) *subscriber {
	t.Helper()
	s := &subscriber{t, must(open(client, consumer, shard, from))(t).GetStream()}
	t.Cleanup(func() { s.stream.Close() })
	return s
}

// event waits for the next event; ok is false when the subscription has ended.
func (s *subscriber) event() (e types.SubscribeToShardEvent, ok bool) {
	s.t.Helper()
	select {
	case member, ok := <-s.stream.Events():
		if !ok {
			return e, false
		}
		return member.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value, true
	case <-time.After(60 * time.Second):
		s.t.Fatal("no event within a minute")
	}
	return e, false
}

// data gathers records until there are n.
func (s *subscriber) data(n int) (data []string, last types.SubscribeToShardEvent) {
	s.t.Helper()
	for len(data) < n {
		e, ok := s.event()
		if !ok {
			s.t.Fatalf("the subscription ended after %d of %d records: %v", len(data), n, s.stream.Err())
		}
		for _, r := range e.Records {
			data = append(data, string(r.Data))
		}
		last = e
	}
	return data, last
}

// end reads events until the subscription is over, and returns why.
func (s *subscriber) end() error {
	s.t.Helper()
	for {
		if _, ok := s.event(); !ok {
			return s.stream.Err()
		}
	}
}

// register makes a consumer that is ACTIVE at once.
func register(t testing.TB, server *localkinesis.Server, stream, name string) string {
	t.Helper()
	return must(server.RegisterConsumer(stream, name))(t)
}

// connectHTTP2 is connect over cleartext HTTP/2.
func connectHTTP2(t testing.TB, server *localkinesis.Server) *kinesis.Client {
	t.Helper()
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(transport.CloseIdleConnections)
	return kinesis.New(kinesis.Options{
		BaseEndpoint: aws.String(server.URL()), Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		HTTPClient:  inMemory{&http.Client{Transport: transport}},
	})
}

// overBoth runs a test over HTTP/1.1 and cleartext HTTP/2.
func overBoth(t *testing.T, test func(t *testing.T, connect func(testing.TB, *localkinesis.Server) *kinesis.Client)) {
	t.Run("HTTP/1.1", func(t *testing.T) { test(t, connect) })
	t.Run("HTTP/2", func(t *testing.T) { test(t, connectHTTP2) })
}
