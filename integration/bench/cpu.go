package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// cpuOptions are the flags of bench cpu.
type cpuOptions struct {
	pairs   int
	mb      int // raw, of one run
	size    int // bytes of a record
	shards  int
	profile string
}

// cpuWithin limits one run.
const cpuWithin = 5 * time.Minute

// contestants in the order of the table. The last one is the product.
var contestants = []struct{ name, role, says string }{
	{"C1", "_c1", "straight line, net/http"},
	{"F1", "_f1", "straight line, raw sockets"},
	{"kinesnow", "_connector", "the connector"},
}

// target is what the connector may cost beside C1 (issue 2, figure 6).
const target = 1.5

// runCPU is the campaign of figure 6. It returns false where the target is
// missed.
func runCPU(ctx context.Context, o cpuOptions) (good bool, err error) {
	if cpuTime() == 0 {
		return false, errors.New("this system does not tell the CPU time of a process")
	}
	dir, keyFile, err := makeKey()
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	contestantOn, serverOn := unpinned, unpinned
	if a, b, ok := cores(); ok {
		contestantOn, serverOn = place{a}, place{b}
		fmt.Printf("contestants on core %d, server on core %d, GOMAXPROCS=1\n", a, b)
	} else {
		fmt.Println("not pinned: this system has no way to, or fewer than two cores; the figures are rougher")
	}
	server, at, err := open(ctx, serverOn, "_stage", stageJob{Size: o.size, Shards: o.shards})
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	c := &campaign{
		ctx: ctx, server: server, on: contestantOn,
		job: job{
			At: at, Shards: o.shards, Records: int64(o.mb) * 1e6 / int64(o.size) / int64(o.shards), Data: o.size, KeyFile: keyFile,
			Table: "BENCH", Budget: 256 << 20, Compression: "none", Within: cpuWithin,
		},
	}
	fmt.Printf("%d records of %d bytes in %d shards a run, %d distinct; no TLS, no compression\n", c.job.Records*int64(o.shards), o.size, o.shards, distinct)
	if o.profile != "" {
		return true, c.profiles(o.profile)
	}
	results, err := c.rounds(o.pairs)
	if err != nil {
		return false, err
	}
	return c.print(results), nil
}

// campaign is one server and what runs against it.
type campaign struct {
	ctx    context.Context
	server *theatre
	on     place
	job    job
	runs   int
}

// run lets one contestant move everything once, and has the server check it.
func (c *campaign) run(role, profile string) (result, error) {
	c.runs++
	j := c.job
	j.Run, j.Profile = fmt.Sprintf("bench-%d", c.runs), profile
	if _, err := c.server.ask(order{Records: j.Records}); err != nil {
		return result{}, err
	}
	r, err := runContestant(c.ctx, c.on, role, j)
	if err != nil {
		return r, err
	}
	if _, err := c.server.ask(order{Verdict: true}); err != nil {
		return r, fmt.Errorf("contestant %s: %w", role, err)
	}
	return r, nil
}

// rounds runs every contestant once a round, each round beginning with another
// one, after a first round that only warms up.
func (c *campaign) rounds(n int) ([][]result, error) {
	results := make([][]result, len(contestants))
	for round := range n + 1 {
		for i := range contestants {
			i = (i + round) % len(contestants)
			r, err := c.run(contestants[i].role, "")
			if err != nil {
				return nil, err
			}
			if round > 0 {
				results[i] = append(results[i], r)
			}
			fmt.Fprintf(os.Stderr, "round %d of %d: %-8s %.3f s/GB, first read after %.1f s, wall %.1f s, %d collections\n", round, n, contestants[i].name,
				c.perGB(r), r.First.Seconds(), r.Wall.Seconds(), r.GCs)
		}
	}
	return results, nil
}

// profiles writes a CPU profile of the connector, and beside it one of C1.
func (c *campaign) profiles(file string) error {
	for role, name := range map[string]string{"_connector": file, "_c1": file + ".c1"} {
		r, err := c.run(role, name)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %.3f s/GB\n", name, c.perGB(r))
	}
	return nil
}

func (c *campaign) raw() float64 {
	return float64(c.job.Records) * float64(c.job.Shards) * float64(c.job.Data)
}

func (c *campaign) records() float64 { return float64(c.job.Records) * float64(c.job.Shards) }

// perGB is CPU seconds per GB of record data.
func (c *campaign) perGB(r result) float64 { return r.CPU.Seconds() / c.raw() * 1e9 }

func (c *campaign) print(results [][]result) bool {
	t := newTable(os.Stdout, "contestant", "s/GB", "MB/cpu-s", "ns/rec", "allocs/rec", "B/rec", "peak", "wall MB/s", "CPU to C1", "CPU to F1")
	c1, f1 := results[0], results[1]
	for i, list := range results {
		per := medianOf(list, c.perGB)
		t.row(contestants[i].name,
			fmt.Sprintf("%.2f", per), fmt.Sprintf("%.0f", 1000/per),
			fmt.Sprintf("%.0f", medianOf(list, func(r result) float64 { return float64(r.CPU.Nanoseconds()) / c.records() })),
			fmt.Sprintf("%.3f", medianOf(list, func(r result) float64 { return float64(r.Mallocs) / c.records() })),
			fmt.Sprintf("%.0f", medianOf(list, func(r result) float64 { return float64(r.Bytes) / c.records() })),
			megabytes(medianOf(list, func(r result) int64 { return r.Peak })),
			fmt.Sprintf("%.0f", medianOf(list, func(r result) float64 { return c.raw() / 1e6 / r.Wall.Seconds() })),
			ratios(list, c1, c.perGB).String(), ratios(list, f1, c.perGB).String(),
		)
	}
	t.Flush()
	ratio := ratios(results[len(results)-1], c1, c.perGB)
	fmt.Println("rows, bytes, order and the checksum of every shard's sequence numbers were exact in every run")
	fmt.Printf("kinesnow to C1: %s, target %.2f: %s\n", ratio, target, passed(ratio.median <= target))
	return ratio.median <= target
}

func passed(ok bool) string {
	if ok {
		return "met"
	}
	return "MISSED"
}
