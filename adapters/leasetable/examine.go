package leasetable

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// Facts are what an examination wants to know of the table.
type Facts struct {
	Shape     Shape
	Status    string // ACTIVE, UPDATING, CREATING, DELETING ...; "" where there is none
	CreatedAt time.Time
	Unfit     error // a *messages.Fault: why the table cannot be used as it is; nil = it can
}

// Examine describes the table and makes none. Errors are *messages.Fault.
func (t *Table) Examine(ctx context.Context) (*Facts, error) {
	out, err := t.client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &t.name})
	var absent *types.ResourceNotFoundException
	switch {
	case errors.As(err, &absent):
		return &Facts{Shape: ShapeAbsent}, nil
	case err != nil:
		return nil, t.prepareFault(ctx, "DescribeTable", err)
	}
	return &Facts{
		Shape: shapeOf(out.Table), Status: string(out.Table.TableStatus), CreatedAt: aws.ToTime(out.Table.CreationDateTime).UTC(),
		Unfit: t.checkKeys(out.Table),
	}, nil
}

// examined is the sort key of a row that nobody writes.
const examined = ourPrefix + "doctor" + ourPrefix

// The Try methods find out whether an action is allowed, by a call that changes
// nothing. nil means that it is: whatever else a call is refused for, it was
// authorised first. Errors are *messages.Fault.

// TryGet reads a row that is not there.
func (t *Table) TryGet(ctx context.Context) error {
	_, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.name, Key: t.key(examined)})
	return t.tried(ctx, "GetItem", err)
}

// TryQuery reads one row of the stream.
func (t *Table) TryQuery(ctx context.Context) error {
	_, err := t.client.Query(ctx, &dynamodb.QueryInput{
		TableName: &t.name, Limit: aws.Int32(1),
		KeyConditionExpression:    aws.String("#" + attrStream + " = :stream"),
		ExpressionAttributeNames:  map[string]string{"#" + attrStream: attrStream},
		ExpressionAttributeValues: item{":stream": text(t.stream)},
	})
	return t.tried(ctx, "Query", err)
}

// TryUpdate updates a row under a condition that no row meets.
func (t *Table) TryUpdate(ctx context.Context) error {
	_, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.name, Key: t.key(examined),
		UpdateExpression:          aws.String("SET #" + attrUpdated + " = :zero"),
		ConditionExpression:       aws.String("attribute_exists(#" + attrShard + ") AND attribute_not_exists(#" + attrShard + ")"),
		ExpressionAttributeNames:  map[string]string{"#" + attrUpdated: attrUpdated, "#" + attrShard: attrShard},
		ExpressionAttributeValues: item{":zero": number(0)},
	})
	return t.tried(ctx, "UpdateItem", err)
}

// TryCreate creates the table where there is one, which is refused as in use.
// Who calls it has just seen the table.
func (t *Table) TryCreate(ctx context.Context) error {
	return t.tried(ctx, "CreateTable", t.create(ctx))
}

// tried leaves what says that a call was not allowed, or not served at all.
func (t *Table) tried(ctx context.Context, action string, err error) error {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		switch code := answer.ErrorCode(); {
		case code == "ResourceNotFoundException", code == "ResourceInUseException", code == "ConditionalCheckFailedException",
			code == "ValidationException", throttled[code]:
			return nil
		}
	}
	if err == nil {
		return nil
	}
	return t.fault(ctx, action, "", err)
}
