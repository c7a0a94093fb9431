package stream_test

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
)

func TestFanOutReadsEveryRecordOnceInOrder(t *testing.T) {
	for name, prepare := range map[string]func(*world){
		"HTTP/1.1":       func(*world) {},
		"HTTP/2":         func(w *world) { w.overHTTP2(false) },
		"HTTP/2 and TLS": func(w *world) { w.overHTTP2(true) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newPushWorld(t, 1)
			prepare(w)
			first := w.put(objects(300)...)
			s := w.subscribe(messages.ReadFrom{})
			got, last := w.follow(s, messages.Position{}, 300)
			w.want(got, first)
			second := w.put(objects(50)...)
			got, last = w.follow(s, last.Last(), 50)
			w.want(got, second)
			if n := w.calls(); n != 1 {
				t.Errorf("%d calls for one subscription", n)
			}
			if last.At.After(w.clock.now()) {
				t.Errorf("the block is of %s, and the service's time %s", last.At, w.clock.now())
			}
		})
	}
}

func TestFanOutAndPollingMakeTheSameRows(t *testing.T) {
	w := newPushWorld(t, 1)
	w.put(objects(40)...)
	_, polled := w.read(w.open(messages.ReadFrom{}), messages.Position{}, 40)
	s, pushed := w.subscribe(messages.ReadFrom{}), ""
	for len(bodies(pushed)) < 40 {
		b, err := s.Next(t.Context(), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		pushed += string(b.NDJSON)
	}
	if pushed != polled {
		t.Errorf("pushed %.300s\npolled %.300s", pushed, polled)
	}
}

func TestFanOutStartsWhereItIsTold(t *testing.T) {
	w := newPushWorld(t, 1)
	old := w.put(objects(3)...)
	w.clock.move(time.Hour)
	young := w.put(objects(2)...)
	for name, c := range map[string]struct {
		from messages.ReadFrom
		want []messages.SequenceNumber
	}{
		"TRIM_HORIZON": {messages.ReadFrom{}, slices.Concat(old, young)},
		"AT_TIMESTAMP": {messages.ReadFrom{Time: w.clock.now().Add(-time.Minute)}, young},
		"after":        {messages.ReadFrom{After: at(old[1])}, slices.Concat(old[2:], young)},
		"unanchored":   {messages.ReadFrom{After: at(old[1]), Unanchored: true}, slices.Concat(old[2:], young)},
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{T: t, Server: w.Server, stock: w.stock, clock: w.clock, config: w.config}
			got, _ := w.follow(w.subscribe(c.from), c.from.After, len(c.want))
			w.want(got, c.want)
		})
	}
}

// TestFanOutLooksForItsAnchor is P9: a start position that is not there any more
// is never passed in silence.
func TestFanOutLooksForItsAnchor(t *testing.T) {
	w := newPushWorld(t, 1)
	gone := at(w.put(`{}`)[0])
	w.clock.move(25 * time.Hour)
	var missing *messages.AnchorMissingError
	err := w.firstWord(messages.ReadFrom{After: gone})
	if !errors.As(err, &missing) || missing.Want != gone || !missing.Found.IsZero() || missing.Now.Before(w.clock.now().Truncate(time.Second)) {
		t.Errorf("nothing is there: %v, now %v", err, missing)
	}
	found := w.put(`{}`)[0]
	err = w.firstWord(messages.ReadFrom{After: gone})
	if !errors.As(err, &missing) || missing.Found.Seq != found {
		t.Errorf("a later record is there: %v", err)
	}
	refuse := fault.Always(fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "InvalidArgumentException", Message: "StartingSequenceNumber ... is invalid"}})
	w.Faults().Set("SubscribeToShard", fault.Times(1, refuse))
	err = w.firstWord(messages.ReadFrom{After: gone})
	if !errors.As(err, &missing) || missing.Want != gone {
		t.Errorf("the number is refused: %v", err)
	}
}

// firstWord is the error of the first event. A block that only says that none
// has come yet is no word.
func (w *world) firstWord(from messages.ReadFrom) error {
	s := w.subscribe(from)
	for {
		if b, err := s.Next(w.Context(), 1<<20); err != nil || len(b.Marks) > 0 {
			return err
		}
	}
}

func TestEmptyEventsKeepTheShardCaughtUp(t *testing.T) {
	w := newPushWorld(t, 1)
	s := w.subscribe(messages.ReadFrom{})
	b := w.told(s)
	if !b.CaughtUp() || len(b.Marks) != 0 {
		t.Fatalf("the first block is %+v", b)
	}
	began := time.Now()
	b = w.block(s)
	if !b.CaughtUp() || b.At.IsZero() || time.Since(began) > longest {
		t.Errorf("an idle shard's block is %+v after %s", b, time.Since(began))
	}
}

// told is the block of the first event. One that only says that none has come
// yet, which it does after Config.Idle, comes before it on a slow machine.
func (w *world) told(s reader) *messages.RowBlock {
	w.Helper()
	for {
		if b := w.block(s); b.CaughtUp() || len(b.Marks) > 0 {
			return b
		}
	}
}

func (w *world) block(s reader) *messages.RowBlock {
	w.Helper()
	b, err := s.Next(w.Context(), 1<<20)
	if err != nil {
		w.Fatal(err)
	}
	return b
}

