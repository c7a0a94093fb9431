package supervisor

import (
	"context"
	"time"

	"github.com/asynkron/protoactor-go/actor"

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
	seen   int64 // rejected rows of the channel that the human has now seen
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
	code, row, owner, channel, unit := u.state.Stop, u.granted.Row, u.granted.Owner, u.state.Channel, u.plant
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		r := &resolved{sender: m.sender}
		r.event, r.seen, r.err = carryOut(ctx, unit, code, row, owner, channel, m.command)
		root.Send(self, r)
	}()
}

// carryOut works out and writes a decision.
func carryOut(ctx context.Context, p *plant, code messages.StopCode, row *messages.ShardRow, owner messages.Owner, channel string, m *messages.Resolve) (event *messages.Resolved, seen int64, err error) {
	token := ""
	if touchesToken(code) || code == messages.RowsRejected {
		statuses, err := p.sink.Status(ctx, []string{channel})
		if err != nil {
			return nil, 0, err
		}
		if s := statuses[channel]; s != nil {
			token, seen = s.Token, s.RowsErrors
		}
	}
	plan, err := planResolution(code, m.From, token, row)
	if err != nil {
		return nil, 0, err
	}
	if plan.drop {
		if err := p.sink.Drop(ctx, channel, false); err != nil {
			return nil, 0, err
		}
	}
	if plan.write != nil {
		plan.write.WriteNo = row.WriteNo + resolveWriteNo
		if _, err := p.table.ResolvePosition(ctx, row.Shard, owner, row.Epoch, *plan.write); err != nil {
			return nil, 0, err
		}
	}
	return &messages.Resolved{
		Shard: row.Shard, Code: code, From: m.From, Start: plan.start, Who: m.Who, Why: m.Why, At: time.Now().UTC(),
	}, seen, nil
}

// resolveWriteNo is above every write of the generation that parked.
const resolveWriteNo = 1 << 40

func (u *shardUnit) resolved(c actor.Context, m *resolved) {
	if m.err != nil {
		c.Send(m.sender, &messages.Done{Error: firstLine(m.err.Error())})
		return
	}
	u.plant.log.Info().Str("shard", string(u.shard.ID)).Str("from", m.event.From).Str("who", m.event.Who).Str("why", m.event.Why).Msg("resolved")
	u.outbox.Add(c, m.event)
	u.gapOK = m.event.Code == messages.GapFound
	u.rejectOK = max(u.rejectOK, m.seen)
	c.Send(m.sender, &messages.Done{})
	if u.state.Phase == messages.PhaseParked {
		u.want(c)
	}
}
