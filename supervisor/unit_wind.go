package supervisor

import (
	"cmp"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// windDown asks a unit to end its generation in order: the reader first, then
// everything appended and committed, then the last checkpoint.
type windDown struct {
	release bool           // give the lease up and leave (drain, hand-off); else stay paused
	to      messages.Owner // who asked for the shard (P21); "" = whoever comes
	within  time.Duration  // for everything
}

// windDone answers it.
type windDone struct {
	shard messages.ShardID
	clean bool // everything that was read is committed and checkpointed
}

// winding is a wind-down under way.
type winding struct {
	windDown
	sender *actor.PID
	clean  bool // everything that was read is known to be committed and checkpointed
	tardy  bool // it took too long, and rows may be in flight
	again  bool // resumed before it was over
	late   *time.Timer
	end    *time.Timer
}

func (u *shardUnit) windDown(c actor.Context, m *windDown) {
	if u.wind != nil {
		u.wind.release, u.wind.again = u.wind.release || m.release, false
		u.wind.sender, u.wind.to = c.Sender(), cmp.Or(m.to, u.wind.to)
		if u.state.Phase == messages.PhasePaused && m.release {
			u.giveUp(c)
		}
		return
	}
	running := len(u.live) > 0
	u.answered()
	u.stop = nil
	u.wind = &winding{windDown: *m, sender: c.Sender(), clean: !running && u.fault == nil}
	if !running {
		u.windOver(c)
		return
	}
	late := max(m.within-concludeGrace, m.within/2)
	u.wind.late = actors.After(c, late, &windLate{})
	u.wind.end = actors.After(c, m.within, &lateEnd{})
	if reader := u.live["reader"]; reader != nil {
		c.Stop(reader)
	}
}

// windStep takes the next step when a child has ended as it should. It reports
// false when that child was not due.
func (u *shardUnit) windStep(c actor.Context, kind string) bool {
	channel := u.live["channel"]
	if kind != "reader" || channel == nil || u.live["checkpoint"] == nil {
		return false
	}
	c.Request(channel, &messages.Flush{})
	return true
}

// flushed: nothing is in flight any more.
func (u *shardUnit) flushed(c actor.Context) {
	if checkpoint := u.live["checkpoint"]; u.wind != nil && checkpoint != nil {
		c.Request(checkpoint, &messages.Conclude{Settled: true})
	}
}

// windLate hands over what is committed; what is in flight is read again by
// whoever comes next, for its opening fences this one (P21).
func (u *shardUnit) windLate(c actor.Context) {
	if checkpoint := u.live["checkpoint"]; u.wind != nil && checkpoint != nil {
		u.wind.tardy = true
		c.Request(checkpoint, &messages.Conclude{})
	}
}

func (u *shardUnit) concluded(c actor.Context, m *messages.Concluded) {
	if u.wind == nil {
		return
	}
	u.wind.clean = m.Settled && !u.wind.tardy
	u.stopAll(c)
}

// stopTimers stops what would otherwise reach the next unit of this name.
func (w *winding) stopTimers() {
	if w == nil {
		return
	}
	for _, t := range []*time.Timer{w.late, w.end} {
		if t != nil {
			t.Stop()
		}
	}
}

// windOver: the generation is over.
func (u *shardUnit) windOver(c actor.Context) {
	w := u.wind
	w.stopTimers()
	if w.release {
		u.giveUp(c)
		return
	}
	u.phase(c, messages.PhasePaused)
	c.Send(w.sender, &windDone{u.shard.ID, w.clean})
	switch {
	case u.released:
		c.Stop(c.Self()) // the next one is told whether it is paused
	case w.again:
		u.resume(c)
	}
}

// giveUp releases the lease; the unit leaves when that is answered.
func (u *shardUnit) giveUp(c actor.Context) {
	if u.released {
		u.leave(c)
		return
	}
	u.ask(c, &messages.ReleaseWanted{Shard: u.shard.ID, To: u.wind.to})
}

// leave reports and stops the unit.
func (u *shardUnit) leave(c actor.Context) {
	if u.wind == nil || !u.wind.release {
		return
	}
	u.answered()
	c.Send(u.wind.sender, &windDone{u.shard.ID, u.wind.clean})
	c.Stop(c.Self())
}

// resume ends a pause, or the way there.
func (u *shardUnit) resume(c actor.Context) {
	switch {
	case u.wind == nil || u.wind.release:
	case u.state.Phase != messages.PhasePaused:
		u.wind.again = true
	default:
		u.wind = nil
		u.want(c)
	}
}
