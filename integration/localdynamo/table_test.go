package localdynamo_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

// clock is a time that only the test moves.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return time.UnixMilli(1_790_000_000_000 + c.at.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.at.Add(d.Milliseconds()) }

func TestATableIsCreatingThenActiveThenDeletingThenGone(t *testing.T) {
	var c clock
	w := newWorld(t, localdynamo.Options{Now: c.now, CreateDelay: 3 * time.Second, DeleteDelay: 2 * time.Second}).withLeases()
	status := func() types.TableStatus {
		out, err := w.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(leases)})
		if err != nil {
			return types.TableStatus(code(err))
		}
		return out.Table.TableStatus
	}
	if s := status(); s != types.TableStatusCreating {
		t.Errorf("new table is %s", s)
	}
	get := &dynamodb.GetItemInput{TableName: aws.String(leases), Key: key("shard-0")}
	if _, err := w.db.GetItem(t.Context(), get); code(err) != "ResourceNotFoundException" {
		t.Errorf("reading while CREATING: %v", err)
	}
	remove := &dynamodb.DeleteTableInput{TableName: aws.String(leases)}
	if _, err := w.db.DeleteTable(t.Context(), remove); code(err) != "ResourceInUseException" {
		t.Errorf("deleting while CREATING: %v", err)
	}
	c.advance(3 * time.Second)
	if s := status(); s != types.TableStatusActive {
		t.Errorf("after the delay the table is %s", s)
	}
	w.put("shard-0", nil)
	if _, err := w.db.DeleteTable(t.Context(), remove); err != nil {
		t.Fatal(err)
	}
	if s := status(); s != types.TableStatusDeleting {
		t.Errorf("deleted table is %s", s)
	}
	if _, err := w.db.GetItem(t.Context(), get); code(err) != "ResourceNotFoundException" {
		t.Errorf("reading while DELETING: %v", err)
	}
	c.advance(2 * time.Second)
	if s := status(); s != "ResourceNotFoundException" {
		t.Errorf("after the delay the table is %s", s)
	}
	w.withLeases()
	c.advance(3 * time.Second)
	if out, err := w.db.GetItem(t.Context(), get); err != nil || out.Item != nil {
		t.Errorf("the new table of the old name holds %v, error %v", out.Item, err)
	}
}

func TestOfTwoCreatorsOneIsToldThatTheTableExists(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	in := &dynamodb.CreateTableInput{
		TableName: aws.String(leases), BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("leaseKey"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("leaseKey"), AttributeType: "S"}},
	}
	if _, err := w.db.CreateTable(t.Context(), in); code(err) != "ResourceInUseException" || message(err) != "Table already exists: quakes-app" {
		t.Errorf("second creation: %v", err)
	}
	waiter := dynamodb.NewTableExistsWaiter(w.db)
	if err := waiter.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(leases)}, time.Minute); err != nil {
		t.Errorf("the SDK's waiter: %v", err)
	}
}

func TestDescribeTableTellsTheKeySchemasApart(t *testing.T) {
	w := newWorld(t, localdynamo.Options{Region: "eu-west-1", AccountID: "123456789012"}).withLeases()
	w.create("kcl-app", "leaseKey")
	for table, want := range map[string]string{leases: "streamName:HASH,shardId:RANGE", "kcl-app": "leaseKey:HASH"} {
		out, err := w.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table})
		if err != nil {
			t.Fatal(err)
		}
		var parts []string
		for _, e := range out.Table.KeySchema {
			parts = append(parts, *e.AttributeName+":"+string(e.KeyType))
		}
		if got := strings.Join(parts, ","); got != want {
			t.Errorf("%s has key schema %s, want %s", table, got, want)
		}
		if want := "arn:aws:dynamodb:eu-west-1:123456789012:table/" + table; *out.Table.TableArn != want {
			t.Errorf("ARN %s, want %s", *out.Table.TableArn, want)
		}
	}
	if _, err := w.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("nowhere")}); code(err) != "ResourceNotFoundException" {
		t.Errorf("a table that is not there: %v", err)
	}
}

func TestListTablesPagesInOrder(t *testing.T) {
	w := newWorld(t, localdynamo.Options{})
	for _, name := range []string{"ccc", "aaa", "eee", "bbb", "ddd"} {
		w.create(name, "id")
	}
	var names []string
	pages := dynamodb.NewListTablesPaginator(w.db, &dynamodb.ListTablesInput{Limit: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, page.TableNames...)
	}
	if want := []string{"aaa", "bbb", "ccc", "ddd", "eee"}; !slices.Equal(names, want) {
		t.Errorf("tables %v, want %v", names, want)
	}
}

func TestWrongDefinitionsOfTablesAreRefused(t *testing.T) {
	w := newWorld(t, localdynamo.Options{})
	hash := []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}
	text := []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}}
	for _, c := range []struct {
		name, want string
		in         dynamodb.CreateTableInput
	}{
		{"stream", "The parameter StreamSpecification is not served here", dynamodb.CreateTableInput{
			BillingMode: types.BillingModePayPerRequest, KeySchema: hash, AttributeDefinitions: text, StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true)}}},
		{"index without a projection", "One or more parameter values were invalid: Unknown ProjectionType: null", dynamodb.CreateTableInput{
			BillingMode: types.BillingModePayPerRequest, KeySchema: hash, AttributeDefinitions: text,
			GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String("byId"), KeySchema: hash, Projection: &types.Projection{}}}}},
		{"no throughput", "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
			dynamodb.CreateTableInput{KeySchema: hash, AttributeDefinitions: text}},
		{"undefined key", "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [id], AttributeDefinitions: [other]", dynamodb.CreateTableInput{
			BillingMode: types.BillingModePayPerRequest, KeySchema: hash, AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("other"), AttributeType: "S"}}}},
		{"range first", "Invalid KeySchema: The first KeySchemaElement is not a HASH key type", dynamodb.CreateTableInput{
			BillingMode: types.BillingModePayPerRequest, AttributeDefinitions: text,
			KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeRange}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.in.TableName = aws.String("refused")
			if _, err := w.db.CreateTable(t.Context(), &c.in); code(err) != "ValidationException" || message(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
