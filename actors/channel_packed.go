package actors

import "github.com/kinesnow/kinesnow/messages"

// warnOutside says once a generation that user records of an aggregate belong
// to another shard. They are kept: a producer that predicted the wrong shard,
// as after a reshard, may have been told that they arrived.
func (ch *Channel) warnOutside(b *messages.RowBlock) {
	if ch.outside || b.Packed.OutOfRange == 0 {
		return
	}
	ch.outside = true
	ch.Log.Warn().Int64("records", b.Packed.OutOfRange).Str("upto", b.Last().String()).
		Msg("user records of aggregates belong to another shard; they are kept")
}
