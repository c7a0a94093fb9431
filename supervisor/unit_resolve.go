package supervisor

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// resolveShard carries a human's decision to the unit of a parked shard.
type resolveShard struct {
	command *messages.Resolve
	sender  *actor.PID
}

// resolved is the result of carrying it out.
type resolved struct {
	sender *actor.PID
	event  *messages.Resolved
	seen   messages.RejectionsSeen // by the human, from now on
	err    error
}

// resolve carries out a decision: what it means is worked out from the token
// that the channel has now and from the row, written under the lease, recorded,
// and then the shard begins anew.
func (u *shardUnit) resolve(c actor.Context, m *resolveShard) {
	if u.state.Phase != messages.PhaseParked {
		c.Send(m.sender, &messages.Done{Error: "shard " + string(u.shard.ID) + " is not stopped: it is " + string(u.state.Phase)})
		return
	}
	self, root := c.Self(), c.ActorSystem().Root
	stopped := stoppedShard{u.state.Stop, u.granted, u.state.Channel, u.position.committed}
	plant := u.plant
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		r := &resolved{sender: m.sender}
		defer func() {
			if p := recover(); p != nil {
				r.err = actors.CrashFault(p, debug.Stack())
			}
			root.Send(self, r)
		}()
		r.event, r.seen, r.err = stopped.carryOut(ctx, plant, m.command)
	}()
}

// stoppedShard is what a decision is about.
type stoppedShard struct {
	code      messages.StopCode
	granted   *messages.GenerationGranted // of the generation that parked
	channel   string
	committed messages.Position // T as this process last read it back
}

// row reads the shard's row as it is now: the one that the generation began
// with is as old as that.
func (s *stoppedShard) row(ctx context.Context, p *plant) (*messages.ShardRow, error) {
	all, err := p.table.Rows(ctx)
	if err != nil {
		return nil, err
	}
	began, rows := s.granted.Row, all.Shards
	at := slices.IndexFunc(rows, func(r messages.ShardRow) bool { return r.Shard == began.Shard })
	if at < 0 || rows[at].Owner != s.granted.Owner || rows[at].Epoch != began.Epoch {
		return nil, fmt.Errorf("shard %s is not this process's any more: resolve it where it is parked", began.Shard)
	}
	return &rows[at], nil
}

// from is the decision's place. The checkpoint is what was last read back as
// committed, also where that did not reach the row any more; the table's is its
// highest position of the shard, or the token's where that is further on: the
// last records before it made no rows.
func (s *stoppedShard) from(ctx context.Context, p *plant, m *messages.Resolve, row *messages.ShardRow, token string) (string, error) {
	switch {
	case m.From == "checkpoint" && s.committed.Compare(checkpointOf(row)) > 0:
		return s.committed.String(), nil
	case m.From == "table" && touchesToken(s.code):
		at, err := p.highest(ctx, row.Shard)
		if err != nil {
			return "", err
		}
		if t, err := messages.ParseToken(token, row.Shard); err == nil && t.Position.Covers(at) {
			return "token", nil
		}
		if at.IsZero() {
			return m.From, nil
		}
		if k := checkpointOf(row); k.Seq == at.Seq && k.Covers(at) {
			at = k // of the same record: what follows in it made no rows
		}
		return at.String(), nil
	}
	return m.From, nil
}

// carryOut works out and writes a decision.
func (s *stoppedShard) carryOut(ctx context.Context, p *plant, m *messages.Resolve) (event *messages.Resolved, seen messages.RejectionsSeen, err error) {
	code, channel := s.code, s.channel
	row, err := s.row(ctx, p)
	if err != nil {
		return nil, seen, err
	}
	token := ""
	if touchesToken(code) || code == messages.RowsRejected {
		statuses, err := p.sink.Status(ctx, []string{channel})
		if err != nil && !pipeIsGone(err) {
			return nil, seen, err
		}
		if s := statuses[channel]; s != nil {
			token, seen = s.Token, messages.RejectionsSeen{CreatedMS: s.CreatedMS, Rows: s.RowsErrors}
		}
	}
	from, err := s.from(ctx, p, m, row, token)
	if err != nil {
		return nil, seen, err
	}
	plan, err := planResolution(code, from, token, row)
	if err == nil {
		err = p.unwritten(ctx, m.From, row.Shard, plan)
	}
	if err != nil {
		return nil, seen, fmt.Errorf("%w (read %s)", err, code.Page())
	}
	if plan.drop {
		if err := p.sink.Drop(ctx, channel, false); err != nil {
			return nil, seen, err
		}
	}
	if plan.write != nil {
		if plan.drop { // the next one counts from zero
			plan.write.RejectedBefore = row.Counters.Rejected
		}
		plan.write.WriteNo = row.WriteNo + resolveWriteNo
		if _, err := p.table.ResolvePosition(ctx, row.Shard, row.Owner, row.Epoch, *plan.write); err != nil {
			return nil, seen, err
		}
	}
	return &messages.Resolved{
		Shard: row.Shard, Code: code, From: m.From, Start: plan.start, Who: m.Who, Why: m.Why, At: time.Now().UTC(),
	}, seen, nil
}

// pipeIsGone reports that a status was refused as if for a pipe that is not
// there: a table that was made anew has no default pipe before the first open,
// and so no channel with a token either. Should there be one after all, that
// open still decides by it (P7).
func pipeIsGone(err error) bool {
	var f *messages.Fault
	return errors.As(err, &f) && f.Complete && (f.Reason == messages.ReasonInvalidated || f.Reason == messages.ReasonGone)
}

// resolveWriteNo, added to the row's, is above every write that the generation
// which parked may still have under way.
const resolveWriteNo = 1 << 40

func (u *shardUnit) resolved(c actor.Context, m *resolved) {
	if m.err != nil {
		c.Send(m.sender, &messages.Done{Error: firstLine(m.err.Error())})
		return
	}
	u.plant.log.Info().Str("shard", string(u.shard.ID)).Str("from", m.event.From).Str("who", m.event.Who).Str("why", m.event.Why).Msg("resolved")
	u.outbox.Add(c, m.event)
	u.gapOK = m.event.Code == messages.GapFound
	if m.seen.Rows > 0 {
		u.rejectOK = m.seen
	}
	u.position = progressAt{} // a human has moved it
	c.Send(m.sender, &messages.Done{})
	if u.state.Phase == messages.PhaseParked {
		u.want(c)
	}
}
