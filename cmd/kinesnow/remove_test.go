package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

func TestRemoveDeregistersOrSaysHow(t *testing.T) {
	t.Parallel()
	cloud, err := localcloud.Start(localcloud.Options{Streams: []localcloud.Stream{{Name: "orders", Shards: 1}}, CommitDelay: -1, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	application := localcloud.LeaseTable("orders")
	client := kinesis.New(kinesis.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(cloud.Kinesis.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})
	stream := cloud.Kinesis.Streams()[0].ARN
	registered, err := client.RegisterStreamConsumer(t.Context(), &kinesis.RegisterStreamConsumerInput{StreamARN: &stream, ConsumerName: &application})
	if err != nil {
		t.Fatal(err)
	}
	arn := aws.ToString(registered.Consumer.ConsumerARN)

	if err := cloud.Kinesis.SetPolicy(localkinesis.OpenflowPolicyWithoutDeregister("orders")); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := typed(t, "remove", "orders", "-c", cloud.ConfigFile())
	if code != exitFindings || !strings.Contains(stdout, "aws kinesis deregister-stream-consumer --region us-east-1 --consumer-arn "+arn) || !strings.Contains(stdout, "kinesis:DeregisterStreamConsumer") {
		t.Errorf("without the right: exit %d\n%s%s", code, stdout, stderr)
	}
	if err := cloud.Kinesis.SetPolicy(localkinesis.OpenflowPolicy("orders")); err != nil {
		t.Fatal(err)
	}
	var report struct {
		Deregistered string
		Left         []struct{ What, Command string }
	}
	code, stdout, stderr = typed(t, "remove", "orders", "-o", "json", "-c", cloud.ConfigFile())
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || code != exitFine || report.Deregistered != arn {
		t.Fatalf("exit %d, %v\n%s%s", code, err, stdout, stderr)
	}
	if _, err := client.DescribeStreamConsumer(t.Context(), &kinesis.DescribeStreamConsumerInput{ConsumerARN: &arn}); err == nil {
		t.Error("the consumer is registered still")
	}
	if code, stdout, _ = typed(t, "remove", "orders", "-c", cloud.ConfigFile()); code != exitFine || strings.Contains(stdout, "deregistered") {
		t.Errorf("a second time: exit %d\n%s", code, stdout)
	}
	if code, _, stderr = typed(t, "remove", "clicks", "-c", cloud.ConfigFile()); code != exitUsage || !strings.Contains(stderr, `no connector "clicks"`) {
		t.Errorf("of a connector that is none: exit %d, %s", code, stderr)
	}
}

func TestRemoveTellsWhatIsLeftAndNeverWhileItRuns(t *testing.T) {
	t.Parallel()
	l := halfRead(t)
	l.verb(exitFine, "migrate", "--quiet", "1ms", "--drained")
	l.verb(exitFine, "run", "--until-caught-up")
	told := l.verb(exitFine, "remove", "orders")
	for _, want := range []string{
		"lease table " + l.table + ": the positions of 2 shards, 1 node", "aws dynamodb delete-table --region us-east-1 --table-name " + l.table,
		`up to 2 channels of pipe "RAW"."EVENTS"."ORDERS-STREAMING"`, `DROP TABLE "RAW"."EVENTS"."ORDERS";`, "rm -r ",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("remove does not say %s:\n%s", want, told)
		}
	}
	l.holdLease()
	if told := l.verb(exitFindings, "remove", "orders"); !strings.Contains(told, "still runs on node-7") {
		t.Errorf("remove says\n%s", told)
	}
}

// holdLease makes a row look like that of a node at work.
func (l *legacy) holdLease() {
	l.Helper()
	_, err := l.client().UpdateItem(l.Context(), &dynamodb.UpdateItemInput{
		TableName: &l.table, Key: map[string]types.AttributeValue{
			"streamName": &types.AttributeValueMemberS{Value: "orders"}, "shardId": &types.AttributeValueMemberS{Value: "shardId-000000000000"},
		},
		UpdateExpression: aws.String("SET leaseOwner = :o, leaseExpiry = :e"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":o": &types.AttributeValueMemberS{Value: "node-7/somebody"}, ":e": &types.AttributeValueMemberN{Value: "99999999999999"},
		},
	})
	if err != nil {
		l.Fatal(err)
	}
}
