package servers

import (
	"context"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/emulators"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// Tables and applications of the three connectors that read one stream.
const (
	fromOldest, fromLatest, fromTime = "orders-app", "orders-latest", "orders-since"
	tableLatest, tableSince          = "LATEST", "SINCE"
)

// kinesisServer is somebody else's Kinesis, and what it is known to lack.
type kinesisServer struct {
	start emulators.Launch
	// unfiltered: ListShards does not know ShardFilter. A start at LATEST or at
	// a time then takes the shards that ended before for the first ones, so
	// that those starts are judged before the stream is resharded.
	unfiltered bool
	// hangs: GetShardIterator at a time is never answered while no later record
	// is on the shard. Where the judge knows that there is none, LATEST is
	// asked for in its place, which is the same.
	hangs bool
}

var (
	kinesisLocal = kinesisServer{start: emulators.KinesisLocal}
	kinesalite   = kinesisServer{start: emulators.Kinesalite, unfiltered: true, hangs: true}
)

// streamCase is a connector under which somebody else's Kinesis lies.
type streamCase struct {
	server kinesisServer
	*world
	feed    *feed
	ear     *ear // of the connector that reads from the oldest record
	config  string
	working *process
	latest  *process
	first   int       // records that were put before LATEST began
	since   time.Time // AT_TIMESTAMP of the third connector
	after   int       // records that were put before that
}

// hear judges the connector on a Kinesis.
func (k kinesisServer) hear(ctx context.Context, h *judge.Hearing) error {
	proxy, err := serve(ctx, h, k.start)
	if err != nil {
		return err
	}
	w, err := newWorld(ctx, h, 1, tableLatest, tableSince)
	if err != nil {
		return err
	}
	c := &streamCase{server: k, world: w, feed: newFeed(proxy.Target()), ear: k.listen(proxy)}
	if c.config, err = w.configure(plan{kinesis: proxy.URL()}); err != nil {
		return err
	}
	starts := []step{
		{"LATEST: only what comes", c.startLatest},
		{"AT_TIMESTAMP: what arrived since", c.fromTime},
	}
	moves := []step{
		{"split and merge in mid-run", c.reshard},
		{"SHARD_END of the parents", c.shardEnds},
	}
	if k.unfiltered {
		starts, moves = moves, starts
	}
	steps := []step{{"TRIM_HORIZON: what was there, and what comes", c.oldest}}
	take(ctx, h, append(append(append(steps, moves...), starts...), []step{
		{"kill -9 with rows in flight: resumes", c.kill},
		{"an iterator that the server refuses", c.refusedIterator},
		{"SIGTERM, then --until-caught-up: nothing is read twice", c.end},
		{"the LATEST connector's rows at the end", c.latestRows},
		{"the table at the end, with arrival times", c.final},
	}...))
	return nil
}
