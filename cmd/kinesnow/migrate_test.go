package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/producer"
)

// legacy is a local cloud whose stream a KCL has read half of.
type legacy struct {
	*testing.T
	cloud *localcloud.Cloud
	table string
	want  []string // rows that are still to come: n, in order
}

// anyPort is for connectors that run at once, beside those of other packages.
var anyPort = localcloud.Tuning{HTTPListen: "127.0.0.1:0"}

const lastKey = "340282366920938463463374607431768211455"

// halfRead puts plain records into both shards, and an aggregate of ten into the
// first, in the middle of which the KCL stopped. Of the second it had read
// nothing.
func halfRead(t *testing.T) *legacy {
	t.Helper()
	cloud, err := localcloud.Start(localcloud.Options{
		Streams: []localcloud.Stream{{Name: "orders", Shards: 2}}, Tables: []string{"ORDERS"}, CommitDelay: -1, Dir: t.TempDir(), Tuning: anyPort,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cloud.Close() })
	l := &legacy{T: t, cloud: cloud, table: localcloud.LeaseTable("orders")}
	n := 0
	next := func() string { n++; return fmt.Sprintf(`{"n":%d}`, n) }
	put := func(hash string, data string) localkinesis.Put {
		puts, err := cloud.Kinesis.PutRecords("orders", []localkinesis.Record{{PartitionKey: "k", ExplicitHashKey: hash, Data: []byte(data)}})
		if err != nil {
			t.Fatal(err)
		}
		return puts[0]
	}
	for range 5 {
		put("0", next())
	}
	var packed []producer.User
	for range 10 {
		packed = append(packed, producer.User{Key: "k", Data: []byte(next())})
	}
	stopped := put("0", string(producer.Aggregate(packed...)))
	for i := n - 4; i <= n; i++ { // sub-sequence numbers 5 to 9
		l.want = append(l.want, fmt.Sprint(i))
	}
	for range 5 {
		l.want = append(l.want, fmt.Sprint(n+1))
		put("0", next())
	}
	for range 7 {
		l.want = append(l.want, fmt.Sprint(n+1))
		put(lastKey, next())
	}
	l.lease("shardId-000000000000", stopped.SequenceNumber, "4")
	l.lease("shardId-000000000001", "TRIM_HORIZON", "0")
	return l
}

func (l *legacy) client() *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(l.cloud.Dynamo.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})
}

func (l *legacy) lease(shard, checkpoint, sub string) {
	l.Helper()
	if l.cloud.Dynamo.Items(l.table) == nil {
		_, err := l.client().CreateTable(l.Context(), &dynamodb.CreateTableInput{
			TableName: &l.table, BillingMode: types.BillingModePayPerRequest,
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("leaseKey"), KeyType: types.KeyTypeHash}},
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("leaseKey"), AttributeType: types.ScalarAttributeTypeS}},
		})
		if err != nil {
			l.Fatal(err)
		}
	}
	_, err := l.client().PutItem(l.Context(), &dynamodb.PutItemInput{TableName: &l.table, Item: map[string]types.AttributeValue{
		"leaseKey": &types.AttributeValueMemberS{Value: shard}, "leaseOwner": &types.AttributeValueMemberS{Value: "worker-1"},
		"leaseCounter": &types.AttributeValueMemberN{Value: "41"}, "checkpoint": &types.AttributeValueMemberS{Value: checkpoint},
		"checkpointSubSequenceNumber": &types.AttributeValueMemberN{Value: sub},
	}})
	if err != nil {
		l.Fatal(err)
	}
}

// verb types a command line for this cloud.
func (l *legacy) verb(want int, args ...string) string {
	l.Helper()
	code, stdout, stderr := typed(l.T, append(args, "-c", l.cloud.ConfigFile())...)
	if code != want {
		l.Fatalf("%v exits with %d, want %d\n%s%s", args, code, want, stdout, stderr)
	}
	return stdout + stderr
}

