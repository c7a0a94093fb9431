package leases

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"github.com/kinesnow/kinesnow/messages"
)

// rowCases are about a stream's rows together.
func rowCases() []Case {
	return []Case{
		{"shard row: of 8 racing, one makes it", shardRowOnce},
		{"stream row: of 8 racing, one decides", streamRowOnce},
		{"rows: all of them over several pages of 1 MB", pages},
		{"rows: another program's are passed over or read", strangers},
		{"reset: the rows of a deleted stream are taken over", reset},
	}
}

func shardRowOnce(ctx context.Context, b *Bench) (string, error) {
	var made atomic.Int64
	racing, within := errgroup.WithContext(ctx)
	for range 8 {
		maker := b.open(table)
		racing.Go(func() error {
			did, err := maker.CreateShard(within, messages.ShardRow{
				Shard: shard, HashFrom: "0", HashTo: "99", Parents: []messages.ShardID{"shardId-000000000007", "shardId-000000000008"},
			})
			if did {
				made.Add(1)
			}
			return err
		})
	}
	if err := racing.Wait(); err != nil {
		return "", err
	}
	row, err := b.row(ctx)
	if err != nil {
		return "", err
	}
	return "1 of 8, with hash range and a set of two parents", same("row", []any{made.Load(), row.HashTo, row.Parents, row.Settled},
		[]any{int64(1), "99", []messages.ShardID{"shardId-000000000007", "shardId-000000000008"}, true})
}

func streamRowOnce(ctx context.Context, b *Bench) (string, error) {
	rows := make([]messages.StreamRow, 8)
	racing, within := errgroup.WithContext(ctx)
	for i := range rows {
		decider := b.open(table)
		racing.Go(func() error {
			row, err := decider.CreateStream(within, messages.StreamRow{
				ARN: fmt.Sprint("arn:", i), CreatedAt: noon, Position: "LATEST", Timestamp: noon.Add(time.Duration(i) * time.Second),
			})
			if err == nil {
				rows[i] = *row
			}
			return err
		})
	}
	if err := racing.Wait(); err != nil {
		return "", err
	}
	for _, row := range rows {
		if err := same("decision", row, rows[0]); err != nil {
			return "", err
		}
	}
	if err := b.table.MarkInitialised(ctx); err != nil {
		return "", err
	}
	row, err := b.table.Stream(ctx)
	if err != nil {
		return "", err
	}
	rows[0].Initialised = true
	return "all 8 hear the same decision; initialised afterwards", same("row", *row, rows[0])
}

// pages writes more than Query puts into one answer.
func pages(ctx context.Context, b *Bench) (string, error) {
	const many, padding = 150, 8 << 10
	client := b.client()
	writers, within := errgroup.WithContext(ctx)
	writers.SetLimit(4)
	for i := range many {
		writers.Go(func() error {
			return b.put(within, client, fmt.Sprintf("shardId-%012d", i), map[string]string{"padding": strings.Repeat("x", padding)})
		})
	}
	if err := writers.Wait(); err != nil {
		return "", err
	}
	before := b.proxy.Calls()["Query"]
	rows, err := b.table.Rows(ctx)
	if err != nil {
		return "", err
	}
	asked := b.proxy.Calls()["Query"] - before
	for i, row := range rows.Shards {
		if err := same("shard", row.Shard, fmt.Sprintf("shardId-%012d", i)); err != nil {
			return "", err
		}
	}
	if asked < 2 {
		return "", fmt.Errorf("%d rows of %d KiB came in %d answer", len(rows.Shards), padding>>10, asked)
	}
	return fmt.Sprintf("%d rows in order of their keys in %d answers", len(rows.Shards), asked), same("rows", len(rows.Shards), many)
}

func strangers(ctx context.Context, b *Bench) (string, error) {
	client := b.client()
	if err := b.put(ctx, client, "__migration__", map[string]string{"state": "DONE"}); err != nil {
		return "", err
	}
	if err := b.put(ctx, client, "__node__#sibling", nil); err != nil {
		return "", err
	}
	if err := b.put(ctx, client, string(shard), map[string]string{"leaseOwner": "nifi-uuid", "sequenceNumber": "495"}); err != nil {
		return "", err
	}
	rows, err := b.table.Rows(ctx)
	if err != nil {
		return "", err
	}
	if len(rows.Shards) != 1 || len(rows.Nodes) != 1 {
		return "", fmt.Errorf("%d shard rows and %d node rows, want one of each", len(rows.Shards), len(rows.Nodes))
	}
	return "a sibling's lease, position and node are read, its migration marker is passed over",
		same("rows", []any{rows.Shards[0].Owner, rows.Shards[0].Sequence, rows.Nodes[0].Node, rows.Nodes[0].Process}, []any{"nifi-uuid", "495", "sibling", ""})
}

// put writes an item as another program would.
func (b *Bench) put(ctx context.Context, client *dynamodb.Client, key string, texts map[string]string) error {
	item := map[string]types.AttributeValue{
		"streamName": &types.AttributeValueMemberS{Value: b.stream}, "shardId": &types.AttributeValueMemberS{Value: key},
	}
	for name, text := range texts {
		item[name] = &types.AttributeValueMemberS{Value: text}
	}
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: item})
	return err
}

func reset(ctx context.Context, b *Bench) (string, error) {
	old := messages.StreamRow{ARN: "arn:old", CreatedAt: noon, Position: "TRIM_HORIZON", Initialised: true}
	if _, err := b.table.CreateStream(ctx, old); err != nil {
		return "", err
	}
	if err := b.claimed(ctx); err != nil {
		return "", err
	}
	if _, err := b.table.WritePosition(ctx, shard, me, 1, messages.PositionWrite{WriteNo: 1, Committed: token("5")}); err != nil {
		return "", err
	}
	young := messages.StreamRow{ARN: "arn:new", CreatedAt: noon.Add(time.Hour), Position: "TRIM_HORIZON"}
	if err := b.table.ResetStream(ctx, old, young); err != nil {
		return "", err
	}
	rows, err := b.table.Rows(ctx)
	if err != nil {
		return "", err
	}
	if err := same("rows after the reset", len(rows.Shards), 0); err != nil {
		return "", err
	}
	if err := b.begin(ctx); err != nil {
		return "", err
	}
	stream, err := b.table.Stream(ctx)
	if err != nil {
		return "", err
	}
	_, late := b.table.Renew(ctx, shard, me, 1, lease, nil)
	if err := lost("the old owner's renewal", late); err != nil {
		return "", err
	}
	return "emptied, made anew at the old epoch; the old owner is out",
		same("rows", []any{b.seen.Epoch, b.seen.Committed, b.seen.Owner, stream.ARN, stream.Initialised}, []any{int64(1), "", "", "arn:new", false})
}
