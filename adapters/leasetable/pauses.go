package leasetable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

const (
	attrPaused   = "pausedShards" // shard ids, or allShards alone
	attrPausedAt = "pausedAt"     // ms: since when anything is
	attrPausedBy = "pausedBy"     // who changed it last

	allShards = "*"
)

// maxPauseTries bounds how often a change is made anew because somebody else
// changed the row at the same time.
const maxPauseTries = 10

// Pause keeps that shards are paused, none named meaning all, and returns what
// is paused then. It is kept in the stream's row, so that no rebalancing and no
// restart undoes it; Stream and Rows tell it.
//
// Errors: Rejected with ReasonMissing where the application never ran on the
// stream.
func (t *Table) Pause(ctx context.Context, shards []messages.ShardID, who string) (messages.Pauses, error) {
	return t.changePauses(ctx, "Pause", who, func(p messages.Pauses) (messages.Pauses, error) {
		return p.Add(shards, t.now().UTC()), nil
	})
}

// Resume takes a pause back, none named meaning all of it, and returns what is
// paused then.
//
// Errors: as Pause; Rejected too for one shard of a stream that is paused as a
// whole.
func (t *Table) Resume(ctx context.Context, shards []messages.ShardID, who string) (messages.Pauses, error) {
	return t.changePauses(ctx, "Resume", who, func(p messages.Pauses) (messages.Pauses, error) {
		if p.All && len(shards) > 0 {
			return p, errors.New("the connector is paused as a whole: resume it as a whole, then pause the shards that are to stay")
		}
		return p.Remove(shards), nil
	})
}

// changePauses reads, changes and writes, unless somebody wrote in between.
func (t *Table) changePauses(ctx context.Context, op, who string, change func(messages.Pauses) (messages.Pauses, error)) (messages.Pauses, error) {
	no := func(err error) (messages.Pauses, error) {
		f := &messages.Fault{Op: "leasetable." + op, Err: err}
		refuse(f, messages.ReasonMissing, "")
		return messages.Pauses{}, f
	}
	for range maxPauseTries {
		it, err := t.get(ctx, streamKey, "")
		if err != nil {
			return messages.Pauses{}, err
		}
		if it == nil {
			return no(fmt.Errorf("application %s never ran on stream %s: there is nothing to pause", t.name, t.stream))
		}
		row, err := t.knownStream("GetItem", it)
		if err != nil {
			return messages.Pauses{}, err
		}
		p, err := change(row.Pauses)
		if err != nil {
			return no(err)
		}
		if p.Same(row.Pauses) {
			return row.Pauses, nil // also what an earlier attempt did, whose answer was lost
		}
		p.Who = who
		u := t.change(streamKey)
		u.put(attrPausedBy, text(who))
		switch {
		case p.None():
			u.drop(attrPaused, attrPausedAt)
		case p.All:
			u.put(attrPaused, shardSet([]messages.ShardID{allShards}))
			u.put(attrPausedAt, number(p.Since.UnixMilli()))
		default:
			u.put(attrPaused, shardSet(p.Shards))
			u.put(attrPausedAt, number(p.Since.UnixMilli()))
		}
		u.requireText(attrNonce, textOf(it[attrNonce]))
		_, err = t.send(ctx, "", u)
		var refused *refusedError
		if !errors.As(err, &refused) {
			return p, err
		}
	}
	return messages.Pauses{}, &messages.Fault{
		Class: messages.Transient, Reason: messages.ReasonInvariant, Op: "leasetable." + op, Complete: true,
		Err: fmt.Errorf("the row %s of stream %s changed %d times in a row", streamKey, t.stream, maxPauseTries),
	}
}

func pausesOf(f *fields) messages.Pauses {
	p := messages.Pauses{Shards: f.shards(attrPaused), Who: f.text(attrPausedBy)}
	if ms := f.number(attrPausedAt); ms != 0 {
		p.Since = time.UnixMilli(ms).UTC()
	}
	if slices.Contains(p.Shards, allShards) {
		p.All, p.Shards = true, nil
	}
	slices.Sort(p.Shards)
	return p
}
