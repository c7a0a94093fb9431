package leases

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"github.com/kinesnow/kinesnow/messages"
)

// tableCases are about the table itself.
func tableCases() []Case {
	return []Case{
		{"table: 4 processes prepare it at once", prepare},
		{"table: a KCL table is refused", refuseKCL},
		{"table: a missing one is named", missing},
		{"table: a bad name is refused", badName},
	}
}

func prepare(ctx context.Context, b *Bench) (string, error) {
	processes, within := errgroup.WithContext(ctx)
	for range 4 {
		processes.Go(func() error { return b.open(table).Prepare(within) })
	}
	if err := processes.Wait(); err != nil {
		return "", err
	}
	out, err := b.client().DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(table)})
	if err != nil {
		return "", err
	}
	if out.Table.TableStatus != types.TableStatusActive {
		return "", fmt.Errorf("the table is %s after Prepare", out.Table.TableStatus)
	}
	var keys []string
	for _, k := range out.Table.KeySchema {
		keys = append(keys, string(k.KeyType)+" "+aws.ToString(k.AttributeName))
	}
	mode := types.BillingMode("")
	if out.Table.BillingModeSummary != nil {
		mode = out.Table.BillingModeSummary.BillingMode
	}
	if err := same("key", strings.Join(keys, ", "), "HASH streamName, RANGE shardId"); err != nil {
		return "", err
	}
	return "HASH streamName, RANGE shardId, ACTIVE, " + string(mode), same("billing mode", mode, types.BillingModePayPerRequest)
}

func refuseKCL(ctx context.Context, b *Bench) (string, error) {
	name := aws.String("kcl-" + b.stream)
	client := b.client()
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("leaseKey"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("leaseKey"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		return "", err
	}
	err = b.open(*name).Prepare(ctx)
	if wrong := faulty("Prepare", err, messages.Rejected, messages.ReasonMissing); wrong != nil {
		return "", wrong
	}
	if !strings.Contains(err.Error(), "leaseKey") {
		return "", fmt.Errorf("the error does not say that it is a KCL table: %w", err)
	}
	return "TARGET_MISSING, names leaseKey", nil
}

func missing(ctx context.Context, b *Bench) (string, error) {
	_, err := b.open("nowhere-" + b.stream).Rows(ctx)
	if wrong := faulty("Rows", err, messages.Rejected, messages.ReasonMissing); wrong != nil {
		return "", wrong
	}
	var f *messages.Fault
	errors.As(err, &f)
	return "TARGET_MISSING after a second look", same("stop code", f.Stop, messages.TargetMissing)
}

func badName(ctx context.Context, b *Bench) (string, error) {
	err := b.open("no table").Prepare(ctx)
	return "ValidationException: TARGET_MISSING", faulty("Prepare", err, messages.Rejected, messages.ReasonMissing)
}
