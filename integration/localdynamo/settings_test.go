package localdynamo_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

func TestATableChangesItsBillingAndIsUpdatingMeanwhile(t *testing.T) {
	var c clock
	w := newWorld(t, localdynamo.Options{Now: c.now, UpdateDelay: 3 * time.Second}).withLeases()
	update := func(in dynamodb.UpdateTableInput) error {
		in.TableName = aws.String(leases)
		_, err := w.db.UpdateTable(t.Context(), &in)
		return err
	}
	five := &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(5), WriteCapacityUnits: aws.Int64(5)}
	if err := update(dynamodb.UpdateTableInput{BillingMode: types.BillingModeProvisioned, ProvisionedThroughput: five}); err != nil {
		t.Fatal(err)
	}
	out, err := w.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(leases)})
	if err != nil || out.Table.TableStatus != types.TableStatusUpdating {
		t.Fatalf("%+v %v", out, err)
	}
	w.put("shard-0", nil) // an UPDATING table is read and written
	if err := update(dynamodb.UpdateTableInput{BillingMode: types.BillingModePayPerRequest}); code(err) != "ResourceInUseException" {
		t.Errorf("a change while UPDATING: %v", err)
	}
	if _, err := w.db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String(leases)}); code(err) != "ResourceInUseException" {
		t.Errorf("a deletion while UPDATING: %v", err)
	}
	c.advance(3 * time.Second)
	out, err = w.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(leases)})
	if err != nil || out.Table.TableStatus != types.TableStatusActive || *out.Table.ProvisionedThroughput.ReadCapacityUnits != 5 || out.Table.BillingModeSummary.BillingMode != types.BillingModeProvisioned {
		t.Errorf("%+v %v", out.Table, err)
	}
	if err := update(dynamodb.UpdateTableInput{ProvisionedThroughput: five}); code(err) != "ValidationException" {
		t.Errorf("no change at all: %v", err)
	}
}

func TestOnlyOneIndexIsCreatedOrDeletedAtATime(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	remove := func(name string) types.GlobalSecondaryIndexUpdate {
		return types.GlobalSecondaryIndexUpdate{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: &name}}
	}
	_, err := w.db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: aws.String(leases), GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{remove("one"), remove("two")}})
	if code(err) != "LimitExceededException" || message(err) != "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table" {
		t.Errorf("two at once: %v", err)
	}
	_, err = w.db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: aws.String(leases), GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{remove("one")}})
	if code(err) != "ResourceNotFoundException" {
		t.Errorf("an index that is not there: %v", err)
	}
}

func TestAProtectedTableIsDeletedOnlyOnceItIsNot(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	protect := func(on bool) {
		if _, err := w.db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: aws.String(leases), DeletionProtectionEnabled: &on}); err != nil {
			t.Fatal(err)
		}
	}
	protect(true)
	_, err := w.db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String(leases)})
	if code(err) != "ValidationException" || message(err) != "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first." {
		t.Errorf("%v", err)
	}
	protect(false)
	w.drop(leases)
}

func TestPointInTimeRecoveryIsSwitched(t *testing.T) {
	var c clock
	w := newWorld(t, localdynamo.Options{Now: c.now, CreateDelay: time.Second}).withLeases()
	in := &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String(leases), PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}}
	if _, err := w.db.UpdateContinuousBackups(t.Context(), in); code(err) != "ContinuousBackupsUnavailableException" {
		t.Errorf("while CREATING: %v", err)
	}
	c.advance(time.Second)
	if _, err := w.db.UpdateContinuousBackups(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	out, err := w.db.DescribeContinuousBackups(t.Context(), &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String(leases)})
	if err != nil {
		t.Fatal(err)
	}
	got := out.ContinuousBackupsDescription
	if r := got.PointInTimeRecoveryDescription; got.ContinuousBackupsStatus != "ENABLED" || r.PointInTimeRecoveryStatus != "ENABLED" || *r.RecoveryPeriodInDays != 35 || !r.EarliestRestorableDateTime.Equal(c.now()) {
		t.Errorf("%+v", r)
	}
	if _, err := w.db.DescribeContinuousBackups(t.Context(), &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String("nowhere")}); code(err) != "TableNotFoundException" {
		t.Errorf("a table that is not there: %v", err)
	}
}

func TestTagsAreSetListedAndTakenOff(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	arn := aws.String("arn:aws:dynamodb:us-east-1:000000000000:table/" + leases)
	var tags []types.Tag
	for _, k := range "abcdefghijkl" {
		tags = append(tags, types.Tag{Key: aws.String(string(k)), Value: aws.String("v")})
	}
	if _, err := w.db.TagResource(t.Context(), &dynamodb.TagResourceInput{ResourceArn: arn, Tags: tags}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.UntagResource(t.Context(), &dynamodb.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"a", "zz"}}); err != nil {
		t.Fatal(err)
	}
	first, err := w.db.ListTagsOfResource(t.Context(), &dynamodb.ListTagsOfResourceInput{ResourceArn: arn})
	if err != nil || len(first.Tags) != 10 || first.NextToken == nil {
		t.Fatalf("%+v %v", first, err)
	}
	second, err := w.db.ListTagsOfResource(t.Context(), &dynamodb.ListTagsOfResourceInput{ResourceArn: arn, NextToken: first.NextToken})
	if err != nil || len(second.Tags) != 1 || *second.Tags[0].Key != "l" || second.NextToken != nil {
		t.Errorf("%+v %v", second, err)
	}
	for wrong, want := range map[string]string{"x": "ValidationException", "arn:aws:s3:::x": "ValidationException", *arn + "x": "ResourceNotFoundException"} {
		if _, err := w.db.ListTagsOfResource(t.Context(), &dynamodb.ListTagsOfResourceInput{ResourceArn: &wrong}); code(err) != want {
			t.Errorf("%s: %v, want %s", wrong, err, want)
		}
	}
}

func TestTimeToLiveIsSwitchedForOneAttribute(t *testing.T) {
	w := newWorld(t, localdynamo.Options{}).withLeases()
	set := func(attribute string, on bool) string {
		_, err := w.db.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{TableName: aws.String(leases), TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &attribute, Enabled: &on}})
		return message(err)
	}
	for _, c := range []struct {
		attribute string
		on        bool
		want      string
	}{
		{"expires", false, "TimeToLive is already disabled"}, {"expires", true, ""}, {"expires", true, "TimeToLive is already enabled"},
		{"other", true, "TimeToLive is active on a different AttributeName: current AttributeName is expires"}, {"expires", false, ""},
	} {
		if got := set(c.attribute, c.on); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.attribute, c.on, got, c.want)
		}
	}
}
