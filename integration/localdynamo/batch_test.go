package localdynamo_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

func puts(from, n int) map[string][]types.WriteRequest {
	var all []types.WriteRequest
	for i := range n {
		all = append(all, types.WriteRequest{PutRequest: &types.PutRequest{Item: key(fmt.Sprint("shard-", from+i))}})
	}
	return map[string][]types.WriteRequest{leases: all}
}

func TestABatchWritesAndReadsManyItems(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	batch := puts(0, 24)
	batch[leases] = append(batch[leases], types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: key("shard-77")}})
	out, err := w.db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: batch})
	if err != nil || len(out.UnprocessedItems) != 0 || len(w.server.Items(leases)) != 24 {
		t.Fatalf("%+v %v, %d items", out, err, len(w.server.Items(leases)))
	}
	var keys []attrs
	for i := range 30 {
		keys = append(keys, key(fmt.Sprint("shard-", i)))
	}
	got, err := w.db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{leases: {Keys: keys}}})
	if err != nil || len(got.Responses[leases]) != 24 || len(got.UnprocessedKeys) != 0 {
		t.Errorf("%d items, %v left, %v", len(got.Responses[leases]), got.UnprocessedKeys, err)
	}
}

func TestWhatABatchDoesNotDoComesBack(t *testing.T) {
	w := newWorld(t, localdynamo.Options{BatchItems: 10}).withLeases()
	batch, calls := puts(0, 25), 0
	for len(batch) > 0 {
		out, err := w.db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: batch})
		if err != nil {
			t.Fatal(err)
		}
		batch = out.UnprocessedItems
		calls++
	}
	if calls != 3 || len(w.server.Items(leases)) != 25 {
		t.Errorf("%d calls wrote %d items, want 3 and 25", calls, len(w.server.Items(leases)))
	}
	ask, found := map[string]types.KeysAndAttributes{leases: {Keys: []attrs{}}}, 0
	for i := range 25 {
		more := ask[leases]
		more.Keys = append(more.Keys, key(fmt.Sprint("shard-", i)))
		ask[leases] = more
	}
	for calls = 0; len(ask) > 0; calls++ {
		out, err := w.db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: ask})
		if err != nil {
			t.Fatal(err)
		}
		found += len(out.Responses[leases])
		ask = out.UnprocessedKeys
	}
	if calls != 3 || found != 25 {
		t.Errorf("%d calls read %d items, want 3 and 25", calls, found)
	}
}

func TestABatchThatCannotBeHasNoEffect(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	twice := puts(0, 2)
	twice[leases] = append(twice[leases], twice[leases][0])
	for name, batch := range map[string]map[string][]types.WriteRequest{
		"one item twice":  twice,
		"too many":        puts(0, 26),
		"a wrong key":     {leases: append(puts(0, 1)[leases], types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: attrs{"streamName": S("x")}}})},
		"a missing table": {leases: puts(0, 1)[leases], "nowhere": puts(0, 1)[leases]},
	} {
		if _, err := w.db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: batch}); code(err) != "ValidationException" && code(err) != "ResourceNotFoundException" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(w.server.Items(leases)); n != 0 {
		t.Errorf("%d items were written", n)
	}
}
