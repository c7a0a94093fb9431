package leasetable

import (
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// shardRow reads a shard's item.
func shardRow(it item) (*messages.ShardRow, error) {
	f := &fields{item: it}
	var stop messages.StopCode
	if f.number(attrStopEpoch) == f.number(attrEpoch) {
		stop = messages.StopCode(f.text(attrStop))
	}
	row := &messages.ShardRow{
		Shard:    messages.ShardID(f.text(attrShard)),
		Parents:  f.shards(attrParents),
		Children: f.shards(attrChildren),
		HashFrom: f.text(attrHashFrom),
		HashTo:   f.text(attrHashTo),
		Ended:    f.text(attrState) == stateEnded,
		Trimmed:  f.truth(attrTrimmed),

		Owner:      messages.Owner(f.text(attrOwner)),
		Counter:    f.number(attrCounter),
		Epoch:      f.number(attrEpoch),
		Nonce:      f.text(attrNonce),
		Expiry:     f.number(attrExpiry),
		DurationMS: f.number(attrDuration),
		WriteNo:    f.number(attrWriteNo),
		Handoff:    messages.Owner(f.text(attrHandoffTo)),
		Stop:       stop,

		Sequence:    f.sequence(attrSequence),
		PartialSeq:  f.sequence(attrPartialSeq),
		PartialSub:  f.number(attrPartialSub),
		LastUpdated: f.number(attrUpdated),

		Committed:      f.text(attrCommitted),
		Skipped:        f.text(attrSkipped),
		Settled:        f.truth(attrSettled),
		ChannelCreated: f.number(attrChannelCreated), RejectedBefore: f.number(attrRejectedBefore),
		CaughtUpAt: f.number(attrCaughtUp),
		Counters: messages.Counters{
			Read:      f.number(attrCountRead),
			Discarded: f.number(attrCountDiscarded),
			Filtered:  f.number(attrCountFiltered),
			Appended:  f.number(attrCountAppended),
			Committed: f.number(attrCountCommitted),
			Rejected:  f.number(attrCountRejected),
			Digest:    messages.Digest(f.text(attrDigest)),
		},

		Final:     f.channelFinal(),
		DroppedAt: f.number(attrDropped),

		Start:   f.text(attrPosition),
		Foreign: it[attrSettled] == nil,
	}
	if ms := f.number(attrTimestamp); ms != 0 {
		row.StartAt = time.UnixMilli(ms).UTC()
	}
	// Sets have no order; ids do.
	slices.Sort(row.Parents)
	slices.Sort(row.Children)
	// An older whole record beside a partial one says nothing new (doc.go).
	if row.PartialSeq != "" && row.Sequence.Compare(row.PartialSeq) < 0 {
		row.Sequence = ""
	}
	return row, f.err
}
