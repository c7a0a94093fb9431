package stream_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
)

// deregister removes the consumer as an operator would.
func (w *world) deregister() {
	w.Helper()
	arn, err := stream.New(w.config).Deregister(w.Context())
	if err != nil || !strings.Contains(arn, "/consumer/app:") {
		w.Fatalf("deregistered %q, error %v", arn, err)
	}
}

// slow makes a world in which consumers take a moment to come and to go.
func slow(t *testing.T) *world {
	return newPushWorld(t, 1, func(o *localkinesis.Options) { o.Now = time.Now; o.Delay = 60 * time.Millisecond })
}

func (w *world) untilActive() {
	w.Helper()
	for deadline := time.Now().Add(60 * time.Second); w.Streams()[0].Status != "ACTIVE"; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatal("the stream is not ACTIVE")
		}
	}
}

func TestAConsumerIsRegisteredOnceForAllShardsAndNodes(t *testing.T) {
	const each = 4 // shards, of which a node has some: two at one would play ping-pong
	w := newPushWorld(t, 3*each, func(o *localkinesis.Options) { o.Now = time.Now; o.Delay = 60 * time.Millisecond })
	w.untilActive()
	var nodes sync.WaitGroup
	for node := range 3 {
		client := stream.New(w.config)
		for n := range each {
			shard := w.shard(each*node + n)
			nodes.Go(func() {
				s := client.Subscribe(shard, messages.ReadFrom{})
				defer s.Close()
				if _, err := s.Next(t.Context(), 1<<20); err != nil {
					t.Error(err)
				}
			})
		}
	}
	nodes.Wait()
	if n := w.Faults().Calls("RegisterStreamConsumer"); n < 1 || n > 3 {
		t.Errorf("%d registrations by 3 nodes", n)
	}
	if n := w.Faults().Calls("DescribeStream"); n > 3 {
		t.Errorf("%d calls of DescribeStream, which an account may make 10 times a second", n)
	}
}

func TestAConsumerThatAnotherNodeRegistersJustThenIsUsed(t *testing.T) {
	w := slow(t)
	w.untilActive()
	w.Faults().Set("RegisterStreamConsumer", fault.Times(1, func(fault.Call) fault.Effect {
		if _, err := w.RegisterConsumer("orders", "app"); err != nil {
			t.Error(err)
		}
		return fault.Effect{}
	}))
	w.block(w.subscribe(messages.ReadFrom{}))
}

// TestKP19AConsumerOnItsWayOutIsWaitedForAndRegisteredAnew starts while somebody
// deregisters it.
func TestKP19AConsumerOnItsWayOutIsWaitedForAndRegisteredAnew(t *testing.T) {
	w := slow(t)
	w.untilActive()
	w.block(w.subscribe(messages.ReadFrom{}))
	w.deregister()
	put := w.put(objects(3)...)
	got, _ := w.follow(w.subscribe(messages.ReadFrom{}), messages.Position{}, 3)
	w.want(got, put)
	if n := w.Faults().Calls("RegisterStreamConsumer"); n != 2 {
		t.Errorf("%d registrations", n)
	}
}

// TestKP19AConsumerDeletedInMidRunIsFoundUnderItsNewARN: the running source goes
// on with what another node, or it itself, registers.
func TestKP19AConsumerDeletedInMidRunIsFoundUnderItsNewARN(t *testing.T) {
	w := slow(t)
	w.untilActive()
	put := w.put(objects(3)...)
	s := w.subscribe(messages.ReadFrom{})
	got, last := w.follow(s, messages.Position{}, 3)
	w.want(got, put)
	w.deregister()
	for deadline := time.Now().Add(60 * time.Second); w.Faults().Calls("RegisterStreamConsumer") < 2; {
		if b := w.block(s); len(b.Marks) > 0 || b.Last() != last.Last() || time.Now().After(deadline) {
			t.Fatalf("block %+v before the consumer is registered anew", b)
		}
	}
	more := w.put(objects(3)...)
	got, _ = w.follow(s, last.Last(), 3)
	w.want(got, more)
}

