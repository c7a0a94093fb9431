package actorstest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Effect is what happens to one call. The zero Effect is a call that works.
type Effect struct {
	Delay  time.Duration // on top of the usual latency, before it is carried out
	Err    error         // it is refused: nothing happens
	Lose   bool          // the request is lost: nothing happens, and there is no answer
	Forget bool          // it is carried out, but the answer is lost
	Late   time.Duration // beside Forget: it is carried out only so much later
}

// Script says what happens to calls. Op is the method's name, such as Append;
// n counts the calls of that method from 1. It is called under a lock.
type Script func(op string, n int) Effect

// script is a Script with its counts.
type script struct {
	mu    sync.Mutex
	play  Script
	count map[string]int
}

func (s *script) next(op string) Effect {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == nil {
		s.count = map[string]int{}
	}
	s.count[op]++
	if s.play == nil {
		return Effect{}
	}
	return s.play(op, s.count[op])
}

func (s *script) set(play Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.play = play
}

func (s *script) calls(op string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count[op]
}

// Unanswered is the fault of a call without a complete answer.
func Unanswered(op string, err error) *messages.Fault {
	return &messages.Fault{Class: messages.Transient, Reason: messages.ReasonUnavailable, Op: op, Err: err}
}

// Refusal is the fault of a call that was refused in a complete answer.
func Refusal(class messages.Class, reason messages.Reason, stop messages.StopCode) *messages.Fault {
	return &messages.Fault{
		Class: class, Reason: reason, Stop: stop, Op: "script", Err: errors.New(string(reason)), Hint: stop.Hint(), Complete: true,
	}
}

// call carries out one call: latency, what the script says, and apply. A call
// whose caller goes away while it is under way is carried out all the same.
func call[T any](ctx context.Context, s *script, op string, latency time.Duration, apply func() (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, Unanswered(op, err)
	}
	e := s.next(op)
	arrives := latency + e.Delay
	timer := time.NewTimer(arrives)
	defer timer.Stop()
	began := time.Now()
	select {
	case <-timer.C:
	case <-ctx.Done():
		if e.Err == nil && !e.Lose {
			time.AfterFunc(max(0, arrives-time.Since(began)), func() { _, _ = apply() })
		}
		return none, Unanswered(op, ctx.Err())
	}
	switch {
	case e.Err != nil:
		return none, e.Err
	case e.Lose:
		return none, Unanswered(op, errors.New("the request was lost"))
	case e.Forget && e.Late > 0:
		time.AfterFunc(e.Late, func() { _, _ = apply() })
		return none, Unanswered(op, errors.New("the request is late"))
	}
	result, err := apply()
	if e.Forget {
		return none, Unanswered(op, errors.New("the answer was lost"))
	}
	return result, err
}

// wait sleeps, or returns the context's error.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
