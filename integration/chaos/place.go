package main

import (
	"fmt"
	"sync"
	"syscall"

	"github.com/kinesnow/kinesnow/integration/chaos/proxy"
)

// The services that a process talks to.
const (
	kinesis = iota
	dynamodb
	snowflake
	services
)

var serviceNames = [services]string{"kinesis", "dynamodb", "snowflake"}

// place is where one process at a time runs: its own way to the services, its
// log, its configuration for each data_dir.
type place struct {
	number  int
	links   [services]*proxy.Link // nil where it talks to the services directly
	configs map[configured]string // files
	log     *childLog
	elder   bool // never ended
	guest   bool // its process joins and leaves; there is none in the beginning

	mu    sync.Mutex
	child *child // nil before the first one
	claim *claim // nil = free
}

// configured is what a place has one configuration for each of.
type configured struct {
	dataDir string
	reads   transport
}

// claim says that somebody is about to do something to a place's process. A
// soft one may be overruled by a kill.
type claim struct{ soft bool }

func (p *place) name() string { return fmt.Sprintf("p%d", p.number) }

// now is the process that runs here; nil while none does.
func (p *place) now() *child {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.child == nil || p.child.gone() {
		return nil
	}
	return p.child
}

// unborn reports whether a process ended by SIGTERM before it had said a word:
// it did not know yet how to end in order, and held nothing.
func (p *place) unborn(c *child) bool {
	status, ok := c.state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGTERM && p.log.silent()
}

// take claims the place if its process runs and nobody else has claimed it, or
// softly, and overrule.
func (p *place) take(c *claim, overrule bool) *child {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.elder || p.child == nil || p.child.gone() || p.claim != nil && !(overrule && p.claim.soft) {
		return nil
	}
	p.claim = c
	return p.child
}

// release gives a claim up, unless it was overruled.
func (p *place) release(c *claim) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.claim == c {
		p.claim = nil
	}
}

// soften lets a claim be overruled from now on.
func (p *place) soften(c *claim) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.soft = true
}

// refused counts the writes of this place that DynamoDB or Snowflake refused
// because somebody else works on the shard.
func (p *place) refused() (n int64) {
	for _, l := range p.links {
		if l != nil {
			for _, word := range refusals {
				n += l.Seen(word)
			}
		}
	}
	return n
}

// refusals are what a writer is told that lost its lease or its channel.
var refusals = []string{"ConditionalCheckFailedException", "STALE_CONTINUATION_TOKEN_SEQUENCER"}
