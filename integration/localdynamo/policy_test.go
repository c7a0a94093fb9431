package localdynamo_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

func TestTheOpenflowPolicyAllowsItsEightActionsOnTwoTables(t *testing.T) {
	w := newWorld(t, localdynamo.Options{Policy: localdynamo.OpenflowPolicy(leases)}).withLeases()
	w.create(leases+"_migration", "leaseKey")
	ctx, table := t.Context(), aws.String(leases)
	w.put("shard-0", nil)
	calls := map[string]func(*string) error{
		"DescribeTable": func(table *string) error {
			_, err := w.db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: table})
			return err
		},
		"GetItem": func(table *string) error {
			_, err := w.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key("shard-0")})
			return err
		},
		"UpdateItem": func(table *string) error {
			_, err := w.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: table, Key: key("shard-0")})
			return err
		},
		"Query": func(table *string) error {
			_, err := w.db.Query(ctx, &dynamodb.QueryInput{TableName: table, KeyConditionExpression: aws.String("streamName = :s"), ExpressionAttributeValues: attrs{":s": S("quakes")}})
			return err
		},
		"Scan": func(table *string) error {
			_, err := w.db.Scan(ctx, &dynamodb.ScanInput{TableName: table})
			return err
		},
		"TransactWriteItems with Put": func(table *string) error {
			_, err := w.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Put: &types.Put{TableName: table, Item: key("shard-1")}}}})
			return err
		},
	}
	for name, call := range calls {
		if err := call(table); err != nil {
			t.Errorf("%s on the application's table: %v", name, err)
		}
		if err := call(aws.String("another")); code(err) != "AccessDeniedException" {
			t.Errorf("%s on another table: %v", name, err)
		}
	}
	if _, err := w.db.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String(leases + "_migration")}); err != nil {
		t.Errorf("DeleteTable on the migration table: %v", err)
	}
}

func TestTheOpenflowPolicyDeniesEverythingElse(t *testing.T) {
	w := newWorld(t, localdynamo.Options{Policy: localdynamo.OpenflowPolicy(leases)}).withLeases()
	w.put("shard-0", nil)
	ctx, table := t.Context(), aws.String(leases)
	for name, call := range map[string]func() error{
		"DeleteItem": func() error {
			_, err := w.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: table, Key: key("shard-0")})
			return err
		},
		"ListTables": func() error {
			_, err := w.db.ListTables(ctx, &dynamodb.ListTablesInput{})
			return err
		},
		"UpdateTimeToLive": func() error {
			_, err := w.db.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: table, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("x"), Enabled: aws.Bool(true)}})
			return err
		},
		"BatchGetItem": func() error {
			_, err := w.db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{leases: {Keys: []attrs{key("shard-0")}}}})
			return err
		},
		"ConditionCheckItem": func() error {
			_, err := w.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
				{ConditionCheck: &types.ConditionCheck{TableName: table, Key: key("shard-0"), ConditionExpression: aws.String("attribute_exists(shardId)")}}}})
			return err
		},
		"CreateTable elsewhere": func() error {
			_, err := w.db.CreateTable(ctx, &dynamodb.CreateTableInput{TableName: aws.String("another"), BillingMode: types.BillingModePayPerRequest,
				KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
				AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}}})
			return err
		},
	} {
		if err := call(); code(err) != "AccessDeniedException" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(w.server.Items(leases)) != 1 {
		t.Error("a denied call had an effect")
	}
}

func TestUnservedOperationsAreRefused(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	_, err := w.db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{leases: {Keys: []attrs{key("shard-0")}}}})
	if code(err) != "ValidationException" || message(err) != "The operation BatchGetItem is not served here" {
		t.Error(err)
	}
}

func TestUnusableOptionsAreRefused(t *testing.T) {
	for name, o := range map[string]localdynamo.Options{
		"every interface":  {Listen: "0.0.0.0:0"},
		"no port":          {Listen: "127.0.0.1"},
		"negative delay":   {CreateDelay: -1},
		"broken pattern":   {Policy: localdynamo.Policy{"[": nil}},
		"dir under a file": {Dir: "options.go/tables"},
	} {
		if s, err := localdynamo.Start(o); err == nil {
			s.Close()
			t.Errorf("%s: started", name)
		}
	}
}
