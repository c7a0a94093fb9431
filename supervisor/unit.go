package supervisor

import (
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// shardUnit owns the generations of one shard: it is the only parent of
// reader, channel and checkpoint.
//
//	wanting --GenerationGranted--> running --a child ended--> ending --all ended--> judged
//	   ^                                                                              |
//	   +---- backoff, or Lease confirmed <--------------------------------------------+--> parked, gone
//
// Never does it restart one of them in place: it waits for Terminated of all
// three, and begins anew under new names, so that nothing of an old generation
// can reach a new one (specs/protoactor.md 2.4).
type shardUnit struct {
	plant     *plant
	ports     ports
	shard     messages.Shard
	first     bool
	durable   messages.ReadFrom
	drained   bool // the operator vouched for an adopted table
	stream    *messages.Stream
	connector *actor.PID

	granted  *messages.GenerationGranted
	live     map[string]*actor.PID // by kind: reader, channel, checkpoint
	share    *messages.Share
	fault    *messages.Fault // the first of this generation
	stop     *messages.Fault // parks the shard once Lease has confirmed that it is ours
	released bool            // the lease is gone: do not go on
	wind     *winding
	policy   policy
	probe    actors.Probe
	timer    *time.Timer
	waiting  any // the question to Lease that is repeated

	state     messages.ShardState
	position  progressAt
	accepted  messages.Position // how far the last generation had appended
	gapOK     bool              // a human accepted the gap
	rejectOK  messages.RejectionsSeen
	reported  time.Time
	reportDue *time.Timer
	outbox    actors.Outbox
	down      bool
}

// progressAt is where the generation is.
type progressAt struct{ read, accepted, committed, checkpoint messages.Position }

type (
	beginNow  struct{}
	repeatNow struct{}
	reportNow struct{}
	windLate  struct{}
	lateEnd   struct{}
)

// Receive is the table of contents.
func (u *shardUnit) Receive(c actor.Context) {
	if u.down {
		return // a child spawned while stopping would never be stopped
	}
	switch m := c.Message().(type) {
	case *actor.Started:
		u.started(c)
	case *beginNow:
		u.want(c)
	case *credentialLook:
		u.lookAtCredential(c, m)
	case *repeatNow:
		u.repeat(c)
	case *messages.GenerationGranted:
		u.spawn(c, m)
	case *messages.LeaseConfirmed:
		u.confirmed(c)
	case *messages.LeaseLost:
		u.leaseLost(c, m)
	case *messages.Progress:
		u.progress(c, m)
	case *messages.Waiting:
		u.state.Waits = m.For
		u.reportSoon(c)
	case *messages.ShardFinished:
		u.finished(c)
	case *actor.Terminated:
		u.terminated(c, m)

	case *windDown:
		u.windDown(c, m)
	case *messages.Flushed:
		u.flushed(c)
	case *messages.Concluded:
		u.concluded(c, m)
	case *windLate:
		u.windLate(c)
	case *lateEnd:
		if u.wind != nil {
			u.stopAll(c)
		}
	case *messages.LeaseReleased:
		u.leave(c)
	case *resumeShard:
		u.resume(c)
	case *resolveShard:
		u.resolve(c, m)
	case *resolved:
		u.resolved(c, m)

	case *messages.Recorded:
		u.outbox.Recorded(m)
	case *reportNow:
		u.reportDue = nil
		u.report(c)
	case *actor.Stopping:
		u.down = true
		u.stopTimers()
		u.wind.stopTimers()
		if u.share != nil {
			u.share.Close()
		}
	}
}

func (u *shardUnit) started(c actor.Context) {
	u.live, u.policy = map[string]*actor.PID{}, newPolicy()
	u.state = messages.ShardState{Shard: u.shard.ID, Ends: map[messages.Reason]int64{}}
	u.outbox = actors.NewOutbox(u.ports.ledger, actors.ShardStream(u.shard.ID), u.plant.process+"/"+c.Self().Id+"/"+strconv.FormatInt(time.Now().UnixNano(), 36))
	u.want(c)
}

// want asks Lease for a generation: a lease write that counts the epoch up (P5).
func (u *shardUnit) want(c actor.Context) {
	if u.released || u.wind != nil || len(u.live) > 0 {
		return
	}
	u.phase(c, messages.PhaseOpening)
	u.ask(c, &messages.GenerationWanted{Shard: u.shard.ID, Generation: u.state.Generations + 1})
}

// ask sends Lease a question until it is answered.
func (u *shardUnit) ask(c actor.Context, question any) {
	u.waiting = question
	u.repeat(c)
}

func (u *shardUnit) repeat(c actor.Context) {
	if u.waiting != nil {
		c.Request(u.ports.lease, u.waiting)
		u.after(c, repeatLease, &repeatNow{})
	}
}

// spawn begins the generation that Lease granted. Its number is the epoch, so
// names are never used twice.
func (u *shardUnit) spawn(c actor.Context, m *messages.GenerationGranted) {
	if wanted, ok := u.waiting.(*messages.GenerationWanted); !ok || m.Answers != wanted || len(u.live) > 0 || u.wind != nil {
		return
	}
	u.answered()
	u.granted, u.fault = m, nil
	u.state.Generation, u.state.Epoch, u.state.Channel = m.Row.Epoch, m.Row.Epoch, u.channelName()
	if u.state.ReadUpTo.IsZero() {
		u.state.ReadUpTo = m.Row.ReadUpTo()
	}
	u.share = u.plant.budget.Join()
	u.plant.log.Debug().Str("shard", string(u.shard.ID)).Int64("generation", m.Row.Epoch).Msg("generation begins")
	checkpoint := u.child(c, "checkpoint", func() actor.Actor { return u.newCheckpoint() })
	reader := u.child(c, "reader", func() actor.Actor { return u.newReader() })
	u.child(c, "channel", func() actor.Actor { return u.newChannel(checkpoint, reader) })
}

func (u *shardUnit) child(c actor.Context, kind string, produce actor.Producer) *actor.PID {
	pid, err := c.SpawnNamed(u.plant.props(produce), kind+"-"+strconv.FormatInt(u.granted.Row.Epoch, 10))
	if err != nil {
		panic(err) // names are never used twice, so this is a bug of ours
	}
	u.live[kind] = pid
	return pid
}

func (u *shardUnit) answered() {
	u.waiting = nil
	u.stopTimers()
}
