package leasetable

import (
	"context"
	"fmt"

	"github.com/kinesnow/kinesnow/messages"
)

// maxPlaceTries bounds how often one position write is made anew because the
// row's tokens were not those it was derived from. Only own writes move them,
// so twice is already rare.
const maxPlaceTries = 5

// WritePosition writes a position under (owner, epoch), numbered by
// write.WriteNo (P18), and what follows from it: the siblings' fields (P24),
// and with Ended the shard's end, which gives the lease up in the same write.
// ChannelCreated is written beside Settled = false only.
//
// A write that the row has overtaken or already carries is success; the row
// returned is the one found.
//
// Errors: Fenced with ReasonLeaseLost when the row names another owner or
// epoch. After any other the write's fate is unknown: repeat it with the same
// number, or write a newer one.
func (t *Table) WritePosition(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, write messages.PositionWrite) (*messages.ShardRow, error) {
	row, _, err := t.place(ctx, place{op: "WritePosition", shard: shard, me: me, epoch: epoch, write: write})
	return row, err
}

// ResolvePosition writes what a human decided for a parked shard (P7): after
// it K is exactly write.Committed and S exactly write.Skipped, each removed
// where it is "", and the row is settled. caughtUpAt becomes write.CaughtUpAt
// or is removed, for it vouches for a position that holds no more (P9).
// Without any token the row is as created. Counters travel where they are set;
// the rest of write is ignored.
//
// Errors: as WritePosition.
func (t *Table) ResolvePosition(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, write messages.PositionWrite) (*messages.ShardRow, error) {
	settled := true
	row, _, err := t.place(ctx, place{
		op: "ResolvePosition", shard: shard, me: me, epoch: epoch, exact: true,
		write: messages.PositionWrite{
			WriteNo: write.WriteNo, Committed: write.Committed, Skipped: write.Skipped,
			CaughtUpAt: write.CaughtUpAt, Counters: write.Counters, Settled: &settled,
		},
	})
	return row, err
}

// place is one position write.
type place struct {
	op     string
	shard  messages.ShardID
	me     messages.Owner
	epoch  int64
	write  messages.PositionWrite
	exact  bool          // "" in the write removes what the row has
	extend func(*update) // what travels in the same write; may be nil
}

// place makes the write. The siblings' fields follow from both tokens, of
// which a write may name one only; the other is taken from the row as last
// seen, and the condition holds the row to it. stale says that the row carried
// the write, or a newer one, before.
func (t *Table) place(ctx context.Context, p place) (row *messages.ShardRow, stale bool, err error) {
	known := t.recall(p.shard, p.me, p.epoch)
	if known == nil {
		if known, err = t.readShard(ctx, p.shard); err != nil {
			return nil, false, err
		}
	}
	for range maxPlaceTries {
		switch {
		case known == nil || !p.ours(known):
			t.forget(p.shard)
			return nil, false, lost(p.op, p.shard, p.me, p.epoch, known)
		case known.Ended:
			return known, true, nil
		}
		row, landed, err := t.sendRow(ctx, p.shard, p.update(t, known))
		switch {
		case err != nil:
			return nil, false, err
		case landed && row.Ended:
			t.forget(p.shard)
			return row, false, nil
		case landed:
			t.remember(row)
			return row, false, nil
		case row != nil && p.ours(row) && row.WriteNo >= p.write.WriteNo:
			return row, true, nil
		}
		known = row
	}
	return nil, false, &messages.Fault{
		Class: messages.Transient, Reason: messages.ReasonInvariant, Op: "leasetable." + p.op, Shard: p.shard,
		Err: fmt.Errorf("the row's tokens changed under write %d %d times in a row", p.write.WriteNo, maxPlaceTries),
	}
}

// ours reports whether the row is under the write's owner and epoch. A row at
// SHARD_END has no owner any more; its epoch tells whose end it is.
func (p *place) ours(row *messages.ShardRow) bool {
	if row.Ended && row.Owner == "" {
		return row.Epoch == p.epoch && row.WriteNo >= p.write.WriteNo
	}
	return row.Owner == p.me && row.Epoch == p.epoch
}

// update makes the request for a row that looks like known.
func (p *place) update(t *Table, known *messages.ShardRow) *update {
	w, u := p.write, t.change(string(p.shard))
	u.turn = placing
	u.put(attrWriteNo, number(w.WriteNo))
	u.requireEqual(attrOwner, text(p.me))
	u.requireEqual(attrEpoch, number(p.epoch))
	u.require("#" + attrWriteNo + " < :" + attrWriteNo)

	p.tokens(u, known)
	p.settle(u)
	if w.CaughtUpAt != 0 {
		u.put(attrCaughtUp, number(w.CaughtUpAt))
	} else if p.exact {
		u.drop(attrCaughtUp)
	}
	if w.Counters != nil {
		u.counters(w.Counters)
	}
	if w.Ended {
		u.end(w)
	}
	if p.extend != nil {
		p.extend(u)
	}
	return u
}

// settle sets settled and the opening that unsettled the row (P7).
func (p *place) settle(u *update) {
	w := p.write
	if w.Settled == nil {
		if w.Ended {
			u.put(attrSettled, truth(true))
		}
		return
	}
	u.put(attrSettled, truth(*w.Settled))
	switch {
	case !*w.Settled && w.ChannelCreated != 0:
		u.put(attrChannelCreated, number(w.ChannelCreated))
	case !*w.Settled || p.exact:
		u.drop(attrChannelCreated)
	}
	if w.RejectedBefore != 0 { // it never shrinks
		u.put(attrRejectedBefore, number(w.RejectedBefore))
	}
}

// end marks the shard as finished and gives its lease up.
func (u *update) end(w messages.PositionWrite) {
	u.put(attrState, text(stateEnded))
	if w.Trimmed {
		u.put(attrTrimmed, truth(true))
	}
	if len(w.Children) > 0 {
		u.put(attrChildren, shardSet(w.Children))
	}
	u.letGo()
}

// counters sets the evidence of P26.
func (u *update) counters(c *messages.Counters) {
	u.put(attrCountRead, number(c.Read))
	u.put(attrCountDiscarded, number(c.Discarded))
	u.put(attrCountFiltered, number(c.Filtered))
	u.put(attrCountAppended, number(c.Appended))
	u.put(attrCountCommitted, number(c.Committed))
	u.put(attrCountRejected, number(c.Rejected))
	u.putOrDrop(attrDigest, string(c.Digest))
}

// readShard reads one shard's row consistently; nil where there is none.
func (t *Table) readShard(ctx context.Context, shard messages.ShardID) (*messages.ShardRow, error) {
	it, err := t.get(ctx, string(shard), shard)
	if err != nil || it == nil {
		return nil, err
	}
	row, err := shardRow(it)
	if err != nil {
		return nil, t.unreadable("GetItem", shard, err)
	}
	return row, nil
}
