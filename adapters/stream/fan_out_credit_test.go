package stream_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
)

// fill puts n MiB.
func (w *world) fill(n int) {
	w.Helper()
	text := strings.Repeat("x", 1000)
	for i := range n {
		var all []localkinesis.Record
		for j := range 480 {
			all = append(all, localkinesis.Record{PartitionKey: "k", Data: fmt.Appendf(nil, `{"n":%d,"text":"%s%s"}`, 480*i+j, text, text)})
		}
		if _, err := w.PutRecords("orders", all); err != nil {
			w.Fatal(err)
		}
	}
}

// TestKP20WhatNobodyAsksForStaysWithTheService reads one event, and then none:
// the service may fill its windows, and no more.
func TestKP20WhatNobodyAsksForStaysWithTheService(t *testing.T) {
	for _, secure := range []bool{false, true} {
		w := newPushWorld(t, 1)
		if secure {
			w.overHTTP2(true)
		}
		w.fill(48)
		var pushed, records atomic.Int64
		w.EventFaults(func(e localkinesis.EventCall) localkinesis.EventEffect {
			pushed.Add(1)
			records.Add(int64(e.Records))
			return localkinesis.EventEffect{}
		})
		s := w.subscribe(messages.ReadFrom{})
		b := w.block(s)
		before := int64(-1)
		for n := pushed.Load(); n != before; n = pushed.Load() { // until it stands still
			before = n
			time.Sleep(200 * time.Millisecond)
		}
		if n := records.Load(); n > 48*480/2 {
			t.Errorf("TLS %v: %d records were pushed while one event was asked for", secure, n)
		}
		rest, _ := w.follow(s, b.Last(), 48*480-len(b.Marks))
		if len(rest) != 48*480-len(b.Marks) || len(w.retried) != 0 {
			t.Errorf("TLS %v: %d records later, retried %v", secure, len(rest), w.retried)
		}
	}
}

// TestKP20ABlockedSubscriptionIsClosedAndOpenedAgainByDemand loses and doubles
// nothing by it.
func TestKP20ABlockedSubscriptionIsClosedAndOpenedAgainByDemand(t *testing.T) {
	w := newPushWorld(t, 1)
	put := w.put(objects(5)...)
	s := w.subscribe(messages.ReadFrom{})
	got, _ := w.follow(s, messages.Position{}, 5)
	for range 3 {
		w.config.FanOut.Blocked = 20 * time.Millisecond // from the next block on
		last := w.block(s)
		w.config.FanOut.Blocked = longest
		for running() > 0 {
			time.Sleep(time.Millisecond)
		}
		put = append(put, w.put(objects(5)...)...)
		more, _ := w.follow(s, last.Last(), 5)
		got = append(got, more...)
	}
	w.want(got, put)
	if w.calls() != 4 || len(w.retried) != 0 {
		t.Errorf("%d calls, retried %v", w.calls(), w.retried)
	}
}

// TestKP20ABlockedTimeIsNoSilence: the watchdog counts what was waited for.
func TestKP20ABlockedTimeIsNoSilence(t *testing.T) {
	w := newPushWorld(t, 1)
	w.config.Idle = time.Nanosecond // each event is a block
	s := w.subscribe(messages.ReadFrom{})
	w.told(s)
	w.config.FanOut.Silence = 100 * time.Millisecond
	for end := time.Now().Add(2 * w.config.FanOut.Silence); time.Now().Before(end) || !ready(); {
		time.Sleep(time.Millisecond)
	}
	w.block(s)
	if w.calls() != 1 || len(w.retried) != 0 {
		t.Errorf("%d calls, retried %v", w.calls(), w.retried)
	}
}

// TestKP27EightSubscriptionsOfOneClientRunAtOnce is for the race detector: the
// SDK's own event stream decoder fails it.
func TestKP27EightSubscriptionsOfOneClientRunAtOnce(t *testing.T) {
	w := newPushWorld(t, 8, func(o *localkinesis.Options) { o.SubscriptionLife = 30 * time.Millisecond })
	w.overHTTP2(true)
	w.config.Patience = longest // a slow machine has lives without an event
	client := stream.New(w.config)
	var mu sync.Mutex
	var got, put []messages.SequenceNumber
	var readers sync.WaitGroup
	var want atomic.Int64
	for n := range 8 {
		shard := w.shard(n)
		readers.Go(func() {
			s := client.Subscribe(shard, messages.ReadFrom{})
			defer s.Close()
			for deadline := time.Now().Add(longest); want.Load() > 0 || want.Load() == 0 && time.Now().Before(deadline); {
				b, err := s.Next(t.Context(), 1<<20)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, m := range b.Marks {
					got = append(got, m.Seq)
				}
				if len(got) == 2000 {
					want.Store(-1)
				}
				mu.Unlock()
			}
		})
	}
	for range 20 {
		put = append(put, w.put(objects(100)...)...)
	}
	readers.Wait()
	slices.Sort(got)
	slices.Sort(put)
	w.want(got, put)
}
