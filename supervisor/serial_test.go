package supervisor

import (
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// serial runs the actors of one bubble one message at a time, first come, first
// served, and lets a nanosecond pass before each: whatever a message set off
// has then happened or waits for its time, and no two messages share an
// instant. Together with a random source that repeats itself
// (testing/cryptotest), a run is the same each time.
type serial struct {
	wake chan struct{}
	over chan struct{}

	mu    sync.Mutex
	ready []*serialMailbox
	steps int
}

// serialLimit is more messages than any run needs: one that gets there turns in
// circles, and is stopped.
const serialLimit = 200_000

func newSerial() *serial {
	s := &serial{wake: make(chan struct{}, 1), over: make(chan struct{})}
	go s.run()
	return s
}

// circles reports whether it was stopped because messages go in circles.
func (s *serial) circles() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.steps >= serialLimit
}

// props gives actors the serial mailbox.
func (s *serial) props() actor.PropsOption {
	return actor.WithMailbox(func() actor.Mailbox { return &serialMailbox{serial: s} })
}

// end stops it: no message is handled any more.
func (s *serial) end() { close(s.over) }

func (s *serial) run() {
	for {
		select {
		case <-s.over:
			return
		case <-s.wake:
		}
		for more := true; more; more = s.step() {
			time.Sleep(time.Nanosecond) // the whole bubble has come to rest
		}
	}
}

// step handles one message, and reports false where there is none.
func (s *serial) step() bool {
	s.mu.Lock()
	if len(s.ready) == 0 || s.steps >= serialLimit {
		s.mu.Unlock()
		return false
	}
	m := s.ready[0]
	s.ready = s.ready[1:]
	message, system := m.take()
	s.steps++
	s.mu.Unlock()
	m.handle(message, system)
	s.mu.Lock()
	m.queued = false
	m.enlist()
	s.mu.Unlock()
	return true
}

// serialMailbox is one actor's. System messages come first, as in the engine's
// own.
type serialMailbox struct {
	serial       *serial
	invoker      actor.MessageInvoker
	system, user []any
	suspended    bool
	queued       bool // in ready, or being handled
}

// RegisterHandlers implements actor.Mailbox, like the rest.
func (m *serialMailbox) RegisterHandlers(invoker actor.MessageInvoker, _ actor.Dispatcher) {
	m.invoker = invoker
}

func (m *serialMailbox) Start() {}

func (m *serialMailbox) UserMessageCount() int {
	m.serial.mu.Lock()
	defer m.serial.mu.Unlock()
	return len(m.user)
}

func (m *serialMailbox) PostUserMessage(message any)   { m.post(&m.user, message) }
func (m *serialMailbox) PostSystemMessage(message any) { m.post(&m.system, message) }

func (m *serialMailbox) post(queue *[]any, message any) {
	m.serial.mu.Lock()
	*queue = append(*queue, message)
	m.enlist()
	m.serial.mu.Unlock()
	select {
	case m.serial.wake <- struct{}{}:
	default: // it is about to look
	}
}

// enlist makes the mailbox ready if there is something to do. The lock is held.
func (m *serialMailbox) enlist() {
	if !m.queued && (len(m.system) > 0 || !m.suspended && len(m.user) > 0) {
		m.queued = true
		m.serial.ready = append(m.serial.ready, m)
	}
}

// take removes the next message. The lock is held.
func (m *serialMailbox) take() (message any, system bool) {
	if system = len(m.system) > 0; system {
		message, m.system = m.system[0], m.system[1:]
	} else {
		message, m.user = m.user[0], m.user[1:]
	}
	return message, system
}

// handle is what the engine's own mailbox does with a message.
func (m *serialMailbox) handle(message any, system bool) {
	defer func() {
		if r := recover(); r != nil {
			m.invoker.EscalateFailure(r, message)
		}
	}()
	switch message.(type) {
	case *actor.SuspendMailbox:
		m.suspended = true
		return
	case *actor.ResumeMailbox:
		m.suspended = false
		return
	}
	if system {
		m.invoker.InvokeSystemMessage(message)
	} else {
		m.invoker.InvokeUserMessage(message)
	}
}
