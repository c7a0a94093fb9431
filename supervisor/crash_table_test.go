package supervisor

import (
	"context"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// crashTable is DynamoDB as a node reaches it.
type crashTable struct {
	shardTable
	node *crashNode
}

const dynamodb = "dynamodb"

func (t crashTable) Prepare(ctx context.Context) error {
	return act(ctx, t.node, dynamodb, "Prepare", "", func() error { return t.shardTable.Prepare(ctx) })
}

func (t crashTable) Stream(ctx context.Context) (*messages.StreamRow, error) {
	return reach(ctx, t.node, dynamodb, "Stream", "", func() (*messages.StreamRow, error) { return t.shardTable.Stream(ctx) })
}

func (t crashTable) CreateStream(ctx context.Context, row messages.StreamRow) (*messages.StreamRow, error) {
	return reach(ctx, t.node, dynamodb, "CreateStream", "", func() (*messages.StreamRow, error) { return t.shardTable.CreateStream(ctx, row) })
}

func (t crashTable) MarkInitialised(ctx context.Context) error {
	return act(ctx, t.node, dynamodb, "MarkInitialised", "", func() error { return t.shardTable.MarkInitialised(ctx) })
}

func (t crashTable) ForgetDrained(ctx context.Context) error {
	return act(ctx, t.node, dynamodb, "ForgetDrained", "", func() error { return t.shardTable.ForgetDrained(ctx) })
}

func (t crashTable) Rows(ctx context.Context) (messages.TableRows, error) {
	return reach(ctx, t.node, dynamodb, "Rows", "", func() (messages.TableRows, error) { return t.shardTable.Rows(ctx) })
}

func (t crashTable) Pause(ctx context.Context, shards []messages.ShardID, who string) (messages.Pauses, error) {
	return reach(ctx, t.node, dynamodb, "Pause", "", func() (messages.Pauses, error) { return t.shardTable.Pause(ctx, shards, who) })
}

func (t crashTable) Resume(ctx context.Context, shards []messages.ShardID, who string) (messages.Pauses, error) {
	return reach(ctx, t.node, dynamodb, "Resume", "", func() (messages.Pauses, error) { return t.shardTable.Resume(ctx, shards, who) })
}

func (t crashTable) CreateShard(ctx context.Context, row messages.ShardRow) (bool, error) {
	return reach(ctx, t.node, dynamodb, "CreateShard", row.Shard, func() (bool, error) { return t.shardTable.CreateShard(ctx, row) })
}

func (t crashTable) Claim(ctx context.Context, seen *messages.ShardRow, me messages.Owner, d time.Duration) (*messages.ShardRow, error) {
	return reach(ctx, t.node, dynamodb, "Claim", seen.Shard, func() (*messages.ShardRow, error) { return t.shardTable.Claim(ctx, seen, me, d) })
}

func (t crashTable) Begin(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, d time.Duration) (*messages.ShardRow, error) {
	return reach(ctx, t.node, dynamodb, "Begin", shard, func() (*messages.ShardRow, error) { return t.shardTable.Begin(ctx, shard, me, epoch, d) })
}

func (t crashTable) Renew(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, d time.Duration, w *messages.PositionWrite) (*messages.ShardRow, error) {
	return reach(ctx, t.node, dynamodb, "Renew", shard, func() (*messages.ShardRow, error) { return t.shardTable.Renew(ctx, shard, me, epoch, d, w) })
}

func (t crashTable) Stop(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, d time.Duration, code messages.StopCode) (*messages.ShardRow, error) {
	return reach(ctx, t.node, dynamodb, "Stop", shard, func() (*messages.ShardRow, error) { return t.shardTable.Stop(ctx, shard, me, epoch, d, code) })
}

func (t crashTable) Release(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64) error {
	return act(ctx, t.node, dynamodb, "Release", shard, func() error { return t.shardTable.Release(ctx, shard, me, epoch) })
}

func (t crashTable) AskHandoff(ctx context.Context, seen *messages.ShardRow, me messages.Owner) error {
	return act(ctx, t.node, dynamodb, "AskHandoff", seen.Shard, func() error { return t.shardTable.AskHandoff(ctx, seen, me) })
}

func (t crashTable) HandOff(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, to messages.Owner, d time.Duration) error {
	return act(ctx, t.node, dynamodb, "HandOff", shard, func() error { return t.shardTable.HandOff(ctx, shard, me, epoch, to, d) })
}

func (t crashTable) ClaimNode(ctx context.Context, seen *messages.NodeRow, node messages.NodeRow) error {
	return act(ctx, t.node, dynamodb, "ClaimNode", "", func() error { return t.shardTable.ClaimNode(ctx, seen, node) })
}

func (t crashTable) Beat(ctx context.Context, node messages.NodeRow) error {
	return act(ctx, t.node, dynamodb, "Beat", "", func() error { return t.shardTable.Beat(ctx, node) })
}

func (t crashTable) RetireNode(ctx context.Context, node messages.NodeRow) error {
	return act(ctx, t.node, dynamodb, "RetireNode", "", func() error { return t.shardTable.RetireNode(ctx, node) })
}

func (t crashTable) WritePosition(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, w messages.PositionWrite) (*messages.ShardRow, error) {
	return reach(ctx, t.node, dynamodb, "WritePosition", shard, func() (*messages.ShardRow, error) { return t.shardTable.WritePosition(ctx, shard, me, epoch, w) })
}

func (t crashTable) NoteFinal(ctx context.Context, shard messages.ShardID, final messages.ChannelFinal) error {
	return act(ctx, t.node, dynamodb, "NoteFinal", shard, func() error { return t.shardTable.NoteFinal(ctx, shard, final) })
}

func (t crashTable) MarkDropped(ctx context.Context, shard messages.ShardID, at int64) error {
	return act(ctx, t.node, dynamodb, "MarkDropped", shard, func() error { return t.shardTable.MarkDropped(ctx, shard, at) })
}
