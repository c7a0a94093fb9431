package localdynamo_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

func TestExpressionsAndItemsHaveTheServicesLimits(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	item := func(bytes int) attrs { // streamName quakes, shardId s, x
		return attrs{"streamName": S("quakes"), "shardId": S("s"), "x": S(strings.Repeat("x", bytes-len("streamName"+"quakes"+"shardId"+"s"+"x")))}
	}
	one := attrs{":v": N("1")}
	for name, c := range map[string]struct {
		in   dynamodb.PutItemInput
		want string
	}{
		"300 operators":     {dynamodb.PutItemInput{ConditionExpression: aws.String(strings.Repeat("NOT ", 299) + "n=:v"), ExpressionAttributeValues: one}, ""},
		"301 operators":     {dynamodb.PutItemInput{ConditionExpression: aws.String(strings.Repeat("NOT ", 300) + "n=:v"), ExpressionAttributeValues: one}, "Invalid ConditionExpression: The expression contains too many operators; operator count: 301"},
		"4,097 bytes":       {dynamodb.PutItemInput{ConditionExpression: aws.String("n = :v" + strings.Repeat(" ", 4091)), ExpressionAttributeValues: one}, "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4097"},
		"a long name":       {dynamodb.PutItemInput{ConditionExpression: aws.String("attribute_exists(#" + strings.Repeat("n", 255) + ")"), ExpressionAttributeNames: map[string]string{"#" + strings.Repeat("n", 255): "n"}}, "ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that is too long; size of key: 256"},
		"400 KB":            {dynamodb.PutItemInput{Item: item(400 << 10)}, ""},
		"400 KB and a byte": {dynamodb.PutItemInput{Item: item(400<<10 + 1)}, "Item size has exceeded the maximum allowed size"},
	} {
		t.Run(name, func(t *testing.T) {
			c.in.TableName = aws.String(leases)
			if c.in.Item == nil {
				c.in.Item = key("shard-0")
			}
			_, err := w.db.PutItem(t.Context(), &c.in)
			if message(err) != c.want && (c.want != "" || code(err) != "ConditionalCheckFailedException") {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
