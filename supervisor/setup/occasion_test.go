package setup_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/migrate"
	"github.com/kinesnow/kinesnow/supervisor/removal"
	"github.com/kinesnow/kinesnow/supervisor/setup"
)

func TestAMigrationRunsUnderItsPolicy(t *testing.T) {
	a := newAccount(t, config.SharedThroughput)
	table := a.cfg().Application
	client := dynamodb.New(dynamodb.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(a.cloud.Dynamo.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})
	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &table, BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("leaseKey"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("leaseKey"), AttributeType: types.ScalarAttributeTypeS}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{
		"leaseKey": &types.AttributeValueMemberS{Value: "shardId-000000000000"}, "checkpoint": &types.AttributeValueMemberS{Value: "TRIM_HORIZON"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	a.allow(setup.IAM(a.cfg(), "", setup.Migration), "")
	m := migrate.New("orders", a.cfg(), supervisor.Host{DataDir: t.TempDir()})
	m.Quiet = time.Millisecond
	if report, err := m.Run(t.Context(), migrate.Answers{Drained: true}); err != nil || !report.Migrated || !report.Drained || len(report.Left) > 0 {
		t.Fatalf("%v, %+v", err, report)
	}
	// What comes after needs no more than running does, without CreateTable.
	a.allow(setup.IAM(a.cfg(), "", setup.ExistingTable), "")
	if report, err := m.Run(t.Context(), migrate.Answers{}); err != nil || report.Migrated {
		t.Errorf("a second time: %v, %+v", err, report)
	}
}

func TestRemovalRunsUnderItsPolicy(t *testing.T) {
	a := newAccount(t, config.SharedThroughput)
	a.allow(setup.IAM(a.cfg(), "", setup.Removal), "")
	if report, err := removal.New("orders", a.cfg(), supervisor.Host{}).Run(t.Context(), time.Now()); err != nil || report.ExitCode() != 0 {
		t.Errorf("%v, %+v", err, report)
	}
	a.allow(setup.IAM(a.cfg(), ""), "")
	report, err := removal.New("orders", a.cfg(), supervisor.Host{}).Run(t.Context(), time.Now())
	if err != nil || report.ExitCode() != 2 || len(report.Left) == 0 || report.Left[0].Command == "" {
		t.Errorf("without the right: %v, %+v", err, report)
	}
}
