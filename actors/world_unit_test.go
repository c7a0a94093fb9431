package actors

import (
	"context"
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

// testUnit stands for a shard's unit: one generation after the other, each
// begun only when all three actors of the one before have ended.
type testUnit struct {
	world   *world
	shard   messages.Shard
	durable messages.ReadFrom
	live    map[string]*actor.PID
	share   *messages.Share
	fault   *messages.Fault
	over    bool
	begun   int
	before  messages.Position
	timer   *time.Timer
	wanted  *messages.GenerationWanted
}

type wantNow struct{}

func (u *testUnit) Receive(c actor.Context) {
	w := u.world
	switch m := c.Message().(type) {
	case *actor.Started, *wantNow:
		if len(u.live) == 0 && !u.over {
			if n := int64(u.begun + 1); u.wanted == nil || u.wanted.Generation != n {
				u.wanted = &messages.GenerationWanted{Shard: u.shard.ID, Generation: n}
			}
			c.Request(w.pid("leases"), u.wanted)
			u.timer = After(c, repeatEvery, &wantNow{})
		}
	case *messages.GenerationGranted:
		if len(u.live) == 0 && !u.over {
			w.note(func() { w.started = append(w.started, m) })
			u.begin(c, m)
		}
	case *messages.LeaseLost:
		w.note(func() { w.lost = append(w.lost, m) })
		c.Stop(c.Self())
	case *messages.Progress:
		w.note(func() {
			if m.Flowing {
				u.before = m.Accepted
				w.findings += m.Mismatches
				counters, checkpoint := w.progress.Counters, w.progress.Checkpoint
				w.progress = *m
				if m.Counters == nil {
					w.progress.Counters, w.progress.Checkpoint = counters, checkpoint
				}
				w.probe = w.probe.Committed(m.Committed)
				return
			}
			w.progress.Counters, w.progress.Checkpoint = m.Counters, m.Checkpoint
		})
	case *messages.ShardFinished:
		w.note(func() { w.finished = append(w.finished, m.Shard) })
		u.over = true
		c.Send(w.pid("leases"), &messages.EndWritten{Shard: m.Shard})
		u.stopAll(c)
	case *messages.Flushed:
		c.Request(u.live["checkpoint"], &messages.Conclude{Settled: true})
	case *messages.Concluded:
		u.over = true
		u.stopAll(c)
	case *drainNow:
		u.over = true
		c.Request(u.live["channel"], &messages.Flush{})
	case *actor.Terminated:
		u.terminated(c, m)
	case *actor.Stopping:
		u.over = true
		if u.timer != nil {
			u.timer.Stop()
		}
	}
}

type drainNow struct{}

func (u *testUnit) begin(c actor.Context, m *messages.GenerationGranted) {
	w, epoch := u.world, m.Row.Epoch
	u.begun++
	u.fault, u.share = nil, w.budget.Join()
	name := func(kind string) string { return kind + "-" + strconv.FormatInt(epoch, 10) }
	checkpoint := CheckpointSettings{
		Shard: u.shard.ID, Owner: m.Owner, Epoch: epoch, Table: w.cloud.Table, Before: u.before, Lease: w.pid("leases"), Ledger: w.pid("ledger"), Log: zerolog.Nop(),
		Recount: func(ctx context.Context, from, to messages.Position) (messages.Counters, error) {
			if w.plan.recount != nil {
				return w.plan.recount(ctx, from, to)
			}
			return Recount(ctx, w.cloud.Stream.Open(u.shard.ID, messages.ReadFrom{After: from}), to)
		},
	}
	reader := ReaderSettings{
		Shard: u.shard.ID, Share: u.share, Retention: w.cloud.Stream.Info.Retention, Log: zerolog.Nop(),
		Open: func(from messages.ReadFrom) BlockSource { return w.cloud.Stream.Open(u.shard.ID, from) },
	}
	if w.plan.reader != nil {
		w.plan.reader(&reader)
	}
	u.live["checkpoint"] = spawn(c, w, name("checkpoint"), func() actor.Actor { return NewCheckpoint(checkpoint) })
	u.live["reader"] = spawn(c, w, name("reader"), func() actor.Actor { return NewReader(reader) })
	channel := ChannelSettings{
		Connector: "orders", Stream: "orders", Name: testChannel + string(u.shard.ID), Shard: u.shard.ID, Epoch: epoch,
		Sink: w.cloud.Sink, DeadLetter: w, Share: u.share, Durable: u.durable, Probe: w.probe,
		Linger: 500 * time.Millisecond, AppendRetry: 30 * time.Second,
		Lease: w.pid("leases"), Commits: w.pid("commits"), Checkpoint: u.live["checkpoint"], Reader: u.live["reader"], Log: zerolog.Nop(),
	}
	if w.plan.channel != nil {
		w.plan.channel(&channel)
	}
	u.live["channel"] = spawn(c, w, name("channel"), func() actor.Actor { return NewChannel(channel) })
}

func (u *testUnit) HandleFailure(_ *actor.ActorSystem, s actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	if u.fault == nil {
		u.fault = CrashFault(reason, nil)
	}
	s.StopChildren(child)
}

func (u *testUnit) terminated(c actor.Context, m *actor.Terminated) {
	for kind, pid := range u.live {
		if pid.Equal(m.Who) {
			delete(u.live, kind)
		}
	}
	if len(u.live) > 0 {
		u.stopAll(c)
		return
	}
	u.share.Close()
	w := u.world
	w.note(func() {
		if u.fault != nil {
			w.ends = append(w.ends, u.fault)
			w.probe = w.probe.Failed(u.fault, w.progress.Committed)
		}
	})
	if w.plan.generations > 0 && u.begun >= w.plan.generations {
		u.over = true
	}
	if !u.over {
		u.timer = After(c, 200*time.Millisecond, &wantNow{})
	}
}

func (u *testUnit) stopAll(c actor.Context) {
	for _, pid := range u.live {
		c.Stop(pid)
	}
}

func epochText(epoch int64) string { return strconv.FormatInt(epoch, 10) }