func TestAConsumerThatNeverGetsActiveEndsTheGeneration(t *testing.T) {
	w := newPushWorld(t, 1, func(o *localkinesis.Options) { o.Delay = time.Hour })
	w.clock.move(time.Hour)
	w.config.Patience = 20 * time.Millisecond
	_, err := w.subscribe(messages.ReadFrom{}).Next(t.Context(), 1<<20)
	if f := faulted(t, err); f.Class != messages.Transient || !strings.Contains(f.Error(), "consumer app is CREATING") {
		t.Errorf("fault %+v", f)
	}
}

func TestDeregisterSaysWhatItFound(t *testing.T) {
	w := newPushWorld(t, 1)
	client := stream.New(w.config)
	if arn, err := client.Deregister(t.Context()); arn != "" || err != nil {
		t.Errorf("nothing is there: %q, %v", arn, err)
	}
	w.block(w.subscribe(messages.ReadFrom{}))
	w.Faults().Set("DeregisterStreamConsumer", fault.Always(fault.Effect{Refuse: localkinesis.Refusal("AccessDeniedException")}))
	arn, err := client.Deregister(t.Context())
	if f := faulted(t, err); arn == "" || f.Stop != messages.AccessDenied || !strings.Contains(f.Hint, "kinesis:DeregisterStreamConsumer") {
		t.Errorf("without the right: %q, %+v", arn, f)
	}
	w.Faults().Set("DeregisterStreamConsumer", nil)
	w.deregister()
	if arn, err := client.Deregister(t.Context()); arn != "" || err != nil {
		t.Errorf("it is gone: %q, %v", arn, err)
	}
}

func TestFanOutThatCannotBeHadSaysWhatToDo(t *testing.T) {
	for _, c := range []struct{ action, code string }{
		{"DescribeStreamConsumer", "AccessDeniedException"}, {"RegisterStreamConsumer", "AccessDeniedException"},
		{"SubscribeToShard", "AccessDeniedException"}, {"RegisterStreamConsumer", "UnknownOperationException"},
		{"RegisterStreamConsumer", "LimitExceededException"},
	} {
		t.Run(c.action+" "+c.code, func(t *testing.T) {
			w := newPushWorld(t, 1)
			w.config.Patience = 20 * time.Millisecond
			w.config.AWS.RetryMaxAttempts = 1
			w.Faults().Set(c.action, fault.Always(fault.Effect{Refuse: localkinesis.Refusal(c.code)}))
			_, err := w.subscribe(messages.ReadFrom{}).Next(t.Context(), 1<<20)
			f := faulted(t, err)
			if f.Class != messages.Rejected || f.Stop != messages.EFOUnavailable || !strings.Contains(f.Error(), "kinesis."+c.action) {
				t.Errorf("fault %+v", f)
			}
			for _, way := range []string{"grant", "SHARED_THROUGHPUT", "on_efo_unavailable: poll", "consumer app"} {
				if !strings.Contains(f.Hint, way) {
					t.Errorf("the way out %q does not name %q", f.Hint, way)
				}
			}
		})
	}
}

// TestBadCredentialsAreNoMissingFanOut: polling would be refused just so.
func TestBadCredentialsAreNoMissingFanOut(t *testing.T) {
	for _, action := range []string{"DescribeStreamConsumer", "SubscribeToShard"} {
		w := newPushWorld(t, 1)
		w.Faults().Set(action, fault.Always(fault.Effect{Refuse: localkinesis.Refusal("UnrecognizedClientException")}))
		_, err := w.subscribe(messages.ReadFrom{}).Next(t.Context(), 1<<20)
		if f := faulted(t, err); f.Stop != messages.AccessDenied {
			t.Errorf("%s: %+v", action, f)
		}
	}
}

func TestTokensThatExpireInMidRunAreRenewed(t *testing.T) {
	w := newPushWorld(t, 1)
	put := w.put(objects(3)...)
	w.Faults().Set("SubscribeToShard", fault.Times(2, fault.Always(fault.Effect{Refuse: localkinesis.Refusal("ExpiredTokenException")})))
	got, _ := w.follow(w.subscribe(messages.ReadFrom{}), messages.Position{}, 3)
	w.want(got, put)
	if len(w.retried) != 2 {
		t.Errorf("retried %v", w.retried)
	}
}
