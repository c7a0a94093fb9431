package localdynamo_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

// world is a server and the real client, with one attempt per call.
type world struct {
	*testing.T
	server *localdynamo.Server
	db     *dynamodb.Client
}

const leases = "quakes-app"

func newWorld(t *testing.T, o localdynamo.Options) *world {
	t.Helper()
	server, err := localdynamo.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return &world{T: t, server: server, db: client(server.URL(), nil)}
}

func client(url string, transport http.RoundTripper) *dynamodb.Client {
	o := dynamodb.Options{
		BaseEndpoint: aws.String(url), Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDLOCAL", SecretAccessKey: "local"}, nil
		}),
	}
	if transport != nil {
		o.HTTPClient = &http.Client{Transport: transport}
	}
	return dynamodb.New(o)
}

// withLeases creates the connector's table: {streamName HASH, shardId RANGE}.
func (w *world) withLeases() *world {
	w.Helper()
	w.create(leases, "streamName", "shardId")
	return w
}

func (w *world) create(table string, keys ...string) {
	w.Helper()
	in := &dynamodb.CreateTableInput{TableName: &table, BillingMode: types.BillingModePayPerRequest}
	for i, k := range keys {
		in.KeySchema = append(in.KeySchema, types.KeySchemaElement{AttributeName: &k, KeyType: []types.KeyType{"HASH", "RANGE"}[i]})
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: &k, AttributeType: "S"})
	}
	if _, err := w.db.CreateTable(w.Context(), in); err != nil {
		w.Fatal(err)
	}
}

// drop deletes a table.
func (w *world) drop(table string) {
	w.Helper()
	if _, err := w.db.DeleteTable(w.Context(), &dynamodb.DeleteTableInput{TableName: &table}); err != nil {
		w.Fatal(err)
	}
}

// update runs one conditional UpdateItem on a shard's row.
func (w *world) update(shard, change, condition string, values attrs) (*dynamodb.UpdateItemOutput, error) {
	in := &dynamodb.UpdateItemInput{
		TableName: aws.String(leases), Key: key(shard), UpdateExpression: &change,
		ExpressionAttributeValues: values, ReturnValues: types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if condition != "" {
		in.ConditionExpression = &condition
	}
	return w.db.UpdateItem(w.Context(), in)
}

func (w *world) put(shard string, more attrs) {
	w.Helper()
	row := key(shard)
	for name, v := range more {
		row[name] = v
	}
	if _, err := w.db.PutItem(w.Context(), &dynamodb.PutItemInput{TableName: aws.String(leases), Item: row}); err != nil {
		w.Fatal(err)
	}
}

type attrs = map[string]types.AttributeValue

func key(shard string) attrs { return attrs{"streamName": S("quakes"), "shardId": S(shard)} }

func S(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// num is a number as Item shows it.
func num(n string) json.Number { return json.Number(n) }

func N(n string) types.AttributeValue { return &types.AttributeValueMemberN{Value: n} }

// code is the service's error code, "" without an error.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// message is the service's error message.
func message(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorMessage()
	}
	return ""
}
