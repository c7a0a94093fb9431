package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// serversOptions are the flags of bench servers.
type serversOptions struct {
	runs    int
	mb      int // of a run with localkinesis
	only    string
	profile string
}

const serversWithin = 3 * time.Minute

// serverLine is one line of the table: a load on one of our servers and on the
// yardstick.
type serverLine struct {
	name   string
	scene  string
	load   string
	figure float64 // MB/s that the issue asks for; 0 is none
}

var serverLines = []serverLine{
	{"localkinesis PutRecords", sceneWrite, "put", 40},
	{"localkinesis GetRecords", sceneRead, "get", 40},
	{"localkinesis SubscribeToShard", sceneRead, "push", 40},
	{"localsnowflake memory, plain", sceneMemory, "append", 200},
	{"localsnowflake memory, zstd", sceneMemory, "append-zstd", 200},
	{"localsnowflake SQLite, plain", sceneSQLite, "append", 0},
}

// kinesis tells whether the line is about records, not rows.
func (l serverLine) kinesis() bool { return l.scene == sceneWrite || l.scene == sceneRead }

// job is what a run moves, and how many bytes that is.
func (l serverLine) job(mb int) (j job, size float64) {
	j = job{Run: "servers", Load: l.load, Within: serversWithin}
	if l.kinesis() {
		j.Data = loadRecord
		j.Records = max(1, int64(mb)*1e6/loadRecord/(putRecords*hallShards)) * putRecords * hallShards
		return j, float64(j.Records) * loadRecord
	}
	j.Data = 1024
	if l.scene == sceneMemory {
		mb *= 4
	}
	turns := max(1, int64(mb)*1e6/1365/appendCycle())
	j.Records = turns * appendCycle()
	for i := range appendChannels {
		bodies, err := makeBodies(i, false)
		if err != nil {
			panic(err) // nothing is packed
		}
		for _, b := range bodies {
			size += float64(turns) * float64(len(b.wire))
		}
	}
	return j, size
}

// pairOfCores is where the client and the server process of servers runs share
// two cores; nil where this system cannot bind them.
func pairOfCores() place {
	if a, b, ok := cores(); ok {
		return place{a, b}
	}
	return unpinned
}

// runServers is the campaign of issue 3's speed. It returns false where a
// figure is missed.
func runServers(ctx context.Context, o serversOptions) (good bool, err error) {
	on := pairOfCores()
	if len(on) == 2 {
		fmt.Printf("client and server process share cores %d and %d; loopback, no TLS, limits off; medians of %d runs\n", on[0], on[1], o.runs)
	} else {
		fmt.Printf("not bound to two cores: this system cannot; loopback, no TLS, limits off; medians of %d runs\n", o.runs)
	}
	stored, _ := serverLine{scene: sceneRead}.job(o.mb)
	server, _, err := open(ctx, on, "_hall", hallJob{Records: stored.Records, Size: loadRecord, Profile: o.profile})
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	c := &comparison{ctx: ctx, server: server, on: on, options: o}
	t := newTable(os.Stdout, "load", "MB/s", "yardstick MB/s", "of the yardstick", "cores", "others", "issue 3", "")
	good = true
	for _, line := range serverLines {
		if !strings.Contains(line.name, o.only) {
			continue
		}
		met, err := c.line(line, t)
		if err != nil {
			return false, fmt.Errorf("%s: %w", line.name, err)
		}
		good = good && met
	}
	t.Flush()
	fmt.Println("yardstick: the same client against a handler that reads and discards, and answers the same bytes made beforehand")
	fmt.Println("cores: kept busy by client and server together; others: by everything else on this machine meanwhile, which slows them down")
	fmt.Println("localkinesis MB are record data through the AWS SDK for Go, localsnowflake MB are NDJSON, until the last row is committed")
	return good, nil
}

// comparison is one server process and what is measured against it.
type comparison struct {
	ctx     context.Context
	server  *theatre
	on      place
	options serversOptions
}

// line measures one line of the table and writes it.
func (c *comparison) line(l serverLine, t table) (met bool, err error) {
	j, size := l.job(c.options.mb)
	var ours, theirs, ratio, mine, others []float64
	for run := range c.options.runs + 1 {
		var rates [2]float64 // yardstick, ours
		var use coreUse
		for turn := range 2 {
			which := (turn + run) % 2 // each begins in turn
			scene := []string{sceneYardstick, l.scene}[which]
			r, used, err := c.run(scene, j)
			if err != nil {
				return false, err
			}
			rates[which] = size / 1e6 / r.Wall.Seconds()
			if which == 1 {
				use = used
			}
		}
		fmt.Fprintf(os.Stderr, "%s, run %d of %d: %.0f MB/s, yardstick %.0f MB/s\n", l.name, run, c.options.runs, rates[1], rates[0])
		if run == 0 {
			continue // warms up
		}
		ours, theirs, ratio = append(ours, rates[1]), append(theirs, rates[0]), append(ratio, rates[1]/rates[0])
		mine, others = append(mine, use.mine), append(others, use.others)
	}
	rate := spreadOf(ours)
	met = l.figure == 0 || rate.median >= l.figure
	figure, says := "-", "for information"
	if l.figure > 0 {
		figure, says = fmt.Sprintf(">= %.0f MB/s", l.figure), passed(met)
	}
	t.row(l.name, rate.round(), spreadOf(theirs).round(), spreadOf(ratio).String(), fmt.Sprintf("%.2f", spreadOf(mine).median), fmt.Sprintf("%.2f", spreadOf(others).median), figure, says)
	return met, nil
}

// run lets a client process do the load once, and has the server process check
// what is left of it.
func (c *comparison) run(scene string, j job) (r result, use coreUse, err error) {
	begun, err := c.server.ask(order{Scene: scene, Records: j.Records})
	if err != nil {
		return r, use, err
	}
	j.At = begun.At
	before, began, busy := c.server.cpu, time.Now(), busyTime(c.on)
	if c.options.profile != "" {
		j.Profile = c.options.profile + ".client"
	}
	if r, err = runContestant(c.ctx, c.on, "_load", j); err != nil {
		return r, use, err
	}
	busy, whole := busyTime(c.on)-busy, time.Since(began)
	if _, err := c.server.ask(order{Verdict: true}); err != nil {
		return r, use, err
	}
	served := c.server.cpu - before
	use.mine = (r.CPU + served).Seconds() / r.Wall.Seconds()
	if busy > 0 {
		use.others = max(0, (busy-served-r.Whole).Seconds()/whole.Seconds())
	}
	return r, use, nil
}

// coreUse is how many cores a run kept busy: client and server together, and
// beside them whatever else runs on the machine.
type coreUse struct{ mine, others float64 }

// round is the median with the least and the greatest, in whole numbers.
func (s spread) round() string { return fmt.Sprintf("%.0f (%.0f-%.0f)", s.median, s.least, s.most) }
