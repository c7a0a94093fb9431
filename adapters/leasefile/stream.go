package leasefile

import (
	"context"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Prepare implements actors.LeaseTable: the folder is there.
func (t *Table) Prepare(context.Context) error { return nil }

// Stream implements actors.LeaseTable.
func (t *Table) Stream(context.Context) (*messages.StreamRow, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stream == nil {
		return nil, nil
	}
	row := *t.stream
	return &row, nil
}

// CreateStream implements actors.LeaseTable.
func (t *Table) CreateStream(_ context.Context, row messages.StreamRow) (*messages.StreamRow, error) {
	return t.change(func(found *messages.StreamRow) messages.StreamRow {
		if found != nil {
			return *found
		}
		return row
	})
}

// MarkInitialised implements actors.LeaseTable.
func (t *Table) MarkInitialised(context.Context) error {
	return t.mark(func(row *messages.StreamRow) { row.Initialised = true })
}

// ForgetDrained implements actors.LeaseTable.
func (t *Table) ForgetDrained(context.Context) error {
	return t.mark(func(row *messages.StreamRow) { row.Drained = false })
}

// ResetStream implements actors.LeaseTable. A replay is of one stream: it is
// refused.
func (t *Table) ResetStream(context.Context, messages.StreamRow, messages.StreamRow) error {
	return messages.Stopped(messages.StreamRecreated, "", "the stream was created anew")
}

// Pause keeps that shards are paused.
func (t *Table) Pause(_ context.Context, shards []messages.ShardID, who string) (messages.Pauses, error) {
	return t.pauses(func(p messages.Pauses) messages.Pauses { return p.Add(shards, time.Now().UTC()) }, who)
}

// Resume takes a pause back.
func (t *Table) Resume(_ context.Context, shards []messages.ShardID, who string) (messages.Pauses, error) {
	return t.pauses(func(p messages.Pauses) messages.Pauses { return p.Remove(shards) }, who)
}

func (t *Table) pauses(next func(messages.Pauses) messages.Pauses, who string) (after messages.Pauses, err error) {
	err = t.mark(func(row *messages.StreamRow) {
		row.Pauses = next(row.Pauses)
		row.Pauses.Who = who
		after = row.Pauses
	})
	return after, err
}

// mark changes the row that is there.
func (t *Table) mark(set func(*messages.StreamRow)) error {
	_, err := t.change(func(found *messages.StreamRow) (row messages.StreamRow) {
		if found != nil {
			row = *found
		}
		set(&row)
		return row
	})
	return err
}

func (t *Table) change(next func(found *messages.StreamRow) messages.StreamRow) (*messages.StreamRow, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row := next(t.stream)
	if err := t.keep(streamFile, &row, true); err != nil {
		return nil, err
	}
	t.stream = &row
	copied := row
	return &copied, nil
}

// ClaimNode implements actors.LeaseTable. There is one process: the slot is its.
func (t *Table) ClaimNode(_ context.Context, _ *messages.NodeRow, node messages.NodeRow) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	node.Counter++
	t.nodes[node.Node] = &node
	return nil
}

// Beat implements actors.LeaseTable.
func (t *Table) Beat(_ context.Context, node messages.NodeRow) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := t.nodes[node.Node]
	if found == nil || found.Process != node.Process {
		return lost("Beat", "")
	}
	found.Counter++
	found.Leaving = node.Leaving
	return nil
}

// RetireNode implements actors.LeaseTable.
func (t *Table) RetireNode(_ context.Context, node messages.NodeRow) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.nodes, node.Node)
	return nil
}