func TestAConnectorGoesOnWhereAKCLStopped(t *testing.T) {
	t.Parallel()
	l := halfRead(t)
	if told := l.verb(exitUnreachable, "run", "--until-caught-up"); !strings.Contains(told, "kinesnow migrate --plan") {
		t.Errorf("run on a KCL's table says\n%s", told)
	}
	var plan struct {
		Table, Next string
		Rows        []struct{ Shard, Starts string }
	}
	if err := json.Unmarshal([]byte(l.verb(exitFine, "migrate", "--plan", "--quiet", "1ms", "-o", "json")), &plan); err != nil {
		t.Fatal(err)
	}
	if plan.Table != "kcl" || plan.Next != "copy" || len(plan.Rows) != 2 || !strings.HasSuffix(plan.Rows[0].Starts, "/4") || plan.Rows[1].Starts != "TRIM_HORIZON" {
		t.Errorf("plan %+v", plan)
	}
	if told := l.verb(exitFine, "migrate", "--quiet", "1ms"); !strings.Contains(told, "migrated: 2 rows taken over") || !strings.Contains(told, "ADOPTED_UNDRAINED") {
		t.Errorf("migrate says\n%s", told)
	}
	kept, err := filepath.Glob(filepath.Join(filepath.Dir(l.cloud.ConfigFile()), "*", "migration", "*.json"))
	if err != nil || len(kept) != 1 {
		t.Errorf("the KCL's items are kept in %v, %v", kept, err)
	} else if text, err := os.ReadFile(kept[0]); err != nil || !strings.Contains(string(text), `"N": "41"`) {
		t.Errorf("the export is %s, %v", text, err)
	}
	if told := l.verb(exitFindings, "run", "--until-caught-up"); !strings.Contains(told, "ADOPTED_UNDRAINED") {
		t.Errorf("run without anybody's word says\n%s", told)
	}
	if told := l.verb(exitFine, "migrate", "--drained", "--quiet", "1ms"); !strings.Contains(told, "the table is used as it is") {
		t.Errorf("migrate --drained says\n%s", told)
	}
	l.verb(exitFine, "run", "--until-caught-up")
	l.rows(l.want)
	l.verb(exitFine, "run", "--until-caught-up") // and does it no second time
	l.rows(l.want)
}

// rows holds the table's rows against those that were to come.
func (l *legacy) rows(want []string) {
	l.Helper()
	told := l.verb(exitFine, "sql", "-o", "csv", "SELECT N FROM ORDERS ORDER BY N")
	got := strings.Fields(told)[1:]
	if !slices.Equal(got, want) {
		l.Errorf("the table has %v, want %v", got, want)
	}
}

func TestAMigrationThatMayNotBeExitsWith77(t *testing.T) {
	t.Parallel()
	l := halfRead(t)
	if err := l.cloud.Dynamo.SetPolicy(localdynamo.OpenflowPolicyWithoutDeleteTable(l.table)); err != nil {
		t.Fatal(err)
	}
	if told := l.verb(exitRefused, "migrate", "--quiet", "1ms"); !strings.Contains(told, "aws dynamodb delete-table --table-name "+l.table) {
		t.Errorf("migrate says\n%s", told)
	}
	if err := l.cloud.Dynamo.SetPolicy(localdynamo.OpenflowPolicyWithoutMigration(l.table)); err != nil {
		t.Fatal(err)
	}
	if told := l.verb(exitFindings, "migrate", "--quiet", "1ms"); !strings.Contains(told, "this role may not use table "+l.table+"_migration") {
		t.Errorf("migrate says\n%s", told)
	}
	if err := l.cloud.Dynamo.SetPolicy(localdynamo.OpenflowPolicy(l.table)); err != nil {
		t.Fatal(err)
	}
	l.lease("shardId-000000000007", "LATEST", "0")
	if told := l.verb(exitFindings, "migrate", "--plan", "--quiet", "1ms"); !strings.Contains(told, "--latest-as") {
		t.Errorf("migrate says\n%s", told)
	}
	l.verb(exitFine, "migrate", "--quiet", "1ms", "--latest-as", "now", "--drained")
	l.verb(exitUsage, "migrate", "--latest-as", "tomorrow")
}
