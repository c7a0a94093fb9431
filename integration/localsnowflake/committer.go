package localsnowflake

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

const (
	// groupBytes bounds one commit, and thereby how long an open waits for it.
	groupBytes = 32 << 20
	// retryPause passes after a commit that the store refused.
	retryPause = 100 * time.Millisecond
	// idle is how long the committer sleeps with nothing to wait for.
	idle = time.Hour
	// tickMax bounds how long a batch that is due waits for company: what
	// falls due meanwhile goes into the same transaction.
	tickMax = 20 * time.Millisecond
)

// committer makes accepted batches durable: one goroutine, in the order in
// which they are due, and within a channel always in the order of acceptance.
type committer struct {
	server  *Server
	worker  *worker
	signal  chan struct{}
	quit    chan struct{}
	done    chan struct{}
	lag     atomic.Int64 // commit delay in nanoseconds
	stalled atomic.Bool
}

func startCommitter(s *Server) *committer {
	c := &committer{server: s, worker: newWorker(s),
		signal: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	c.lag.Store(int64(max(0, s.options.CommitDelay)))
	go c.run()
	return c
}

func (c *committer) delay() time.Duration { return time.Duration(c.lag.Load()) }

// tick is how long a batch that is due waits for company.
func (c *committer) tick() time.Duration { return min(c.delay()/8, tickMax) }

// wake makes the committer look at once. An append does so only where it
// would fall due before the next look.
func (c *committer) wake() {
	select {
	case c.signal <- struct{}{}:
	default: // it is about to look anyway
	}
}

func (c *committer) close() {
	close(c.quit)
	<-c.done
}

func (c *committer) run() {
	defer close(c.done)
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		timer.Reset(c.commitDue())
		select {
		case <-c.quit:
			return
		case <-c.signal:
		case <-timer.C:
		}
	}
}

// commitDue commits whatever is due and returns how long nothing will be.
func (c *committer) commitDue() time.Duration {
	for !c.stalled.Load() {
		select {
		case <-c.quit:
			return idle
		default:
		}
		wait, err := c.commitGroup()
		if err != nil {
			c.server.note(err)
			return retryPause
		}
		if wait > 0 {
			return wait
		}
	}
	return idle
}

// commitGroup commits one group and returns 0, or how long nothing is due.
func (c *committer) commitGroup() (time.Duration, error) {
	s := c.server
	s.durable.Lock()
	defer s.durable.Unlock()
	group, wait := s.channels.due(time.Now(), c.tick())
	if len(group) == 0 {
		return wait, nil
	}
	var tx rowstore.Transaction
	for _, work := range group {
		if err := c.worker.run(work, &tx); err != nil {
			return 0, err
		}
		state, err := work.after.state()
		if err != nil {
			return 0, err
		}
		tx.State = append(tx.State, state)
	}
	if err := s.store.Commit(tx); err != nil {
		return 0, err
	}
	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	for _, work := range group {
		work.publish(s.options.ParsedAtAcceptance)
	}
	return 0, nil
}

// commitWork is what one commit takes from one channel.
type commitWork struct {
	channel *channel
	batches []*batch
	done    int    // how many of them made it: an excessive evolution ends the work
	after   record // the channel's state once they are committed
}

// due picks the batches whose time has come, up to groupBytes. If there is
// none it says how long to sleep: until a tick after the first one's time.
func (c *channels) due(now time.Time, tick time.Duration) ([]*commitWork, time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wait := idle
	defer func() { c.look = now.Add(wait) }()
	var ready []*commitWork
	for _, ch := range c.byKey {
		if len(ch.pending) == 0 {
			continue
		}
		if left := ch.pending[0].due.Sub(now); left > 0 {
			wait = min(wait, left+tick)
			continue
		}
		ready = append(ready, &commitWork{channel: ch, after: ch.record})
	}
	slices.SortFunc(ready, func(a, b *commitWork) int {
		return cmp.Or(a.channel.pending[0].due.Compare(b.channel.pending[0].due), cmp.Compare(a.channel.Name, b.channel.Name))
	})
	size := 0
	for i, work := range ready {
		for _, b := range work.channel.pending {
			if b.due.After(now) || size > groupBytes {
				break
			}
			work.batches = append(work.batches, b)
			size += len(b.body)
		}
		if size > groupBytes {
			return ready[:i+1], wait
		}
	}
	return ready, wait
}

// publish shows the committed state. Called with channels.mu held. Opens wait
// while a commit runs, but the channel may have been dropped with its table,
// or invalidated by an append, in the meantime: that stays so.
func (w *commitWork) publish(parsedAtAcceptance bool) {
	ch := w.channel
	if ch.gone {
		return
	}
	parsed, code, message := ch.RowsParsed, ch.Code, ch.Message
	ch.record = w.after
	if parsedAtAcceptance {
		ch.RowsParsed = parsed
	}
	if code != CodeSuccess {
		ch.Code, ch.Message = code, message
		return
	}
	for _, b := range w.batches[:w.done] {
		ch.waiting -= len(b.body)
	}
	ch.pending = slices.Delete(ch.pending, 0, w.done) // lets the bodies go, too
	if w.after.Code != CodeSuccess {
		ch.invalidate(w.after.Code, w.after.Message)
	}
}
