package servers

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localcloud"
)

// leaseRow is a shard's item of a lease table, as any program can read it.
type leaseRow struct {
	owner, state, token string
	counter, epoch      int64
	settled             bool
	children            []string
}

// sequence is the sequence number of the committed token, "" without one.
func (r leaseRow) sequence() string {
	if parts := strings.Split(r.token, "."); len(parts) == 5 {
		return parts[1]
	}
	return ""
}

// leaseRows reads a lease table with the AWS SDK: the shards' rows by shard,
// and the node slots that a process holds.
func leaseRows(ctx context.Context, url, stream, application string) (map[string]leaseRow, []string, error) {
	client := dynamodb.New(dynamodb.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(url), HTTPClient: http.DefaultClient,
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})
	out, err := client.Query(ctx, &dynamodb.QueryInput{
		TableName: aws.String(application), ConsistentRead: aws.Bool(true), KeyConditionExpression: aws.String("streamName = :stream"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":stream": &types.AttributeValueMemberS{Value: stream}},
	})
	if err != nil {
		return nil, nil, err
	}
	shards, nodes := map[string]leaseRow{}, []string{}
	for _, item := range out.Items {
		key := text(item["shardId"])
		switch {
		case strings.HasPrefix(key, "__node__#"):
			if text(item["process"]) != "" {
				nodes = append(nodes, strings.TrimPrefix(key, "__node__#"))
			}
		case strings.HasPrefix(key, "shardId-"):
			r := leaseRow{owner: text(item["leaseOwner"]), state: text(item["shardState"]), token: text(item["committedToken"])}
			r.counter, r.epoch = number(item["leaseCounter"]), number(item["leaseEpoch"])
			if b, ok := item["settled"].(*types.AttributeValueMemberBOOL); ok {
				r.settled = b.Value
			}
			if set, ok := item["childShardIds"].(*types.AttributeValueMemberSS); ok {
				r.children = slices.Sorted(slices.Values(set.Value))
			}
			shards[key] = r
		}
	}
	return shards, nodes, nil
}

// number reads an integer; 0 is as wrong as none.
func number(v types.AttributeValue) (n int64) {
	if text, ok := v.(*types.AttributeValueMemberN); ok {
		n, _ = strconv.ParseInt(text.Value, 10, 64)
	}
	return n
}

func text(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}
