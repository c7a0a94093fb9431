package stream_test

import (
	"slices"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
)

// TestAShardIsPolledWhileFanOutCannotBeHad loses the right in mid-run and gets
// it back, and reads every record once.
func TestAShardIsPolledWhileFanOutCannotBeHad(t *testing.T) {
	w := newPushWorld(t, 1)
	var told []bool
	w.config.Polling = func(shard messages.ShardID, why *messages.Fault) {
		told = append(told, why != nil)
		if shard != w.shard(0).ID || why != nil && why.Stop != messages.EFOUnavailable {
			t.Errorf("told of %s: %v", shard, why)
		}
	}
	s := stream.New(w.config).SubscribeOrPoll(w.shard(0), messages.ReadFrom{})
	t.Cleanup(s.Close)
	put := w.put(objects(5)...)
	got, last := w.follow(s, messages.Position{}, 5)
	polls := w.Faults().Calls("GetRecords")
	if polls != 0 {
		t.Errorf("%d polls while fan-out works", polls)
	}

	w.EventFaults(func(localkinesis.EventCall) localkinesis.EventEffect {
		return localkinesis.EventEffect{Exception: localkinesis.Refusal("AccessDeniedException")}
	})
	w.Faults().Set("SubscribeToShard", fault.Always(fault.Effect{Refuse: localkinesis.Refusal("AccessDeniedException")}))
	step := func() {
		put = append(put, w.put(objects(5)...)...)
		var more []messages.SequenceNumber
		more, last = w.follow(s, last.Last(), 5)
		got = append(got, more...)
	}
	step()
	step()
	if n := w.Faults().Calls("GetRecords"); n == 0 || !slices.Equal(told, []bool{true}) {
		t.Errorf("%d polls without fan-out, told %v", n, told)
	}

	w.EventFaults(nil)
	w.Faults().Set("SubscribeToShard", nil)
	for deadline := time.Now().Add(60 * time.Second); len(told) < 2; {
		if b := w.block(s); b.After != last.Last() || time.Now().After(deadline) {
			t.Fatalf("block %+v, told %v", b, told)
		}
	}
	step()
	w.want(got, put)
	if !slices.Equal(told, []bool{true, false}) {
		t.Errorf("told %v", told)
	}
}

func TestAShardWithoutFanOutIsPolledToItsEnd(t *testing.T) {
	w := newPushWorld(t, 1)
	w.config.FanOut.Again = time.Hour
	w.Faults().Set("RegisterStreamConsumer", fault.Always(fault.Effect{Refuse: localkinesis.Refusal("AccessDeniedException")}))
	put := w.put(objects(5)...)
	w.split()
	polling := map[bool]int{}
	w.config.Polling = func(_ messages.ShardID, why *messages.Fault) { polling[why != nil]++ }
	s := stream.New(w.config).SubscribeOrPoll(w.shard(0), messages.ReadFrom{})
	got, last := w.ends(s)
	w.want(got, put)
	s.Close()
	if !slices.Equal(last.Children, children) || polling[true] != 1 || polling[false] != 1 {
		t.Errorf("children %v, told %v", last.Children, polling)
	}
}

// TestPollingNeverWaitsForFanOutToBeFoundOut keeps the consumer from ever
// becoming ACTIVE, which takes Config.Patience to find out each time.
func TestPollingNeverWaitsForFanOutToBeFoundOut(t *testing.T) {
	w := newPushWorld(t, 1)
	w.config.Patience, w.config.AWS.RetryMaxAttempts = 50*time.Millisecond, 1
	w.Faults().Set("RegisterStreamConsumer", fault.Always(fault.Effect{Refuse: localkinesis.Refusal("LimitExceededException")}))
	put := w.put(objects(2)...)
	s := stream.New(w.config).SubscribeOrPoll(w.shard(0), messages.ReadFrom{})
	t.Cleanup(s.Close)
	got, last := w.follow(s, messages.Position{}, 2)
	tries := w.Faults().Calls("RegisterStreamConsumer")
	for deadline := time.Now().Add(60 * time.Second); w.Faults().Calls("RegisterStreamConsumer") <= tries; {
		polls := w.Faults().Calls("GetRecords")
		w.block(s)
		if w.Faults().Calls("GetRecords") == polls || time.Now().After(deadline) {
			t.Fatalf("a block without a poll, or %d tries for ever", tries)
		}
	}
	put = append(put, w.put(objects(2)...)...)
	more, _ := w.follow(s, last.Last(), 2)
	w.want(slices.Concat(got, more), put)
}
