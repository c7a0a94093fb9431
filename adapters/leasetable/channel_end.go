package leasetable

import (
	"context"
	"errors"
	"fmt"

	"github.com/kinesnow/kinesnow/messages"
)

// NoteFinal keeps what Snowflake's own counters said last of the channel of a
// shard that has ended (P23). What was noted before is replaced: a repetition
// says the same, and a channel that counted on starts the wait anew.
//
// Errors: Fenced with ReasonLeaseLost where the row is not at SHARD_END, or the
// channel is known to be dropped: there is nothing to be done for it.
func (t *Table) NoteFinal(ctx context.Context, shard messages.ShardID, final messages.ChannelFinal) error {
	u := t.change(string(shard))
	u.put(attrFinalCreated, number(final.CreatedMS))
	u.put(attrFinalInserted, number(final.RowsInserted))
	u.put(attrFinalErrors, number(final.RowsErrors))
	u.put(attrFinalAt, number(final.At))
	u.require("attribute_not_exists(#" + attrDropped + ")")
	return t.afterEnd(ctx, "NoteFinal", shard, u)
}

// MarkDropped keeps that the channel of a shard that has ended is no more. at is
// ms by AWS's clock.
//
// Errors: Fenced with ReasonLeaseLost where the row is not at SHARD_END.
func (t *Table) MarkDropped(ctx context.Context, shard messages.ShardID, at int64) error {
	u := t.change(string(shard))
	u.put(attrDropped, number(at))
	return t.afterEnd(ctx, "MarkDropped", shard, u)
}

// afterEnd writes to a row that has no owner any more, and never will have one.
func (t *Table) afterEnd(ctx context.Context, op string, shard messages.ShardID, u *update) error {
	u.requireEqual(attrState, text(stateEnded))
	row, landed, err := t.sendRow(ctx, shard, u)
	if err != nil || landed {
		return err
	}
	f := &messages.Fault{Class: messages.Fenced, Reason: messages.ReasonLeaseLost, Op: "leasetable." + op, Shard: shard, Complete: true}
	switch {
	case row == nil:
		f.Err = errors.New("there is no lease row")
	case !row.Ended:
		f.Err = fmt.Errorf("the lease row is not at SHARD_END: owner %q, epoch %d", row.Owner, row.Epoch)
	default:
		f.Err = errors.New("the lease row says that the channel is dropped")
	}
	return f
}

// channelFinal reads what NoteFinal keeps; nil where it was never called.
func (f *fields) channelFinal() *messages.ChannelFinal {
	if f.item[attrFinalAt] == nil {
		return nil
	}
	return &messages.ChannelFinal{
		CreatedMS: f.number(attrFinalCreated), RowsInserted: f.number(attrFinalInserted), RowsErrors: f.number(attrFinalErrors), At: f.number(attrFinalAt),
	}
}
