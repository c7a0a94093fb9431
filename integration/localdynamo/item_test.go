package localdynamo_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

func TestOfTwentyRacingConditionalWritesExactlyOneWins(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	for round := range 10 {
		counter := fmt.Sprint(round)
		w.put("shard-0", attrs{"leaseCounter": N(counter)})
		var won, lost atomic.Int64
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				_, err := w.update("shard-0", "SET leaseCounter = leaseCounter + :one", "leaseCounter = :seen",
					attrs{":one": N("1"), ":seen": N(counter)})
				switch code(err) {
				case "":
					won.Add(1)
				case "ConditionalCheckFailedException":
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || lost.Load() != 19 {
			t.Fatalf("round %d: %d won and %d lost, want 1 and 19", round, won.Load(), lost.Load())
		}
	}
	if n := w.server.Writes(leases); n != 20 {
		t.Errorf("%d writes took effect, want 20: a put and an update per round", n)
	}
}

func TestALeaseIsCreatedClaimedRenewedAndFenced(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	claim := "SET leaseOwner = :me, leaseEpoch = if_not_exists(leaseEpoch, :zero) + :one, leaseCounter = if_not_exists(leaseCounter, :zero) + :one, leaseExpiry = :expiry"
	free := "attribute_exists(shardId) AND attribute_not_exists(leaseOwner) AND (attribute_not_exists(shardState) OR shardState <> :ended)"
	values := attrs{":me": S("node-1/a"), ":zero": N("0"), ":one": N("1"), ":expiry": N("1790000000123"), ":ended": S("SHARD_END")}

	if _, err := w.update("shard-0", claim, free, values); code(err) != "ConditionalCheckFailedException" {
		t.Fatalf("claiming a row that does not exist: %v", err)
	}
	if _, err := w.update("shard-0", "SET parentShardIds = :p", "attribute_not_exists(shardId)", attrs{":p": &types.AttributeValueMemberSS{Value: []string{"b", "a"}}}); err != nil {
		t.Fatal(err)
	}
	out, err := w.update("shard-0", claim, free, values)
	if err != nil {
		t.Fatal(err)
	}
	if got := out.Attributes["leaseEpoch"].(*types.AttributeValueMemberN).Value; got != "1" {
		t.Errorf("epoch %s after the first claim, want 1", got)
	}
	_, err = w.update("shard-0", "SET leaseCounter = leaseCounter + :one", "leaseOwner = :me AND leaseEpoch = :epoch",
		attrs{":one": N("1"), ":me": S("node-2/b"), ":epoch": N("1")})
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		t.Fatalf("renewal by another owner: %v", err)
	}
	if owner, ok := failed.Item["leaseOwner"].(*types.AttributeValueMemberS); !ok || owner.Value != "node-1/a" {
		t.Errorf("the failure shows owner %v, want node-1/a", failed.Item["leaseOwner"])
	}
	if _, err := w.update("shard-0", "SET leaseCounter = leaseCounter + :one REMOVE leaseOwner, leaseExpiry", "leaseOwner = :me AND leaseEpoch = :one", attrs{":one": N("1"), ":me": S("node-1/a")}); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"streamName": "quakes", "shardId": "shard-0", "parentShardIds": []string{"a", "b"},
		"leaseEpoch": json.Number("1"), "leaseCounter": json.Number("2"),
	}
	if got := w.server.Item(leases, "quakes", "shard-0"); !reflect.DeepEqual(got, want) {
		t.Errorf("released row is %v, want %v", got, want)
	}
}

func TestEveryAttributeTypeComesBackAsItWent(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	given := attrs{
		"s": S("é😀\u0000 <>&"), "n": N("-12.50"), "b": &types.AttributeValueMemberB{Value: []byte{0, 255}},
		"t": &types.AttributeValueMemberBOOL{Value: true}, "f": &types.AttributeValueMemberBOOL{Value: false},
		"z": &types.AttributeValueMemberNULL{Value: true},
		"l": &types.AttributeValueMemberL{Value: []types.AttributeValue{S(""), N("0"), &types.AttributeValueMemberL{Value: []types.AttributeValue{}}}},
		"m": &types.AttributeValueMemberM{Value: attrs{"a.b": &types.AttributeValueMemberM{Value: attrs{}}}},
		"p": &types.AttributeValueMemberSS{Value: []string{"x", "y"}},
		"q": &types.AttributeValueMemberNS{Value: []string{"9", "10"}},
		"r": &types.AttributeValueMemberBS{Value: [][]byte{{1}, {2}}},
	}
	w.put("shard-0", given)
	out, err := w.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(leases), Key: key("shard-0"), ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	given["n"] = N("-12.5")
	for name, want := range given {
		if !reflect.DeepEqual(out.Item[name], want) {
			t.Errorf("%s came back as %#v, want %#v", name, out.Item[name], want)
		}
	}
}

