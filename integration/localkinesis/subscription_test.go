package localkinesis_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

type connector = func(testing.TB, *localkinesis.Server) *kinesis.Client

func TestASubscriptionPushesWhatWasPutAndWhatComes(t *testing.T) {
	overBoth(t, func(t *testing.T, connect connector) {
		server := start(t, localkinesis.Options{})
		client, name := connect(t, server), streamOf(t, server, 1)
		arn := register(t, server, name, "app")
		must(server.PutRecords(name, records("k", 0, 3)))(t)
		s := subscribe(t, client, arn, shardName(0), fromTrimHorizon)
		if data, last := s.data(3); !slices.Equal(data, []string{"k-0", "k-1", "k-2"}) || *last.MillisBehindLatest != 0 ||
			*last.ContinuationSequenceNumber != *last.Records[2].SequenceNumber {
			t.Errorf("pushed %v, behind %d, continuation %s", data, *last.MillisBehindLatest, *last.ContinuationSequenceNumber)
		}
		for i := 3; i < 6; i++ {
			must(server.PutRecords(name, records("k", i, 1)))(t)
			if data, _ := s.data(1); data[0] != fmt.Sprint("k-", i) {
				t.Errorf("pushed %v, want k-%d", data, i)
			}
		}
	})
}

func TestTheInitialResponseComesBeforeAnyEvent(t *testing.T) {
	server := start(t, localkinesis.Options{})
	arn := register(t, server, streamOf(t, server, 1), "app")
	r := post(t, server.URL(), "SubscribeToShard", `{"ConsumerARN":"`+arn+`","ShardId":"`+shardName(0)+`","StartingPosition":{"Type":"LATEST"}}`, nil)
	frame := make([]byte, 104)
	if _, err := io.ReadFull(r.Body, frame); err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(frame[:12]); got != "00000068000000564e681724" || r.Header.Get("Content-Type") != "application/vnd.amazon.eventstream" {
		t.Errorf("first bytes %s of %s", got, r.Header.Get("Content-Type"))
	}
}

func TestAnIdleSubscriptionShowsProgressThatCanBeResumed(t *testing.T) {
	now := newClock()
	server := start(t, localkinesis.Options{Now: now.Now, IdleEvents: 10 * time.Millisecond})
	client, name := connect(t, server), streamOf(t, server, 1)
	arn := register(t, server, name, "app")
	must(server.PutRecords(name, records("k", 0, 1)))(t)
	s := subscribe(t, client, arn, shardName(0), fromLatest)
	first, _ := s.event()
	now.advance(6 * time.Second)
	second, ok := s.event()
	for ok && *second.ContinuationSequenceNumber == *first.ContinuationSequenceNumber { // it was made before
		second, ok = s.event()
	}
	if !ok || len(first.Records)+len(second.Records) != 0 || *second.ContinuationSequenceNumber <= *first.ContinuationSequenceNumber {
		t.Errorf("continuations %s and %s", *first.ContinuationSequenceNumber, *second.ContinuationSequenceNumber)
	}
	must(server.PutRecords(name, records("k", 1, 1)))(t)
	for _, number := range []*string{first.ContinuationSequenceNumber, second.ContinuationSequenceNumber} {
		if data, _ := subscribe(t, client, arn, shardName(0), after(number)).data(1); data[0] != "k-1" {
			t.Errorf("after %s: %v, want k-1", *number, data)
		}
		now.advance(6 * time.Second)
	}
}

func TestASubscriptionEndsCleanlyWhenItsTimeIsUp(t *testing.T) {
	overBoth(t, func(t *testing.T, connect connector) {
		server := start(t, localkinesis.Options{SubscriptionLife: 50 * time.Millisecond, TakeOver: time.Nanosecond})
		client, name := connect(t, server), streamOf(t, server, 1)
		arn := register(t, server, name, "app")
		for {
			began := time.Now()
			err := subscribe(t, client, arn, shardName(0), fromLatest).end()
			if err == nil {
				break
			}
			if time.Since(began) < time.Second { // else the machine stood still until even the end came too late
				t.Fatalf("ended with %v", err)
			}
		}
		must(client.ListStreams(context.Background(), &kinesis.ListStreamsInput{}))(t) // the connection is good for more
	})
}

