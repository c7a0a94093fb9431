package actors

import (
	"context"
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

// StatusService is Snowpipe Streaming's bulk channel status. A channel that it
// does not know is absent from the answer.
type StatusService interface {
	Status(ctx context.Context, channels []string) (map[string]*messages.ChannelStatus, error)
}

// Commits asks Snowflake what is committed, for all channels that want to know:
// in one bulk call, or where there are more than it may name in several, spread
// over the interval. It keeps nothing of its own: a channel is remembered only
// while it keeps asking (P16).
type Commits struct {
	service StatusService
	log     zerolog.Logger
	ctx     context.Context
	cancel  context.CancelFunc
	wants   map[string]want // by channel name
	round   round
	polling bool
	timer   *time.Timer
	backoff Backoff
	down    bool
}

// round is one turn through all channels that want to know.
type round struct {
	left   []string // names that are still to be asked for, sorted: each has its place in every round
	calls  int      // made so far
	began  time.Time
	spread time.Duration // between the calls; 0 = there is one
}

// want is one channel that waits for a commit.
type want struct {
	pid     *actor.PID
	opening int64
	until   time.Time
}

// NewCommits returns the status poller of one connector.
func NewCommits(service StatusService, log zerolog.Logger) *Commits {
	ctx, cancel := context.WithCancel(context.Background())
	return &Commits{
		service: service, log: log, ctx: ctx, cancel: cancel, wants: map[string]want{},
		backoff: NewBackoff(500*time.Millisecond, 10*time.Second),
	}
}

// pollNow goes on with a round, or begins one.
type pollNow struct{}

// polled is the result of one bulk call, with the wants that it began with:
// only those may take its answer, for a later opening is another one.
type polled struct {
	wants    map[string]want
	statuses map[string]*messages.ChannelStatus
	err      error
}

// Receive is the table of contents.
func (p *Commits) Receive(c actor.Context) {
	if p.down {
		return
	}
	switch m := c.Message().(type) {
	case *messages.CommitWanted:
		p.wants[m.Channel] = want{c.Sender(), m.Opening, time.Now().Add(statusWanted)}
		p.schedule(c, p.interval())
	case *pollNow:
		p.timer = nil
		p.poll(c)
	case *polled:
		p.answer(c, m)
	case *crashed:
		panic(m.fault)
	case *actor.Stopping:
		p.down = true
		p.cancel()
		if p.timer != nil {
			p.timer.Stop()
		}
	}
}

func (p *Commits) interval() time.Duration {
	if len(p.wants) > statusManyFrom {
		return statusPollMany
	}
	return statusPoll
}

func (p *Commits) schedule(c actor.Context, d time.Duration) {
	if p.timer == nil && !p.polling {
		p.timer = After(c, d, &pollNow{})
	}
}

// poll makes the next call of a round. It names what wants to know by now: who
// came in the midst of it waits for the next one.
func (p *Commits) poll(c actor.Context) {
	if len(p.round.left) == 0 {
		p.begin()
	}
	asked, names := map[string]want{}, make([]string, 0, min(len(p.round.left), statusNames))
	for len(p.round.left) > 0 && len(names) < statusNames {
		name := p.round.left[0]
		p.round.left = p.round.left[1:]
		if w, wanted := p.wants[name]; wanted {
			asked[name], names = w, append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	p.polling = true
	p.round.calls++
	run(p.ctx, c, func() any {
		ctx, cancel := context.WithTimeout(p.ctx, callLimit)
		defer cancel()
		statuses, err := p.service.Status(ctx, names)
		return &polled{asked, statuses, err}
	})
}

// begin makes a round of all channels that still want to know.
func (p *Commits) begin() {
	names := make([]string, 0, len(p.wants))
	for name, w := range p.wants {
		if time.Now().After(w.until) {
			delete(p.wants, name)
			continue
		}
		names = append(names, name)
	}
	p.round = round{left: names, began: time.Now()}
	if calls := (len(names) + statusNames - 1) / statusNames; calls > 1 {
		slices.Sort(names)
		p.round.spread = p.interval() / time.Duration(calls)
	}
}

// answer hands each channel its own status. What time heals is tried again,
// more slowly, and never before the service wants it; what it does not is told
// to every channel that asked.
func (p *Commits) answer(c actor.Context, m *polled) {
	p.polling = false
	if m.err != nil {
		left := p.round.left
		p.round.left = nil
		f := messages.AsFault("status", m.err)
		if p.passes(f) {
			p.log.Debug().Err(m.err).Msg("channel status")
			pause := max(p.backoff.Next(), f.After)
			if f.Reason == messages.ReasonThrottled {
				pause = max(pause, 2*p.interval())
			}
			p.schedule(c, pause)
			return
		}
		for _, w := range m.wants {
			c.Send(w.pid, &messages.StatusRead{Opening: w.opening, Err: f})
		}
		for _, name := range left { // it would befall them, too
			if w, wanted := p.wants[name]; wanted {
				c.Send(w.pid, &messages.StatusRead{Opening: w.opening, Err: f})
			}
		}
		p.wants = map[string]want{}
		return
	}
	p.backoff.Reset()
	for name, w := range m.wants {
		c.Send(w.pid, &messages.StatusRead{Opening: w.opening, Status: m.statuses[name]})
	}
	switch {
	case len(p.round.left) > 0:
		p.schedule(c, time.Until(p.round.began.Add(time.Duration(p.round.calls)*p.round.spread)))
	case p.round.spread > 0:
		p.schedule(c, time.Until(p.round.began.Add(p.interval())))
	default:
		p.schedule(c, p.interval())
	}
}

// passes reports whether the same question is to be asked again: no answer, or
// one that says nothing of the channels (P11).
func (p *Commits) passes(f *messages.Fault) bool {
	switch f.Reason {
	case messages.ReasonFailedOver, messages.ReasonGone, messages.ReasonInvalidated:
		return false
	}
	return f.Class == messages.Transient
}
