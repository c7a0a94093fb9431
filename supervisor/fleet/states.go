package fleet

import (
	"cmp"
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

// Of makes the report of what processes answered. Connectors of the same name,
// stream and table are one, worked on by several nodes.
func Of(snapshots []*control.Snapshot, now time.Time) Report {
	type identity struct{ name, region, stream, target string }
	r := Report{At: now, Connectors: []Connector{}, Processes: []control.Info{}}
	places := map[identity]int{}
	for _, snapshot := range snapshots {
		r.Processes = append(r.Processes, snapshot.Process)
		for _, s := range snapshot.Connectors {
			id := identity{s.Connector, s.Region, s.Stream, s.Target}
			at, known := places[id]
			if !known {
				at = len(r.Connectors)
				places[id] = at
				r.Connectors = append(r.Connectors, Connector{
					Name: s.Connector, Source: FromProcesses, Region: s.Region, Stream: s.Stream, Target: s.Target,
					Nodes: []string{}, Shards: []Shard{},
				})
			}
			r.Connectors[at].add(s)
		}
	}
	r.sort()
	return r
}

// Add takes over one more connector.
func (r *Report) Add(c Connector) {
	r.Connectors = append(r.Connectors, c)
	r.sort()
}

func (r *Report) sort() {
	slices.SortStableFunc(r.Connectors, func(a, b Connector) int { return cmp.Compare(a.Name, b.Name) })
	for i := range r.Connectors {
		r.Connectors[i].sort()
	}
}

func (c *Connector) sort() {
	slices.Sort(c.Nodes)
	slices.SortStableFunc(c.Shards, func(a, b Shard) int { return cmp.Compare(a.Shard, b.Shard) })
}

// severity orders healths: the worst of several processes is shown.
var severity = map[messages.Health]int{
	messages.Flowing: 1, messages.Draining: 2, messages.Starting: 3, messages.Degraded: 4, messages.Halted: 5,
}

// add takes over what one process says of the connector.
func (c *Connector) add(s *messages.State) {
	worse := severity[s.Health] - severity[messages.Health(c.Health)]
	if worse > 0 || worse == 0 && len(s.Shards) > 0 && (s.Why != "" || len(c.Shards) == 0) { // a process without shards has little to say
		c.Health, c.Why, c.Stop, c.Hint = string(s.Health), s.Why, string(s.Stop), s.Hint
	}
	if s.Node != "" {
		c.Nodes = append(c.Nodes, s.Node)
	}
	c.addJournal(s.Node, s.Journal)
	c.addLetters(s.Node, s.Letters)
	if s.Channels.Open+s.Channels.Ended+s.Channels.Waiting > 0 { // each node tells of all
		c.Channels = s.Channels
	}
	c.Listed, c.Ended = max(c.Listed, s.Listed), max(c.Ended, s.Done)
	if left, ok := s.UntilLoss(); ok {
		c.SecondsToDataLoss = least(c.SecondsToDataLoss, left.Seconds())
	}
	c.addColumns(s)
	for i := range s.Shards {
		c.addShard(s, &s.Shards[i])
	}
}

func (c *Connector) addShard(s *messages.State, sh *messages.ShardState) {
	if !sh.Oldest.IsZero() {
		age := s.At.Sub(sh.Oldest).Seconds()
		if c.OldestUncommittedSeconds == nil || age > *c.OldestUncommittedSeconds {
			c.OldestUncommittedSeconds = &age
		}
	}
	c.RowsCommitted += sh.Counters.Committed
	c.Rejected += sh.Counters.Rejected
	c.Discarded += sh.Counters.Discarded
	c.Filtered += sh.Counters.Filtered
	c.Gaps += sh.Gaps
	c.Packed = c.Packed.Add(sh.Packed)
	c.Shards = append(c.Shards, Shard{
		Shard: string(sh.Shard), State: string(sh.Phase), Since: moment(sh.Since), Node: s.Node,
		Generation: sh.Generation, Generations: sh.Generations, Channel: sh.Channel,
		Read: sh.ReadAt, Accepted: sh.AcceptedAt, Committed: sh.CommittedAt, Checkpoint: sh.CheckpointAt,
		BehindSeconds: sh.Behind.Seconds(), HeldBytes: sh.Held, InFlightBytes: sh.InFlight, CaughtUp: sh.CaughtUp, Failing: sh.Failing, Waits: sh.Waits,
		RowsCommitted: sh.Counters.Committed, Rejected: sh.Counters.Rejected, Discarded: sh.Counters.Discarded,
		Rejection: sh.Rejection, Stop: string(sh.Stop), Error: sh.Error, Hint: sh.Hint,
		cause: sh.Cause(), rows: sh.Live.Appended, bytes: sh.Bytes, process: s.Process,
	})
}

// Rate fills in the rows and bytes per second of now, from what was appended
// since an earlier report. A shard that moved to another process between the
// two counts with nothing.
func Rate(earlier Report, now *Report) {
	type place struct{ connector, process, shard string }
	before := map[place]*Shard{}
	for i := range earlier.Connectors {
		c := &earlier.Connectors[i]
		for j := range c.Shards {
			before[place{c.Name, c.Shards[j].process, c.Shards[j].Shard}] = &c.Shards[j]
		}
	}
	seconds := now.At.Sub(earlier.At).Seconds()
	if seconds <= 0 {
		return
	}
	for i := range now.Connectors {
		c := &now.Connectors[i]
		if c.Source != FromProcesses {
			continue
		}
		rows, bytes := 0.0, 0.0
		for j := range c.Shards {
			sh := &c.Shards[j]
			if was := before[place{c.Name, sh.process, sh.Shard}]; was != nil {
				rows += float64(max(0, sh.rows-was.rows))
				bytes += float64(max(0, sh.bytes-was.bytes))
			}
		}
		rows, bytes = rows/seconds, bytes/seconds
		c.RowsPerSecond, c.BytesPerSecond = &rows, &bytes
	}
}

func least(a *float64, b float64) *float64 {
	if a != nil && *a < b {
		return a
	}
	return &b
}

// moment is a time that may not be known.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
