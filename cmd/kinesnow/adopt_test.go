package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// TestAConnectorGoesOnWhereOpenflowStoppedAndBack: the table is used as it is,
// behind the other product's checkpoint, and left so that it can go on from ours.
func TestAConnectorGoesOnWhereOpenflowStoppedAndBack(t *testing.T) {
	t.Parallel()
	cloud, err := localcloud.Start(localcloud.Options{Streams: []localcloud.Stream{{Name: "orders", Shards: 1}}, CommitDelay: -1, Dir: t.TempDir(), Tuning: anyPort})
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	l := &legacy{T: t, cloud: cloud, table: localcloud.LeaseTable("orders")}
	var puts []localkinesis.Put
	for i := range 10 {
		put, err := cloud.Kinesis.PutRecords("orders", []localkinesis.Record{{PartitionKey: "a", Data: []byte(fmt.Sprintf(`{"n":%d}`, i))}})
		if err != nil {
			t.Fatal(err)
		}
		puts = append(puts, put...)
	}
	l.siblingRow("shardId-000000000000", puts[5].SequenceNumber)

	if told := l.verb(exitFindings, "run", "--until-caught-up"); !strings.Contains(told, "ADOPTED_UNDRAINED") {
		t.Errorf("run without anybody's word says\n%s", told)
	}
	if told := l.verb(exitFine, "migrate", "--drained", "--quiet", "1ms"); !strings.Contains(told, "1 shards were worked on by another product") {
		t.Errorf("migrate --drained says\n%s", told)
	}
	l.verb(exitFine, "run", "--until-caught-up")
	l.rows([]string{"6", "7", "8", "9"})

	row := cloud.Dynamo.Item(l.table, "orders", "shardId-000000000000")
	if row["sequenceNumber"] != puts[9].SequenceNumber || row["leaseOwner"] != nil || row["leaseExpiry"] != nil {
		t.Errorf("the other product finds %v, want to go on after %s without an owner", row, puts[9].SequenceNumber)
	}
	if report := l.verb(exitFine, "migrate", "--plan", "--quiet", "1ms"); !strings.Contains(report, "kinesnow's own") {
		t.Errorf("migrate --plan says\n%s", report)
	}

	// And once more: what was said of the first time does not count for this one.
	for i := range 4 {
		put, err := cloud.Kinesis.PutRecords("orders", []localkinesis.Record{{PartitionKey: "a", Data: []byte(fmt.Sprintf(`{"n":%d}`, 10+i))}})
		if err != nil {
			t.Fatal(err)
		}
		puts = append(puts, put...)
	}
	l.siblingMoves("shardId-000000000000", puts[11].SequenceNumber)
	if told := l.verb(exitFindings, "run", "--until-caught-up"); !strings.Contains(told, "ADOPTED_UNDRAINED") {
		t.Errorf("run after a second time without anybody's word says\n%s", told)
	}
	l.verb(exitFine, "migrate", "--drained", "--quiet", "1ms")
	l.verb(exitFine, "run", "--until-caught-up")
	l.rows([]string{"6", "7", "8", "9", "12", "13"})
}

// siblingMoves is a checkpoint of Openflow and NiFi, which leave what they do not
// know as it is.
func (l *legacy) siblingMoves(shard, sequence string) {
	l.Helper()
	_, err := l.client().UpdateItem(l.Context(), &dynamodb.UpdateItemInput{
		TableName: &l.table, Key: map[string]types.AttributeValue{
			"streamName": &types.AttributeValueMemberS{Value: "orders"}, "shardId": &types.AttributeValueMemberS{Value: shard},
		},
		UpdateExpression:          aws.String("SET sequenceNumber = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: sequence}},
	})
	if err != nil {
		l.Fatal(err)
	}
}

// siblingRow makes the table and a row as Openflow and NiFi do.
func (l *legacy) siblingRow(shard, sequence string) {
	l.Helper()
	in := &dynamodb.CreateTableInput{TableName: &l.table, BillingMode: types.BillingModePayPerRequest}
	for name, kind := range map[string]types.KeyType{"streamName": types.KeyTypeHash, "shardId": types.KeyTypeRange} {
		in.KeySchema = append(in.KeySchema, types.KeySchemaElement{AttributeName: aws.String(name), KeyType: kind})
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS})
	}
	if in.KeySchema[0].KeyType == types.KeyTypeRange {
		in.KeySchema[0], in.KeySchema[1] = in.KeySchema[1], in.KeySchema[0]
	}
	if _, err := l.client().CreateTable(l.Context(), in); err != nil {
		l.Fatal(err)
	}
	_, err := l.client().PutItem(l.Context(), &dynamodb.PutItemInput{TableName: &l.table, Item: map[string]types.AttributeValue{
		"streamName": &types.AttributeValueMemberS{Value: "orders"}, "shardId": &types.AttributeValueMemberS{Value: shard},
		"sequenceNumber": &types.AttributeValueMemberS{Value: sequence}, "lastUpdateTimestamp": &types.AttributeValueMemberN{Value: "1"},
	}})
	if err != nil {
		l.Fatal(err)
	}
}
