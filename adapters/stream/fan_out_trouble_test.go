package stream_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
)

// TestKP14AnotherActiveSubscriptionIsAskedForAtAFlatPace is a takeover after a
// crash: the dead node's subscription is still open.
func TestKP14AnotherActiveSubscriptionIsAskedForAtAFlatPace(t *testing.T) {
	w := newPushWorld(t, 1, func(o *localkinesis.Options) { o.TakeOver = 5 * time.Second })
	put := w.put(objects(5)...)
	const tries = 4
	var asked []time.Time
	w.Faults().Set("SubscribeToShard", func(c fault.Call) fault.Effect {
		if asked = append(asked, time.Now()); c.N == tries { // behind the dead one's
			w.clock.move(5 * time.Second)
		}
		return fault.Effect{}
	})
	dead := w.subscribe(messages.ReadFrom{})
	w.follow(dead, messages.Position{}, 5)
	got, _ := w.follow(w.subscribe(messages.ReadFrom{}), messages.Position{}, 5)
	w.want(got, put)
	if n := w.calls(); n != 1+tries || len(w.retried) != tries-1 {
		t.Errorf("%d calls, retried %v", n, w.retried)
	}
	for i := 2; i < len(asked); i++ {
		if pause := asked[i].Sub(asked[i-1]); pause < w.config.FanOut.Refused {
			t.Errorf("call %d came %s behind a refusal", i, pause)
		}
	}
	for _, r := range w.retried {
		if !strings.Contains(r.Error(), "ResourceInUseException") || r.Class != messages.Transient {
			t.Errorf("fault %+v", r)
		}
	}
}

// TestKP14TwoReadersOfOneConsumerDoNotPlayPingPong: whoever is taken over again
// and again ends its generation, which asks for the lease first.
func TestKP14TwoReadersOfOneConsumerDoNotPlayPingPong(t *testing.T) {
	w := newPushWorld(t, 1)
	w.EventFaults(func(e localkinesis.EventCall) localkinesis.EventEffect {
		if e.N == 0 {
			return localkinesis.EventEffect{}
		}
		return localkinesis.EventEffect{Exception: localkinesis.Refusal("ResourceInUseException")}
	})
	s := w.subscribe(messages.ReadFrom{})
	var err error
	for err == nil {
		_, err = s.Next(t.Context(), 1<<20)
	}
	f := faulted(t, err)
	if f.Class != messages.Transient || !strings.Contains(f.Hint, "consumer app") || w.calls() != 3 {
		t.Errorf("%d calls, fault %+v", w.calls(), f)
	}
}

// TestKP15AHalfOpenSubscriptionIsGivenUp: nothing comes, and the connection stays.
func TestKP15AHalfOpenSubscriptionIsGivenUp(t *testing.T) {
	for _, secure := range []bool{false, true} {
		w := newPushWorld(t, 1)
		if secure {
			w.overHTTP2(true)
		}
		w.config.FanOut.Silence = 60 * time.Millisecond
		w.patientlyAgain(func() { w.config.FanOut.Silence = longest })
		put := w.put(objects(3)...)
		var subscriptions atomic.Int64
		w.EventFaults(func(e localkinesis.EventCall) localkinesis.EventEffect {
			if e.N == 0 {
				return localkinesis.EventEffect{Silence: subscriptions.Add(1) == 1}
			}
			return localkinesis.EventEffect{}
		})
		got, _ := w.follow(w.subscribe(messages.ReadFrom{}), messages.Position{}, 3)
		w.want(got, put)
		if len(w.retried) != 1 || !strings.Contains(w.retried[0].Error(), "no event") {
			t.Errorf("retried %v", w.retried)
		}
	}
}

// patientlyAgain changes the pace with the first failure: what is meant to go
// wrong once does not go wrong again because the machine is slow.
func (w *world) patientlyAgain(change func()) {
	retrying := w.config.Retrying
	w.config.Retrying = func(f *messages.Fault) {
		retrying(f)
		change()
	}
}

func TestA07BrokenSubscriptionsContinueWhereTheyWere(t *testing.T) {
	for name, effect := range map[string]localkinesis.EventEffect{
		"dropped":           {Drop: true},
		"cut in the head":   {CutAfter: 5},
		"cut after it":      {CutAfter: 13},
		"cut in the event":  {CutAfter: 300},
		"internal failure":  {Exception: localkinesis.Refusal("InternalFailureException")},
		"throttled by KMS":  {Exception: localkinesis.Refusal("KMSThrottlingException")},
		"unknown exception": {Exception: localkinesis.Refusal("SomethingNew")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, http2 := range []bool{false, true} {
				w := newPushWorld(t, 1)
				if http2 {
					w.overHTTP2(true)
				}
				put := w.put(objects(20)...)
				var events atomic.Int64
				w.EventFaults(func(e localkinesis.EventCall) localkinesis.EventEffect {
					if e.Records > 0 && events.Add(1)%2 == 1 {
						return effect
					}
					return localkinesis.EventEffect{}
				})
				s := w.subscribe(messages.ReadFrom{})
				got, last := w.follow(s, messages.Position{}, 20)
				w.want(got, put)
				more := w.put(objects(5)...)
				got, _ = w.follow(s, last.Last(), 5)
				w.want(got, more)
				if len(w.retried) == 0 {
					t.Error("nothing went wrong")
				}
			}
		})
	}
}

func TestARepeatedEventIsHandedOnOnce(t *testing.T) {
	w := newPushWorld(t, 1)
	w.EventFaults(func(localkinesis.EventCall) localkinesis.EventEffect { return localkinesis.EventEffect{Repeat: true} })
	put := w.put(objects(20)...)
	s := w.subscribe(messages.ReadFrom{})
	got, last := w.follow(s, messages.Position{}, 20)
	more := w.put(objects(5)...)
	rest, _ := w.follow(s, last.Last(), 5)
	w.want(slices.Concat(got, rest), slices.Concat(put, more))
}

func TestAKeyThatIsGoneStopsFanOutAsItStopsPolling(t *testing.T) {
	for _, code := range []string{"KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "KMSOptInRequired"} {
		w := newPushWorld(t, 1)
		w.EventFaults(func(localkinesis.EventCall) localkinesis.EventEffect {
			return localkinesis.EventEffect{Exception: localkinesis.Refusal(code)}
		})
		err := w.firstWord(messages.ReadFrom{})
		if f := faulted(t, err); f.Class != messages.Rejected || f.Stop != messages.AccessDenied || !strings.Contains(f.Hint, "kms:Decrypt") {
			t.Errorf("%s: %+v", code, f)
		}
	}
}
