package sim

import (
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// tenure is from when on a lease row names an owner.
type tenure struct {
	from  time.Time
	owner string
}

// tenure notes who a row names. mu is held.
func (o *Oracle) tenure(shard string, row map[string]any) {
	owner, _ := row["leaseOwner"].(string)
	all := o.tenures[shard]
	if len(all) == 0 || all[len(all)-1].owner != owner {
		o.tenures[shard] = append(all, tenure{time.Now(), owner})
	}
}

// opened notes that a node opened a channel.
func (o *Oracle) opened(c *Call) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.opens[c.node.name+" "+c.shard] = time.Now()
}

// claimed notes the name under which a node holds leases.
func (o *Oracle) claimed(n *Node, e *messages.NodeClaimed) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !slices.Contains(o.process[n.name], e.Process) {
		o.process[n.name] = append(o.process[n.name], e.Process)
	}
}

// parked: nobody stops a shard, and raises an alarm, that has not been his
// since he opened its channel (P5).
func (o *Oracle) parked(n *Node, e *messages.Parked) {
	o.mu.Lock()
	defer o.mu.Unlock()
	since, opened := o.opens[n.name+" "+string(e.Shard)]
	if e.Code != messages.TokenLost && e.Code != messages.TokenRegressed || !opened || n.isDead() {
		return
	}
	all := o.tenures[string(e.Shard)]
	for i, t := range all {
		over := i+1 < len(all) && all[i+1].from.Before(since)
		_, process, _ := strings.Cut(t.owner, "/")
		if !over && !t.from.After(e.At) && slices.Contains(o.process[n.name], process) {
			return
		}
	}
	o.world.fail("FALSE STOP: %s stops %s, which was another's when its channel was opened: %s", n.name, e.Shard, e.Code)
}
