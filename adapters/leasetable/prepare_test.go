package leasetable_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/messages"
)

func TestSeveralNodesPrepareOneTable(t *testing.T) {
	w := newWorld(t, localdynamo.Options{CreateDelay: 150 * time.Millisecond})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := w.open(application).Prepare(t.Context()); err != nil {
				t.Errorf("Prepare: %v", err)
			}
		})
	}
	all.Wait()
	if _, err := w.table.Rows(t.Context()); err != nil {
		t.Errorf("the table is not ready after Prepare: %v", err)
	}
}

func TestATableThatIsThereIsNotCreatedAgain(t *testing.T) {
	w := newWorld(t, localdynamo.Options{})
	w.must(w.table.Prepare(t.Context()))
	w.must(w.table.Prepare(t.Context()))
	if n := w.server.Faults().Calls("CreateTable"); n != 1 {
		t.Errorf("CreateTable was called %d times, want 1", n)
	}
}

func TestATableOfAnotherShapeIsRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		want string
	}{
		{"a Kinesis Client Library table", []string{"leaseKey"}, "has to be migrated"},
		{"a table with other keys", []string{"id", "at"}, "HASH id (S), RANGE at (S)"},
		{"the two keys the wrong way round", []string{"shardId", "streamName"}, "want HASH streamName (S), RANGE shardId (S)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, localdynamo.Options{})
			in := &dynamodb.CreateTableInput{TableName: aws.String(application), BillingMode: types.BillingModePayPerRequest}
			for i, k := range c.keys {
				kind := []types.KeyType{types.KeyTypeHash, types.KeyTypeRange}[i]
				in.KeySchema = append(in.KeySchema, types.KeySchemaElement{AttributeName: &k, KeyType: kind})
				in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: &k, AttributeType: "S"})
			}
			_, err := w.client().CreateTable(t.Context(), in)
			w.must(err)
			f := w.wantFault(w.table.Prepare(t.Context()), messages.Rejected, messages.ReasonMissing)
			if !strings.Contains(f.Error(), c.want) || !strings.Contains(f.Hint, "application name") {
				t.Errorf("fault %q with hint %q does not say %q and the way out", f, f.Hint, c.want)
			}
		})
	}
}

func TestAnImpossibleApplicationNameIsRefused(t *testing.T) {
	w := newWorld(t, localdynamo.Options{Policy: localdynamo.Policy{"*": {"CreateTable", "DescribeTable"}}})
	f := w.wantFault(w.open("quakes app!").Prepare(t.Context()), messages.Rejected, messages.ReasonMissing)
	if !strings.Contains(f.Hint, "3 to 255") {
		t.Errorf("hint %q does not say which names are allowed", f.Hint)
	}
}

func TestAMissingRightIsNamed(t *testing.T) {
	w := newWorld(t, localdynamo.Options{Policy: localdynamo.Policy{application: {"CreateTable", "DescribeTable"}}})
	w.must(w.table.Prepare(t.Context()))
	_, err := w.table.Rows(t.Context())
	f := w.wantFault(err, messages.Rejected, messages.ReasonDenied)
	if f.Stop != messages.AccessDenied || !strings.Contains(f.Hint, "dynamodb:Query on table/"+application) {
		t.Errorf("stop %s, hint %q: want ACCESS_DENIED naming dynamodb:Query and the table", f.Stop, f.Hint)
	}
}

func TestBadCredentialsAreRefused(t *testing.T) {
	w := prepared(t)
	w.server.Faults().Set("", fault.Always(fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "UnrecognizedClientException", Message: "The security token included in the request is invalid."}}))
	_, err := w.table.Stream(t.Context())
	if f := w.wantFault(err, messages.Rejected, messages.ReasonDenied); f.Stop != messages.AccessDenied {
		t.Errorf("stop %s, want ACCESS_DENIED", f.Stop)
	}
}

func TestAMissingTableIsTargetMissing(t *testing.T) {
	w := newWorld(t, localdynamo.Options{})
	_, err := w.table.Stream(t.Context())
	if f := w.wantFault(err, messages.Rejected, messages.ReasonMissing); f.Stop != messages.TargetMissing {
		t.Errorf("stop %s, want TARGET_MISSING", f.Stop)
	}
}

func TestATableThatIsBeingCreatedIsWaitedFor(t *testing.T) {
	w := newWorld(t, localdynamo.Options{CreateDelay: time.Hour})
	_, err := w.client().CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String(application), BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("streamName"), KeyType: "HASH"}, {AttributeName: aws.String("shardId"), KeyType: "RANGE"}},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("streamName"), AttributeType: "S"}, {AttributeName: aws.String("shardId"), AttributeType: "S"}},
	})
	w.must(err)
	_, err = w.table.Stream(t.Context())
	w.wantFault(err, messages.Transient, messages.ReasonMissing)
}

func TestAThrottleIsTransientAndHadNoEffect(t *testing.T) {
	w := prepared(t)
	w.server.Faults().Set("Query", fault.Always(fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "ProvisionedThroughputExceededException", Message: "slow down"}}))
	_, err := w.table.Rows(t.Context())
	if f := w.wantFault(err, messages.Transient, messages.ReasonThrottled); !f.Complete {
		t.Error("a throttled request counts as one of unknown outcome")
	}
}

func TestAnAnswerThatNeverCameHasAnUnknownOutcome(t *testing.T) {
	w := prepared(t)
	w.server.Faults().Set("UpdateItem", fault.Always(fault.Effect{LoseBefore: true}))
	_, err := w.table.Claim(t.Context(), w.row(shard), me, lease)
	if f := w.wantFault(err, messages.Transient, messages.ReasonUnavailable); f.Complete {
		t.Error("a request without an answer counts as answered in full")
	}
}
