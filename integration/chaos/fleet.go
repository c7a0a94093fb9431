package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// fleet is the processes of one world.
type fleet struct {
	nursery   *nursery
	places    []*place
	variables []string // of the processes, beside this one's: NAME=VALUE
	trace     *trace

	mu                   sync.Mutex
	over                 bool // nobody is started any more
	trouble              []string
	deaths               int // that nobody asked for
	upgrades, downgrades int // a place's next process is of the other program
	watched              sync.WaitGroup
}

// maxDetails bounds how many things that are wrong are listed.
const maxDetails = 20

// maxDeaths bounds how often processes that ended by themselves are started
// again.
const maxDeaths = 10

// start starts a process at a place. Whoever claimed the place may call it, or
// anybody before the storm.
func (f *fleet) start(p *place, what program, dataDir string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return
	}
	p.log.begin()
	c, err := bear(f.nursery, what, p.configs[configured{dataDir, what.reads}], dataDir, f.variables, p.log)
	if err != nil {
		f.trouble = append(f.trouble, err.Error())
		return
	}
	p.mu.Lock()
	before := p.child
	p.child = c
	p.mu.Unlock()
	switch {
	case before == nil || before.program.name == what.name:
	case what.name == current:
		f.upgrades++
	default:
		f.downgrades++
	}
	f.trace.say("start", p.name(), "program", what.name, "reads", what.reads, "pid", c.pid(), "data", dataDirName(dataDir))
	f.watched.Go(func() { f.watch(p, c) })
}

// watch notes an end that nobody asked for, and starts the process again.
func (f *fleet) watch(p *place, c *child) {
	<-c.ended
	if c.asked() {
		return
	}
	f.trace.say("death", p.name(), "state", c.state.String())
	f.mu.Lock()
	f.deaths++
	f.trouble = append(f.trouble, fmt.Sprintf("%s (%s) ended by itself after %.1f s: %s", p.name(), c.program.name, time.Since(c.born).Seconds(), c.state))
	again := f.deaths < maxDeaths && !f.over
	f.mu.Unlock()
	if again {
		time.Sleep(time.Second)
		f.start(p, c.program, c.dataDir)
	}
}

// pick claims one of the places that can be claimed; nil where none can.
func (f *fleet) pick(dice *rand.Rand, c *claim, overrule bool) (*place, *child) {
	for _, i := range dice.Perm(len(f.places)) {
		if child := f.places[i].take(c, overrule); child != nil {
			return f.places[i], child
		}
	}
	return nil, nil
}

// tell notes that something is wrong.
func (f *fleet) tell(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.trouble) < maxDetails {
		f.trouble = append(f.trouble, fmt.Sprintf(format, args...))
	}
}

// drain ends all processes in order, side by side. Those that do not end well
// or in time are trouble.
func (f *fleet) drain(within time.Duration) {
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
	var all sync.WaitGroup
	for _, p := range f.places {
		c := p.now()
		if c == nil {
			continue
		}
		all.Go(func() {
			began := time.Now()
			in := c.drain(within)
			f.trace.say("drained", p.name(), "seconds", time.Since(began).Seconds(), "state", c.state.String())
			switch {
			case !in:
				f.tell("%s did not drain in %s", p.name(), within)
			case !c.state.Success():
				f.tell("%s drained with %s", p.name(), c.state)
			}
		})
	}
	all.Wait()
}

// end kills whatever is left. It may be called at any time, more than once.
func (f *fleet) end() {
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
	for _, p := range f.places {
		if c := p.now(); c != nil {
			c.kill()
		}
	}
	f.watched.Wait()
}

// troubles lists what was wrong.
func (f *fleet) troubles() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.trouble...)
}
