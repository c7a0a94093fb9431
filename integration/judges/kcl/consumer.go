package kcl

import (
	"context"
	"fmt"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// application is the KCL's name for its workers together, and of the table
// that they keep their leases in.
const application = "quakes-app"

// consumer is one hearing of the KCL.
type consumer struct {
	h       *judge.Hearing
	mode    string
	kinesis *localkinesis.Server
	dynamo  *localdynamo.Server
	program program
	in      *input
	story   story
}

func hearConsumer(mode string) func(context.Context, *judge.Hearing) error {
	return func(ctx context.Context, h *judge.Hearing) error {
		c := &consumer{h: h, mode: mode}
		var err error
		if c.kinesis, err = localkinesis.Start(localkinesis.Options{}); err != nil {
			return err
		}
		h.AtEnd(func() { _ = c.kinesis.Close() })
		if c.dynamo, err = localdynamo.Start(localdynamo.Options{CreateDelay: 100 * time.Millisecond}); err != nil {
			return err
		}
		h.AtEnd(func() { _ = c.dynamo.Close() })
		if c.program, err = compile(ctx, h, kcl, "KclWorker", kclWorker); err != nil {
			return err
		}
		c.in = &input{server: c.kinesis, stream: "quakes", shards: map[string][]userRecord{}}
		if err := c.kinesis.CreateStream(c.in.stream, 2); err != nil {
			return err
		}
		return c.run(ctx)
	}
}

// run is the whole story of three workers.
func (c *consumer) run(ctx context.Context) error {
	a, err := c.begin(ctx, "A", true)
	if err != nil {
		return err
	}
	if err := c.reshard(ctx); err != nil {
		return err
	}
	b, err := c.begin(ctx, "B", false)
	if err != nil {
		return err
	}
	if err := c.takeOver(ctx, a); err != nil {
		return err
	}
	if err := b.end(ctx); err != nil {
		return err
	}
	c.h.Hold("graceful stop", c.story.has(func(e said) bool { return e.Worker == "B" && e.Event == "stopped" && e.Graceful }), "the KCL says that B's record processors are all shut down")
	if err := c.goOn(ctx); err != nil {
		return err
	}
	return c.judge(ctx)
}

// reshard puts records before, between and behind a split and a merge.
func (c *consumer) reshard(ctx context.Context) error {
	if err := c.in.mix(100); err != nil {
		return err
	}
	if err := c.delivered(ctx, "records of 2 shards"); err != nil {
		return err
	}
	if err := c.kinesis.SplitShard(c.in.stream, "shardId-000000000000"); err != nil {
		return err
	}
	if err := c.in.mix(50); err != nil {
		return err
	}
	if err := c.delivered(ctx, "records behind the split"); err != nil {
		return err
	}
	if err := c.kinesis.MergeShards(c.in.stream, "shardId-000000000003", "shardId-000000000001"); err != nil {
		return err
	}
	if err := c.in.mix(50); err != nil {
		return err
	}
	return c.delivered(ctx, "records behind the merge")
}

// takeOver lets the worker A stand still in the middle of an aggregate, kills
// it, and waits for B to go on.
func (c *consumer) takeOver(ctx context.Context, a *worker) error {
	var leases map[string]item
	present := func() bool {
		var err error
		leases, err = c.table(ctx, "leases-before")
		return err == nil && leases["B"] != nil || c.story.has(func(e said) bool { return e.Worker == "B" })
	}
	if err := c.await(ctx, "B among the workers", present); err != nil {
		return err
	}
	shards, err := c.shards(ctx)
	if err != nil {
		return err
	}
	hash, held := "", ""
	for _, s := range shards {
		if s.SequenceNumberRange.EndingSequenceNumber == "" && leases[s.ShardID].text("leaseOwner") == a.name {
			hash, held = s.HashKeyRange.StartingHashKey, s.ShardID
		}
	}
	if held == "" {
		return fmt.Errorf("A owns no open shard")
	}
	batch := make([]userRecord, 10)
	for i := range batch {
		batch[i] = c.in.next("")
		if i == 6 {
			batch[i] = c.in.next("hold")
		}
		batch[i].Hash = hash
	}
	if err := c.in.put(hash, batch...); err != nil {
		return err
	}
	if err := c.await(ctx, "A standing still", func() bool { return c.story.has(func(e said) bool { return e.Event == "held" }) }); err != nil {
		return err
	}
	if err := a.kill(); err != nil {
		return err
	}
	killed := time.Now()
	if leases, err = c.table(ctx, "leases-killed"); err != nil {
		return err
	}
	lease, last := leases[held], c.in.shards[held][len(c.in.shards[held])-1]
	c.h.Hold("checkpoint inside of an aggregate", lease.text("checkpoint") == last.Sequence && lease.text("checkpointSubSequenceNumber") == "5" && lease.text("leaseOwner") == a.name,
		"A died at sub-sequence 6 of 10; its lease says %s/%s", lease.text("checkpoint"), lease.text("checkpointSubSequenceNumber"))
	if err := c.in.mix(25); err != nil {
		return err
	}
	if err := c.delivered(ctx, "records behind the kill -9"); err != nil {
		return err
	}
	c.h.Agree("take-over after kill -9", "B has all leases and records %.0f s later", time.Since(killed).Seconds())
	return nil
}

// goOn starts a worker where none is left.
func (c *consumer) goOn(ctx context.Context) error {
	if _, err := c.table(ctx, "leases-stopped"); err != nil {
		return err
	}
	if err := c.in.mix(25); err != nil {
		return err
	}
	w, err := c.begin(ctx, "C", false)
	if err != nil {
		return err
	}
	if err := c.delivered(ctx, "records put while nobody read"); err != nil {
		return err
	}
	if err := c.await(ctx, "the last checkpoints", func() bool { return len(c.wrong(ctx)) == 0 }); err != nil {
		c.h.Logf("%v: %v", err, c.wrong(ctx))
	}
	leases := c.wrong(ctx)
	c.h.Hold("lease table", len(leases) == 0, "checkpoint, sub-sequence, owner, parents, children and hash keys of every shard: %s", first(leases))
	return w.end(ctx)
}

func (c *consumer) wrong(ctx context.Context) []string {
	leases, err := c.table(ctx, "leases-end")
	if err != nil {
		return []string{err.Error()}
	}
	shards, err := c.shards(ctx)
	if err != nil {
		return []string{err.Error()}
	}
	return wrongLeases(leases, shards, c.in.shards, "C")
}

// delivered waits until all that was put was delivered and checkpointed.
func (c *consumer) delivered(ctx context.Context, what string) error {
	err := c.await(ctx, what, func() bool {
		h, err := c.told(ctx)
		return err == nil && h.missing() == 0 && h.settled()
	})
	if err == nil {
		return nil
	}
	if h, told := c.told(ctx); told == nil {
		err = fmt.Errorf("%w; %d of %d records missing; deliveries: %s", err, h.missing(), c.in.count(), first(h.gaps))
	}
	return err
}

// told is the story so far, held against the input.
func (c *consumer) told(ctx context.Context) (*history, error) {
	shards, err := c.shards(ctx)
	if err != nil {
		return nil, err
	}
	parents := map[string][]string{}
	for _, s := range shards {
		parents[s.ShardID] = s.parents()
	}
	h := newHistory(c.in.shards, parents)
	h.tell(c.story.all())
	return h, c.story.broken
}
