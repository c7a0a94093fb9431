package leases

import (
	"context"
	"math"

	"github.com/kinesnow/kinesnow/messages"
)

// positionCases are about what a lease row keeps.
func positionCases() []Case {
	return []Case{
		{"position: every attribute comes back as written", everyAttribute},
		{"position: an overtaken write changes nothing", overtaken},
		{"position: inside an aggregate", insideAggregate},
		{"shard end: children kept, lease given up, never claimed again", shardEnd},
		{"resolve: sets tokens exactly, and removes them", resolve},
	}
}

func everyAttribute(ctx context.Context, b *Bench) (string, error) {
	if err := b.claimed(ctx); err != nil {
		return "", err
	}
	settled := false
	// Beyond 2^53 a number that went through a float would come back as another.
	counters := messages.Counters{Read: math.MaxInt64, Discarded: 1, Filtered: 1<<53 + 1, Appended: 4, Committed: 5, Rejected: 6, Digest: "00ff00ff00ff00ff"}
	write := messages.PositionWrite{
		WriteNo: 3, Committed: token("49680455343996537780409567476312845170036009322185490434"), Skipped: token("49680455343996537780409567476312845170036009322185490435"),
		Settled: &settled, ChannelCreated: 1795338091423, CaughtUpAt: 1795338091424, Counters: &counters,
	}
	written, err := b.table.WritePosition(ctx, shard, me, 1, write)
	if err != nil {
		return "", err
	}
	row, err := b.row(ctx)
	if err != nil {
		return "", err
	}
	want := *b.seen
	want.Owner, want.Counter, want.Epoch, want.Nonce, want.Expiry, want.DurationMS = me, 1, 1, row.Nonce, noon.Add(lease).UnixMilli(), lease.Milliseconds()
	want.WriteNo, want.Committed, want.Skipped, want.Settled = 3, write.Committed, write.Skipped, false
	want.ChannelCreated, want.CaughtUpAt, want.Counters = write.ChannelCreated, write.CaughtUpAt, counters
	want.Sequence = "49680455343996537780409567476312845170036009322185490435"
	if err := same("row read", *row, want); err != nil {
		return "", err
	}
	return "tokens, settled, times, 64-bit counters, digest; what the write answers is what Query reads", same("row written", *written, *row)
}

func overtaken(ctx context.Context, b *Bench) (string, error) {
	if err := b.claimed(ctx); err != nil {
		return "", err
	}
	for _, no := range []int64{5, 4, 5} {
		row, err := b.table.WritePosition(ctx, shard, me, 1, messages.PositionWrite{WriteNo: no, Committed: token(messages.SequenceNumber("10" + string(rune('0'+no))))})
		if err != nil {
			return "", err
		}
		if err := same("row", []any{row.WriteNo, row.Committed}, []any{int64(5), token("105")}); err != nil {
			return "", err
		}
	}
	return "write 4 after 5, and 5 again: success, the row as 5 left it", nil
}

func insideAggregate(ctx context.Context, b *Bench) (string, error) {
	if err := b.claimed(ctx); err != nil {
		return "", err
	}
	inside := messages.Token{Position: messages.Position{Seq: "9", Sub: 17}, Arrival: 1, Shard: shard}.String()
	if _, err := b.table.WritePosition(ctx, shard, me, 1, messages.PositionWrite{WriteNo: 1, Committed: inside}); err != nil {
		return "", err
	}
	row, err := b.row(ctx)
	if err != nil {
		return "", err
	}
	if err := same("inside", []any{row.PartialSeq, row.PartialSub, row.Committed}, []any{"9", int64(17), inside}); err != nil {
		return "", err
	}
	if _, err := b.table.WritePosition(ctx, shard, me, 1, messages.PositionWrite{WriteNo: 2, Committed: token("9")}); err != nil {
		return "", err
	}
	if row, err = b.row(ctx); err != nil {
		return "", err
	}
	return "partialSequenceNumber 9, sub 17; gone once 9 is whole", same("whole", []any{row.Sequence, row.PartialSeq, row.PartialSub}, []any{"9", "", int64(0)})
}

func shardEnd(ctx context.Context, b *Bench) (string, error) {
	if err := b.claimed(ctx); err != nil {
		return "", err
	}
	children := []messages.ShardID{"shardId-000000000001", "shardId-000000000002"}
	if _, err := b.table.WritePosition(ctx, shard, me, 1, messages.PositionWrite{WriteNo: 1, Committed: token("9"), Ended: true, Children: children}); err != nil {
		return "", err
	}
	row, err := b.row(ctx)
	if err != nil {
		return "", err
	}
	if err := same("row", []any{row.Ended, row.Owner, row.Children, row.Settled, row.Committed}, []any{true, "", children, true, token("9")}); err != nil {
		return "", err
	}
	_, err = b.open(table).Claim(ctx, row, other, lease)
	return "SHARD_END, settled, two children as a set, no owner; a claim is refused", lost("a claim of an ended shard", err)
}

func resolve(ctx context.Context, b *Bench) (string, error) {
	if err := b.claimed(ctx); err != nil {
		return "", err
	}
	if _, err := b.table.WritePosition(ctx, shard, me, 1, messages.PositionWrite{WriteNo: 1, Committed: token("5"), Skipped: token("7"), CaughtUpAt: 1}); err != nil {
		return "", err
	}
	if _, err := b.table.ResolvePosition(ctx, shard, me, 1, messages.PositionWrite{WriteNo: 2, Committed: token("3")}); err != nil {
		return "", err
	}
	row, err := b.row(ctx)
	if err != nil {
		return "", err
	}
	if err := same("to a token", []any{row.Committed, row.Skipped, row.CaughtUpAt, row.Settled}, []any{token("3"), "", int64(0), true}); err != nil {
		return "", err
	}
	if _, err := b.table.ResolvePosition(ctx, shard, me, 1, messages.PositionWrite{WriteNo: 3}); err != nil {
		return "", err
	}
	if row, err = b.row(ctx); err != nil {
		return "", err
	}
	return "K back to 3 without S, then no position at all", same("to nothing", []any{row.Committed, row.Skipped, row.Sequence}, []any{"", "", ""})
}
