package localdynamo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

// ownerIndex is what KCL 3 adds to its lease table.
const ownerIndex = "LeaseOwnerToLeaseKeyIndex"

func hashKey(name string) []types.KeySchemaElement {
	return []types.KeySchemaElement{{AttributeName: &name, KeyType: types.KeyTypeHash}}
}

func text(names ...string) []types.AttributeDefinition {
	var all []types.AttributeDefinition
	for _, name := range names {
		all = append(all, types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS})
	}
	return all
}

// createOwnerIndex sends the UpdateTable of KCL 3.
func (w *world) createOwnerIndex(table string) error {
	_, err := w.db.UpdateTable(w.Context(), &dynamodb.UpdateTableInput{
		TableName: &table, AttributeDefinitions: text("leaseKey", "leaseOwner"),
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName: aws.String(ownerIndex), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
			KeySchema: append(hashKey("leaseOwner"), types.KeySchemaElement{AttributeName: aws.String("leaseKey"), KeyType: types.KeyTypeRange}),
		}}},
	})
	return err
}

// owned asks the index for the leases of a worker.
func (w *world) owned(worker string, more ...func(*dynamodb.QueryInput)) ([]string, error) {
	in := &dynamodb.QueryInput{TableName: aws.String("kcl"), IndexName: aws.String(ownerIndex), KeyConditionExpression: aws.String("leaseOwner = :o"), ExpressionAttributeValues: attrs{":o": S(worker)}}
	for _, change := range more {
		change(in)
	}
	var keys []string
	pages := dynamodb.NewQueryPaginator(w.db, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(w.Context())
		if err != nil {
			return nil, err
		}
		for _, it := range page.Items {
			if len(it) != 2 {
				return nil, fmt.Errorf("item %v has more than the keys", it)
			}
			keys = append(keys, it["leaseKey"].(*types.AttributeValueMemberS).Value)
		}
	}
	return keys, nil
}

func (w *world) withKCL() *world {
	w.Helper()
	w.create("kcl", "leaseKey")
	return w
}

func (w *world) lease(key, owner string) {
	w.Helper()
	row := attrs{"leaseKey": S(key), "checkpoint": S("LATEST")}
	if owner != "" {
		row["leaseOwner"] = S(owner)
	}
	if _, err := w.db.PutItem(w.Context(), &dynamodb.PutItemInput{TableName: aws.String("kcl"), Item: row}); err != nil {
		w.Fatal(err)
	}
}

func TestAnIndexOfATableIsCreatingThenBackfilledThenActive(t *testing.T) {
	var c clock
	w := newWorld(t, localdynamo.Options{Now: c.now, IndexDelay: 5 * time.Second}).withKCL()
	w.lease("shard-1", "a")
	if err := w.createOwnerIndex("kcl"); err != nil {
		t.Fatal(err)
	}
	states := func() string {
		out, err := w.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("kcl")})
		if err != nil {
			t.Fatal(err)
		}
		said := string(out.Table.TableStatus)
		for _, x := range out.Table.GlobalSecondaryIndexes {
			said += fmt.Sprint(" ", x.IndexStatus, " backfilling ", x.Backfilling != nil && *x.Backfilling)
		}
		return said
	}
	if s := states(); s != "UPDATING CREATING backfilling true" {
		t.Error(s)
	}
	w.lease("shard-2", "a") // writes go on
	if _, err := w.owned("a"); code(err) != "ValidationException" || message(err) != "Cannot read from backfilling global secondary index: "+ownerIndex {
		t.Errorf("reading while CREATING: %v", err)
	}
	if err := w.createOwnerIndex("kcl"); code(err) != "ResourceInUseException" {
		t.Errorf("another change while UPDATING: %v", err)
	}
	c.advance(5 * time.Second)
	if s := states(); s != "ACTIVE ACTIVE backfilling false" {
		t.Error(s)
	}
	if keys, err := w.owned("a"); err != nil || !slices.Equal(keys, []string{"shard-1", "shard-2"}) {
		t.Errorf("%v %v", keys, err)
	}
	if err := w.createOwnerIndex("kcl"); code(err) != "ValidationException" || message(err) != "Attempting to create an index which already exists" {
		t.Errorf("the same index again: %v", err)
	}
	if _, err := w.db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: aws.String("kcl"), GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String(ownerIndex)}}}}); err != nil {
		t.Fatal(err)
	}
	if s := states(); s != "UPDATING DELETING backfilling false" {
		t.Error(s)
	}
	c.advance(5 * time.Second)
	if s := states(); s != "ACTIVE" {
		t.Error(s)
	}
}

func TestAGlobalIndexIsSparseAndFollowsItsItems(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withKCL()
	for n := range 6 {
		w.lease(fmt.Sprint("shard-", n), map[bool]string{true: "a"}[n%2 == 0])
	}
	if err := w.createOwnerIndex("kcl"); err != nil {
		t.Fatal(err)
	}
	check := func(worker string, want ...string) {
		t.Helper()
		keys, err := w.owned(worker, func(in *dynamodb.QueryInput) { in.Limit = aws.Int32(2) })
		if err != nil || !slices.Equal(keys, want) {
			t.Errorf("worker %s owns %v, want %v; %v", worker, keys, want, err)
		}
	}
	check("a", "shard-0", "shard-2", "shard-4")
	w.lease("shard-1", "a")
	w.lease("shard-2", "b")
	w.lease("shard-4", "")
	check("a", "shard-0", "shard-1")
	check("b", "shard-2")
	if _, err := w.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String("kcl"), Key: attrs{"leaseKey": S("shard-0")}}); err != nil {
		t.Fatal(err)
	}
	check("a", "shard-1")
}

