package sim

import "time"

// Plan is what one seed does.
type Plan struct {
	Seed uint64

	Nodes, Shards int
	Storm         time.Duration // how long faults rage
	Calls         int           // of 1,000 calls that go wrong
	Panics        int           // of 10,000 messages, before and after each
	Events        time.Duration // between two blows to the world, on average
	Put           time.Duration // between two puts
	Records       int           // of one put, at most

	LeaseDuration, LeaseRenew time.Duration
	Linger, AppendRetry       time.Duration
	CommitDelay, TokenLife    time.Duration
	Budget                    int64
	Compression               string
	Limits                    bool // Kinesis enforces the rates of a shard
	Trim                      bool // once, everything that was not read expires

	Latest  bool // the first start is LATEST, in the midst of puts
	Gentle  bool // nothing goes wrong but that channels are dropped at rest: nothing may stop
	Spite   bool // the storm looks for the worst moment
	Still   bool // no shard splits or merges: the first ones grow old; beside Spite, opens arrive again
	FanOut  bool // shards are pushed, not polled
	Reshape bool // UpdateShardCount, five times in a row, again and again
	Drops   int  // of 1,000 rows that begin to say settled, whose channels are dropped
}

// NewPlan makes the plan of a seed.
func NewPlan(seed uint64) Plan {
	d := throw(seed, "plan")
	p := Plan{
		Seed: seed, Nodes: 1 + d.IntN(3), Shards: 1 + d.IntN(3), Storm: d.between(60*time.Second, 180*time.Second),
		Calls: pick(d, 60, 200, 300, 400, 450), Panics: pick(d, 0, 5, 20, 60), Events: pick(d, time.Second, 2*time.Second, 5*time.Second, 15*time.Second),
		Put: d.between(150*time.Millisecond, 1200*time.Millisecond), Records: 1 + d.IntN(6),
		LeaseDuration: pick(d, 4*time.Second, 10*time.Second, 20*time.Second, 20*time.Second),
		Linger:        pick(d, 20*time.Millisecond, 100*time.Millisecond, 500*time.Millisecond),
		AppendRetry:   pick(d, 3*time.Second, 10*time.Second, 30*time.Second),
		CommitDelay:   pick(d, 50*time.Millisecond, time.Second, 5*time.Second, 9*time.Second),
		TokenLife:     pick(d, 30*time.Second, 2*time.Minute, 10*time.Minute),
		Budget:        pick[int64](d, 4<<20, 16<<20, 256<<20),
		Compression:   pick(d, "none", "none", "none", "gzip", "zstd"),
		Limits:        d.chance(250), Trim: d.chance(150),
	}
	p.LeaseRenew = p.LeaseDuration / 4
	p.circumstances(throw(seed, "circumstances"))
	d = throw(seed, "transport") // beside the rest, too
	p.FanOut, p.Reshape = d.chance(300), d.chance(250) && !p.Still
	return p
}

// circumstances are drawn beside the rest, so that a seed's other choices stay
// what they were before there were any.
func (p *Plan) circumstances(d dice) {
	p.Latest = d.chance(250)
	switch at := d.IntN(100); {
	case at < 18:
		p.Gentle, p.Drops = true, 500
		p.Calls, p.Panics, p.Trim, p.Limits = 0, 0, false, false
	case at < 75:
		p.Spite, p.Drops, p.Still = true, pick(d, 100, 300, 600, 900), d.chance(400)
	}
}

// drops reports whether channels are dropped when their rows say settled.
func (p *Plan) drops() bool { return p.Gentle || p.Spite }