func TestASecondSubscriptionIsRefusedAndLaterTakesOver(t *testing.T) {
	overBoth(t, func(t *testing.T, connect connector) {
		now := newClock()
		server := start(t, localkinesis.Options{Now: now.Now})
		client, name := connect(t, server), streamOf(t, server, 2)
		arn := register(t, server, name, "app")
		old := subscribe(t, client, arn, shardName(0), fromLatest)
		subscribe(t, client, arn, shardName(1), fromLatest)                                // another shard
		subscribe(t, client, register(t, server, name, "other"), shardName(0), fromLatest) // another consumer
		now.advance(4999 * time.Millisecond)
		_, err := open(client, arn, shardName(0), fromLatest)
		wantCode(t, err, "ResourceInUseException")
		now.advance(time.Millisecond)
		taken := subscribe(t, client, arn, shardName(0), fromTrimHorizon)
		wantCode(t, old.end(), "ResourceInUseException")
		must(server.PutRecords(name, records("k", 0, 1)))(t)
		if shard := server.Streams()[0].Shards; shard[0].Records == 1 {
			taken.data(1)
		}
	})
}

func TestAClosedShardEndsWithItsChildrenAndSaysSoAgain(t *testing.T) {
	now := newClock()
	server := start(t, localkinesis.Options{Now: now.Now, IdleEvents: time.Hour})
	client, name := connect(t, server), streamOf(t, server, 1)
	arn := register(t, server, name, "app")
	s := subscribe(t, client, arn, shardName(0), fromTrimHorizon)
	must(server.PutRecords(name, records("k", 0, 2)))(t)
	_, last := s.data(2)
	if err := server.SplitShard(name, shardName(0)); err != nil {
		t.Fatal(err)
	}
	check := func(what string, s *subscriber) {
		e, ok := s.event()
		if !ok || e.ContinuationSequenceNumber != nil || len(e.Records) != 0 || len(e.ChildShards) != 2 {
			t.Fatalf("%s: %+v, want the closing event", what, e)
		}
		for i, c := range e.ChildShards {
			if *c.ShardId != shardName(i+1) || !slices.Equal(c.ParentShards, []string{shardName(0)}) || *c.HashKeyRange.StartingHashKey == "" {
				t.Errorf("%s: child %+v", what, c)
			}
		}
		if _, more := s.event(); more || s.stream.Err() != nil {
			t.Errorf("%s: goes on behind the closing event, error %v", what, s.stream.Err())
		}
	}
	check("running", s)
	for what, from := range map[string]types.StartingPosition{"LATEST": fromLatest, "after the last": after(last.ContinuationSequenceNumber)} {
		now.advance(5 * time.Second)
		check(what, subscribe(t, client, arn, shardName(0), from))
	}
}

func TestSubscriptionsGoWithTheirConsumerAndStream(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	arn := register(t, server, name, "app")
	s := subscribe(t, client, arn, shardName(0), fromLatest)
	must(client.DeregisterStreamConsumer(ctx, &kinesis.DeregisterStreamConsumerInput{ConsumerARN: &arn}))(t)
	wantCode(t, s.end(), "ResourceNotFoundException")
	s = subscribe(t, client, register(t, server, name, "app"), shardName(0), fromLatest)
	_, err := client.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: &name})
	wantCode(t, err, "ResourceInUseException")
	enforced := true
	must(client.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: &name, EnforceConsumerDeletion: &enforced}))(t)
	wantCode(t, s.end(), "ResourceNotFoundException")
}

func TestEightSubscriptionsKeepEveryRecordInOrder(t *testing.T) {
	overBoth(t, func(t *testing.T, connect connector) {
		server := start(t, localkinesis.Options{})
		client, name := connect(t, server), streamOf(t, server, 1)
		const n = 2000
		var readers sync.WaitGroup
		for i := range 8 {
			s := subscribe(t, client, register(t, server, name, fmt.Sprint("app-", i)), shardName(0), fromTrimHorizon)
			readers.Go(func() {
				data, _ := s.data(n)
				for j, d := range data {
					if d != fmt.Sprint("k-", j) {
						t.Errorf("record %d is %s", j, d)
						return
					}
				}
			})
		}
		for i := 0; i < n; i += 100 {
			must(server.PutRecords(name, records("k", i, 100)))(t)
		}
		readers.Wait()
	})
}

func TestAClientThatDoesNotReadIsTakenOver(t *testing.T) {
	now := newClock()
	server := start(t, localkinesis.Options{Now: now.Now})
	client, name := connect(t, server), streamOf(t, server, 1)
	arn := register(t, server, name, "app")
	for range 32 {
		must(server.PutRecords(name, []localkinesis.Record{{PartitionKey: "k", Data: make([]byte, 1<<20)}}))(t)
	}
	stuck := post(t, server.URL(), "SubscribeToShard", `{"ConsumerARN":"`+arn+`","ShardId":"0","StartingPosition":{"Type":"TRIM_HORIZON"}}`, nil)
	if stuck.StatusCode != http.StatusOK {
		t.Fatal(text(t, stuck))
	}
	now.advance(5 * time.Second)
	if data, _ := subscribe(t, client, arn, shardName(0), fromTrimHorizon).data(32); len(data) != 32 {
		t.Errorf("%d records", len(data))
	}
}
