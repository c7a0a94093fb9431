package supervisor

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// HandleFailure implements actor.SupervisorStrategy: a failed child is only
// ever stopped. What it means is judged when all three have ended.
func (u *shardUnit) HandleFailure(_ *actor.ActorSystem, supervisor actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	if u.fault == nil {
		fault := *actors.CrashFault(reason, nil) // a copy: who panicked may have shared it
		fault.Shard = u.shard.ID
		u.fault = &fault
	}
	supervisor.StopChildren(child)
}

// terminated notes that a child ended. The first one takes the others with it,
// unless the generation is being wound down; the last one ends the generation.
func (u *shardUnit) terminated(c actor.Context, m *actor.Terminated) {
	for kind, pid := range u.live {
		if pid.Equal(m.Who) {
			delete(u.live, kind)
			if u.wind != nil && u.fault == nil && u.windStep(c, kind) {
				return
			}
		}
	}
	if len(u.live) > 0 {
		u.stopAll(c)
		return
	}
	if u.share != nil {
		u.ended(c)
	}
}

func (u *shardUnit) stopAll(c actor.Context) {
	for _, pid := range u.live {
		c.Stop(pid)
	}
}

// ended judges a generation whose three actors are gone.
func (u *shardUnit) ended(c actor.Context) {
	u.share.Close()
	u.share = nil
	u.state.Generations++
	u.state.CaughtUp, u.state.Held, u.state.InFlight, u.state.Waits = false, 0, 0, ""
	if u.wind != nil {
		if u.fault != nil {
			u.note(c, u.fault)
		}
		u.windOver(c)
		return
	}
	if u.released {
		c.Stop(c.Self())
		return
	}
	f := u.fault
	if f == nil {
		f = &messages.Fault{Class: messages.Transient, Reason: messages.ReasonCrashed, Op: "generation", Shard: u.shard.ID, Err: errStopped}
		u.fault = f
	}
	u.probe = u.probe.Failed(f, u.position.committed)
	verdict, f := u.policy.judge(f)
	u.note(c, f)
	switch verdict {
	case park, askLease:
		if verdict == park {
			u.stop = f // nobody parks a shard, and raises an alarm, that is another's by now (P5)
		}
		u.phase(c, messages.PhaseBackoff)
		wanted := &messages.RecheckWanted{Shard: u.shard.ID, Epoch: u.granted.Row.Epoch}
		if verdict == park {
			wanted.Stop = f.Stop
		}
		u.ask(c, wanted)
	default:
		u.phase(c, messages.PhaseBackoff)
		u.beginAgain(c)
	}
}

// beginAgain waits before the next generation: as the backoff has it, and not
// less than the service asked for (Retry-After).
func (u *shardUnit) beginAgain(c actor.Context) {
	pause := u.policy.backoff.Next()
	if u.fault != nil {
		pause = max(pause, u.fault.After)
	}
	u.after(c, pause, &beginNow{})
}

// note keeps why a generation ended.
func (u *shardUnit) note(c actor.Context, f *messages.Fault) {
	u.state.Ends[f.Reason]++
	u.state.Error, u.state.Hint = firstLine(f.Error()), f.Hint
	level := zerolog.WarnLevel
	if f.Class == messages.Rejected {
		level = zerolog.DebugLevel // park says it once, and louder
	}
	u.plant.log.WithLevel(level).Str("shard", string(u.shard.ID)).Int64("generation", u.state.Generation).
		Str("class", f.Class.String()).Str("reason", string(f.Reason)).Str("code", string(f.Stop)).
		Str("err", firstLine(f.Error())).Msg("generation ended")
	u.outbox.Add(c, &messages.Faulted{
		Shard: u.shard.ID, Generation: u.state.Generation, Class: f.Class, Reason: f.Reason, Text: firstLine(f.Error()), At: time.Now().UTC(),
	})
}

// confirmed: Lease says that the shard is still this node's.
func (u *shardUnit) confirmed(c actor.Context) {
	if _, asked := u.waiting.(*messages.RecheckWanted); !asked {
		return
	}
	u.answered()
	if f := u.stop; f != nil {
		u.stop = nil
		u.park(c, f)
		return
	}
	u.beginAgain(c)
}

// leaseLost stops the unit; nothing more is written for the shard.
func (u *shardUnit) leaseLost(c actor.Context, m *messages.LeaseLost) {
	u.plant.log.Info().Str("shard", string(u.shard.ID)).Str("why", m.Why).Msg("shard given up")
	u.released, u.waiting = true, nil
	u.stopTimers()
	if len(u.live) > 0 {
		u.stopAll(c)
		return
	}
	if u.wind != nil && u.wind.release {
		u.leave(c)
		return
	}
	c.Stop(c.Self())
}

// finished: SHARD_END is in the row. Lease is told until it lets go.
func (u *shardUnit) finished(c actor.Context) {
	u.released = true
	if u.wind != nil {
		u.wind.clean = true
	}
	u.phase(c, messages.PhaseEnded)
	c.Request(u.ports.lease, &messages.EndWritten{Shard: u.shard.ID})
	u.stopAll(c)
}
