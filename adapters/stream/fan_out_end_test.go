package stream_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
)

var children = []messages.ShardID{"shardId-000000000001", "shardId-000000000002"}

func TestAPushedShardEndsOnceAndNamesItsChildren(t *testing.T) {
	w := newPushWorld(t, 1)
	s := w.subscribe(messages.ReadFrom{})
	before := w.put(objects(30)...)
	got, _ := w.follow(s, messages.Position{}, 30)
	w.split() // while it is subscribed to
	rest, last := w.ends(s)
	w.want(slices.Concat(got, rest), before)
	if !slices.Equal(last.Children, children) || last.Last() != at(before[29]) {
		t.Errorf("last block %+v", last)
	}
	if _, err := s.Next(t.Context(), 1<<20); faulted(t, err).Reason != messages.ReasonInvariant {
		t.Errorf("after the end: %v", err)
	}
}

func TestPushedShardsThatMergeBothNameTheirChild(t *testing.T) {
	w := newPushWorld(t, 2)
	must(t)(w.stock.MergeShards(t.Context(), &kinesis.MergeShardsInput{
		StreamName: aws.String("orders"), ShardToMerge: aws.String("shardId-000000000000"), AdjacentShardToMerge: aws.String("shardId-000000000001"),
	}))
	client := stream.New(w.config)
	for n := range 2 {
		if _, last := w.ends(client.Subscribe(w.shard(n), messages.ReadFrom{})); !slices.Equal(last.Children, []messages.ShardID{"shardId-000000000002"}) {
			t.Errorf("shard %d: children %v", n, last.Children)
		}
	}
}

// TestKP16AnEndWhoseEventWasLostComesAgain breaks the connection at the closing
// event, before SHARD_END could be written.
func TestKP16AnEndWhoseEventWasLostComesAgain(t *testing.T) {
	w := newPushWorld(t, 1)
	put := w.put(objects(3)...)
	w.split()
	var lost atomic.Int64
	w.EventFaults(func(e localkinesis.EventCall) localkinesis.EventEffect {
		return localkinesis.EventEffect{Drop: e.Closing && lost.Add(1) <= 2}
	})
	got, last := w.ends(w.subscribe(messages.ReadFrom{}))
	w.want(got, put)
	if !slices.Equal(last.Children, children) || lost.Load() != 3 {
		t.Errorf("children %v after %d closing events", last.Children, lost.Load())
	}
	again, last := w.ends(w.subscribe(messages.ReadFrom{After: at(put[2])}))
	if len(again) != 0 || !slices.Equal(last.Children, children) {
		t.Errorf("the next generation reads %v and children %v", again, last.Children)
	}
}

// TestKP16ANumberTheShardDoesNotTakeIsReadAgainAtTheLastRecord: behind the last
// record of a closed shard there may be no valid number.
func TestKP16ANumberTheShardDoesNotTakeIsReadAgainAtTheLastRecord(t *testing.T) {
	w := newPushWorld(t, 1)
	put := w.put(objects(3)...)
	w.split()
	var lost atomic.Int64
	w.EventFaults(func(e localkinesis.EventCall) localkinesis.EventEffect {
		return localkinesis.EventEffect{Drop: e.Closing && lost.Add(1) == 1}
	})
	refused := &fault.Refusal{Status: 400, Code: "InvalidArgumentException", Message: "StartingSequenceNumber 1 used in SubscribeToShard on shard is invalid"}
	w.Faults().Set("SubscribeToShard", func(c fault.Call) fault.Effect {
		if c.N == 1 {
			return fault.Effect{Refuse: refused}
		}
		return fault.Effect{}
	})
	got, last := w.ends(w.subscribe(messages.ReadFrom{}))
	w.want(got, put)
	if !slices.Equal(last.Children, children) || w.calls() != 3 {
		t.Errorf("children %v after %d calls", last.Children, w.calls())
	}
}

func TestAPushedShardWhoseAnchorIsGoneIsNoQuietEnd(t *testing.T) {
	w := newPushWorld(t, 1)
	p := at(w.put(`{}`)[0])
	w.clock.move(23 * time.Hour)
	w.split()
	w.clock.move(2 * time.Hour)
	err := w.firstWord(messages.ReadFrom{After: p})
	var missing *messages.AnchorMissingError
	if !errors.As(err, &missing) || missing.Want != p || !missing.Found.IsZero() {
		t.Errorf("error %v", err)
	}
}

func TestAPushedShardThatIsNotKeptAnyMoreIsExpired(t *testing.T) {
	w := newPushWorld(t, 1)
	w.put(`{}`)
	shard := w.shard(0)
	w.split()
	w.clock.move(25 * time.Hour)
	_, err := stream.New(w.config).Subscribe(shard, messages.ReadFrom{}).Next(t.Context(), 1<<20)
	if f := faulted(t, err); f.Reason != messages.ReasonExpired || f.Class != messages.Transient || f.Hint == "" {
		t.Errorf("fault %+v", f)
	}
}

func TestAStreamThatIsDeletedUnderASubscriptionIsMissed(t *testing.T) {
	w := newPushWorld(t, 1)
	s := w.subscribe(messages.ReadFrom{})
	w.block(s)
	must(t)(w.stock.DeleteStream(t.Context(), &kinesis.DeleteStreamInput{StreamName: aws.String("orders"), EnforceConsumerDeletion: aws.Bool(true)}))
	var err error
	for err == nil {
		_, err = s.Next(t.Context(), 1<<20)
	}
	if f := faulted(t, err); f.Class != messages.Rejected || f.Stop != messages.TargetMissing {
		t.Errorf("fault %+v", f)
	}
}

// TestKP16AnEndThatOnlyEndsCleanlyIsReadAgainAtTheLastRecord: behind the last
// record of a closed shard a service may have nothing to say, however often it is
// asked. What it answers is an end each time, and never the end of the shard.
func TestKP16AnEndThatOnlyEndsCleanlyIsReadAgainAtTheLastRecord(t *testing.T) {
	for name, behind := range map[string]string{
		"without an event":    "",
		"with an empty event": `{"Records":[],"MillisBehindLatest":0,"ContinuationSequenceNumber":"%s"}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newPushWorld(t, 1)
			put := w.put(objects(3)...)
			last := string(put[2])
			w.split()
			f := newFront(w, false)
			f.mute = func(start string) []byte {
				if start != "AFTER_SEQUENCE_NUMBER "+last {
					return nil
				}
				if behind == "" {
					return initial
				}
				return slices.Concat(initial, stream.FrameOf(eventHead, fmt.Sprintf(behind, last)))
			}
			var lost atomic.Int64
			w.EventFaults(func(e localkinesis.EventCall) localkinesis.EventEffect {
				return localkinesis.EventEffect{Drop: e.Closing && lost.Add(1) == 1}
			})
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			s := w.subscribe(messages.ReadFrom{})
			var got []messages.SequenceNumber
			for {
				b, err := s.Next(ctx, 1<<20)
				if err != nil {
					t.Fatalf("after %d records: %v; started at %v", len(got), err, f.asked())
				}
				for _, m := range b.Marks {
					got = append(got, m.Seq)
				}
				if b.Closed {
					if !slices.Equal(b.Children, children) {
						t.Errorf("children %v", b.Children)
					}
					break
				}
			}
			w.want(got, put)
			if starts := f.asked(); starts[len(starts)-1] != "AT_SEQUENCE_NUMBER "+last || lost.Load() != 2 {
				t.Errorf("%d closing events, started at %v", lost.Load(), starts)
			}
		})
	}
}
