package leasefile

import (
	"context"

	"github.com/kinesnow/kinesnow/messages"
)

// WritePosition implements actors.PositionTable.
func (t *Table) WritePosition(_ context.Context, shard messages.ShardID, me messages.Owner, epoch int64, write messages.PositionWrite) (*messages.ShardRow, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row := t.rows[shard]
	switch {
	case row != nil && row.Ended && row.Owner == "" && row.Epoch == epoch && row.WriteNo >= write.WriteNo:
		return copied(row), nil // a repeat of the write that ended it
	case t.mine(shard, me, epoch) == nil:
		return nil, lost("WritePosition", shard)
	case row.WriteNo < write.WriteNo:
		if err := t.place(row, &write); err != nil {
			return nil, err
		}
	}
	return copied(t.rows[shard]), nil
}

// ResolvePosition writes what a human decided: K and S exactly.
func (t *Table) ResolvePosition(_ context.Context, shard messages.ShardID, me messages.Owner, epoch int64, write messages.PositionWrite) (*messages.ShardRow, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row := t.mine(shard, me, epoch)
	if row == nil {
		return nil, lost("ResolvePosition", shard)
	}
	if row.WriteNo < write.WriteNo {
		next := *row
		next.WriteNo, next.Committed, next.Skipped, next.Settled, next.CaughtUpAt = write.WriteNo, write.Committed, write.Skipped, true, write.CaughtUpAt
		if err := t.keepRow(next, true); err != nil {
			return nil, err
		}
	}
	return copied(t.rows[shard]), nil
}

// place makes a position write, on the disk first.
func (t *Table) place(row *messages.ShardRow, w *messages.PositionWrite) error {
	next := *row
	next.WriteNo = w.WriteNo
	if w.Committed != "" {
		next.Committed = w.Committed
	}
	if w.Skipped != "" {
		next.Skipped = w.Skipped
	}
	if w.ClearSkipped {
		next.Skipped = ""
	}
	if w.Settled != nil {
		next.Settled = *w.Settled
		if !*w.Settled {
			next.ChannelCreated = w.ChannelCreated
		}
		next.RejectedBefore = max(next.RejectedBefore, w.RejectedBefore)
	}
	if w.CaughtUpAt != 0 {
		next.CaughtUpAt = w.CaughtUpAt
	}
	if w.Counters != nil {
		next.Counters = *w.Counters
	}
	if w.Ended {
		next.Ended, next.Trimmed, next.Children = true, w.Trimmed, w.Children
		letGo(&next)
	}
	sure := w.Ended || next.Settled != row.Settled || next.ChannelCreated != row.ChannelCreated
	return t.keepRow(next, sure)
}

// NoteFinal implements actors.EndTable.
func (t *Table) NoteFinal(_ context.Context, shard messages.ShardID, final messages.ChannelFinal) error {
	return t.end("NoteFinal", shard, func(row *messages.ShardRow) { row.Final = &final })
}

// MarkDropped implements actors.EndTable.
func (t *Table) MarkDropped(_ context.Context, shard messages.ShardID, at int64) error {
	return t.end("MarkDropped", shard, func(row *messages.ShardRow) { row.DroppedAt = at })
}

// end changes the row of a shard that has ended and whose channel may be there.
func (t *Table) end(op string, shard messages.ShardID, set func(*messages.ShardRow)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	row := t.rows[shard]
	if row == nil || !row.Ended || row.DroppedAt != 0 {
		return lost(op, shard)
	}
	next := *row
	set(&next)
	return t.keepRow(next, true)
}
