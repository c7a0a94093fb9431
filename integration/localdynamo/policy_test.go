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

func TestTheReducedPoliciesTakeOneThingEach(t *testing.T) {
	migration := leases + "_migration"
	for name, c := range map[string]struct {
		policy localdynamo.Policy
		denied map[string]bool // "action table"
	}{
		"documented":              {localdynamo.OpenflowPolicy(leases), map[string]bool{}},
		"migration table omitted": {localdynamo.OpenflowPolicyWithoutMigration(leases), map[string]bool{"DescribeTable " + migration: true, "DeleteTable " + migration: true, "PutItem " + migration: true}},
		"DeleteTable revoked":     {localdynamo.OpenflowPolicyWithoutDeleteTable(leases), map[string]bool{"DeleteTable " + migration: true, "DeleteTable " + leases: true}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, localdynamo.Options{Policy: c.policy})
			for _, table := range []string{leases, migration} {
				for action, call := range map[string]func() error{
					"DescribeTable": func() error {
						_, err := w.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table})
						return err
					},
					"PutItem": func() error {
						_, err := w.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: key("shard-0")})
						return err
					},
					"DeleteTable": func() error {
						_, err := w.db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: &table})
						return err
					},
				} {
					want := "ResourceNotFoundException" // allowed; there is no such table
					if c.denied[action+" "+table] {
						want = "AccessDeniedException"
					}
					if err := call(); code(err) != want {
						t.Errorf("%s on %s: %v, want %s", action, table, err, want)
					}
				}
			}
		})
	}
}

func TestADenialReadsLikeIAMs(t *testing.T) {
	w := newWorld(t, localdynamo.Options{Policy: localdynamo.OpenflowPolicy(leases), AccountID: "123456789012"}).withLeases()
	_, err := w.db.Query(t.Context(), &dynamodb.QueryInput{TableName: aws.String(leases), IndexName: aws.String(ownerIndex), KeyConditionExpression: aws.String("leaseOwner = :o"), ExpressionAttributeValues: attrs{":o": S("x")}})
	want := "User: arn:aws:iam::123456789012:user/local is not authorized to perform: dynamodb:Query on resource: arn:aws:dynamodb:us-east-1:123456789012:table/quakes-app/index/" + ownerIndex +
		" because no identity-based policy allows the dynamodb:Query action"
	if code(err) != "AccessDeniedException" || message(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestWhatAKCLNeedsBesidesIsDeniedByTheDocumentedPolicy(t *testing.T) {
	w := newWorld(t, localdynamo.Options{Policy: localdynamo.OpenflowPolicy(leases)}).withLeases()
	ctx, table := t.Context(), aws.String(leases)
	for name, call := range map[string]func() error{
		"UpdateTable": func() error { return w.createOwnerIndex(leases) },
		"UpdateContinuousBackups": func() error {
			_, err := w.db.UpdateContinuousBackups(ctx, &dynamodb.UpdateContinuousBackupsInput{TableName: table, PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}})
			return err
		},
		"Scan of an index": func() error {
			_, err := w.db.Scan(ctx, &dynamodb.ScanInput{TableName: table, IndexName: aws.String(ownerIndex)})
			return err
		},
		"a worker metrics table": func() error {
			_, err := w.db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(leases + "-WorkerMetricStats")})
			return err
		},
		"a table with tags": func() error {
			_, err := w.db.CreateTable(ctx, &dynamodb.CreateTableInput{TableName: aws.String(leases + "_migration"), BillingMode: types.BillingModePayPerRequest, KeySchema: hashKey("id"), AttributeDefinitions: text("id"), Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}})
			return err
		},
		"BatchWriteItem": func() error {
			_, err := w.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{leases: {{PutRequest: &types.PutRequest{Item: key("shard-0")}}}}})
			return err
		},
	} {
		if err := call(); code(err) != "AccessDeniedException" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnservedOperationsAreRefused(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	_, err := w.db.ExecuteStatement(t.Context(), &dynamodb.ExecuteStatementInput{Statement: aws.String("SELECT * FROM leases")})
	if code(err) != "ValidationException" || message(err) != "The operation ExecuteStatement is not served here" {
		t.Error(err)
	}
}

func TestUnusableOptionsAreRefused(t *testing.T) {
	for name, o := range map[string]localdynamo.Options{
		"every interface":  {Listen: "0.0.0.0:0"},
		"no port":          {Listen: "127.0.0.1"},
		"negative delay":   {CreateDelay: -1},
		"negative lag":     {ReadLag: -1},
		"negative batch":   {BatchItems: -1},
		"broken pattern":   {Policy: localdynamo.Policy{"[": nil}},
		"dir under a file": {Dir: "options.go/tables"},
	} {
		if s, err := localdynamo.Start(o); err == nil {
			s.Close()
			t.Errorf("%s: started", name)
		}
	}
}
