package snowpipe

import (
	"fmt"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// A pipe that failed over is discovered at once. While discovery still names
// what is gone - two to four minutes were seen - it is asked again after
// moveBase, doubling to moveCap; moveCalm without a 410 ends that.
const (
	moveBase = time.Second
	moveCap  = 30 * time.Second
	moveCalm = 2 * time.Minute
)

// forget drops the host of acc and the token for it, unless somebody has signed
// in since. All channels of a pipe fail over at once, and the first to hear of
// it speaks for the rest.
func (g *gate) forget(acc access) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.current.signIn != acc.signIn || g.current.host.IsZero() {
		return
	}
	g.current = access{}
	now := g.now()
	if now.Sub(g.moved) > moveCalm {
		g.moves = 0
	}
	g.moved, g.moves = now, g.moves+1
}

// moving is the fault of a call that comes too early to discover the host again,
// nil for others.
func (g *gate) moving() *messages.Fault {
	wait := g.moveWait()
	if wait <= 0 {
		return nil
	}
	f := failedOver.fault(opDiscover, fmt.Errorf("the pipe failed over, and the host that was discovered is gone, too; asked again in %s", wait.Round(time.Second)))
	f.After = wait
	return f
}

func (g *gate) moveWait() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.moves < 2 || !g.current.host.IsZero() {
		return 0
	}
	return g.moved.Add(min(moveCap, moveBase<<min(g.moves-2, 10))).Sub(g.now())
}
