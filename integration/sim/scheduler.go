package sim

import (
	"reflect"
	"sync"

	"github.com/asynkron/protoactor-go/actor"
)

// Scheduler runs the actors of all nodes one message at a time. Which of those
// that have one is next follows from the seed and the number of the step.
//
// It is driven by step, which must only be called when every other goroutine
// of the bubble is blocked (synctest.Wait): a message then meets a world in
// which everything that could move has moved.
type Scheduler struct {
	seed   uint64
	trace  *Trace
	frozen func(actor string) bool // the actor's node does not run now
	begun  func(actor string)      // an actor was started
	wake   chan struct{}           // something was posted
	names  map[reflect.Type]string // of message types
	steps  uint64                  // done so far

	mu       sync.Mutex
	ready    []*mailbox // have a message, in no particular order
	stepping bool       // a message is being handled
}

func newScheduler(seed uint64, trace *Trace) *Scheduler {
	return &Scheduler{seed: seed, trace: trace, wake: make(chan struct{}, 1), names: map[reflect.Type]string{}}
}

// Props gives actors the scheduler's mailbox.
func (s *Scheduler) Props() actor.PropsOption {
	return actor.WithMailbox(func() actor.Mailbox { return &mailbox{scheduler: s} })
}

// mailbox is one actor's. System messages come first, as in the engine's own.
type mailbox struct {
	scheduler    *Scheduler
	invoker      actor.MessageInvoker
	name         string
	hash         uint64
	system, user []any
	fresh        []any // user messages from outside, since the last step
	suspended    bool
	queued       bool
}

// RegisterHandlers implements actor.Mailbox, like the rest.
func (m *mailbox) RegisterHandlers(invoker actor.MessageInvoker, _ actor.Dispatcher) {
	m.invoker = invoker
}

// Start does nothing: the scheduler runs.
func (m *mailbox) Start() {}

// UserMessageCount is how many messages wait.
func (m *mailbox) UserMessageCount() int {
	m.scheduler.mu.Lock()
	defer m.scheduler.mu.Unlock()
	return len(m.user) + len(m.fresh)
}

// PostUserMessage takes a message: an actor's, or one of a timer or a call that
// ended, each in a goroutine of its own. Several of those may come at the same
// instant, in whatever order; the next step puts them in one.
func (m *mailbox) PostUserMessage(message any) {
	s := m.scheduler
	s.mu.Lock()
	queue := &m.user
	if !s.stepping {
		queue = &m.fresh
	}
	s.mu.Unlock()
	m.post(queue, message)
}

// PostSystemMessage takes a message of the engine's.
func (m *mailbox) PostSystemMessage(message any) { m.post(&m.system, message) }

func (m *mailbox) post(queue *[]any, message any) {
	s := m.scheduler
	s.mu.Lock()
	*queue = append(*queue, message)
	s.enlist(m)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default: // it is about to look
	}
}

// enlist makes a mailbox ready if it has something to do. mu is held.
func (s *Scheduler) enlist(m *mailbox) {
	if !m.queued && (len(m.system) > 0 || !m.suspended && len(m.user)+len(m.fresh) > 0) {
		m.queued = true
		s.ready = append(s.ready, m)
	}
}

// step runs one message, and reports false where none can be run.
func (s *Scheduler) step() bool {
	m, message, system := s.next()
	if m == nil {
		return false
	}
	s.steps++
	s.trace.note(m.name, s.nameOf(message), "")
	m.handle(message, system)
	s.mu.Lock()
	s.stepping = false
	s.enlist(m)
	s.mu.Unlock()
	return true
}

// next takes the message whose turn it is.
func (s *Scheduler) next() (m *mailbox, message any, system bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, least := -1, uint64(0)
	for i, r := range s.ready {
		if len(r.fresh) > 0 {
			r.user, r.fresh = append(r.user, inOrder(r.fresh)...), nil
		}
		if r.name == "" {
			r.name = nameOf(r.invoker)
			r.hash = mixText(offset64, r.name)
		}
		if s.frozen != nil && s.frozen(r.name) {
			continue
		}
		if draw := scatter(s.seed ^ scatter(s.steps) ^ r.hash); at < 0 || draw < least {
			at, least = i, draw
		}
	}
	if at < 0 {
		return nil, nil, false
	}
	m = s.ready[at]
	s.ready[at] = s.ready[len(s.ready)-1]
	s.ready = s.ready[:len(s.ready)-1]
	m.queued, s.stepping = false, true
	if system = len(m.system) > 0; system {
		message, m.system = m.system[0], m.system[1:]
	} else {
		message, m.user = m.user[0], m.user[1:]
	}
	return m, message, system
}

// handle is what the engine's own mailbox does with a message.
func (m *mailbox) handle(message any, system bool) {
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
	case *actor.Started:
		if m.scheduler.begun != nil {
			m.scheduler.begun(m.name)
		}
	}
	if system {
		m.invoker.InvokeSystemMessage(message)
	} else {
		m.invoker.InvokeUserMessage(message)
	}
}

// nameOf is the PID's id: known from the first message on.
func nameOf(invoker actor.MessageInvoker) string {
	if c, ok := invoker.(interface{ Self() *actor.PID }); ok && c.Self() != nil {
		return c.Self().Id
	}
	return "?"
}

func (s *Scheduler) nameOf(message any) string {
	if envelope, ok := message.(*actor.MessageEnvelope); ok {
		message = envelope.Message
	}
	t := reflect.TypeOf(message)
	name, ok := s.names[t]
	if !ok {
		name = t.String()
		s.names[t] = name
	}
	return name
}

// look makes whoever drives the scheduler look for messages.
func (s *Scheduler) look() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
