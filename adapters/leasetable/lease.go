package leasetable

import (
	"context"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Claim takes a row that is free, or whose owner is dead: seen is the row as
// the caller read it twice without a change. It must still name that owner
// with that counter, and that leaseExpiry, which is all that moves while a
// sibling product holds it. A row at SHARD_END is never taken. The epoch goes
// up by one and the row is the caller's for duration.
//
// An earlier Claim whose answer was lost is found again and succeeds.
//
// Errors: Fenced with ReasonLeaseLost when somebody else was faster.
func (t *Table) Claim(ctx context.Context, seen *messages.ShardRow, me messages.Owner, duration time.Duration) (*messages.ShardRow, error) {
	u := t.change(string(seen.Shard))
	u.begin(t, me, seen.Epoch+1, duration)
	u.turn = looking // what is held goes before what might be
	u.require("attribute_exists(#" + attrShard + ") AND attribute_not_exists(#" + attrReset + ")")
	u.require("attribute_not_exists(#" + attrState + ") OR #" + attrState + " <> " + u.bind(attrState, text(stateEnded)))
	if seen.Epoch == 0 {
		u.require("attribute_not_exists(#" + attrEpoch + ") OR #" + attrEpoch + " = " + u.bind(attrEpoch, number(0)))
	} else {
		u.requireEqual(attrEpoch, number(seen.Epoch))
	}
	free := "attribute_not_exists(#" + attrOwner + ")"
	if seen.Owner != "" {
		free += " OR #" + attrOwner + " = " + u.bind(attrOwner, text(seen.Owner)) +
			" AND " + u.asSeen(attrCounter, seen.Counter) + " AND " + u.asSeen(attrExpiry, seen.Expiry)
	}
	u.require(free)
	return t.begun(ctx, "Claim", seen.Shard, me, seen.Epoch+1, u)
}

// Begin starts the owner's next generation on a shard it holds: the epoch goes
// up by one and position writes count from 0 again (P5).
//
// An earlier Begin whose answer was lost is found again and succeeds, as long
// as nothing was written under its epoch.
//
// Errors: Fenced with ReasonLeaseLost when the row names another owner or
// epoch.
func (t *Table) Begin(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration) (*messages.ShardRow, error) {
	u := t.change(string(shard))
	u.begin(t, me, epoch+1, duration)
	u.requireEqual(attrOwner, text(me))
	u.requireEqual(attrEpoch, number(epoch))
	return t.begun(ctx, "Begin", shard, me, epoch+1, u)
}

// Renew keeps the shard for another duration and carries a waiting position
// where there is one (P18); nil renews alone. A position that a newer write
// has overtaken is left out, and the renewal still made. A write that ends the
// shard gives the lease up instead of renewing it.
//
// Errors: Fenced with ReasonLeaseLost when the row names another owner or
// epoch. After any other the lease's fate is unknown. With the error comes a row
// that is at SHARD_END under this epoch: its own end gave the lease up.
func (t *Table) Renew(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration, write *messages.PositionWrite) (*messages.ShardRow, error) {
	if write != nil {
		p := place{op: "Renew", shard: shard, me: me, epoch: epoch, write: *write}
		if !write.Ended {
			p.extend = func(u *update) { u.renew(t, duration) }
		}
		row, stale, err := t.place(ctx, p)
		if err != nil || !stale || row.Ended {
			return row, err
		}
	}
	return t.extend(ctx, "Renew", shard, me, epoch, duration, "")
}

// Stop keeps the shard for another duration, as Renew does, and says in the row
// that its owner has stopped it: other nodes read that until another generation
// begins. Errors are those of Renew.
func (t *Table) Stop(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration, code messages.StopCode) (*messages.ShardRow, error) {
	return t.extend(ctx, "Stop", shard, me, epoch, duration, code)
}

// extend is a renewal that carries no position.
func (t *Table) extend(ctx context.Context, op string, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration, stop messages.StopCode) (*messages.ShardRow, error) {
	u := t.change(string(shard))
	u.renew(t, duration)
	if stop != "" {
		u.put(attrStop, text(stop))
		u.put(attrStopEpoch, number(epoch))
	}
	u.requireEqual(attrOwner, text(me))
	u.requireEqual(attrEpoch, number(epoch))
	row, landed, err := t.sendRow(ctx, shard, u)
	if err != nil {
		return nil, err
	}
	if !landed {
		t.forget(shard)
		fault := lost(op, shard, me, epoch, row)
		if row == nil || !row.Ended || row.Epoch != epoch {
			row = nil
		}
		return row, fault
	}
	t.remember(row)
	return row, nil
}

// Release gives the shard up. A lease that was not ours any more is given up
// already. The row stays, with its position.
func (t *Table) Release(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64) error {
	u := t.change(string(shard))
	u.turn = renewing
	u.letGo()
	u.requireEqual(attrOwner, text(me))
	u.requireEqual(attrEpoch, number(epoch))
	_, _, err := t.sendRow(ctx, shard, u)
	if err == nil {
		t.forget(shard)
	}
	return err
}

// AskHandoff asks a row's owner to hand the shard over to the caller (P21): the
// row is marked, nothing else changes. seen is the row as it was read; a mark
// that it carries already is replaced, for the caller found its author dead.
//
// Errors: Fenced with ReasonLeaseLost when the row is another owner's or at
// another epoch by now, or somebody else asked first.
func (t *Table) AskHandoff(ctx context.Context, seen *messages.ShardRow, me messages.Owner) error {
	u := t.change(string(seen.Shard))
	u.put(attrHandoffTo, text(me))
	u.put(attrHandoffAt, number(t.now().UnixMilli()))
	u.requireEqual(attrOwner, text(seen.Owner))
	u.requireEqual(attrEpoch, number(seen.Epoch))
	u.requireText(attrHandoffTo, string(seen.Handoff))
	row, landed, err := t.sendRow(ctx, seen.Shard, u)
	if err != nil || landed {
		return err
	}
	return lost("AskHandoff", seen.Shard, seen.Owner, seen.Epoch, row)
}

// HandOff gives an own lease to another node, which finds it in its next look
// at the table: the epoch goes up by one, and whatever this node still writes
// under its own is refused (P21). The lease runs for duration, unless the other
// renews it.
//
// Errors: Fenced with ReasonLeaseLost when the row names another owner or
// epoch.
func (t *Table) HandOff(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, to messages.Owner, duration time.Duration) error {
	u := t.change(string(shard))
	u.begin(t, to, epoch+1, duration)
	u.requireEqual(attrOwner, text(me))
	u.requireEqual(attrEpoch, number(epoch))
	_, err := t.begun(ctx, "HandOff", shard, to, epoch+1, u)
	t.forget(shard) // it is not ours any more, or not known to be
	return err
}

// begun sends the first write of an epoch.
func (t *Table) begun(ctx context.Context, op string, shard messages.ShardID, me messages.Owner, epoch int64, u *update) (*messages.ShardRow, error) {
	row, landed, err := t.sendRow(ctx, shard, u)
	if err != nil {
		return nil, err
	}
	// Nobody else writes under this owner, so its epoch is an own earlier
	// call's; with writeNo 0 no generation has used it.
	if landed || row != nil && row.Owner == me && row.Epoch == epoch && row.WriteNo == 0 {
		t.remember(row)
		return row, nil
	}
	t.forget(shard)
	return nil, lost(op, shard, me, epoch-1, row)
}

// begin sets what the first lease write of an epoch sets. A hand-off that was
// asked of an earlier owner is void.
func (u *update) begin(t *Table, me messages.Owner, epoch int64, duration time.Duration) {
	u.renew(t, duration)
	u.put(attrOwner, text(me))
	u.put(attrEpoch, number(epoch))
	u.put(attrWriteNo, number(0))
	u.drop(attrHandoffTo, attrHandoffAt)
}

// renew sets what every lease write sets.
func (u *update) renew(t *Table, duration time.Duration) {
	u.turn = renewing
	u.countUp(attrCounter)
	u.put(attrExpiry, number(t.now().Add(duration).UnixMilli()))
	u.put(attrDuration, number(duration.Milliseconds()))
}

// letGo removes the owner. The counter moves, so that an observer starts over.
func (u *update) letGo() {
	u.countUp(attrCounter)
	u.drop(attrOwner, attrExpiry, attrHandoffTo, attrHandoffAt)
}

// asSeen demands a number as it was read, where 0 was read from an absent one.
func (u *update) asSeen(attr string, seen int64) string {
	if seen == 0 {
		return "attribute_not_exists(#" + attr + ")"
	}
	return "#" + attr + " = " + u.bind(attr, number(seen))
}
