package leases

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/messages"
)

// migrationCases are about tables of other products.
func migrationCases() []Case {
	return []Case{
		{"migration: a KCL's table is replaced", migrate},
		{"migration: one that was cut off is gone on with", migrateAgain},
		{"pauses: of 4 changes at once none is lost", pauses},
	}
}

// makeLegacy makes an empty table as KCLs have it.
func (b *Bench) makeLegacy(ctx context.Context, name string) error {
	client := b.client()
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("leaseKey"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("leaseKey"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		return err
	}
	there := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 5*time.Millisecond, 100*time.Millisecond
	})
	return there.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, time.Minute)
}

// legacy makes a KCL's table with a shard of every kind.
func (b *Bench) legacy(ctx context.Context, name string) error {
	if err := b.makeLegacy(ctx, name); err != nil {
		return err
	}
	client := b.client()
	for key, checkpoint := range map[string]string{"shardId-000000000000": "SHARD_END", "shardId-000000000001": "TRIM_HORIZON", "shardId-000000000002": "4968"} {
		_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &name, Item: map[string]types.AttributeValue{
			"leaseKey": &types.AttributeValueMemberS{Value: key}, "checkpoint": &types.AttributeValueMemberS{Value: checkpoint},
			"checkpointSubSequenceNumber": &types.AttributeValueMemberN{Value: "5"}, "leaseCounter": &types.AttributeValueMemberN{Value: "7"},
			"parentShardId": &types.AttributeValueMemberSS{Value: []string{"shardId-000000000009", "shardId-000000000008"}},
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *Bench) migration() leasetable.MigrationSettings {
	return leasetable.MigrationSettings{
		Who: "judge-" + b.stream, Quiet: time.Millisecond, Stale: 50 * time.Millisecond, Position: "TRIM_HORIZON", Drained: true,
		Stream: messages.Stream{Name: b.stream, ARN: "arn:aws:kinesis:us-east-1:000000000000:stream/" + b.stream, CreatedAt: noon, Now: noon},
	}
}

// migrated looks at the rows of a table that was migrated.
func (b *Bench) migrated(ctx context.Context, name string) (string, error) {
	t := b.open(name)
	if err := t.Prepare(ctx); err != nil {
		return "", err
	}
	rows, err := t.Rows(ctx)
	if err != nil {
		return "", err
	}
	var got []any
	for _, r := range rows.Shards {
		got = append(got, r.Shard, r.Ended, r.Start, r.PartialSeq, r.PartialSub, r.Sequence, len(r.Parents), r.Foreign)
	}
	want := []any{
		"shardId-000000000000", true, "", "", 0, "", 2, false,
		"shardId-000000000001", false, "TRIM_HORIZON", "", 0, "", 2, true,
		"shardId-000000000002", false, "", "4968", 5, "", 2, true,
	}
	if err := same("rows", got, want); err != nil {
		return "", err
	}
	return "3 leases: SHARD_END, TRIM_HORIZON and a sub-sequence number kept", same("stream row", []any{rows.Stream.Initialised, rows.Stream.Drained}, []any{true, true})
}

func migrate(ctx context.Context, b *Bench) (string, error) {
	name := "kcl-whole-" + b.stream
	if err := b.legacy(ctx, name); err != nil {
		return "", err
	}
	if _, err := b.open(name).Migrate(ctx, b.migration()); err != nil {
		return "", err
	}
	return b.migrated(ctx, name)
}

// migrateAgain begins anew behind migrators that were stopped ever later.
func migrateAgain(ctx context.Context, b *Bench) (string, error) {
	stopped := 0
	for i := range 6 {
		name := fmt.Sprintf("kcl-%d-%s", i, b.stream)
		if err := b.legacy(ctx, name); err != nil {
			return "", err
		}
		short, cancel := context.WithTimeout(ctx, time.Duration(5+20*i)*time.Millisecond)
		if _, err := b.open(name).Migrate(short, b.migration()); err != nil {
			stopped++
		}
		cancel()
		o := b.migration()
		o.Who += "-again"
		if _, err := b.open(name).Migrate(ctx, o); err != nil {
			return "", fmt.Errorf("after %d ms: %w", 5+20*i, err)
		}
		if _, err := b.migrated(ctx, name); err != nil {
			return "", fmt.Errorf("after %d ms: %w", 5+20*i, err)
		}
	}
	if stopped == 0 {
		return "", fmt.Errorf("no migrator was stopped in the middle")
	}
	return "each of 6 ends whole", nil
}

func pauses(ctx context.Context, b *Bench) (string, error) {
	if _, err := b.table.CreateStream(ctx, messages.StreamRow{ARN: "arn:x", CreatedAt: noon, Position: "TRIM_HORIZON"}); err != nil {
		return "", err
	}
	errs := make(chan error)
	for i := range 4 {
		go func() {
			_, err := b.open(table).Pause(ctx, []messages.ShardID{messages.ShardID(fmt.Sprintf("shardId-%012d", i))}, "judge")
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			return "", err
		}
	}
	rows, err := b.table.Rows(ctx)
	if err != nil {
		return "", err
	}
	if _, err := b.table.Resume(ctx, nil, "judge"); err != nil {
		return "", err
	}
	return "a set of 4", same("paused", len(rows.Stream.Pauses.Shards), 4)
}
