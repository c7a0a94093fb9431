package actorstest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Table is the lease table of one application and stream.
type Table struct {
	Latency time.Duration // of every call

	cloud  *Cloud
	stream *messages.StreamRow
	rows   map[messages.ShardID]*messages.ShardRow
	nodes  map[string]*messages.NodeRow
	ended  map[messages.ShardID]time.Time // when SHARD_END was written, by the service's clock
}

func lost(op string) *messages.Fault {
	return &messages.Fault{Class: messages.Fenced, Reason: messages.ReasonLeaseLost, Op: op, Err: errors.New("the row names somebody else"), Complete: true}
}

// locked carries out one call under the lock.
func locked[T any](ctx context.Context, t *Table, op string, apply func() (T, error)) (T, error) {
	return call(ctx, &t.cloud.script, op, t.Latency, func() (T, error) {
		t.cloud.mu.Lock()
		defer t.cloud.mu.Unlock()
		return apply()
	})
}

// done is locked for calls that return nothing.
func done(ctx context.Context, t *Table, op string, apply func() error) error {
	_, err := locked(ctx, t, op, func() (bool, error) { return true, apply() })
	return err
}

// Row is a copy of a shard's row; nil where there is none.
func (t *Table) Row(id messages.ShardID) *messages.ShardRow {
	t.cloud.mu.Lock()
	defer t.cloud.mu.Unlock()
	return copied(t.rows[id])
}

// Nodes are copies of the node rows.
func (t *Table) Nodes() (nodes []messages.NodeRow) {
	t.cloud.mu.Lock()
	defer t.cloud.mu.Unlock()
	for _, n := range t.nodes {
		nodes = append(nodes, *n)
	}
	slices.SortFunc(nodes, func(a, b messages.NodeRow) int { return strings.Compare(a.Node, b.Node) })
	return nodes
}

// Pauses is what is paused.
func (t *Table) Pauses() messages.Pauses {
	t.cloud.mu.Lock()
	defer t.cloud.mu.Unlock()
	if t.stream == nil {
		return messages.Pauses{}
	}
	return t.stream.Pauses
}

// Edit changes a shard's row by hand, and makes it where there is none.
func (t *Table) Edit(id messages.ShardID, change func(row *messages.ShardRow)) {
	t.cloud.mu.Lock()
	defer t.cloud.mu.Unlock()
	if t.rows[id] == nil {
		t.rows[id] = &messages.ShardRow{Shard: id, Settled: true}
	}
	change(t.rows[id])
}

func copied(row *messages.ShardRow) *messages.ShardRow {
	if row == nil {
		return nil
	}
	c := *row
	return &c
}

// Prepare implements LeaseTable.
func (t *Table) Prepare(ctx context.Context) error {
	return done(ctx, t, "Prepare", func() error { return nil })
}

// Stream implements LeaseTable.
func (t *Table) Stream(ctx context.Context) (*messages.StreamRow, error) {
	return locked(ctx, t, "Stream", func() (*messages.StreamRow, error) {
		if t.stream == nil {
			return nil, nil
		}
		row := *t.stream
		return &row, nil
	})
}

// CreateStream implements LeaseTable.
func (t *Table) CreateStream(ctx context.Context, row messages.StreamRow) (*messages.StreamRow, error) {
	return locked(ctx, t, "CreateStream", func() (*messages.StreamRow, error) {
		if t.stream == nil {
			t.stream = &row
		}
		found := *t.stream
		return &found, nil
	})
}

// MarkInitialised implements LeaseTable.
func (t *Table) MarkInitialised(ctx context.Context) error {
	return done(ctx, t, "MarkInitialised", func() error {
		t.stream.Initialised = true
		return nil
	})
}

// ForgetDrained implements LeaseTable.
func (t *Table) ForgetDrained(ctx context.Context) error {
	return done(ctx, t, "ForgetDrained", func() error {
		t.stream.Drained = false
		return nil
	})
}

