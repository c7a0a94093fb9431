package localdynamo_test

import (
	"errors"
	"testing"

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
