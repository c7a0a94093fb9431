package supervisor

import (
	"context"
	"sync"

	"github.com/kinesnow/kinesnow/messages"
)

// pipeLooks has a pipe of the user's own looked at before the first channel is
// opened on it, and again when a channel was made anew: a pipe that is replaced
// takes its channels along, and may write somewhere else, or something else, from
// then on. One look serves all shards. nil looks at nothing.
type pipeLooks struct {
	look func(context.Context) error

	mu    sync.Mutex
	fit   bool                // it was found so, and no channel says otherwise since
	count int                 // of the looks that found it fit
	seen  map[string]seenPipe // by channel
}

// seenPipe is what a channel was opened on.
type seenPipe struct {
	createdMS int64 // the channel's own: another one is another channel of the name
	look      int   // the newest then
}

func newPipeLooks(look func(context.Context) error) *pipeLooks {
	return &pipeLooks{look: look, seen: map[string]seenPipe{}}
}

// before looks until the pipe was found fit, whichever shard's channel comes
// first.
func (l *pipeLooks) before(ctx context.Context) error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.once(ctx)
}

// after looks again where the channel that was opened is another one than this
// process opened before, unless somebody looked since. Nothing was appended to it
// yet.
func (l *pipeLooks) after(ctx context.Context, o *messages.Opening) error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if was, known := l.seen[o.Channel]; known && was.createdMS != o.CreatedMS && was.look == l.count {
		l.fit = false
	}
	if err := l.once(ctx); err != nil {
		return err
	}
	l.seen[o.Channel] = seenPipe{o.CreatedMS, l.count}
	return nil
}

func (l *pipeLooks) once(ctx context.Context) error {
	if l.fit {
		return nil
	}
	if err := l.look(ctx); err != nil {
		return err
	}
	l.fit, l.count = true, l.count+1
	return nil
}
