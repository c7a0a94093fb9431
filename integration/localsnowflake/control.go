package localsnowflake

import (
	"fmt"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// What the service does to channels on its own, for tests and chaos runs. A
// channel is meant by its name in any letter case and in whatever pipe.

// InvalidateChannel makes a channel useless until it is opened again, as
// SYSTEM$STREAMING_CHANNEL_INVALIDATE does: its status shows code, appends are
// refused, uncommitted rows are gone. Code "" is ERR_CHANNEL_MUST_BE_REOPENED.
func (s *Server) InvalidateChannel(name, code string) error {
	if code == "" {
		code = CodeMustReopen
	}
	return s.control(name, func(ch *channel) []rowstore.State {
		ch.invalidate(code, "the channel was invalidated")
		return nil
	})
}

// ExpireChannel lets a channel's 30 idle days be over: it is gone with its
// offset token.
func (s *Server) ExpireChannel(name string) error {
	return s.control(name, func(ch *channel) []rowstore.State {
		s.channels.expired[keyOf(ch.pipe, ch.Name)] = true
		return s.forget(ch)
	})
}

// DropChannelState makes the service forget a channel, as when somebody
// dropped it.
func (s *Server) DropChannelState(name string) error {
	return s.control(name, s.forget)
}

// SetOffsetToken changes a channel's committed offset token behind its
// writer's back, as a restored table does; nil makes it none.
func (s *Server) SetOffsetToken(name string, token *string) error {
	return s.control(name, func(ch *channel) []rowstore.State {
		ch.Committed = token
		return nil
	})
}

// control changes the channels of a name durably. change returns the state to
// store instead of the channel's record.
func (s *Server) control(name string, change func(*channel) []rowstore.State) error {
	s.durable.Lock()
	defer s.durable.Unlock()
	s.channels.mu.Lock()
	list := s.channels.named(name)
	var states []rowstore.State
	var broken error
	for _, ch := range list {
		changed := change(ch)
		if changed == nil {
			state, err := ch.state()
			if err != nil {
				broken = err
			}
			changed = []rowstore.State{state}
		}
		states = append(states, changed...)
	}
	s.channels.mu.Unlock()
	if len(list) == 0 {
		return fmt.Errorf("channel %q does not exist", name)
	}
	if broken != nil {
		return broken
	}
	return s.store.Commit(rowstore.Transaction{State: states})
}

// StallCommits holds back all commits from now on, or lets them run again. A
// commit under way is finished first.
func (s *Server) StallCommits(stall bool) {
	s.durable.Lock()
	defer s.durable.Unlock()
	s.committer.stalled.Store(stall)
	s.committer.wake()
}

// SetCommitDelay changes the delay of appends accepted from now on.
func (s *Server) SetCommitDelay(d time.Duration) { s.committer.lag.Store(int64(max(0, d))) }

// FailOver makes the ingest host answer 410 until somebody discovers it anew.
func (s *Server) FailOver() { s.failedOver.Store(true) }

// SetRowFault injects row errors; nil ends it.
func (s *Server) SetRowFault(fault RowFault) {
	if fault == nil {
		s.rowFault.Store(nil)
		return
	}
	s.rowFault.Store(&fault)
}
