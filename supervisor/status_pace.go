package supervisor

import (
	"context"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// StatusPace bounds the status calls that a process makes for one pipe: at most
// four within any second, whichever of its connectors make them. What Snowflake
// allows is not documented; this is what 1,800 channels of one pipe need once a
// second. Pipes do not wait for each other. It counts the channels of each pipe
// as well: all connectors of the process together use no more than
// messages.MaxChannels. The zero StatusPace is ready; share one between the
// connectors of a process.
type StatusPace struct {
	mu    sync.Mutex
	pipes map[string]*pipePace
}

// of returns the pace of one pipe, by its full name.
func (p *StatusPace) of(pipe string) *pipePace {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pipes == nil {
		p.pipes = map[string]*pipePace{}
	}
	if p.pipes[pipe] == nil {
		pace := &pipePace{turns: make(chan time.Time, statusCalls)}
		for range statusCalls {
			pace.turns <- time.Time{}
		}
		p.pipes[pipe] = pace
	}
	return p.pipes[pipe]
}

// pipePace is the turns of one pipe: from when each may be taken. A turn comes
// back a second after its call was answered, so that the service, too, sees no
// more than so many in a second, however long calls are on their way.
type pipePace struct {
	turns    chan time.Time
	channels messages.PipeChannels
}

const statusCalls = 4

// take waits for a turn, in the order of asking. Who gives up, or whose
// connector dies, leaves it to the next. done gives it back once the call is
// answered. The error is that ctx has ended.
func (p *pipePace) take(ctx context.Context) (done func(), err error) {
	var from time.Time
	select {
	case from = <-p.turns:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := waitUntil(ctx, from); err != nil {
		p.turns <- from
		return nil, err
	}
	return func() { p.turns <- time.Now().Add(time.Second) }, nil
}

func waitUntil(ctx context.Context, at time.Time) error {
	pause := time.Until(at)
	if pause <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
