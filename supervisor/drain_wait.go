package supervisor

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// waitMargin is what a drain may take beyond its own limit: the node slot, and
// the way of the answer.
const waitMargin = 5 * time.Second

// Wait drains connectors side by side and returns once all have stopped, or
// within (and a few seconds) is over. The error names those that left
// something to be read again; nothing is ever lost by that.
func Wait(system *actor.ActorSystem, pids []*actor.PID, within time.Duration) error {
	errs := make([]error, len(pids))
	var all sync.WaitGroup
	for i, pid := range pids {
		all.Go(func() { errs[i] = drainOne(system, pid, within) })
	}
	all.Wait()
	return errors.Join(errs...)
}

func drainOne(system *actor.ActorSystem, pid *actor.PID, within time.Duration) error {
	answer, err := system.Root.RequestFuture(pid, &messages.Drain{Within: within}, within+waitMargin).Result()
	if err != nil {
		return fmt.Errorf("%s: no answer to the drain: %w", pid.Id, err)
	}
	if d, ok := answer.(*messages.Drained); ok && !d.Clean {
		left := make([]string, len(d.Left))
		for i, id := range d.Left {
			left[i] = string(id)
		}
		return fmt.Errorf("%s: not everything was committed in time; it will be read again: %s", pid.Id, strings.Join(left, ", "))
	}
	return nil
}
