package actors

import (
	"context"
	"errors"
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

// Commits asks Snowflake what is committed, in one bulk call for all channels
// that want to know. It keeps nothing of its own: a channel is remembered
// only while it keeps asking (P16).
type Commits struct {
	service StatusService
	log     zerolog.Logger
	ctx     context.Context
	cancel  context.CancelFunc
	wants   map[string]want // by channel name
	polling bool
	timer   *time.Timer
	backoff Backoff
	down    bool
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

func (p *Commits) poll(c actor.Context) {
	asked, names := map[string]want{}, make([]string, 0, len(p.wants))
	for name, w := range p.wants {
		if time.Now().After(w.until) {
			delete(p.wants, name)
			continue
		}
		asked[name], names = w, append(names, name)
	}
	if len(names) == 0 {
		return
	}
	p.polling = true
	run(p.ctx, c, func() any {
		ctx, cancel := context.WithTimeout(p.ctx, callLimit)
		defer cancel()
		statuses, err := p.service.Status(ctx, names)
		return &polled{asked, statuses, err}
	})
}

// answer hands each channel its own status. What time heals is tried again,
// more slowly; what it does not is told to every channel that asked.
func (p *Commits) answer(c actor.Context, m *polled) {
	p.polling = false
	if m.err != nil {
		var f *messages.Fault
		if !errors.As(m.err, &f) || f.Class == messages.Transient && f.Reason != messages.ReasonFailedOver && f.Reason != messages.ReasonGone {
			p.log.Debug().Err(m.err).Msg("channel status")
			p.schedule(c, p.backoff.Next())
			return
		}
		for _, w := range m.wants {
			c.Send(w.pid, &messages.StatusRead{Opening: w.opening, Err: f})
		}
		p.wants = map[string]want{}
		return
	}
	p.backoff.Reset()
	for name, w := range m.wants {
		c.Send(w.pid, &messages.StatusRead{Opening: w.opening, Status: m.statuses[name]})
	}
	p.schedule(c, p.interval())
}
