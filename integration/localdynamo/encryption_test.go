package localdynamo_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

func TestATableSaysWhichKeyItIsEncryptedWith(t *testing.T) {
	for name, c := range map[string]struct {
		ask *types.SSESpecification
		key string // in the description's ARN; "" = nothing is described
	}{
		"nothing":     {nil, ""},
		"off":         {&types.SSESpecification{Enabled: aws.Bool(false)}, ""},
		"on":          {&types.SSESpecification{Enabled: aws.Bool(true)}, "alias/aws/dynamodb"},
		"an own key":  {&types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms, KMSMasterKeyId: aws.String("1234abcd")}, ":key/1234abcd"},
		"by full ARN": {&types.SSESpecification{Enabled: aws.Bool(true), KMSMasterKeyId: aws.String("arn:aws:kms:eu-west-1:1:key/x")}, "arn:aws:kms:eu-west-1:1:key/x"},
	} {
		w := newWorld(t, localdynamo.Options{})
		in := &dynamodb.CreateTableInput{
			TableName: aws.String("leases"), BillingMode: types.BillingModePayPerRequest, SSESpecification: c.ask,
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("k"), KeyType: types.KeyTypeHash}},
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("k"), AttributeType: types.ScalarAttributeTypeS}},
		}
		if _, err := w.db.CreateTable(t.Context(), in); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out, err := w.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("leases")})
		if err != nil {
			t.Fatal(err)
		}
		d := out.Table.SSEDescription
		if (d == nil) != (c.key == "") || d != nil && (d.Status != types.SSEStatusEnabled || !strings.HasSuffix(*d.KMSMasterKeyArn, c.key)) {
			t.Errorf("%s: described as %+v", name, d)
		}
	}
}

func TestAKeyWithoutEncryptionIsRefused(t *testing.T) {
	w := newWorld(t, localdynamo.Options{})
	_, err := w.db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("leases"), BillingMode: types.BillingModePayPerRequest, SSESpecification: &types.SSESpecification{KMSMasterKeyId: aws.String("x")},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("k"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("k"), AttributeType: types.ScalarAttributeTypeS}},
	})
	if code(err) != "ValidationException" {
		t.Errorf("%v", err)
	}
}
