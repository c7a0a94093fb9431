package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"
)

// shardsOptions are the flags of bench shards.
type shardsOptions struct {
	shards  int
	idle    time.Duration // how long each phase is measured
	fanOut  bool
	profile string
}

// The figures, and the terms of the runs.
const (
	mostResident   = 600e6                   // bytes of 1,000 shards
	mostIdleCores  = 0.15                    // of 1,000 shards
	mostWrites     = 500                     // of the lease table, a second
	fewShards      = 100                     // whose channels are opened and have appended
	mostOpening    = 5 * time.Second         // within this
	shardsCommit   = 6500 * time.Millisecond // between acceptance and commit: the slow end of what the service takes
	shardsRecord   = 1024
	shardsOpenWait = 2 * time.Minute
	settleFor      = 15 * time.Second // from the last opening: five empty answers make a shard idle
)

// runShards is the campaign of a thousand shards. It returns false where a figure
// is missed.
func runShards(ctx context.Context, o shardsOptions) (good bool, err error) {
	dir, keyFile, err := makeKey()
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	c := &shardsCampaign{ctx: ctx, options: o, dir: dir, keyFile: keyFile}
	opened, err := c.opening()
	if err != nil {
		return false, err
	}
	least, err := c.yardstick()
	if err != nil {
		return false, err
	}
	phases, err := c.living(false)
	if err != nil {
		return false, err
	}
	if o.fanOut {
		pushed, err := c.living(true)
		if err != nil {
			return false, err
		}
		phases = append(phases, pushed...)
	}
	return printShards(o, opened, least, phases), nil
}

// shardsCampaign is what its runs share.
type shardsCampaign struct {
	ctx          context.Context
	options      shardsOptions
	dir, keyFile string
}

// pair is a server process and a connector process.
type pair struct{ server, connector *theatre }

func (c *shardsCampaign) begin(run string, shards, loaded int, fanOut bool) (p pair, err error) {
	server, at, err := open(c.ctx, unpinned, "_shore", shoreJob{Shards: shards, Loaded: loaded, Size: shardsRecord, Delay: shardsCommit, KeyFile: c.keyFile})
	if err != nil {
		return p, err
	}
	profile := c.options.profile
	if profile != "" {
		profile += "." + run
	}
	connector, _, err := open(c.ctx, unpinned, "_fleet", fleetJob{
		At: at, Run: run, Shards: shards, FanOut: fanOut, KeyFile: c.keyFile, Dir: c.dir, Profile: profile,
	})
	if err != nil {
		return p, errors.Join(err, server.close())
	}
	return pair{server, connector}, nil
}

// end drains the connector, and has the server count the rows.
func (p pair) end() error {
	_, err1 := p.connector.ask(order{Drain: true})
	_, err2 := p.server.ask(order{Verdict: true})
	return errors.Join(err1, err2, p.connector.close(), p.server.close())
}

// sample asks the connector how it is.
func (p pair) sample(o order) (*sample, error) {
	r, err := p.connector.ask(o)
	if err == nil && r.Sample == nil {
		err = errors.New("the connector process sent no sample")
	}
	return r.Sample, err
}

// until asks the connector every 100 ms until it is where it should be.
func (p pair) until(within time.Duration, there func(*sample) bool) (*sample, error) {
	for end := time.Now().Add(within); ; {
		s, err := p.sample(order{})
		if err != nil || there(s) {
			return s, err
		}
		if time.Now().After(end) {
			return s, fmt.Errorf("after %s: %+v", within, *s)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// opening starts a connector on few shards, a record in each.
func (c *shardsCampaign) opening() (s *sample, err error) {
	p, err := c.begin("opening", fewShards, 1, false)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.end()) }()
	return p.until(shardsOpenWait, func(s *sample) bool { return s.AllCommitted > 0 })
}

// yardstick is how many cores net/http alone takes to poll as many idle shards.
func (c *shardsCampaign) yardstick() (cores float64, err error) {
	server, at, err := open(c.ctx, unpinned, "_shore", shoreJob{Shards: c.options.shards, Size: shardsRecord, KeyFile: c.keyFile})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	r, err := runContestant(c.ctx, unpinned, "_poller", job{At: at, Shards: c.options.shards, For: c.options.idle, Within: c.options.idle + time.Minute})
	return r.CPU.Seconds() / r.Wall.Seconds(), err
}

// phase is what was measured while one thing went on.
type phase struct {
	name    string
	wall    time.Duration
	cores   float64
	others  float64            // cores that everything else on this machine kept busy
	calls   map[string]float64 // a second
	end     *sample
	rush    int64 // most writes of the lease table in one second, from the beginning
	packed  int64 // bytes resident after a collection
	opening time.Duration
}

// living runs a connector on many shards through its phases.
func (c *shardsCampaign) living(fanOut bool) (phases []phase, err error) {
	run := "polled"
	if fanOut {
		run = "pushed"
	}
	p, err := c.begin(run, c.options.shards, 0, fanOut)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.end()) }()
	s, err := p.until(shardsOpenWait, func(s *sample) bool { return s.AllOpened > 0 })
	if err != nil {
		return nil, err
	}
	opening := s.AllOpened
	fmt.Fprintf(os.Stderr, "%s: %d channels opened in %.1f s, peak %s\n", run, s.Opened, opening.Seconds(), megabytes(s.Peak))
	for _, every := range []time.Duration{0, time.Second} {
		name := run + ", idle"
		if every > 0 {
			name = run + ", 1 KB/s each"
		}
		one, err := p.measure(c.options.idle, name, every)
		if err != nil {
			return nil, err
		}
		one.opening = opening
		fmt.Fprintf(os.Stderr, "%s: %.3f cores (others %.2f), RSS %s, %d goroutines\n", name, one.cores, one.others, megabytes(one.end.RSS), one.end.Goroutines)
		phases = append(phases, one)
	}
	fed, err := p.server.ask(order{}) // ends the records
	if err != nil {
		return nil, err
	}
	_, err = p.until(shardsOpenWait, func(s *sample) bool { return s.Rows >= fed.Calls[countRecords] })
	return phases, err
}

// measure lets a phase settle, and measures it.
func (p pair) measure(length time.Duration, name string, every time.Duration) (m phase, err error) {
	m.name, m.calls = name, map[string]float64{}
	if _, err = p.server.ask(order{Every: every}); err != nil {
		return m, err
	}
	time.Sleep(settleFor)
	calls, err := p.server.ask(order{Every: every})
	if err != nil {
		return m, err
	}
	label := "idle"
	if every > 0 {
		label = "light"
	}
	begin, err := p.sample(order{Profile: label})
	if err != nil {
		return m, err
	}
	all := make(place, runtime.NumCPU())
	for core := range all {
		all[core] = core
	}
	busy := busyTime(all)
	time.Sleep(length)
	busy = busyTime(all) - busy
	if m.end, err = p.sample(order{}); err != nil {
		return m, err
	}
	after, err := p.server.ask(order{Every: every})
	if err != nil {
		return m, err
	}
	m.wall = m.end.At.Sub(begin.At)
	mine := m.end.CPU - begin.CPU
	m.cores = mine.Seconds() / m.wall.Seconds()
	m.others = max(0, (busy-mine-(after.CPU-calls.CPU)).Seconds()/m.wall.Seconds())
	for action, n := range after.Calls {
		m.calls[action] = float64(n-calls.Calls[action]) / m.wall.Seconds()
	}
	m.rush = after.Calls[countMostWrites]
	collected, err := p.sample(order{Collect: true})
	if err != nil {
		return m, err
	}
	m.packed = collected.RSS
	return m, nil
}
