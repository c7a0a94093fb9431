package actorstest

import (
	"context"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Claim implements LeaseTable.
func (t *Table) Claim(ctx context.Context, seen *messages.ShardRow, me messages.Owner, duration time.Duration) (*messages.ShardRow, error) {
	return locked(ctx, t, "Claim", func() (*messages.ShardRow, error) {
		row := t.rows[seen.Shard]
		free := row != nil && !row.Ended && row.Epoch == seen.Epoch &&
			(row.Owner == "" || row.Owner == seen.Owner && row.Counter == seen.Counter && row.Expiry == seen.Expiry)
		if free {
			return t.begin(row, me, seen.Epoch+1, duration), nil
		}
		return t.begun(row, me, seen.Epoch+1)
	})
}

// Begin implements LeaseTable.
func (t *Table) Begin(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration) (*messages.ShardRow, error) {
	return locked(ctx, t, "Begin", func() (*messages.ShardRow, error) {
		row := t.rows[shard]
		if row != nil && row.Owner == me && row.Epoch == epoch {
			return t.begin(row, me, epoch+1, duration), nil
		}
		return t.begun(row, me, epoch+1)
	})
}

func (t *Table) begin(row *messages.ShardRow, me messages.Owner, epoch int64, duration time.Duration) *messages.ShardRow {
	row.Owner, row.Epoch, row.WriteNo, row.Handoff, row.Stop = me, epoch, 0, "", ""
	t.renew(row, duration)
	return copied(row)
}

// begun finds an earlier call's write, whose answer was lost.
func (t *Table) begun(row *messages.ShardRow, me messages.Owner, epoch int64) (*messages.ShardRow, error) {
	if row != nil && row.Owner == me && row.Epoch == epoch && row.WriteNo == 0 {
		return copied(row), nil
	}
	return nil, lost("Begin")
}

func (t *Table) renew(row *messages.ShardRow, duration time.Duration) {
	row.Counter++
	row.DurationMS = duration.Milliseconds()
	row.Expiry = time.Now().Add(duration).UnixMilli()
}

// Renew implements LeaseTable.
func (t *Table) Renew(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration, write *messages.PositionWrite) (*messages.ShardRow, error) {
	if write != nil {
		w := *write
		write = &w
	}
	return locked(ctx, t, "Renew", func() (*messages.ShardRow, error) {
		row := t.rows[shard]
		if seen, err := unheld("Renew", row, me, epoch); err != nil {
			return seen, err
		}
		if write != nil && row.WriteNo < write.WriteNo {
			t.place(row, write)
		}
		if !row.Ended {
			t.renew(row, duration)
		}
		return copied(row), nil
	})
}

// Stop implements LeaseTable. To a script it is a Renew.
func (t *Table) Stop(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration, code messages.StopCode) (*messages.ShardRow, error) {
	return locked(ctx, t, "Renew", func() (*messages.ShardRow, error) {
		row := t.rows[shard]
		if seen, err := unheld("Stop", row, me, epoch); err != nil {
			return seen, err
		}
		row.Stop = code
		t.renew(row, duration)
		return copied(row), nil
	})
}

// unheld refuses who does not hold a row, nil = there is none; it hands over one
// that ended in that epoch.
func unheld(op string, row *messages.ShardRow, me messages.Owner, epoch int64) (*messages.ShardRow, error) {
	switch {
	case row != nil && row.Ended && row.Epoch == epoch:
		return copied(row), lost(op)
	case row == nil || row.Owner != me || row.Epoch != epoch:
		return nil, lost(op)
	}
	return nil, nil
}

// Release implements LeaseTable.
func (t *Table) Release(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64) error {
	return done(ctx, t, "Release", func() error {
		if row := t.rows[shard]; row != nil && row.Owner == me && row.Epoch == epoch {
			t.letGo(row)
		}
		return nil
	})
}

// AskHandoff implements LeaseTable.
func (t *Table) AskHandoff(ctx context.Context, seen *messages.ShardRow, me messages.Owner) error {
	return done(ctx, t, "AskHandoff", func() error {
		row := t.rows[seen.Shard]
		if row == nil || row.Ended || row.Owner != seen.Owner || row.Epoch != seen.Epoch || row.Handoff != seen.Handoff && row.Handoff != me {
			return lost("AskHandoff")
		}
		row.Handoff = me
		return nil
	})
}

// HandOff implements LeaseTable.
func (t *Table) HandOff(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, to messages.Owner, duration time.Duration) error {
	return done(ctx, t, "HandOff", func() error {
		row := t.rows[shard]
		if row != nil && row.Owner == me && row.Epoch == epoch {
			t.begin(row, to, epoch+1, duration)
			return nil
		}
		_, err := t.begun(row, to, epoch+1)
		return err
	})
}

func (t *Table) letGo(row *messages.ShardRow) {
	row.Counter++
	row.Owner, row.Expiry, row.Handoff = "", 0, ""
}

// WritePosition implements PositionTable.
func (t *Table) WritePosition(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, write messages.PositionWrite) (*messages.ShardRow, error) {
	return locked(ctx, t, "WritePosition", func() (*messages.ShardRow, error) {
		row := t.rows[shard]
		switch {
		case row != nil && row.Ended && row.Owner == "" && row.Epoch == epoch && row.WriteNo >= write.WriteNo:
			return copied(row), nil
		case row == nil || row.Owner != me || row.Epoch != epoch:
			return nil, lost("WritePosition")
		case row.WriteNo < write.WriteNo:
			t.place(row, &write)
		}
		return copied(row), nil
	})
}

// ResolvePosition writes what a human decided.
func (t *Table) ResolvePosition(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, write messages.PositionWrite) (*messages.ShardRow, error) {
	return locked(ctx, t, "ResolvePosition", func() (*messages.ShardRow, error) {
		row := t.rows[shard]
		if row == nil || row.Owner != me || row.Epoch != epoch {
			return nil, lost("ResolvePosition")
		}
		if row.WriteNo < write.WriteNo {
			row.WriteNo, row.Committed, row.Skipped, row.Settled, row.CaughtUpAt = write.WriteNo, write.Committed, write.Skipped, true, write.CaughtUpAt
			derive(row)
		}
		return copied(row), nil
	})
}

// place makes a position write.
func (t *Table) place(row *messages.ShardRow, w *messages.PositionWrite) {
	before := *row
	row.WriteNo = w.WriteNo
	if w.Committed != "" {
		row.Committed = w.Committed
	}
	if w.Skipped != "" {
		row.Skipped = w.Skipped
	}
	if w.ClearSkipped {
		row.Skipped = ""
	}
	if w.Settled != nil {
		row.Settled, row.Foreign = *w.Settled, false
		if !*w.Settled {
			row.ChannelCreated = w.ChannelCreated
		}
		row.RejectedBefore = max(row.RejectedBefore, w.RejectedBefore)
	}
	if w.CaughtUpAt != 0 {
		row.CaughtUpAt = w.CaughtUpAt
	}
	if w.Counters != nil {
		row.Counters = *w.Counters
	}
	derive(row)
	if w.Ended {
		row.Ended, row.Trimmed, row.Children = true, w.Trimmed, w.Children
		t.ended[row.Shard] = t.cloud.Stream.now()
		t.letGo(row)
	}
	t.watchWrite(&before, row, w)
}

// NoteFinal implements EndTable.
func (t *Table) NoteFinal(ctx context.Context, shard messages.ShardID, final messages.ChannelFinal) error {
	return done(ctx, t, "NoteFinal", func() error {
		row := t.rows[shard]
		if row == nil || !row.Ended || row.DroppedAt != 0 {
			return lost("NoteFinal")
		}
		row.Final = &final
		return nil
	})
}

// MarkDropped implements EndTable.
func (t *Table) MarkDropped(ctx context.Context, shard messages.ShardID, at int64) error {
	return done(ctx, t, "MarkDropped", func() error {
		row := t.rows[shard]
		if row == nil || !row.Ended {
			return lost("MarkDropped")
		}
		row.DroppedAt = at
		return nil
	})
}

// derive keeps the siblings' fields (P24).
func derive(row *messages.ShardRow) {
	switch seq, partialSeq, partialSub := row.Derived(); {
	case seq != "":
		row.Sequence, row.PartialSeq, row.PartialSub = seq, "", 0
	case partialSeq != "":
		row.PartialSeq, row.PartialSub = partialSeq, partialSub
		if row.Sequence.Compare(partialSeq) >= 0 {
			row.Sequence = ""
		}
	}
}
