package servers

import (
	"context"
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/adapters/stream"
)

// trial is an acceptance test of polling, leases or migration: whole connectors
// on whatever serves the protocols of Kinesis and DynamoDB. Its number is that of
// docs/acceptance.md. Faults come from proxies, so that a server need not be able
// to play them.
type trial struct {
	number int
	name   string
	shards int32
	run    func(ctx context.Context, s *stage) (compared string, err error)
}

// trials are all of them.
func trials() []trial {
	return []trial{
		{2, "3 nodes, 16 shards, one is killed", 16, outlivedNode},
		{3, "clocks 10 minutes ahead and behind", 12, wrongClocks},
		{4, "split and merge under load", 2, reshardedUnderLoad},
		{4, "children that were written before anybody knew of them, at LATEST", 2, unknownChildren},
		{5, "iterators expire at LATEST, without a checkpoint", 2, expiredIterators},
		{6, "every third call to DynamoDB is answered by 500, after its effect", 2, spoiltAnswers},
		{8, "calls of a shard", 1, paced},
		{9, "Snowflake takes nothing for 5 leases", 4, backpressure},
		{11, "a whole life under the documented policy", 2, policed},
	}
}

// place is where trials take place.
type place struct {
	hall            *world
	kinesis, dynamo string // URLs; "" = the hall's
	server          kinesisServer
	pace            *stream.Pace            // nil = the product's
	lease, renew    time.Duration           // of every connector
	keep            func(trial, log string) // of one that failed; nil = nowhere
}

// quickly is how often trials ask a shard that is local.
var quickly = &stream.Pace{MinInterval: 50 * time.Millisecond, IdleInterval: 150 * time.Millisecond}

// try runs a trial on a stage of its own.
func (t trial) try(ctx context.Context, p place) (compared string, err error) {
	s, err := newStage(ctx, p, t)
	if err != nil {
		return "", err
	}
	defer s.close()
	if compared, err = t.run(ctx, s); err != nil && p.keep != nil {
		p.keep(t.operation(), s.log.String())
	}
	return compared, err
}

// of are the trials of a number.
func of(number int) []trial {
	return slices.DeleteFunc(trials(), func(t trial) bool { return t.number != number })
}
