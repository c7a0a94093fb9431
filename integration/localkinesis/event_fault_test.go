package localkinesis_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

func TestRunningSubscriptionsMisbehaveAsTold(t *testing.T) {
	overBoth(t, func(t *testing.T, connect connector) {
		for name, c := range map[string]struct {
			effect localkinesis.EventEffect
			code   string // "": the end looks clean to the SDK
		}{
			"exception": {localkinesis.EventEffect{Exception: localkinesis.Refusal("KMSDisabledException")}, "KMSDisabledException"},
			"drop":      {localkinesis.EventEffect{Drop: true}, ""},
			"cut":       {localkinesis.EventEffect{CutAfter: 100}, ""},
		} {
			t.Run(name, func(t *testing.T) {
				server := start(t, localkinesis.Options{})
				client, stream := connect(t, server), streamOf(t, server, 1)
				arn := register(t, server, stream, "app")
				must(server.PutRecords(stream, records("k", 0, 1)))(t)
				server.EventFaults(func(e localkinesis.EventCall) localkinesis.EventEffect {
					if e.Consumer != "app" || e.ShardID != shardName(0) || e.N != 0 || e.Records != 1 || e.Closing {
						t.Errorf("hook saw %+v", e)
					}
					return c.effect
				})
				s := subscribe(t, client, arn, shardName(0), fromTrimHorizon)
				err := s.end()
				if c.code != "" {
					wantCode(t, err, c.code)
				}
			})
		}
	})
}

func TestAnEventIsRepeatedAndDelayedAsTold(t *testing.T) {
	server := start(t, localkinesis.Options{IdleEvents: time.Hour})
	client, stream := connect(t, server), streamOf(t, server, 1)
	arn := register(t, server, stream, "app")
	server.EventFaults(func(e localkinesis.EventCall) localkinesis.EventEffect {
		return localkinesis.EventEffect{Repeat: e.N == 0, Delay: time.Millisecond}
	})
	s := subscribe(t, client, arn, shardName(0), fromLatest)
	for i, want := range []int{2, 1} {
		must(server.PutRecords(stream, records("k", i, 1)))(t)
		if data, _ := s.data(want); len(data) != want || data[want-1] != string(records("k", i, 1)[0].Data) {
			t.Errorf("pushed %v", data)
		}
	}
}

func TestASilentSubscriptionStaysConnectedUntilItIsTakenOver(t *testing.T) {
	now := newClock()
	server := start(t, localkinesis.Options{Now: now.Now, IdleEvents: time.Millisecond})
	client, stream := connect(t, server), streamOf(t, server, 1)
	arn := register(t, server, stream, "app")
	silenced := make(chan struct{})
	server.EventFaults(func(localkinesis.EventCall) localkinesis.EventEffect {
		close(silenced)
		return localkinesis.EventEffect{Silence: true}
	})
	s := subscribe(t, client, arn, shardName(0), fromLatest)
	<-silenced
	server.EventFaults(nil)
	select {
	case e, open := <-s.stream.Events():
		t.Fatalf("silence ended with %v, open %v", e, open)
	case <-time.After(50 * time.Millisecond):
	}
	now.advance(5 * time.Second)
	if _, ok := subscribe(t, client, arn, shardName(0), fromLatest).event(); !ok {
		t.Error("the new subscription ended at once")
	}
}

func TestTheCallThatSubscribesObeysTheFaultHooks(t *testing.T) {
	overBoth(t, func(t *testing.T, connect connector) {
		server := start(t, localkinesis.Options{TakeOver: time.Nanosecond})
		client, stream := connect(t, server), streamOf(t, server, 1)
		arn := register(t, server, stream, "app")
		for code, want := range map[string]int{"KMSAccessDeniedException": 400, "ExpiredTokenException": 400, "ServiceUnavailable": 503} {
			server.Faults().Set("SubscribeToShard", fault.Always(fault.Effect{Refuse: localkinesis.Refusal(code)}))
			_, err := open(client, arn, shardName(0), fromLatest)
			wantCode(t, err, code)
			var answered interface{ HTTPStatusCode() int }
			if !errors.As(err, &answered) || answered.HTTPStatusCode() != want {
				t.Errorf("%s: %v, want status %d", code, err, want)
			}
		}
		for _, e := range []fault.Effect{{LoseBefore: true}, {LoseAfter: true}, {CutAfter: 50}} {
			server.Faults().Set("SubscribeToShard", fault.Always(e))
			if _, err := open(client, arn, shardName(0), fromLatest); err == nil {
				t.Errorf("%+v: the call succeeded", e)
			}
		}
		must(server.PutRecords(stream, records("k", 0, 1)))(t)
		server.Faults().Set("SubscribeToShard", fault.Always(fault.Effect{CutAfter: 150}))
		s := subscribe(t, client, arn, shardName(0), fromTrimHorizon)
		if e, ok := s.event(); ok {
			t.Errorf("an event came out of half a frame: %+v", e)
		}
	})
}

func TestTheDateHeaderCanBeWrongAlone(t *testing.T) {
	now := newClock()
	server := start(t, localkinesis.Options{Now: now.Now})
	client, stream := connect(t, server), streamOf(t, server, 1)
	server.SkewDate(-20 * time.Minute)
	r := post(t, server.URL(), "PutRecord", `{"StreamName":"`+stream+`","PartitionKey":"key","Data":"aGVsbG8="}`, nil)
	date := must(http.ParseTime(r.Header.Get("Date")))(t)
	read := must(client.GetRecords(context.Background(), &kinesis.GetRecordsInput{
		ShardIterator: iteratorAt(t, client, stream, shardName(0), types.ShardIteratorTypeTrimHorizon),
	}))(t)
	if arrival := *read.Records[0].ApproximateArrivalTimestamp; arrival.Sub(date).Round(time.Minute) != 20*time.Minute {
		t.Errorf("Date %v, arrival %v", date, arrival)
	}
}
