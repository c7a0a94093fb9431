package leasefile

import (
	"context"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// CreateShard implements actors.LeaseTable.
func (t *Table) CreateShard(_ context.Context, row messages.ShardRow) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rows[row.Shard] != nil {
		return false, nil
	}
	row.Settled = true
	return true, t.keepRow(row, true)
}

// Claim implements actors.LeaseTable.
func (t *Table) Claim(_ context.Context, seen *messages.ShardRow, me messages.Owner, duration time.Duration) (*messages.ShardRow, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row := t.rows[seen.Shard]
	if row == nil || row.Ended || row.Epoch != seen.Epoch || row.Owner != "" && row.Owner != me {
		return nil, lost("Claim", seen.Shard)
	}
	return begin(row, me, duration), nil
}

// Begin implements actors.LeaseTable.
func (t *Table) Begin(_ context.Context, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration) (*messages.ShardRow, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row := t.mine(shard, me, epoch)
	if row == nil {
		return nil, lost("Begin", shard)
	}
	return begin(row, me, duration), nil
}

func begin(row *messages.ShardRow, me messages.Owner, duration time.Duration) *messages.ShardRow {
	row.Owner, row.Epoch, row.WriteNo, row.Handoff = me, row.Epoch+1, 0, ""
	renew(row, duration)
	return copied(row)
}

func renew(row *messages.ShardRow, duration time.Duration) {
	row.Counter++
	row.DurationMS = duration.Milliseconds()
	row.Expiry = time.Now().Add(duration).UnixMilli()
}

// mine is the row while it names an owner and epoch; else nil.
func (t *Table) mine(shard messages.ShardID, me messages.Owner, epoch int64) *messages.ShardRow {
	if row := t.rows[shard]; row != nil && row.Owner == me && row.Epoch == epoch {
		return row
	}
	return nil
}

func copied(row *messages.ShardRow) *messages.ShardRow {
	c := *row
	return &c
}

// Renew implements actors.LeaseTable.
func (t *Table) Renew(_ context.Context, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration, write *messages.PositionWrite) (*messages.ShardRow, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row := t.mine(shard, me, epoch)
	if row == nil {
		return nil, lost("Renew", shard)
	}
	if write != nil && row.WriteNo < write.WriteNo {
		if err := t.place(row, write); err != nil {
			return nil, err
		}
		row = t.rows[shard]
	}
	if !row.Ended {
		renew(row, duration)
	}
	return copied(row), nil
}

// Stop implements actors.LeaseTable. Nobody else reads the row.
func (t *Table) Stop(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration, _ messages.StopCode) (*messages.ShardRow, error) {
	return t.Renew(ctx, shard, me, epoch, duration, nil)
}

// Release implements actors.LeaseTable.
func (t *Table) Release(_ context.Context, shard messages.ShardID, me messages.Owner, epoch int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if row := t.mine(shard, me, epoch); row != nil {
		letGo(row)
	}
	return nil
}

// AskHandoff implements actors.LeaseTable. There is nobody to hand over to.
func (t *Table) AskHandoff(_ context.Context, seen *messages.ShardRow, _ messages.Owner) error {
	return lost("AskHandoff", seen.Shard)
}

// HandOff implements actors.LeaseTable.
func (t *Table) HandOff(_ context.Context, shard messages.ShardID, _ messages.Owner, _ int64, _ messages.Owner, _ time.Duration) error {
	return lost("HandOff", shard)
}

func letGo(row *messages.ShardRow) {
	row.Counter++
	row.Owner, row.Expiry, row.Handoff = "", 0, ""
}
