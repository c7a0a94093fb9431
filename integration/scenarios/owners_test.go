package scenarios

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// TestAChannelThatSomebodyElseKeepsOpeningStopsItsShard fences five generations
// in a row (P19).
func TestAChannelThatSomebodyElseKeepsOpeningStopsItsShard(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	w.putOn(0, 3)
	c.untilCaughtUp(3)
	w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, fault.Times(5, fault.Always(refusal(400, localsnowflake.CodeStale))))
	w.putOn(0, 3)
	stopped := c.untilParked(0, messages.OtherWriter)
	if stopped.Ends[messages.ReasonStale] != 4 || stopped.Ends[messages.ReasonStopped] != 1 {
		t.Errorf("generations ended %v", stopped.Ends)
	}
	c.accepts(0, messages.OtherWriter, "token")
	c.untilCaughtUp(6)
	w.expect("", between(0, 6)...)
}

// TestALeaseRowThatAnotherProductMovedIsAdoptedOnlyWhenSomebodySaysSo edits
// the row as Openflow's connector would (P7, P24).
func TestALeaseRowThatAnotherProductMovedIsAdoptedOnlyWhenSomebodySaysSo(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	w.putOn(0, 3)
	c.untilCaughtUp(3)
	c.clean()
	theirs := w.putOn(0, 3) // which the other product has moved
	table := dynamodb.New(dynamodb.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(w.Dynamo.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})
	if _, err := table.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String(localcloud.LeaseTable("orders")),
		Key: map[string]types.AttributeValue{
			"streamName": &types.AttributeValueMemberS{Value: "orders"}, "shardId": &types.AttributeValueMemberS{Value: string(shardID(0))},
		},
		UpdateExpression:          aws.String("SET sequenceNumber = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: string(theirs[2].Seq)}},
	}); err != nil {
		t.Fatal(err)
	}
	w.putOn(0, 3)

	c = w.connect()
	if stopped := c.untilParked(0, messages.AdoptedUndrained); !strings.Contains(stopped.Error, string(theirs[2].Seq)) {
		t.Errorf("stopped with %q", stopped.Error)
	}
	c.refuses(0, theirs[0].String()+"x", "want SEQUENCE or SEQUENCE/SUB")
	c.accepts(0, messages.AdoptedUndrained, "checkpoint")
	c.untilCaughtUp(3)
	w.expect("", 0, 1, 2, 6, 7, 8)
}

func TestAPipeWithoutRoomForAChannelEndsTheProcessWith69(t *testing.T) {
	w := newWorld(t, 1)
	w.Snowflake.Faults().Set(localsnowflake.ActionOpenChannel, fault.Always(refusal(400, "5")))
	r := w.run(process.Options{})
	r.ends(69)
	if told := r.log.with("nothing is left to do: everything of this connector is stopped"); len(told) != 1 || told[0]["code"] != string(messages.ChannelLimit) {
		t.Errorf("the last word was %v", told)
	}
}

// recreate deletes the stream and creates it again under its name.
func (w *world) recreate(clock *clock) {
	w.t.Helper()
	if err := w.Kinesis.DeleteStream("orders"); err != nil {
		w.t.Fatal(err)
	}
	clock.advance(5 * time.Second) // creation times are told in whole seconds
	if err := w.Kinesis.CreateStream("orders", w.shards); err != nil {
		w.t.Fatal(err)
	}
}

// TestAStreamThatWasCreatedAnewIsNotTakenForTheOldOne: its positions would mean
// nothing.
func TestAStreamThatWasCreatedAnewIsNotTakenForTheOldOne(t *testing.T) {
	w, clock := newClockedWorld(t, 1)
	w.putOn(0, 3)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	w.recreate(clock)
	w.putOn(0, 3)
	r := w.run(process.Options{})
	r.ends(process.ExitFindings)
	if told := r.log.with("nothing is left to do: everything of this connector is stopped"); len(told) != 1 || told[0]["code"] != string(messages.StreamRecreated) {
		t.Errorf("the last word was %v", told)
	}
	w.expect("", 0, 1, 2)

	c := w.connect(func(p *plan) { p.Kinesis.OnStreamRecreated = config.ResetOnStreamRecreated })
	c.untilCaughtUp(3)
	w.expect("", between(0, 6)...)
}