func TestReturnValuesShowTheItemBeforeOrAfter(t *testing.T) {
	for _, c := range []struct {
		ask  types.ReturnValue
		want map[string]string
	}{
		{types.ReturnValueNone, map[string]string{}},
		{types.ReturnValueAllOld, map[string]string{"streamName": "quakes", "shardId": "shard-0", "a": "1", "b": "1"}},
		{types.ReturnValueUpdatedOld, map[string]string{"a": "1", "b": "1"}},
		{types.ReturnValueAllNew, map[string]string{"streamName": "quakes", "shardId": "shard-0", "a": "2", "c": "2"}},
		{types.ReturnValueUpdatedNew, map[string]string{"a": "2", "c": "2"}},
	} {
		t.Run(string(c.ask), func(t *testing.T) {
			w := newWorld(t, localdynamo.Options{}).withLeases()
			w.put("shard-0", attrs{"a": N("1"), "b": N("1")})
			out, err := w.db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
				TableName: aws.String(leases), Key: key("shard-0"), ReturnValues: c.ask,
				UpdateExpression: aws.String("SET a = :v, c = :v REMOVE b"), ExpressionAttributeValues: attrs{":v": N("2")},
			})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for name, v := range out.Attributes {
				switch v := v.(type) {
				case *types.AttributeValueMemberS:
					got[name] = v.Value
				case *types.AttributeValueMemberN:
					got[name] = v.Value
				}
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestDeleteItemHonoursItsCondition(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	w.put("shard-0", attrs{"a": N("1")})
	in := &dynamodb.DeleteItemInput{TableName: aws.String(leases), Key: key("shard-0"), ConditionExpression: aws.String("a = :v"), ExpressionAttributeValues: attrs{":v": N("2")}, ReturnValues: types.ReturnValueAllOld}
	if _, err := w.db.DeleteItem(t.Context(), in); code(err) != "ConditionalCheckFailedException" || len(w.server.Items(leases)) != 1 {
		t.Fatalf("failing condition: %v, %d items left", err, len(w.server.Items(leases)))
	}
	in.ExpressionAttributeValues = attrs{":v": N("1.0")}
	out, err := w.db.DeleteItem(t.Context(), in)
	if err != nil || len(out.Attributes) != 3 || len(w.server.Items(leases)) != 0 {
		t.Errorf("delete: %v, returned %d attributes, %d items left", err, len(out.Attributes), len(w.server.Items(leases)))
	}
}

func TestBadItemsAndKeysAreRefused(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	large := make([]byte, 410_000)
	for _, c := range []struct {
		name, want string
		item       attrs
	}{
		{"no range key", "One or more parameter values were invalid: Missing the key shardId in the item", attrs{"streamName": S("x")}},
		{"wrong type", "One or more parameter values were invalid: Type mismatch for key shardId expected: S actual: N", attrs{"streamName": S("x"), "shardId": N("1")}},
		{"empty key", "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: shardId", key("")},
		{"too large", "Item size has exceeded the maximum allowed size", attrs{"streamName": S("x"), "shardId": S("y"), "b": &types.AttributeValueMemberB{Value: large}}},
		{"no number", "The parameter cannot be converted to a numeric value: ten", attrs{"streamName": S("x"), "shardId": S("y"), "n": N("ten")}},
		{"39 digits", "Attempting to store more than 38 significant digits in a Number", attrs{"streamName": S("x"), "shardId": S("y"), "n": N("123456789012345678901234567890123456789")}},
		{"empty set", "One or more parameter values were invalid: An string set  may not be empty", attrs{"streamName": S("x"), "shardId": S("y"), "n": &types.AttributeValueMemberSS{Value: []string{}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(leases), Item: c.item})
			if code(err) != "ValidationException" || message(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	_, err := w.db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(leases), Key: attrs{"streamName": S("x")}})
	if message(err) != "The provided key element does not match the schema" {
		t.Errorf("get with half a key: %v", err)
	}
	if _, err := w.update("shard-0", "SET shardId = :v", "", attrs{":v": S("x")}); message(err) != "One or more parameter values were invalid: Cannot update attribute shardId. This attribute is part of the key" {
		t.Errorf("update of a key attribute: %v", err)
	}
	if n := len(w.server.Items(leases)); n != 0 {
		t.Errorf("refused writes left %d items", n)
	}
}