// TestA07RenewalsLeaveNoGapAndDoubleNothing has subscriptions end all the time, as
// they do every five minutes, while records come.
func TestA07RenewalsLeaveNoGapAndDoubleNothing(t *testing.T) {
	w := newPushWorld(t, 1, func(o *localkinesis.Options) { o.SubscriptionLife = 40 * time.Millisecond })
	var pushed, largest, fruitful atomic.Int64
	w.EventFaults(func(e localkinesis.EventCall) localkinesis.EventEffect {
		pushed.Add(int64(e.Records))
		largest.Store(max(largest.Load(), int64(e.Records)))
		if e.N == 0 {
			fruitful.Add(1)
		}
		return localkinesis.EventEffect{}
	})
	s := w.subscribe(messages.ReadFrom{})
	var put []messages.SequenceNumber
	var wait sync.WaitGroup
	wait.Go(func() {
		for i := range 40 {
			put = append(put, w.put(objects(10)...)...)
			for end := time.Now().Add(longest); w.calls() <= int64(i/10) && time.Now().Before(end); {
				time.Sleep(time.Millisecond) // until the next subscription: the last records are not the first one's
			}
		}
	})
	got, _ := w.follow(s, messages.Position{}, 400)
	wait.Wait()
	w.want(got, put)
	// On a slow machine a subscription may end before its first event, or break
	// in the middle of one. That is a failure, behind which the record before the
	// place may be asked for, too, or that event again.
	failed := int64(len(w.reasons()))
	if again := pushed.Load() - 400; w.calls() < 3 || again < 0 || again > failed*(largest.Load()+1) {
		t.Errorf("%d calls, %d records were pushed: renewals continue behind the last one; %v", w.calls(), pushed.Load(), w.retried)
	}
	ended := int64(0)
	for _, f := range w.retried {
		if strings.Contains(f.Error(), "subscription has ended") {
			ended++
		}
	}
	if fruitless := w.calls() - fruitful.Load(); ended > fruitless {
		t.Errorf("an ordinary end counts as a failure, %d of at most %d: %v", ended, fruitless, w.retried)
	}
}

// TestAShardIsNotSubscribedToMoreOftenThanAllowed goes through two sources of
// one client, for a shard's next generation is another source.
func TestAShardIsNotSubscribedToMoreOftenThanAllowed(t *testing.T) {
	w := newPushWorld(t, 1, func(o *localkinesis.Options) { o.TakeOver = 300 * time.Millisecond; o.Now = time.Now })
	w.config.FanOut.Between = 320 * time.Millisecond
	client := stream.New(w.config)
	put := w.put(objects(2)...)
	after := messages.ReadFrom{}
	for i := range 3 {
		s := client.Subscribe(w.shard(0), after)
		w.block(s)
		s.Close()
		after = messages.ReadFrom{After: at(put[min(i, 1)])}
	}
	if w.calls() != 3 || len(w.reasons()) != 0 {
		t.Errorf("%d calls, refused %v", w.calls(), w.retried)
	}
}

func TestCloseEndsTheSubscriptionAndItsGoroutine(t *testing.T) {
	w := newPushWorld(t, 1)
	s := w.subscribe(messages.ReadFrom{})
	w.told(s) // which its goroutine read
	if running() == 0 {
		t.Fatal("a subscription has no goroutine")
	}
	s.Close()
	if _, err := s.Next(t.Context(), 1<<20); faulted(t, err).Reason != messages.ReasonInvariant {
		t.Errorf("after Close: %v", err)
	}
	for deadline := time.Now().Add(60 * time.Second); running() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the subscription is still read")
		}
	}
}

// running is how many subscriptions are being read.
func running() int { return len(readers()) }

// ready reports whether a subscription has read the head of an event for whoever
// asks next.
func ready() bool {
	return slices.ContainsFunc(readers(), func(stack string) bool {
		state, _, _ := strings.Cut(stack, "\n")
		return strings.Contains(state, "[select")
	})
}

// readers are the stacks of the goroutines that read subscriptions.
func readers() (found []string) {
	stacks := make([]byte, 1<<20)
	for stack := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if strings.Contains(stack, "(*subscription).run(") {
			found = append(found, stack)
		}
	}
	return found
}

// TestAnEventThatMakesSeveralBlocksIsAskedForAgain: what an aggregate makes too
// much of for one block goes on inside of it.
func TestAnEventThatMakesSeveralBlocksIsAskedForAgain(t *testing.T) {
	w := newPushWorld(t, 1)
	w.config.Rows = func(messages.ShardID) stream.RowMaker { return tally{} }
	const users = 60_000 // 21 MB of rows and marks
	seqs := w.put(`{}`, dense(users), `{}`)
	s, after, count, blocks := w.subscribe(messages.ReadFrom{}), messages.Position{}, 0, 0
	for count < users+2 {
		b := w.block(s)
		if b.After != after {
			t.Fatalf("block continues %v, want %v", b.After, after)
		}
		after, count = b.Last(), count+len(b.Marks)
		if len(b.Marks) > 0 {
			blocks++
		}
	}
	if after != at(seqs[2]) || count != users+2 || blocks < 2 || len(w.retried) != 0 {
		t.Errorf("%d user records in %d blocks up to %v, retried %v", count, blocks, after, w.retried)
	}
}