// ResetStream implements LeaseTable.
func (t *Table) ResetStream(ctx context.Context, _, row messages.StreamRow) error {
	return done(ctx, t, "ResetStream", func() error {
		clear(t.rows)
		t.stream = &row
		return nil
	})
}

// Rows implements LeaseTable.
func (t *Table) Rows(ctx context.Context) (messages.TableRows, error) {
	return locked(ctx, t, "Rows", func() (all messages.TableRows, err error) {
		if t.stream != nil {
			row := *t.stream
			all.Stream = &row
		}
		for _, r := range t.rows {
			all.Shards = append(all.Shards, *r)
		}
		for _, n := range t.nodes {
			all.Nodes = append(all.Nodes, *n)
		}
		slices.SortFunc(all.Shards, func(a, b messages.ShardRow) int { return strings.Compare(string(a.Shard), string(b.Shard)) })
		slices.SortFunc(all.Nodes, func(a, b messages.NodeRow) int { return strings.Compare(a.Node, b.Node) })
		return all, nil
	})
}

// Pause keeps that shards are paused, none named meaning all.
func (t *Table) Pause(ctx context.Context, shards []messages.ShardID, who string) (messages.Pauses, error) {
	return t.changePauses(ctx, "Pause", who, func(p messages.Pauses) messages.Pauses { return p.Add(shards, time.Now().UTC()) })
}

// Resume takes a pause back, none named meaning all of it.
func (t *Table) Resume(ctx context.Context, shards []messages.ShardID, who string) (messages.Pauses, error) {
	return t.changePauses(ctx, "Resume", who, func(p messages.Pauses) messages.Pauses { return p.Remove(shards) })
}

func (t *Table) changePauses(ctx context.Context, op, who string, change func(messages.Pauses) messages.Pauses) (messages.Pauses, error) {
	return locked(ctx, t, op, func() (messages.Pauses, error) {
		if t.stream == nil {
			return messages.Pauses{}, lost(op)
		}
		t.stream.Pauses = change(t.stream.Pauses)
		t.stream.Pauses.Who = who
		return t.stream.Pauses, nil
	})
}

// CreateShard implements LeaseTable.
func (t *Table) CreateShard(ctx context.Context, row messages.ShardRow) (bool, error) {
	return locked(ctx, t, "CreateShard", func() (bool, error) {
		if t.rows[row.Shard] != nil {
			return false, nil
		}
		row.Settled = true
		t.rows[row.Shard] = &row
		return true, nil
	})
}

// ClaimNode implements LeaseTable.
func (t *Table) ClaimNode(ctx context.Context, seen *messages.NodeRow, node messages.NodeRow) error {
	return done(ctx, t, "ClaimNode", func() error {
		found := t.nodes[node.Node]
		switch {
		case found != nil && found.Process == node.Process:
			return nil
		case found == nil && seen == nil, found != nil && seen != nil && found.Counter == seen.Counter && found.Process == seen.Process:
			if found != nil {
				node.Counter = found.Counter
			}
			node.Counter++
			t.nodes[node.Node] = &node
			return nil
		}
		return lost("ClaimNode")
	})
}

// Beat implements LeaseTable.
func (t *Table) Beat(ctx context.Context, node messages.NodeRow) error {
	return done(ctx, t, "Beat", func() error {
		if found := t.nodes[node.Node]; found != nil && found.Process == node.Process {
			found.Counter++
			found.Leaving = node.Leaving
			return nil
		}
		return lost("Beat")
	})
}

// RetireNode implements LeaseTable.
func (t *Table) RetireNode(ctx context.Context, node messages.NodeRow) error {
	return done(ctx, t, "RetireNode", func() error {
		if found := t.nodes[node.Node]; found != nil && found.Process == node.Process {
			found.Counter++
			found.Process, found.Leaving = "", false
		}
		return nil
	})
}

// StealNode gives a node's slot to another process, behind everybody's back.
func (t *Table) StealNode(node, process string) {
	t.cloud.mu.Lock()
	defer t.cloud.mu.Unlock()
	t.nodes[node] = &messages.NodeRow{Node: node, Process: process, Counter: 1}
}
