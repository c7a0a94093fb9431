package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/localcloud"
)

// The names of the storms.
const (
	eitherStorm = "either"
	fanOutStorm = "fanout"
)

// mostPacked is how many user records an aggregate has at most.
const mostPacked = 100

// subscriptionLife is how long a subscription lasts, so that each is renewed
// several times; the service's last five minutes.
const subscriptionLife = 15 * time.Second

// storms runs those that were asked for, one after the other; time, kills and
// rows are shared among them.
func (r *chaos) storms(ctx context.Context) (trouble []string) {
	all, did := r.kinds(), deeds{}
	n := len(all)
	for _, s := range all {
		s.seed, s.length, s.kills = r.o.seed, r.o.length/time.Duration(n), (r.o.kills+n-1)/n
		trouble = append(trouble, r.storm(ctx, s, r.o.rows/n, did)...)
	}
	return append(trouble, did.lacks(r.o)...)
}

// storm runs one of them, and adds what it did.
func (r *chaos) storm(ctx context.Context, s *storm, rows int, did deeds) (trouble []string) {
	w, err := r.world(s.plan)
	if err != nil {
		return []string{err.Error()}
	}
	s.w = w
	fmt.Fprintf(r.out, "storm %s: %d processes and %d that come and go, leases of %s, %d rows in %s\n", s.plan.name, s.plan.places, s.plan.guests, leaseDuration, rows, s.length)
	trouble = r.live(ctx, w, s, rows, r.out)
	w.did(did, s)
	fmt.Fprintf(r.out, "  %s\n", w.summary(s.programs))
	return append(trouble, w.close()...)
}

// kinds are the storms that were asked for: three processes that read one way
// or the other, which each restart throws; and three by fan-out, as the service
// speaks it, while two more join and leave and the number of shards jumps.
func (r *chaos) kinds() (all []*storm) {
	p := plan{
		places: 3, shards: 4, proxied: true, onDisk: r.o.disk, elder: r.o.elder, delay: commitDelay, packed: mostPacked,
		tuning: localcloud.Tuning{LeaseDuration: leaseDuration, LeaseRenew: leaseRenew, Linger: linger, HTTPListen: "127.0.0.1:0"},
	}
	if r.o.elder {
		p.places++
	}
	either, subscribed := p, p
	either.name = eitherStorm
	subscribed.name, subscribed.guests, subscribed.secure = fanOutStorm, 2, true
	for _, s := range []*storm{
		{plan: either, programs: []program{r.now.by(polling), r.now.by(fanOut)}, blows: allBlows},
		{plan: subscribed, programs: []program{r.now.by(fanOut)}, blows: append(slices.Clone(allBlows), "rescale", "guest")},
	} {
		if r.o.only == "" || r.o.only == s.plan.name {
			all = append(all, s)
		}
	}
	return all
}

// live starts a world's processes and its producer, lets it storm, and
// concludes.
func (r *chaos) live(ctx context.Context, w *world, s *storm, rows int, out io.Writer) []string {
	for i, p := range w.places[:w.plan.places] {
		w.start(p, s.programs[i%len(s.programs)], w.data[0])
	}
	storming, over := context.WithCancel(ctx)
	defer over()
	var all sync.WaitGroup
	memory := &memory{}
	all.Go(func() { memory.follow(storming, w) })
	all.Go(func() {
		p := &producer{kinesis: w.cloud.Kinesis, log: w.log, carried: &w.carried, most: w.plan.packed, rows: int(float64(rows) * stretch), over: time.Duration(float64(s.length) * stretch), dice: s.dice("producer")}
		if err := p.run(storming); err != nil {
			w.tell("%v", err)
		}
	})
	began := time.Now()
	s.run(ctx)
	over()
	all.Wait()
	fmt.Fprintf(out, "  %.0f s of it\n", time.Since(began).Seconds())
	w.report(out)
	fmt.Fprintf(out, "  %s\n", memory)
	return w.conclude(ctx, r.now, out)
}
