package leases

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/kinesnow/kinesnow/messages"
)

// leaseCases are about who holds a shard.
func leaseCases() []Case {
	return []Case{
		{"claim: of 20 racing, one wins", race},
		{"claim: an owner that renews is not dead", claimAsSeen},
		{"begin: a new epoch fences the one before", begin},
		{"renew: carries a position, unless it is overtaken", renew},
		{"release: frees, and only what is one's own", release},
		{"lost lease: the error names the owner", loser},
		{"lost answers: claim, begin, write, renew, end are found again", lostAnswers},
		{"node slot: of 8 racing, one wins; beats; retires", nodeSlot},
	}
}

// racers is how many want the same row at once.
const racers = 20

func race(ctx context.Context, b *Bench) (string, error) {
	if err := b.begin(ctx); err != nil {
		return "", err
	}
	var won atomic.Int64
	var winner atomic.Value
	racing, within := errgroup.WithContext(ctx)
	for i := range racers {
		owner := messages.MakeOwner(fmt.Sprint("node-", i), "racer")
		claimant := b.open(table)
		racing.Go(func() error {
			row, err := claimant.Claim(within, b.seen, owner, lease)
			if err != nil {
				return lost("a loser's claim", err)
			}
			won.Add(1)
			winner.Store(row.Owner)
			return same("winner's row", []any{row.Owner, row.Epoch, row.Counter}, []any{owner, int64(1), int64(1)})
		})
	}
	if err := racing.Wait(); err != nil {
		return "", err
	}
	if won.Load() != 1 {
		return "", fmt.Errorf("%d of %d claimed the row", won.Load(), racers)
	}
	row, err := b.row(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("1 of %d; the others hear that the lease is lost", racers), same("owner in the table", row.Owner, winner.Load())
}

func claimAsSeen(ctx context.Context, b *Bench) (string, error) {
	if err := b.claimed(ctx); err != nil {
		return "", err
	}
	seen, err := b.row(ctx)
	if err != nil {
		return "", err
	}
	if _, err := b.table.Renew(ctx, shard, me, 1, lease, nil); err != nil {
		return "", err
	}
	rival := b.open(table)
	_, err = rival.Claim(ctx, seen, other, lease)
	if err := lost("a claim as seen before the renewal", err); err != nil {
		return "", err
	}
	if seen, err = b.row(ctx); err != nil {
		return "", err
	}
	row, err := rival.Claim(ctx, seen, other, lease)
	if err != nil {
		return "", err
	}
	return "refused as seen before the renewal, granted as seen after; epoch 2",
		same("row", []any{row.Owner, row.Epoch, row.Counter}, []any{other, int64(2), int64(3)})
}

func begin(ctx context.Context, b *Bench) (string, error) {
	if err := b.claimed(ctx); err != nil {
		return "", err
	}
	if _, err := b.table.WritePosition(ctx, shard, me, 1, messages.PositionWrite{WriteNo: 7, Committed: token("5")}); err != nil {
		return "", err
	}
	row, err := b.table.Begin(ctx, shard, me, 1, lease)
	if err != nil {
		return "", err
	}
	if err := same("row", []any{row.Epoch, row.WriteNo, row.Committed}, []any{int64(2), int64(0), token("5")}); err != nil {
		return "", err
	}
	_, err = b.table.WritePosition(ctx, shard, me, 1, messages.PositionWrite{WriteNo: 8, Committed: token("6")})
	if err := lost("a write under the old epoch", err); err != nil {
		return "", err
	}
	_, err = b.table.Renew(ctx, shard, me, 1, lease, nil)
	return "writeNo from 0, token kept; write and renewal of epoch 1 refused", lost("a renewal of the old epoch", err)
}

func renew(ctx context.Context, b *Bench) (string, error) {
	if err := b.claimed(ctx); err != nil {
		return "", err
	}
	row, err := b.table.Renew(ctx, shard, me, 1, lease, &messages.PositionWrite{WriteNo: 4, Committed: token("8")})
	if err != nil {
		return "", err
	}
	if err := same("with a position", []any{row.Counter, row.WriteNo, row.Committed, row.Sequence}, []any{int64(2), int64(4), token("8"), "8"}); err != nil {
		return "", err
	}
	row, err = b.table.Renew(ctx, shard, me, 1, lease, &messages.PositionWrite{WriteNo: 3, Committed: token("7")})
	if err != nil {
		return "", err
	}
	return "position and counter in one write; an older position left out, the renewal made",
		same("with an old position", []any{row.Counter, row.WriteNo, row.Committed}, []any{int64(3), int64(4), token("8")})
}

func release(ctx context.Context, b *Bench) (string, error) {
	if err := b.claimed(ctx); err != nil {
		return "", err
	}
	if err := b.open(table).Release(ctx, shard, other, 1); err != nil {
		return "", err
	}
	row, err := b.row(ctx)
	if err != nil {
		return "", err
	}
	if err := same("after another's release", []any{row.Owner, row.Counter}, []any{me, int64(1)}); err != nil {
		return "", err
	}
	if err := b.table.Release(ctx, shard, me, 1); err != nil {
		return "", err
	}
	if row, err = b.row(ctx); err != nil {
		return "", err
	}
	return "the owner's frees the row, another's changes nothing",
		same("after the owner's", []any{row.Owner, row.Expiry, row.Counter, row.Epoch}, []any{"", int64(0), int64(2), int64(1)})
}

func loser(ctx context.Context, b *Bench) (string, error) {
	if err := b.claimed(ctx); err != nil {
		return "", err
	}
	_, err := b.open(table).Renew(ctx, shard, other, 1, lease, nil)
	if err := lost("a stranger's renewal", err); err != nil {
		return "", err
	}
	if !strings.Contains(err.Error(), string(me)) {
		return "", fmt.Errorf("the error does not name %s: %w", me, err)
	}
	return err.Error(), nil
}

func lostAnswers(ctx context.Context, b *Bench) (string, error) {
	if err := b.begin(ctx); err != nil {
		return "", err
	}
	write := messages.PositionWrite{Committed: token("5")}
	steps := []struct {
		name    string
		counter int64
		do      func() (*messages.ShardRow, error)
	}{
		{"claim", 1, func() (*messages.ShardRow, error) { return b.table.Claim(ctx, b.seen, me, lease) }},
		{"begin", 2, func() (*messages.ShardRow, error) { return b.table.Begin(ctx, shard, me, 1, lease) }},
		{"write", 2, func() (*messages.ShardRow, error) {
			write.WriteNo = 1
			return b.table.WritePosition(ctx, shard, me, 2, write)
		}},
		{"renewal with a position", 3, func() (*messages.ShardRow, error) {
			write.WriteNo = 2
			return b.table.Renew(ctx, shard, me, 2, lease, &write)
		}},
		{"end", 4, func() (*messages.ShardRow, error) {
			return b.table.WritePosition(ctx, shard, me, 2, messages.PositionWrite{WriteNo: 3, Ended: true})
		}},
	}
	for _, s := range steps {
		b.proxy.LoseNext("UpdateItem")
		row, err := s.do()
		if err != nil {
			return "", fmt.Errorf("%s: %w", s.name, err)
		}
		got, err := b.row(ctx)
		if err != nil {
			return "", err
		}
		if err := same(s.name, []any{row.Nonce, row.Counter, got.Counter}, []any{got.Nonce, s.counter, s.counter}); err != nil {
			return "", err
		}
	}
	return "each write landed once, its repeat met its own nonce", nil
}

func nodeSlot(ctx context.Context, b *Bench) (string, error) {
	var won atomic.Int64
	var process atomic.Value
	racing, within := errgroup.WithContext(ctx)
	for i := range 8 {
		node := messages.NodeRow{Node: "node-0", Process: fmt.Sprint("process-", i), Host: "host"}
		claimant := b.open(table)
		racing.Go(func() error {
			if err := claimant.ClaimNode(within, nil, node); err != nil {
				return lost("a loser's slot", err)
			}
			won.Add(1)
			process.Store(node.Process)
			return nil
		})
	}
	if err := racing.Wait(); err != nil {
		return "", err
	}
	if won.Load() != 1 {
		return "", fmt.Errorf("%d of 8 have the slot", won.Load())
	}
	node := messages.NodeRow{Node: "node-0", Process: process.Load().(string)}
	if err := b.table.Beat(ctx, node); err != nil {
		return "", err
	}
	err := b.table.Beat(ctx, messages.NodeRow{Node: "node-0", Process: "stranger"})
	if err := errors.Join(lost("a stranger's beat", err), b.table.RetireNode(ctx, node)); err != nil {
		return "", err
	}
	rows, err := b.table.Rows(ctx)
	if err != nil {
		return "", err
	}
	return "1 of 8; a stranger's beat refused; free after the third write",
		same("slots", rows.Nodes, []messages.NodeRow{{Node: "node-0", Counter: 3, Host: "host"}})
}
