package actors

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

// polls is a status service that notes its calls and answers as it is told.
type polls struct {
	mu     sync.Mutex
	at     []time.Time
	names  [][]string
	answer func(n int) error
}

func (p *polls) Status(_ context.Context, names []string) (map[string]*messages.ChannelStatus, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.at)
	p.at, p.names = append(p.at, time.Now()), append(p.names, slices.Clone(names))
	if p.answer != nil {
		if err := p.answer(n); err != nil {
			return nil, err
		}
	}
	time.Sleep(20 * time.Millisecond)
	return map[string]*messages.ChannelStatus{}, nil
}

// inSecond is the most calls in any second.
func (p *polls) inSecond() (most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.at {
		n := 0
		for j := i; j < len(p.at) && p.at[j].Sub(p.at[i]) < time.Second; j++ {
			n++
		}
		most = max(most, n)
	}
	return most
}

// wanting stands for so many channels, which want to know all the time; it
// notes what it is told.
type wanting struct {
	commits  *actor.PID
	channels int
	mu       sync.Mutex
	told     map[string]int // by the fault's reason
}

func (w *wanting) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started, *askAgain:
		for i := range w.channels {
			c.Request(w.commits, &messages.CommitWanted{Channel: fmt.Sprintf("c-%04d", i), Opening: 1})
		}
		After(c, commitRepeat, &askAgain{})
	case *messages.StatusRead:
		w.mu.Lock()
		defer w.mu.Unlock()
		reason := ""
		if m.Err != nil {
			reason = string(messages.AsFault("", m.Err).Reason)
		}
		w.told[reason]++
	}
}

// pollFor runs Commits with so many channels for a while.
func pollFor(t *testing.T, service *polls, channels int, d time.Duration) map[string]int {
	t.Helper()
	system := actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }))
	commits := system.Root.Spawn(actor.PropsFromProducer(func() actor.Actor { return NewCommits(service, zerolog.Nop()) }))
	w := &wanting{commits: commits, channels: channels, told: map[string]int{}}
	pid := system.Root.Spawn(actor.PropsFromProducer(func() actor.Actor { return w }))
	time.Sleep(d)
	for _, p := range []*actor.PID{pid, commits} {
		if err := system.Root.StopFuture(p).Wait(); err != nil {
			t.Error(err)
		}
	}
	system.Shutdown()
	time.Sleep(3 * time.Second) // its timers, and the dead-letter throttle's ticker
	return w.told
}

// TestEighteenHundredChannelsAreAskedForWithFourSpreadCalls a second, each
// channel once.
func TestEighteenHundredChannelsAreAskedForWithFourSpreadCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := &polls{}
		told := pollFor(t, service, messages.MaxChannels, 12*time.Second)
		if most := service.inSecond(); most > 4 {
			t.Errorf("%d calls in a second", most)
		}
		last := map[string]time.Time{}
		for i, names := range service.names {
			if len(names) > statusNames {
				t.Fatalf("a call names %d channels", len(names))
			}
			if i > 0 && service.at[i].Sub(service.at[i-1]) < 200*time.Millisecond {
				t.Errorf("call %d comes %s after the one before: a burst", i, service.at[i].Sub(service.at[i-1]))
			}
			for _, name := range names {
				if was, ok := last[name]; ok && service.at[i].Sub(was) > 1100*time.Millisecond {
					t.Fatalf("%s is asked for %s after the last time", name, service.at[i].Sub(was))
				}
				last[name] = service.at[i]
			}
		}
		if len(last) != messages.MaxChannels || told[""] < 9*messages.MaxChannels {
			t.Errorf("%d channels were asked for, %v answers came", len(last), told)
		}
	})
}

// TestAStatusThatIsThrottledIsAskedWhenTheServiceWantsIt, at half the pace at
// most, and nobody is told.
func TestAStatusThatIsThrottledIsAskedWhenTheServiceWantsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := &polls{answer: func(n int) error {
			f := &messages.Fault{Class: messages.Transient, Reason: messages.ReasonThrottled, Complete: true}
			switch n {
			case 0:
				return f
			case 1:
				f.After = 7 * time.Second
				return f
			}
			return nil
		}}
		told := pollFor(t, service, 1, 15*time.Second)
		if first := service.at[1].Sub(service.at[0]); first < 2*statusPoll {
			t.Errorf("asked again after %s without a Retry-After", first)
		}
		if second := service.at[2].Sub(service.at[1]); second < 7*time.Second || second > 8*time.Second {
			t.Errorf("asked again after %s, want 7 s", second)
		}
		if len(told) != 1 || told[""] == 0 {
			t.Errorf("told %v", told)
		}
	})
}

// TestWhatASingleCallRevealsOfThePipeIsToldToEveryChannel, those included whose
// turn in the round had not come.
func TestWhatASingleCallRevealsOfThePipeIsToldToEveryChannel(t *testing.T) {
	for _, reason := range []messages.Reason{messages.ReasonFailedOver, messages.ReasonInvalidated, messages.ReasonGone, messages.ReasonDenied} {
		synctest.Test(t, func(t *testing.T) {
			class := messages.Transient
			if reason == messages.ReasonDenied {
				class = messages.Rejected
			}
			service := &polls{answer: func(n int) error {
				if n == 0 {
					return &messages.Fault{Class: class, Reason: reason, Complete: true}
				}
				return nil
			}}
			if told := pollFor(t, service, 1200, 3*time.Second); told[string(reason)] != 1200 {
				t.Errorf("%s: told %v", reason, told)
			}
		})
	}
}
