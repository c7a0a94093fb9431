package stream

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// subscription is one answer to SubscribeToShard while it lasts. Its goroutine
// reads the first bytes of a frame, and no more before it was told to: what is
// not asked for stays with the service (HTTP/2's flow control, or TCP's).
//
//	goroutine  waits for a head --head--> waits for its frame to be read, or the end
//	FanOut     wait: a head --read--> the frame behind it, from the same body
type subscription struct {
	body   io.ReadCloser
	date   time.Time // the service's, of the answer; zero = not said
	opened time.Time
	over   context.Context // ends with the subscription
	cancel context.CancelFunc

	heads chan head
	more  chan struct{} // the frame was read: wait for the next head
	frame frame

	events  int           // frames of records or of progress
	fed     bool          // one of them had a record that was not handed on before
	waited  time.Duration // in all, for heads: the least that passed at the service since its Date
	quiet   time.Duration // of it, since the last frame
	parked  atomic.Bool   // closed because nobody asked for more
	blocked *time.Timer   // parks it
	stalled *time.Timer   // breaks a frame off
	pace    *FanOutPace
}

// head is a frame's head, or why there is none.
type head struct {
	bytes  frameHead
	waited time.Duration
	err    error
}

// lateMargin is what an event may be on its way: subtracted from what is told
// as the service's time of an event, which the service does not say. Being early
// costs reading some records again, in one case (P9); being late would lose
// them.
const lateMargin = time.Minute

var (
	errParked   = errors.New("subscription was closed: nobody asked for its records")
	errSilence  = errors.New("no event, not even an empty one: the connection is taken for dead")
	errStalled  = errors.New("the rest of an event did not come: the connection is taken for dead")
	errFinished = errors.New("subscription has ended")
)

// begin starts reading.
func (s *subscription) begin() {
	s.opened = time.Now()
	s.heads, s.more = make(chan head, 1), make(chan struct{}, 1)
	s.stalled = stopped(s.cancel)
	s.blocked = stopped(s.park)
	go s.run()
}

// stopped is a timer that runs once it is reset.
func stopped(f func()) *time.Timer {
	t := time.AfterFunc(time.Hour, f)
	t.Stop()
	return t
}

func (s *subscription) run() {
	defer s.body.Close()
	for {
		var h head
		began := time.Now()
		_, h.err = io.ReadFull(s.body, h.bytes[:])
		h.waited = time.Since(began)
		s.heads <- h // has room: the one before was taken before more was
		if h.err != nil {
			return
		}
		select {
		case <-s.more:
		case <-s.over.Done():
			return
		}
	}
}

// wait waits for a frame's head until the deadline; ok is false when none came.
func (s *subscription) wait(ctx context.Context, until time.Time) (h head, ok bool, err error) {
	select {
	case h = <-s.heads:
		return s.came(h)
	default:
	}
	began := time.Now()
	idle := time.NewTimer(time.Until(until))
	defer idle.Stop()
	watchdog := time.NewTimer(s.pace.Silence - s.quiet)
	defer watchdog.Stop()
	select {
	case h = <-s.heads:
		return s.came(h)
	case <-ctx.Done():
		return h, false, ctx.Err()
	case <-watchdog.C:
		return h, false, errSilence
	case <-idle.C:
		s.quiet += time.Since(began)
		return h, false, nil
	}
}

func (s *subscription) came(h head) (head, bool, error) {
	s.waited += h.waited
	s.quiet = 0
	return h, true, s.meaning(h.err)
}

// meaning is why nothing could be read. A clean end is no end of the shard: the
// SDKs cannot even tell it from a broken connection.
func (s *subscription) meaning(err error) error {
	switch {
	case err == nil:
		return nil
	case s.parked.Load():
		return errParked
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return errFinished
	case s.over.Err() != nil:
		return errStalled
	case errors.Is(err, io.ErrUnexpectedEOF):
		return brokeOff(err)
	}
	return err
}

// read reads the frame behind a head.
func (s *subscription) read(ctx context.Context, h *head, a *answer) error {
	defer s.stalled.Stop()
	stop := context.AfterFunc(ctx, s.cancel)
	defer stop()
	if err := s.frame.read(ctx, steady{s}, &h.bytes, a); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return s.meaning(err)
	}
	a.at = s.at()
	s.more <- struct{}{} // has room: the head was taken
	return nil
}

// steady reads a subscription's body, which has to move.
type steady struct{ *subscription }

// Read implements io.Reader.
func (r steady) Read(b []byte) (int, error) {
	r.stalled.Reset(r.pace.Stalled)
	n, err := r.body.Read(b)
	r.stalled.Stop()
	return n, err
}

// at is a time of the service at which the last event was not sent yet: its
// Date, and the time that was spent waiting since. What lay ready because
// nobody waited for it may be as old as that took.
func (s *subscription) at() time.Time {
	if s.date.IsZero() {
		return time.Time{}
	}
	return s.date.Add(max(0, s.waited-lateMargin))
}

// latest is a time that the service's clock has not passed yet.
func (s *subscription) latest() time.Time {
	if s.date.IsZero() {
		return time.Time{}
	}
	return s.date.Add(time.Since(s.opened) + time.Second) // a Date has whole seconds
}

// rest begins to count the time in which nobody asks for more; ask ends that.
func (s *subscription) rest() { s.blocked.Reset(s.pace.Blocked) }
func (s *subscription) ask()  { s.blocked.Stop() }

func (s *subscription) park() {
	s.parked.Store(true)
	s.cancel()
}

// close ends the subscription, and tells the service so.
func (s *subscription) close() {
	s.blocked.Stop()
	s.cancel()
}
