package quakes

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"
)

// The second scenario, in records put.
const (
	rate        = 50 // records/s
	killsWanted = 3
)

var (
	killAt  = []int64{300, 750, 1200}
	splitAt = int64(700)
	mergeAt = int64(1150)
)

// feed puts the file at its rate, with a split and a merge on the way.
type feed struct {
	aws  *aws
	f    *flow
	sent atomic.Int64
	puts []put // read after done
	done chan struct{}
	err  error
	took time.Duration
}

func startFeed(ctx context.Context, f *flow) (*feed, error) {
	a, err := f.newAWS(ctx)
	if err != nil {
		return nil, err
	}
	d := &feed{aws: a, f: f, done: make(chan struct{})}
	go func() {
		defer close(d.done)
		began := time.Now()
		d.err = d.run(ctx)
		d.took = time.Since(began)
	}()
	return d, nil
}

func (d *feed) run(ctx context.Context) error {
	ticker := time.NewTicker(time.Second / rate)
	defer ticker.Stop()
	for i := range d.f.in.lines {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		// One record a call, each answered before the next: so the counter of
		// a key rises with its sequence numbers.
		p, err := d.aws.putOne("quakes", &d.f.in.lines[i])
		if err != nil {
			return err
		}
		d.puts = append(d.puts, p)
		switch d.sent.Add(1) {
		case splitAt:
			err = d.split()
		case mergeAt:
			err = d.merge()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// split splits the shard that took the most records.
func (d *feed) split() error {
	shards, err := d.aws.shards("quakes")
	if err != nil {
		return err
	}
	took := count(d.puts)
	busiest := shards[0]
	for _, s := range shards {
		if took[s.ShardId] > took[busiest.ShardId] {
			busiest = s
		}
	}
	d.f.t.say("after %d records boto3 splits shard %s, the busiest, while records arrive", len(d.puts), short(busiest.ShardId))
	return d.aws.split("quakes", busiest)
}

func (d *feed) merge() error {
	shards, err := d.aws.shards("quakes")
	if err != nil {
		return err
	}
	one, other, err := neighbours(shards, count(d.puts))
	if err != nil {
		return err
	}
	d.f.t.say("after %d records boto3 merges shards %s and %s while records arrive", len(d.puts), short(one.ShardId), short(other.ShardId))
	return d.aws.merge("quakes", one, other)
}

// wait waits until so many records were put, or the feed ended.
func (d *feed) wait(ctx context.Context, records int64) bool {
	for d.sent.Load() < records {
		select {
		case <-d.done:
			return false
		default:
		}
		if !pause(ctx, 10*time.Millisecond) {
			return false
		}
	}
	return true
}

// kills feeds the file while the connector is killed three times.
func kills(ctx context.Context, f *flow) error {
	if err := f.open(ctx, "--stream", "quakes:4", "--table", "QUAKES", "--commit-delay", commitDelay.String()); err != nil {
		return err
	}
	config := filepath.Join(f.box.h.Dir, "kills.yaml")
	if err := f.cloud.withShortLeases(config); err != nil {
		return err
	}
	f.t.say("configuration: the one above, and lease: {duration: 3s, renew: 1s}")
	if err := f.declare("QUAKES"); err != nil {
		return err
	}
	if _, err := startConnector(ctx, f, config); err != nil {
		return err
	}
	d, err := startFeed(ctx, f)
	if err != nil {
		return err
	}
	proven, tried := 0, 0
	for proven < killsWanted && tried < 2*killsWanted {
		if !d.wait(ctx, killAt[proven]) {
			break
		}
		tried++
		ok, err := f.killInFlight(ctx, config, tried, d)
		if err != nil {
			return err
		}
		if ok {
			proven++
		}
	}
	<-d.done
	if d.err != nil {
		return fmt.Errorf("feed: %w", d.err)
	}
	f.t.say("\nboto3 put %d records in %.1f s: %.1f records/s", len(d.puts), d.took.Seconds(), float64(len(d.puts))/d.took.Seconds())
	f.t.table(perShard(d.puts)...)
	f.t.verdict("kill -9 in flight", proven >= killsWanted, "%d kill -9 while an append was accepted and uncommitted (%d kills in all)", proven, tried)
	if err := f.drain(); err != nil {
		return err
	}
	if err := f.untilCaughtUp(ctx, config, exitFine); err != nil {
		return err
	}
	if err := f.shards(); err != nil {
		return err
	}
	return f.compare("QUAKES", "quakes", d.puts)
}

// drain ends the last process as an operator would.
func (f *flow) drain() error {
	f.t.say("kill -TERM %d", f.running.command.Process.Pid)
	if err := f.running.terminate(); err != nil {
		return err
	}
	began := time.Now()
	code, err := f.running.wait(40 * time.Second)
	if err != nil {
		return err
	}
	f.t.verdict("SIGTERM", code == exitFine, "drained and ended with exit code %d after %.1f s", code, time.Since(began).Seconds())
	return nil
}

// shards shows that the split and the merge happened and that both were
// followed: every ended shard is SHARD_END in the lease table.
func (f *flow) shards() error {
	shards, err := f.aws.shards("quakes")
	if err != nil {
		return err
	}
	rows, err := f.aws.leases(leaseTable)
	if err != nil {
		return err
	}
	listing := [][]string{{"shard", "parent", "in Kinesis", "lease row", "epoch", "committedToken", "settled"}}
	ended := 0
	var wrong []string
	for _, s := range shards {
		l := rows[s.ShardId]
		state := "open"
		if !s.open() {
			state = "ended"
			ended++
		}
		if s.open() == (l.State == "SHARD_END") {
			wrong = append(wrong, fmt.Sprintf("shard %s is %s, its lease row says %q", short(s.ShardId), state, l.State))
		}
		parent := "-"
		if s.ParentShardId != "" {
			parent = short(s.ParentShardId)
		}
		listing = append(listing, []string{short(s.ShardId), parent, state, l.state(), l.Epoch, brief(l.Committed), l.Settled})
	}
	f.t.table(listing...)
	f.t.differences("lease table", wrong, "%d shards, %d of them ended by the split and the merge: SHARD_END in the lease table for those alone", len(shards), ended)
	return nil
}
