package supervisor

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// repeatLease is how often a question to Lease is repeated.
const repeatLease = time.Second

var errStopped = errors.New("an actor was stopped from outside")

// shardReport hands the connector what the unit knows. The state is a copy.
type shardReport struct{ state messages.ShardState }

// after arms the unit's one timer for what it waits to do next.
func (u *shardUnit) after(c actor.Context, d time.Duration, message any) {
	if u.timer != nil {
		u.timer.Stop()
	}
	u.timer = actors.After(c, d, message)
}

func (u *shardUnit) stopTimers() {
	if u.timer != nil {
		u.timer.Stop()
	}
}

// phase moves the unit to another phase and reports it at once.
func (u *shardUnit) phase(c actor.Context, p messages.Phase) {
	if u.state.Phase != p {
		u.state.Phase, u.state.Since = p, time.Now().UTC()
	}
	if p == messages.PhaseFlowing && !u.policy.failing() || p == messages.PhaseOpening && u.state.Stop != "" {
		u.state.Stop, u.state.Error, u.state.Hint = "", "", ""
	}
	u.report(c)
}

// appended: Snowflake takes rows. Why it did not, generation after generation,
// was shown until now, though each of them flowed for a moment (P19).
func (u *shardUnit) appended() {
	if u.policy.failing() {
		u.state.Error, u.state.Hint = "", ""
	}
	u.policy.appended()
}

// progress takes over where the generation is.
func (u *shardUnit) progress(c actor.Context, m *messages.Progress) {
	s, at := &u.state, &u.position
	if m.Counters != nil {
		s.Counters, at.checkpoint = *m.Counters, m.Checkpoint
		if s.Found == nil && m.Flowing { // as the row was before the first generation
			s.Found = m.Counters
		}
	}
	if m.Flowing {
		if m.Committed.Compare(at.committed) > 0 || m.Commit {
			u.policy.committed()
			u.probe = u.probe.Committed(m.Committed)
		}
		if m.Commit {
			u.gapOK = false // the gap that was accepted is behind
		}
		at.read, at.accepted, at.committed = m.Read, m.Accepted, m.Committed
		u.accepted = m.Accepted
		if m.Bytes > 0 {
			u.appended()
		}
		if m.Lag > 0 {
			s.Lag = m.Lag
			u.plant.lag(m.Lag)
		}
		s.Bytes, s.Wire = s.Bytes+m.Bytes, s.Wire+m.Wire
		s.Live = s.Live.Add(m.Live)
		s.Gaps += m.Gaps
		if m.Rejection != nil {
			s.Rejection = m.Rejection
		}
		s.Packed = s.Packed.Add(m.Packed)
		s.Mismatches += m.Mismatches
		if u.share == nil {
			return // sent before its generation ended, which overtook it
		}
		s.Behind, s.Oldest, s.Held, s.InFlight = m.Behind, m.Oldest, m.Held, m.InFlight
		if !m.ReadUpTo.IsZero() {
			s.ReadUpTo = m.ReadUpTo
		}
		s.CaughtUp = m.CaughtUp
		if s.Phase != messages.PhaseFlowing && u.wind == nil {
			u.phase(c, messages.PhaseFlowing)
			return
		}
	}
	u.reportSoon(c)
}

// reportSoon reports, but not more often than reportEvery.
func (u *shardUnit) reportSoon(c actor.Context) {
	wait := time.Until(u.reported.Add(reportEvery))
	switch {
	case wait <= 0:
		u.report(c)
	case u.reportDue == nil:
		u.reportDue = actors.After(c, wait, &reportNow{})
	}
}

func (u *shardUnit) report(c actor.Context) {
	u.reported = time.Now()
	u.outbox.Repeat(c)
	s, at := u.state, u.position
	s.ReadAt, s.AcceptedAt = at.read.String(), at.accepted.String()
	s.CommittedAt, s.CheckpointAt = at.committed.String(), at.checkpoint.String()
	s.Read, s.Accepted, s.Committed, s.Checkpoint = at.read, at.accepted, at.committed, at.checkpoint
	s.CaughtUp = s.CaughtUp && at.checkpoint.Covers(at.accepted)
	s.Failing = u.policy.failing()
	s.Ends = make(map[messages.Reason]int64, len(u.state.Ends))
	for reason, n := range u.state.Ends {
		s.Ends[reason] = n
	}
	c.Send(u.connector, &shardReport{s})
}

// park stops the shard with a code. What may heal is tried again now and then;
// the rest waits for a human.
func (u *shardUnit) park(c actor.Context, f *messages.Fault) {
	u.state.Stop, u.state.Error, u.state.Hint = f.Stop, firstLine(f.Error()), cmp.Or(f.Hint, f.Stop.Hint())
	u.plant.log.Error().Str("shard", string(u.shard.ID)).Str("code", string(f.Stop)).Str("err", firstLine(f.Error())).Msg("shard stopped")
	u.outbox.Add(c, &messages.Parked{Shard: u.shard.ID, Code: f.Stop, Text: firstLine(f.Error()), At: time.Now().UTC()})
	u.phase(c, messages.PhaseParked)
	switch credential := u.plant.credential; {
	case !heals(f.Stop):
	case f.Stop == messages.AccessDenied && credential != nil:
		u.after(c, lookParked, &credentialLook{credential.Stamp(), probeParked})
	default:
		u.after(c, probeParked, &beginNow{})
	}
}

// credentialLook looks at a refused credential's files while a shard is parked
// for it.
type credentialLook struct {
	stamp string        // as it was when the shard was parked
	left  time.Duration // until the shard is tried again anyway
}

func (u *shardUnit) lookAtCredential(c actor.Context, m *credentialLook) {
	left := m.left - lookParked
	switch changed := u.plant.credential.Stamp() != m.stamp; {
	case changed:
		u.plant.log.Info().Str("shard", string(u.shard.ID)).Msg("the credential changed: trying again")
		u.want(c)
	case left <= 0:
		u.want(c)
	default:
		u.after(c, lookParked, &credentialLook{m.stamp, left})
	}
}

// firstLine leaves the stack of a crash to the debug log.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if len(line) > 500 {
		line = strings.ToValidUTF8(line[:500], "") // a character may be cut in two
	}
	return line
}
