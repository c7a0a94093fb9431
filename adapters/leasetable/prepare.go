package leasetable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/messages"
)

// How long a new table may take, and how often it is looked at
// (specs/kinesis-consumption.md 1.1: usually some seconds).
const (
	firstLook    = 5 * time.Millisecond
	slowestLook  = time.Second
	createWithin = 2 * time.Minute
)

// Prepare makes sure that the table is there and usable: it creates it where
// it is absent and waits until it is ACTIVE, at most two minutes or as long as
// ctx allows. Several nodes may do so at once.
//
// Errors: Rejected where the table has another shape, a KCL table included,
// where a migration is under way or was cut off, or where rights are missing.
// Transient otherwise.
func (t *Table) Prepare(ctx context.Context) error {
	if err := t.notMigrating(ctx); err != nil {
		return err
	}
	return t.ready(ctx)
}

// ready is Prepare for whoever migrates.
func (t *Table) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, createWithin)
	defer cancel()
	for wait := firstLook; ; wait = min(2*wait, slowestLook) {
		usable, err := t.look(ctx)
		if usable || err != nil {
			return err
		}
		if err := sleep(ctx, wait); err != nil {
			return t.fault(ctx, "DescribeTable", "", fmt.Errorf("the table is not ACTIVE yet: %w", err))
		}
	}
}

// look reports whether the table can be used, and creates it where it is
// absent.
func (t *Table) look(ctx context.Context) (usable bool, err error) {
	out, err := t.client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &t.name})
	var absent *types.ResourceNotFoundException
	switch {
	case errors.As(err, &absent):
		return false, t.create(ctx)
	case err != nil:
		return false, t.prepareFault(ctx, "DescribeTable", err)
	}
	if err := t.checkKeys(out.Table); err != nil {
		return false, err
	}
	switch out.Table.TableStatus {
	case types.TableStatusActive, types.TableStatusUpdating:
		return true, nil
	case types.TableStatusCreating, types.TableStatusDeleting:
		return false, nil
	}
	return false, t.unfit("ask AWS about this table, or use a new application name with a data_dir of its own", "its status is %s", out.Table.TableStatus)
}

func (t *Table) create(ctx context.Context) error {
	hash, sort := attrStream, attrShard
	_, err := t.client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:   &t.name,
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: &hash, AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: &sort, AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: &hash, KeyType: types.KeyTypeHash},
			{AttributeName: &sort, KeyType: types.KeyTypeRange},
		},
	})
	var busy *types.ResourceInUseException // another node was faster
	if err == nil || errors.As(err, &busy) {
		return nil
	}
	return t.prepareFault(ctx, "CreateTable", err)
}

// prepareFault is fault, where a request that is refused as invalid can only
// be one whose table name is.
func (t *Table) prepareFault(ctx context.Context, action string, err error) error {
	err = t.fault(ctx, action, "", err)
	var f *messages.Fault
	if errors.As(err, &f) && f.Complete && f.Reason == messages.ReasonInvariant {
		f.Hint = "application names a DynamoDB table: 3 to 255 of a-z A-Z 0-9 _ . -"
		refuse(f, messages.ReasonMissing, messages.TargetMissing)
	}
	return err
}

// checkKeys looks at the key schema alone, as the sibling products do.
func (t *Table) checkKeys(d *types.TableDescription) error {
	kinds := map[string]types.ScalarAttributeType{}
	for _, a := range d.AttributeDefinitions {
		kinds[deref(a.AttributeName)] = a.AttributeType
	}
	var keys []string
	for _, k := range d.KeySchema {
		name := deref(k.AttributeName)
		keys = append(keys, fmt.Sprintf("%s %s (%s)", k.KeyType, name, kinds[name]))
	}
	slices.Sort(keys)
	switch {
	case slices.Equal(keys, []string{"HASH " + attrStream + " (S)", "RANGE " + attrShard + " (S)"}):
		return nil
	case slices.Equal(keys, []string{"HASH " + attrLeaseKey + " (S)"}):
		return t.kclTable()
	}
	return t.unfit("use another application name",
		"it is no lease table: its key is %s, want HASH streamName (S), RANGE shardId (S)", strings.Join(keys, ", "))
}

// kclTable refuses a KCL's table.
func (t *Table) kclTable() error {
	return t.unfit("stop the KCL, look at kinesnow migrate --plan, then kinesnow migrate; or use a new application name with a data_dir of its own, which starts anew",
		"it is a Kinesis Client Library lease table (key leaseKey) and has to be migrated before it can be used")
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
