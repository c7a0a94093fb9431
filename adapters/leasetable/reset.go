package leasetable

import (
	"context"
	"errors"
	"fmt"

	"github.com/kinesnow/kinesnow/messages"
)

// ResetStream makes the table begin anew for a stream that was deleted and
// created again (on_stream_recreated: reset). Nothing can be deleted under the
// documented policy, so each row of the old stream is emptied and marked;
// Rows leaves marked ones out, and CreateShard takes them over. The epoch
// stays, so that nobody who held a lease before can hold it again. The stream's
// own row changes last, so a reset that was cut off is done again.
//
// Errors: Transient where somebody else wrote a row meanwhile, or reset the
// stream first: look again.
func (t *Table) ResetStream(ctx context.Context, old, row messages.StreamRow) error {
	rows, err := t.Rows(ctx)
	if err != nil {
		return err
	}
	for i := range rows.Shards {
		seen := &rows.Shards[i]
		u := t.change(string(seen.Shard))
		u.put(attrReset, number(t.now().UnixMilli()))
		u.drop(shardAttributes...)
		u.requireText(attrNonce, seen.Nonce) // as it was read: else it may be the new stream's already
		_, landed, err := t.sendRow(ctx, seen.Shard, u)
		if err != nil {
			return err
		}
		if !landed {
			return t.resetRace(seen.Shard)
		}
		t.forget(seen.Shard)
	}
	u := t.change(streamKey)
	u.put(attrARN, text(row.ARN))
	u.put(attrStreamCreated, number(row.CreatedAt.Unix()))
	u.put(attrPosition, text(row.Position))
	if row.Timestamp.IsZero() {
		u.drop(attrTimestamp)
	} else {
		u.put(attrTimestamp, number(row.Timestamp.UnixMilli()))
	}
	u.put(attrInitialised, truth(false))
	u.put(attrDrained, truth(false))
	u.requireEqual(attrStreamCreated, number(old.CreatedAt.Unix()))
	_, err = t.send(ctx, "", u)
	var refused *refusedError
	if errors.As(err, &refused) {
		return t.resetRace("")
	}
	return err
}

// resetRace says that somebody wrote what was to be reset.
func (t *Table) resetRace(shard messages.ShardID) *messages.Fault {
	return &messages.Fault{
		Class: messages.Transient, Reason: messages.ReasonLeaseLost, Op: "leasetable.ResetStream", Shard: shard, Complete: true,
		Err: fmt.Errorf("another process works on stream %s of table %s, or began it anew", t.stream, t.name),
	}
}

// shardAttributes is everything of a shard's row but its keys.
var shardAttributes = []string{
	attrOwner, attrExpiry, attrSequence, attrPartialSeq, attrPartialSub, attrCounter, attrDuration,
	attrHandoffTo, attrHandoffAt, attrStop, attrStopEpoch, attrCommitted, attrSkipped, attrSettled, attrChannelCreated, attrRejectedBefore, attrWriteNo, attrCaughtUp,
	attrState, attrTrimmed, attrPosition, attrTimestamp, attrParents, attrChildren, attrHashFrom, attrHashTo,
	attrCountRead, attrCountDiscarded, attrCountFiltered, attrCountAppended, attrCountCommitted, attrCountRejected, attrDigest,
	attrFinalCreated, attrFinalInserted, attrFinalErrors, attrFinalAt, attrDropped,
}

// attrReset marks a row of a stream that was deleted; ms.
const attrReset = "resetAt"
