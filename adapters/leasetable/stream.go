package leasetable

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Stream reads what was decided once for the whole stream (P12); nil where
// nothing was yet.
//
// Errors: Rejected where a newer version of this program wrote it.
func (t *Table) Stream(ctx context.Context) (*messages.StreamRow, error) {
	it, err := t.get(ctx, streamKey, "")
	if err != nil || it == nil {
		return nil, err
	}
	return t.knownStream("GetItem", it)
}

// CreateStream writes the stream's row unless there is one, and returns the
// one that is there then. Timestamps are kept in ms, CreatedAt in seconds.
//
// Errors: as Stream.
func (t *Table) CreateStream(ctx context.Context, row messages.StreamRow) (*messages.StreamRow, error) {
	u := t.change(streamKey)
	u.put(attrARN, text(row.ARN))
	u.put(attrStreamCreated, number(row.CreatedAt.Unix()))
	u.put(attrPosition, text(row.Position))
	if !row.Timestamp.IsZero() {
		u.put(attrTimestamp, number(row.Timestamp.UnixMilli()))
	}
	u.put(attrInitialised, truth(row.Initialised))
	u.put(attrDrained, truth(row.Drained))
	u.put(attrSchema, number(messages.SchemaVersion))
	u.require("attribute_not_exists(#" + attrShard + ")")
	it, err := t.send(ctx, "", u)
	var refused *refusedError
	switch {
	case errors.As(err, &refused):
		it = refused.found // somebody else decided first
	case err != nil:
		return nil, err
	}
	return t.knownStream("UpdateItem", it)
}

// MarkInitialised says that the first set of shard rows has been made: every
// shard found from now on starts at TRIM_HORIZON.
func (t *Table) MarkInitialised(ctx context.Context) error {
	u := t.change(streamKey)
	u.put(attrInitialised, truth(true))
	u.require("attribute_exists(#" + attrShard + ")")
	_, err := t.send(ctx, "", u)
	var refused *refusedError
	if errors.As(err, &refused) {
		return &messages.Fault{
			Class: messages.Transient, Reason: messages.ReasonInvariant, Op: "leasetable.MarkInitialised",
			Err: fmt.Errorf("table %s has no %s row for stream %s", t.name, streamKey, t.stream), Complete: true,
		}
	}
	return err
}

// ForgetDrained takes the operator's word back that all which another product
// took has landed (P7): what it was for is ours by now.
func (t *Table) ForgetDrained(ctx context.Context) error { return t.putDrained(ctx, false) }

// putDrained keeps the word, or that there is none.
func (t *Table) putDrained(ctx context.Context, word bool) error {
	u := t.change(streamKey)
	u.put(attrDrained, truth(word))
	u.require("attribute_exists(#" + attrShard + ")")
	_, err := t.send(ctx, "", u)
	return err
}

// knownStream reads the stream's item, and refuses a newer version's.
func (t *Table) knownStream(action string, it item) (*messages.StreamRow, error) {
	row, err := streamRow(it)
	if err != nil {
		return nil, t.unreadable(action, "", err)
	}
	if row.Schema > messages.SchemaVersion {
		return nil, t.unfit("run the newer version of kinesnow, or use a new application name with a data_dir of its own",
			"stream %s is kept in schema version %d, this program knows up to %d", t.stream, row.Schema, messages.SchemaVersion)
	}
	return row, nil
}

// streamRow reads a stream's item.
func streamRow(it item) (*messages.StreamRow, error) {
	f := &fields{item: it}
	row := &messages.StreamRow{
		ARN:         f.text(attrARN),
		CreatedAt:   time.Unix(f.number(attrStreamCreated), 0).UTC(),
		Position:    f.text(attrPosition),
		Initialised: f.truth(attrInitialised),
		Drained:     f.truth(attrDrained),
		Pauses:      pausesOf(f),
		Schema:      int(f.number(attrSchema)),
	}
	if ms := f.number(attrTimestamp); ms != 0 {
		row.Timestamp = time.UnixMilli(ms).UTC()
	}
	return row, f.err
}
