package leasetable

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// ClaimNode takes a node slot (P20): seen is nil where the slot has no row,
// else the row as it was read, which must be free (no process) or have stood
// still for a lease duration. The heartbeat goes on from the row's counter.
//
// Errors: Fenced with ReasonLeaseLost when somebody else was faster.
func (t *Table) ClaimNode(ctx context.Context, seen *messages.NodeRow, node messages.NodeRow) error {
	u := t.change(nodePrefix + node.Node)
	u.beat(t)
	u.put(attrProcess, text(node.Process))
	u.putOrDrop(attrHost, node.Host)
	u.putOrDrop(attrVersion, node.Version)
	u.drop(attrLeaving)
	if seen == nil {
		u.require("attribute_not_exists(#" + attrShard + ")")
	} else {
		u.requireText(attrProcess, seen.Process)
		u.require(u.asSeen(attrHeartbeat, seen.Counter))
	}
	found, err := t.sendNode(ctx, u)
	if found != nil && found.Process == node.Process {
		return nil // an earlier call's write, whose answer was lost
	}
	if found != nil {
		return nodeLost("ClaimNode", node, found.Process)
	}
	return err
}

// Beat moves the slot's heartbeat, and says whether the node is leaving.
//
// Errors: Fenced with ReasonLeaseLost when the slot is another process's.
func (t *Table) Beat(ctx context.Context, node messages.NodeRow) error {
	u := t.change(nodePrefix + node.Node)
	u.beat(t)
	if node.Leaving {
		u.put(attrLeaving, truth(true))
	}
	u.requireEqual(attrProcess, text(node.Process))
	found, err := t.sendNode(ctx, u)
	if found != nil {
		return nodeLost("Beat", node, found.Process)
	}
	return err
}

// RetireNode frees the slot at once. The row stays, without a process and
// without the heartbeat that a sibling product would look at. A slot that is
// another process's is left alone.
func (t *Table) RetireNode(ctx context.Context, node messages.NodeRow) error {
	u := t.change(nodePrefix + node.Node)
	u.turn = renewing
	u.countUp(attrHeartbeat)
	u.drop(attrProcess, attrNodeHeartbeat, attrLeaving)
	u.requireEqual(attrProcess, text(node.Process))
	_, err := t.sendNode(ctx, u)
	return err
}

// beat sets what every heartbeat sets.
func (u *update) beat(t *Table) {
	u.turn = renewing
	u.countUp(attrHeartbeat)
	u.put(attrNodeHeartbeat, number(t.now().UnixMilli()))
}

// sendNode is send for a node's row. Where it is refused, found is the row
// that is there, empty where there is none.
func (t *Table) sendNode(ctx context.Context, u *update) (found *messages.NodeRow, err error) {
	_, err = t.send(ctx, "", u)
	var refused *refusedError
	if !errors.As(err, &refused) {
		return nil, err
	}
	found, err = nodeRow(refused.found)
	if err != nil {
		return nil, t.unreadable("UpdateItem", "", err)
	}
	return found, nil
}

// nodeRow reads a node's item.
func nodeRow(it item) (*messages.NodeRow, error) {
	f := &fields{item: it}
	row := &messages.NodeRow{
		Node:    strings.TrimPrefix(f.text(attrShard), nodePrefix),
		Process: f.text(attrProcess),
		Counter: f.number(attrHeartbeat),
		Host:    f.text(attrHost),
		Version: f.text(attrVersion),
		Leaving: f.truth(attrLeaving),
	}
	return row, f.err
}

func nodeLost(op string, node messages.NodeRow, process string) *messages.Fault {
	return &messages.Fault{
		Class: messages.Fenced, Reason: messages.ReasonLeaseLost, Op: "leasetable." + op, Complete: true,
		Err: fmt.Errorf("the row of %s names process %q, want %q", node.Node, process, node.Process),
	}
}
