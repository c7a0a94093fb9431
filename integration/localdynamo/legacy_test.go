package localdynamo_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

func TestARenewalAsKCLSendsItIsFenced(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	w.put("shard-0", attrs{"leaseCounter": N("7"), "leaseOwner": S("a")})
	renew := func(seen string) error {
		_, err := w.db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: aws.String(leases), Key: key("shard-0"),
			Expected: map[string]types.ExpectedAttributeValue{"leaseCounter": {Value: N(seen)}, "checkpointOwner": {Exists: aws.Bool(false)}},
			AttributeUpdates: map[string]types.AttributeValueUpdate{
				"leaseCounter": {Value: N("8"), Action: types.AttributeActionPut}, "pendingCheckpoint": {Action: types.AttributeActionDelete},
				"childShardIds": {Value: &types.AttributeValueMemberSS{Value: []string{"x"}}, Action: types.AttributeActionAdd},
			},
		})
		return err
	}
	if err := renew("7"); err != nil {
		t.Fatal(err)
	}
	if err := renew("7"); code(err) != "ConditionalCheckFailedException" {
		t.Errorf("the second renewal: %v", err)
	}
	it := w.server.Item(leases, "quakes", "shard-0")
	if it["leaseCounter"] != num("8") || it["childShardIds"].([]string)[0] != "x" {
		t.Errorf("row %v", it)
	}
}

func TestLegacyConditionsMeanWhatTheyMeant(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	op := func(name types.ComparisonOperator, values ...types.AttributeValue) types.ExpectedAttributeValue {
		return types.ExpectedAttributeValue{ComparisonOperator: name, AttributeValueList: values}
	}
	for name, c := range map[string]struct {
		expected map[string]types.ExpectedAttributeValue
		want     string // message of the refusal, "failed" or "" for holding
	}{
		"equal":                  {map[string]types.ExpectedAttributeValue{"n": op("EQ", N("5.0"))}, ""},
		"not equal":              {map[string]types.ExpectedAttributeValue{"n": op("NE", N("5"))}, "failed"},
		"absent is not equal":    {map[string]types.ExpectedAttributeValue{"q": op("NE", N("5"))}, ""},
		"less":                   {map[string]types.ExpectedAttributeValue{"n": op("LT", N("6"))}, ""},
		"between":                {map[string]types.ExpectedAttributeValue{"n": op("BETWEEN", N("5"), N("6"))}, ""},
		"among":                  {map[string]types.ExpectedAttributeValue{"n": op("IN", N("1"), N("2"))}, "failed"},
		"there":                  {map[string]types.ExpectedAttributeValue{"n": op("NOT_NULL")}, ""},
		"not there":              {map[string]types.ExpectedAttributeValue{"n": op("NULL")}, "failed"},
		"contains":               {map[string]types.ExpectedAttributeValue{"s": op("CONTAINS", S("ell"))}, ""},
		"contains not":           {map[string]types.ExpectedAttributeValue{"s": op("NOT_CONTAINS", S("ell"))}, "failed"},
		"absent contains nought": {map[string]types.ExpectedAttributeValue{"q": op("NOT_CONTAINS", S("ell"))}, "failed"},
		"begins":                 {map[string]types.ExpectedAttributeValue{"s": op("BEGINS_WITH", S("he"))}, ""},
		"exists with a value":    {map[string]types.ExpectedAttributeValue{"n": {Exists: aws.Bool(true), Value: N("5")}}, ""},
		"exists without":         {map[string]types.ExpectedAttributeValue{"n": {Exists: aws.Bool(true)}}, "One or more parameter values were invalid: Value must be provided when Exists is true for Attribute: n"},
		"bounds reversed":        {map[string]types.ExpectedAttributeValue{"n": op("BETWEEN", N("6"), N("5"))}, "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"},
		"too many values":        {map[string]types.ExpectedAttributeValue{"n": op("EQ", N("6"), N("5"))}, "One or more parameter values were invalid: Invalid number of argument(s) for the EQ ComparisonOperator"},
		"types mixed":            {map[string]types.ExpectedAttributeValue{"n": op("IN", N("6"), S("5"))}, "One or more parameter values were invalid: AttributeValues inside AttributeValueList must be of same type"},
		"type without an order":  {map[string]types.ExpectedAttributeValue{"n": op("GT", &types.AttributeValueMemberBOOL{Value: true})}, "One or more parameter values were invalid: ComparisonOperator GT is not valid for BOOL AttributeValue type"},
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{T: t, server: w.server, db: w.db}
			w.put("shard-0", attrs{"n": N("5"), "s": S("hello")})
			_, err := w.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(leases), Key: key("shard-0"), Expected: c.expected})
			got := message(err)
			if code(err) == "ConditionalCheckFailedException" {
				got = "failed"
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestLegacyConditionsAreJoinedByEitherOperator(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	w.put("shard-0", attrs{"n": N("5")})
	put := func(operator types.ConditionalOperator, expected map[string]types.ExpectedAttributeValue) error {
		_, err := w.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(leases), Item: map[string]types.AttributeValue{"streamName": S("quakes"), "shardId": S("shard-0"), "n": N("5")}, ConditionalOperator: operator, Expected: expected})
		return err
	}
	both := map[string]types.ExpectedAttributeValue{"n": {Value: N("6")}, "q": {Exists: aws.Bool(false)}}
	if err := put("OR", both); err != nil {
		t.Errorf("OR: %v", err)
	}
	if err := put("AND", both); code(err) != "ConditionalCheckFailedException" {
		t.Errorf("AND: %v", err)
	}
	if err := put("OR", map[string]types.ExpectedAttributeValue{"n": {Value: N("5")}}); message(err) != "ConditionalOperator can only be used when Filter or Expected has two or more elements" {
		t.Errorf("OR with one: %v", err)
	}
}

func TestLegacyReadsSelectFilterAndChoose(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	for i, shard := range []string{"a-1", "a-2", "b-1"} {
		w.put(shard, attrs{"n": N([]string{"1", "2", "3"}[i])})
	}
	equal := func(v types.AttributeValue) types.Condition {
		return types.Condition{ComparisonOperator: "EQ", AttributeValueList: []types.AttributeValue{v}}
	}
	out, err := w.db.Query(t.Context(), &dynamodb.QueryInput{
		TableName: aws.String(leases), AttributesToGet: []string{"n"},
		KeyConditions: map[string]types.Condition{"streamName": equal(S("quakes")), "shardId": {ComparisonOperator: "BEGINS_WITH", AttributeValueList: []types.AttributeValue{S("a-")}}},
		QueryFilter:   map[string]types.Condition{"n": {ComparisonOperator: "GT", AttributeValueList: []types.AttributeValue{N("1")}}},
	})
	if err != nil || len(out.Items) != 1 || len(out.Items[0]) != 1 || out.ScannedCount != 2 {
		t.Errorf("query: %+v %v", out, err)
	}
	scanned, err := w.db.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(leases), ScanFilter: map[string]types.Condition{"shardId": equal(S("b-1"))}})
	if err != nil || scanned.Count != 1 || scanned.ScannedCount != 3 {
		t.Errorf("scan: %+v %v", scanned, err)
	}
	_, err = w.db.Query(t.Context(), &dynamodb.QueryInput{
		TableName: aws.String(leases), KeyConditionExpression: aws.String("streamName = :s"), ExpressionAttributeValues: attrs{":s": S("quakes")}, AttributesToGet: []string{"n"},
	})
	if want := "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} Expression parameters: {KeyConditionExpression}"; message(err) != want {
		t.Errorf("mixed: %v, want %s", err, want)
	}
}