func TestAnIndexIsReadAsItsKindAllows(t *testing.T) {
	w := newWorld(t, localdynamo.Options{})
	_, err := w.db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("table"), BillingMode: types.BillingModePayPerRequest, AttributeDefinitions: text("h", "r", "x"),
		KeySchema:              append(hashKey("h"), types.KeySchemaElement{AttributeName: aws.String("r"), KeyType: types.KeyTypeRange}),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String("global"), KeySchema: hashKey("x"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{"p"}}}},
		LocalSecondaryIndexes: []types.LocalSecondaryIndex{{IndexName: aws.String("local"), KeySchema: append(hashKey("h"), types.KeySchemaElement{AttributeName: aws.String("x"), KeyType: types.KeyTypeRange}),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range []attrs{{"h": S("a"), "r": S("1"), "x": S("2"), "p": S("p"), "q": S("q")}, {"h": S("a"), "r": S("2"), "x": S("1")}, {"h": S("a"), "r": S("3")}} {
		if _, err := w.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("table"), Item: it}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		index, condition, value string
		more                    func(*dynamodb.QueryInput)
		want                    string // attributes of each item, or the error
	}{
		"global shows what it projects":              {"global", "x = :v", "2", nil, "h,p,r,x"},
		"global is never consistent":                 {"global", "x = :v", "2", func(in *dynamodb.QueryInput) { in.ConsistentRead = aws.Bool(true) }, "Consistent reads are not supported on global secondary indexes"},
		"global does not fetch all attributes":       {"global", "x = :v", "2", func(in *dynamodb.QueryInput) { in.Select = types.SelectAllAttributes }, "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index global because its projection type is not ALL"},
		"global does not fetch one":                  {"global", "x = :v", "2", func(in *dynamodb.QueryInput) { in.ProjectionExpression = aws.String("q") }, "One or more parameter values were invalid: Global secondary index global does not project [q]"},
		"a filter sees what is projected":            {"global", "x = :v", "2", func(in *dynamodb.QueryInput) { in.FilterExpression = aws.String("attribute_exists(q)") }, "One or more parameter values were invalid: Secondary index global does not project one or more filter attributes: [q]"},
		"local orders by its own key":                {"local", "h = :v", "a", nil, "h,r,x h,r,x"},
		"local may be consistent":                    {"local", "h = :v", "a", func(in *dynamodb.QueryInput) { in.ConsistentRead = aws.Bool(true) }, "h,r,x h,r,x"},
		"local fetches what it does not project":     {"local", "h = :v", "a", func(in *dynamodb.QueryInput) { in.Select = types.SelectAllAttributes }, "h,r,x h,p,q,r,x"},
		"an index that is not there":                 {"nowhere", "h = :v", "a", nil, "The table does not have the specified index: nowhere"},
		"the table's key is not the index's":         {"global", "h = :v", "a", nil, "Query condition missed key schema element: x"},
		"a starting key names both keys":             {"global", "x = :v", "2", func(in *dynamodb.QueryInput) { in.ExclusiveStartKey = attrs{"h": S("a"), "r": S("1")} }, "The provided starting key is invalid"},
		"projected attributes are asked for by name": {"global", "x = :v", "2", func(in *dynamodb.QueryInput) { in.Select = types.SelectAllProjectedAttributes }, "h,p,r,x"},
	} {
		t.Run(name, func(t *testing.T) {
			in := &dynamodb.QueryInput{TableName: aws.String("table"), IndexName: &c.index, KeyConditionExpression: &c.condition, ExpressionAttributeValues: attrs{":v": S(c.value)}}
			if c.more != nil {
				c.more(in)
			}
			out, err := w.db.Query(t.Context(), in)
			got := message(err)
			if err == nil {
				var items []string
				for _, it := range out.Items {
					var names []string
					for name := range it {
						names = append(names, name)
					}
					slices.Sort(names)
					items = append(items, strings.Join(names, ","))
				}
				got = strings.Join(items, " ")
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAnItemThatAnIndexCannotHoldIsRefused(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withKCL()
	if err := w.createOwnerIndex("kcl"); err != nil {
		t.Fatal(err)
	}
	for value, want := range map[types.AttributeValue]string{
		N("1"): "One or more parameter values were invalid: Type mismatch for Index Key leaseOwner Expected: S Actual: N IndexName: " + ownerIndex,
		S(""):  "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: " + ownerIndex + ", IndexKey: leaseOwner",
	} {
		_, err := w.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("kcl"), Item: attrs{"leaseKey": S("a"), "leaseOwner": value}})
		if code(err) != "ValidationException" || message(err) != want {
			t.Errorf("%v: %v, want %s", value, err, want)
		}
	}
}

func TestIndexesAndSettingsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, localdynamo.Options{Dir: dir}).withKCL()
	w.lease("shard-1", "a")
	if err := w.createOwnerIndex("kcl"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: aws.String("kcl"), DeletionProtectionEnabled: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	if err := w.server.Close(); err != nil {
		t.Fatal(err)
	}
	w = newWorld(t, localdynamo.Options{Dir: dir})
	if keys, err := w.owned("a"); err != nil || !slices.Equal(keys, []string{"shard-1"}) {
		t.Errorf("%v %v", keys, err)
	}
	if _, err := w.db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String("kcl")}); code(err) != "ValidationException" {
		t.Errorf("deleting a protected table: %v", err)
	}
}
