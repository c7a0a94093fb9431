package localdynamo_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

func TestReadsThatAreNotConsistentTrailTheWrites(t *testing.T) {
	var c clock
	w := newWorld(t, localdynamo.Options{Now: c.now, ReadLag: time.Second}).withLeases()
	w.put("shard-0", attrs{"n": N("1")})
	c.advance(2 * time.Second)
	w.put("shard-0", attrs{"n": N("2")})
	w.put("shard-1", nil)
	seen := func(consistent bool) (n string, rows int32) {
		got, err := w.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(leases), Key: key("shard-0"), ConsistentRead: &consistent})
		if err != nil {
			t.Fatal(err)
		}
		out, err := w.db.Query(t.Context(), &dynamodb.QueryInput{TableName: aws.String(leases), ConsistentRead: &consistent, KeyConditionExpression: aws.String("streamName = :s"), ExpressionAttributeValues: attrs{":s": S("quakes")}})
		if err != nil {
			t.Fatal(err)
		}
		scanned, err := w.db.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(leases), ConsistentRead: &consistent, Select: types.SelectCount})
		if err != nil || scanned.Count != out.Count {
			t.Fatalf("Scan finds %d rows, Query %d, %v", scanned.Count, out.Count, err)
		}
		return got.Item["n"].(*types.AttributeValueMemberN).Value, out.Count
	}
	if n, rows := seen(true); n != "2" || rows != 2 {
		t.Errorf("a consistent read sees n=%s and %d rows", n, rows)
	}
	if n, rows := seen(false); n != "1" || rows != 1 {
		t.Errorf("the other read sees n=%s and %d rows, want the state before", n, rows)
	}
	c.advance(time.Second)
	if n, rows := seen(false); n != "2" || rows != 2 {
		t.Errorf("a second later it sees n=%s and %d rows", n, rows)
	}
}

func TestAGlobalIndexTrailsTheWrites(t *testing.T) {
	var c clock
	w := newWorld(t, localdynamo.Options{Now: c.now, ReadLag: time.Second}).withKCL()
	if err := w.createOwnerIndex("kcl"); err != nil {
		t.Fatal(err)
	}
	w.lease("shard-1", "a")
	if keys, err := w.owned("a"); err != nil || len(keys) != 0 {
		t.Errorf("at once: %v %v", keys, err)
	}
	c.advance(time.Second)
	if keys, err := w.owned("a"); err != nil || !slices.Equal(keys, []string{"shard-1"}) {
		t.Errorf("later: %v %v", keys, err)
	}
}

func TestAfterARecreationTheNameLeadsToTheOldTableForAWhile(t *testing.T) {
	var c clock
	w := newWorld(t, localdynamo.Options{Now: c.now, RenameDelay: 30 * time.Second})
	put := func(it attrs) error {
		_, err := w.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(leases), Item: it})
		return err
	}
	w.create(leases, "leaseKey") // a first creation is clean
	if err := put(attrs{"leaseKey": S("shard-0")}); err != nil {
		t.Fatal(err)
	}
	w.drop(leases)
	w.withLeases()
	if err := put(key("shard-0")); code(err) != "ValidationException" || message(err) != "One or more parameter values were invalid: Missing the key leaseKey in the item" {
		t.Errorf("writing by the new key: %v", err)
	}
	if err := put(attrs{"leaseKey": S("shard-0")}); code(err) != "ResourceNotFoundException" {
		t.Errorf("writing by the old key: %v", err)
	}
	_, err := w.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(leases), Key: key("shard-0")})
	if code(err) != "ValidationException" {
		t.Errorf("reading: %v", err)
	}
	if _, err := w.db.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(leases)}); code(err) != "ResourceNotFoundException" {
		t.Errorf("scanning: %v", err)
	}
	out, err := w.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(leases)})
	if err != nil || out.Table.TableStatus != types.TableStatusActive || len(out.Table.KeySchema) != 2 {
		t.Errorf("DescribeTable knows the new table at once: %+v %v", out, err)
	}
	c.advance(30 * time.Second)
	if err := put(key("shard-0")); err != nil {
		t.Errorf("after the delay: %v", err)
	}
	if n := len(w.server.Items(leases)); n != 1 {
		t.Errorf("%d items", n)
	}
}
