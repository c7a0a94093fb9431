package localdynamo_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

// transact runs a transaction that updates shard-0 and puts shard-1.
func (w *world) transact(condition string, token *string) error {
	_, err := w.db.TransactWriteItems(w.Context(), &dynamodb.TransactWriteItemsInput{
		ClientRequestToken: token,
		TransactItems: []types.TransactWriteItem{
			{Update: &types.Update{
				TableName: aws.String(leases), Key: key("shard-0"), UpdateExpression: aws.String("ADD n :one"),
				ConditionExpression: &condition, ExpressionAttributeValues: attrs{":one": N("1")},
				ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
			}},
			{Put: &types.Put{TableName: aws.String(leases), Item: key("shard-1")}},
		},
	})
	return err
}

func TestATransactionWritesAllItemsOrNone(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	w.put("shard-0", attrs{"n": N("1")})
	err := w.transact("n > :one", nil)
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		t.Fatalf("failing condition: %v", err)
	}
	reasons := cancelled.CancellationReasons
	if len(reasons) != 2 || *reasons[0].Code != "ConditionalCheckFailed" || *reasons[1].Code != "None" {
		t.Errorf("reasons %+v", reasons)
	}
	if old, ok := reasons[0].Item["n"].(*types.AttributeValueMemberN); !ok || old.Value != "1" {
		t.Errorf("the reason shows %v, want the item as it was", reasons[0].Item)
	}
	if w.server.Item(leases, "quakes", "shard-1") != nil || w.server.Writes(leases) != 1 {
		t.Errorf("a cancelled transaction left %v", w.server.Items(leases))
	}
	if err := w.transact("n = :one", nil); err != nil {
		t.Fatal(err)
	}
	if w.server.Item(leases, "quakes", "shard-1") == nil || w.server.Writes(leases) != 3 {
		t.Errorf("a transaction left %v", w.server.Items(leases))
	}
}

func TestARepeatedTokenHasNoSecondEffect(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	w.put("shard-0", attrs{"n": N("1")})
	token := aws.String("c0ffee")
	for range 3 {
		if err := w.transact("n >= :one", token); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.server.Item(leases, "quakes", "shard-0")["n"]; n != num("2") {
		t.Errorf("n = %v after one transaction sent three times, want 2", n)
	}
	if err := w.transact("n < :one", token); code(err) != "IdempotentParameterMismatchException" {
		t.Errorf("the token with another transaction: %v", err)
	}
}

func TestATransactionChecksItemsItLeavesAlone(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	w.put("shard-0", attrs{"n": N("1")})
	check := func(condition string, other string) error {
		_, err := w.db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
			{ConditionCheck: &types.ConditionCheck{TableName: aws.String(leases), Key: key("shard-0"), ConditionExpression: &condition, ExpressionAttributeValues: attrs{":one": N("1")}}},
			{Delete: &types.Delete{TableName: aws.String(leases), Key: key(other)}},
		}})
		return err
	}
	if err := check("n = :one", "shard-9"); err != nil {
		t.Error(err)
	}
	if err := check("n <> :one", "shard-9"); code(err) != "TransactionCanceledException" {
		t.Errorf("failing check: %v", err)
	}
	if err := check("n = :one", "shard-0"); message(err) != "Transaction request cannot include multiple operations on one item" {
		t.Errorf("two actions on one item: %v", err)
	}
	if w.server.Writes(leases) != 1 {
		t.Errorf("%d writes, want the first put alone", w.server.Writes(leases))
	}
}

func TestATransactionUnderWayKeepsOthersOffItsItems(t *testing.T) {
	synctest.Test(t, transactionUnderWay)
}

// transactionUnderWay takes its time in a bubble: no machine is too slow for it.
func transactionUnderWay(t *testing.T) {
	server, err := localdynamo.New(localdynamo.Options{TransactionTime: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	w := (&world{T: t, server: server, db: client("http://dynamodb.local", inside{server})}).withLeases()
	w.put("shard-0", attrs{"n": N("1")})
	token, ended := aws.String("once"), make(chan error, 1)
	go func() { ended <- w.transact("n = :one", token) }()
	for w.server.Faults().Calls("TransactWriteItems") == 0 {
		time.Sleep(time.Millisecond)
	}
	conflict := func() bool {
		_, err := w.update("shard-0", "SET n = :n", "", attrs{":n": N("9")})
		return code(err) == "TransactionConflictException" && message(err) == "Transaction is ongoing for the item"
	}
	for !conflict() {
		select {
		case err := <-ended:
			t.Fatalf("the transaction ended (%v) before anybody met it", err)
		case <-time.After(time.Millisecond):
		}
	}
	if err := w.transact("n = :one", token); code(err) != "TransactionInProgressException" {
		t.Errorf("the same token again: %v", err)
	}
	var cancelled *types.TransactionCanceledException
	if err := w.transact("n = :one", nil); !errors.As(err, &cancelled) || *cancelled.CancellationReasons[0].Code != "TransactionConflict" {
		t.Errorf("another transaction: %v", err)
	}
	_, err = w.db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{{Get: &types.Get{TableName: aws.String(leases), Key: key("shard-0")}}}})
	if !errors.As(err, &cancelled) || *cancelled.CancellationReasons[0].Code != "TransactionConflict" {
		t.Errorf("a reading transaction: %v", err)
	}
	if got, err := w.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(leases), Key: key("shard-0")}); err != nil || got.Item["n"].(*types.AttributeValueMemberN).Value != "1" {
		t.Errorf("a single read sees %v, %v, want the item before", got, err)
	}
	w.put("shard-7", nil) // other items are free
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if conflict() {
		t.Error("the item is still held")
	}
}

// inside is the way to a server without a network.
type inside struct{ server *localdynamo.Server }

// RoundTrip implements http.RoundTripper.
func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	i.server.Handler().ServeHTTP(answer, r)
	return answer.Result(), nil
}

func TestATransactionReadsItemsTogether(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	w.put("shard-0", attrs{"n": N("1")})
	get := func(shard string) types.TransactGetItem {
		return types.TransactGetItem{Get: &types.Get{TableName: aws.String(leases), Key: key(shard), ProjectionExpression: aws.String("n")}}
	}
	out, err := w.db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{get("shard-0"), get("shard-9")}})
	if err != nil || len(out.Responses) != 2 || len(out.Responses[0].Item) != 1 || out.Responses[1].Item != nil {
		t.Errorf("%+v %v", out, err)
	}
	wrong := types.TransactGetItem{Get: &types.Get{TableName: aws.String(leases), Key: attrs{"streamName": S("x")}}}
	_, err = w.db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{get("shard-0"), wrong}})
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) || len(cancelled.CancellationReasons) != 2 || *cancelled.CancellationReasons[1].Code != "ValidationError" {
		t.Errorf("a wrong key: %v", err)
	}
}
