package leasetable

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/messages"
)

// update is one conditional UpdateItem in the making. Expressions name an
// attribute as #attribute, for many of the names are reserved words, and a
// value as :value.
type update struct {
	key    string // shardId
	turn   turn
	set    []string
	remove []string
	when   []string
	values item
}

// change begins an update of an item. Every one moves lastUpdateTimestamp.
func (t *Table) change(key string) *update {
	u := &update{key: key, turn: looking, values: item{}}
	u.put(attrUpdated, number(t.now().UnixMilli()))
	return u
}

// put sets an attribute.
func (u *update) put(attr string, v types.AttributeValue) {
	u.set = append(u.set, "#"+attr+" = :"+attr)
	u.values[":"+attr] = v
}

// countUp adds one to a number that may be absent.
func (u *update) countUp(attr string) {
	u.set = append(u.set, "#"+attr+" = if_not_exists(#"+attr+", :zero) + :one")
	u.values[":zero"], u.values[":one"] = number(0), number(1)
}

// drop removes attributes.
func (u *update) drop(attrs ...string) {
	for _, attr := range attrs {
		u.remove = append(u.remove, "#"+attr)
	}
}

// putOrDrop sets a text, or removes it where it is "".
func (u *update) putOrDrop(attr, value string) {
	if value == "" {
		u.drop(attr)
		return
	}
	u.put(attr, text(value))
}

// require adds a condition. All of them have to hold.
func (u *update) require(condition string) { u.when = append(u.when, "("+condition+")") }

// requireEqual demands that an attribute is v.
func (u *update) requireEqual(attr string, v types.AttributeValue) {
	u.require("#" + attr + " = " + u.bind(attr, v))
}

// requireText demands that an attribute is value, or absent where that is "".
func (u *update) requireText(attr, value string) {
	if value == "" {
		u.require("attribute_not_exists(#" + attr + ")")
		return
	}
	u.requireEqual(attr, text(value))
}

// bind names a value that conditions compare attr with.
func (u *update) bind(attr string, v types.AttributeValue) string {
	name := ":seen_" + attr
	u.values[name] = v
	return name
}

var placeholder = regexp.MustCompile(`#(\w+)`)

// expressions returns the request's three expression fields.
func (u *update) expressions() (change, condition string, names map[string]string) {
	change = "SET " + strings.Join(u.set, ", ")
	if len(u.remove) > 0 {
		change += " REMOVE " + strings.Join(u.remove, ", ")
	}
	condition = strings.Join(u.when, " AND ")
	names = map[string]string{}
	for _, m := range placeholder.FindAllStringSubmatch(change+" "+condition, -1) {
		names[m[0]] = m[1]
	}
	return change, condition, names
}

// refusedError says that the condition did not hold, and what is there
// instead; nil where there is no item.
type refusedError struct{ found item }

func (e *refusedError) Error() string { return "the item's condition did not hold" }

// send makes the update and returns the item as it left it. A condition that
// did not hold is a *refusedError, unless the item carries this call's nonce:
// then an earlier attempt landed and the item is what it left. A refusal that
// names no item has it read: mostly there is none, but some servers that speak
// DynamoDB's protocol leave it out.
func (t *Table) send(ctx context.Context, shard messages.ShardID, u *update) (item, error) {
	leave, err := t.turns.enter(ctx, u.turn)
	if err != nil {
		return nil, t.fault(ctx, "UpdateItem", shard, err)
	}
	defer leave()
	nonce := rand.Text()
	u.put(attrNonce, text(nonce))
	change, condition, names := u.expressions()
	if err := t.pace.wait(ctx); err != nil {
		return nil, t.fault(ctx, "UpdateItem", shard, err)
	}
	out, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                           &t.name,
		Key:                                 t.key(u.key),
		UpdateExpression:                    &change,
		ConditionExpression:                 &condition,
		ExpressionAttributeNames:            names,
		ExpressionAttributeValues:           u.values,
		ReturnValues:                        types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var refused *types.ConditionalCheckFailedException
	switch {
	case err == nil:
		return out.Attributes, nil
	case !errors.As(err, &refused):
		return nil, t.fault(ctx, "UpdateItem", shard, err)
	}
	found := refused.Item
	if found == nil {
		if found, err = t.get(ctx, u.key, shard); err != nil {
			return nil, err
		}
	}
	if (&fields{item: found}).text(attrNonce) == nonce {
		return found, nil
	}
	return nil, &refusedError{found}
}

// sendRow is send for a shard's row. Where it is refused, row is the one found
// (nil where there is none) and landed is false.
func (t *Table) sendRow(ctx context.Context, shard messages.ShardID, u *update) (row *messages.ShardRow, landed bool, err error) {
	it, err := t.send(ctx, shard, u)
	var refused *refusedError
	if errors.As(err, &refused) {
		it, err = refused.found, nil
	}
	if err != nil || it == nil {
		return nil, false, err
	}
	row, err = shardRow(it)
	return row, refused == nil && err == nil, t.unreadable("UpdateItem", shard, err)
}

// get reads one item consistently; nil where there is none.
func (t *Table) get(ctx context.Context, key string, shard messages.ShardID) (item, error) {
	out, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.name, Key: t.key(key), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, t.fault(ctx, "GetItem", shard, err)
	}
	return out.Item, nil
}

func (t *Table) key(shard string) item {
	return item{attrStream: text(t.stream), attrShard: text(shard)}
}

// unreadable wraps the error of an item that does not read. A human edited
// it and can mend it, so it is worth asking again.
func (t *Table) unreadable(action string, shard messages.ShardID, err error) error {
	if err == nil {
		return nil
	}
	return &messages.Fault{
		Class: messages.Transient, Reason: messages.ReasonInvariant, Op: "dynamodb." + action, Shard: shard,
		Err:  fmt.Errorf("table %s, stream %s: %w", t.name, t.stream, err),
		Hint: "the item was edited by hand or by another program: restore the attribute's type", Complete: true,
	}
}
