package actors

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// crashed is what a goroutine's panic becomes: a goroutine that dies takes the
// process with it, so the panic is handed to the actor, which ends its
// generation.
type crashed struct{ fault *messages.Fault }

// run does work outside the mailbox and sends its result to the actor itself,
// unless ctx has ended by then. It is the one way in which actors do I/O:
// blocking Receive would keep Stop waiting behind AWS, and a ReenterAfter
// continuation would run on a dead instance (specs/protoactor.md 1.5).
func run(ctx context.Context, c actor.Context, work func() any) {
	self, root := c.Self(), c.ActorSystem().Root
	go func() {
		result := recovered(work)
		if ctx.Err() == nil && result != nil {
			root.Send(self, result)
		}
	}()
}

func recovered(work func() any) (result any) {
	defer func() {
		if r := recover(); r != nil {
			result = &crashed{CrashFault(r, debug.Stack())}
		}
	}()
	return work()
}

// CrashFault turns a recovered panic into a fault. A panic that is a fault
// already keeps its meaning.
func CrashFault(reason any, stack []byte) *messages.Fault {
	if f, ok := reason.(*messages.Fault); ok {
		return f
	}
	return &messages.Fault{
		Class: messages.Transient, Reason: messages.ReasonCrashed, Op: "panic",
		Err: fmt.Errorf("%v\n%s", reason, stack),
	}
}

// After sends the actor a message of its own after d. Stop the timer when the
// actor stops, unless the message does no harm to whoever has its name then.
func After(c actor.Context, d time.Duration, message any) *time.Timer {
	self, root := c.Self(), c.ActorSystem().Root
	return time.AfterFunc(d, func() { root.Send(self, message) })
}

// sleep waits for d or the end of ctx, and reports whether it was d.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
