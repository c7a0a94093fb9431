package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// options are the command line.
type options struct {
	length   time.Duration // of the storm; 0 = none
	kills    int           // that must count
	rows     int           // put during the storm
	seed     uint64
	only     string // the name of the only storm; "" = all
	elder    bool   // one more process that is never ended, to measure memory on
	takeover bool
	mixed    bool
	disk     bool // the servers keep everything on disk, and the audit leaves the table out
	keep     bool
	verbose  bool
	dir      string
}

// lease of the storm's processes. A zombie sleeps longer.
const (
	leaseDuration = 3 * time.Second
	leaseRenew    = 750 * time.Millisecond
	linger        = 100 * time.Millisecond
	commitDelay   = 300 * time.Millisecond
)

func parse(args []string, errs io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("chaos", flag.ContinueOnError)
	f.SetOutput(errs)
	f.DurationVar(&o.length, "for", 170*time.Second, "how long the storms last together; 0 for none")
	f.IntVar(&o.kills, "kills", 40, "how many SIGKILLs must count: rows were committed since the one before")
	f.IntVar(&o.rows, "rows", 300_000, "how many rows are put during that time; a storm that lasts longer for its kills goes on at the same rate")
	f.Uint64Var(&o.seed, "seed", 0, "fixes which blow falls on whom; 0 takes any")
	f.StringVar(&o.only, "only", "", "one storm alone: "+eitherStorm+" or "+fanOutStorm)
	f.BoolVar(&o.elder, "elder", false, "run a fourth process that is never ended, and tell how its memory grows")
	f.BoolVar(&o.disk, "disk", false, "keep the servers' data on disk, for tens of millions of rows; the audit then leaves the table to the comparison")
	f.BoolVar(&o.takeover, "takeover", true, "time takeover and hand-off with the default lease")
	f.BoolVar(&o.mixed, "mixed", true, "run the commit in PREVIOUS beside this one")
	f.BoolVar(&o.keep, "keep", false, "keep the folder of a good run, too")
	f.BoolVar(&o.verbose, "v", false, "tell every blow")
	f.StringVar(&o.dir, "dir", "", "where logs, journals and configuration go; empty for a temporary folder")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("unexpected %q", f.Arg(0))
	case o.length < 0 || o.rows < 0 || o.kills < 0:
		return o, fmt.Errorf("-for, -rows and -kills are not negative")
	case o.only != "" && o.only != eitherStorm && o.only != fanOutStorm:
		return o, fmt.Errorf("-only %s: there are the storms %s and %s", o.only, eitherStorm, fanOutStorm)
	case o.length > 0 && o.rows == 0:
		return o, fmt.Errorf("-rows: a storm without rows shows nothing")
	}
	if o.seed == 0 {
		o.seed = rand.Uint64N(1<<32) + 1
	}
	return o, nil
}

// again is the command that repeats a run's blows.
func (o options) again() string {
	text := fmt.Sprintf("go run ./integration/chaos -for %s -kills %d -rows %d -seed %d -disk=%t -elder=%t -takeover=%t -mixed=%t",
		o.length, o.kills, o.rows, o.seed, o.disk, o.elder, o.takeover, o.mixed)
	if o.only != "" {
		text += " -only " + o.only
	}
	return text
}
