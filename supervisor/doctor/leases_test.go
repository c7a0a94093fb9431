package doctor_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/doctor"
	"github.com/kinesnow/kinesnow/supervisor/process"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

// runs lets the connector run beside a test, once every shard flows and is good.
func (p *patient) runs(good ...func(*messages.ShardState) bool) (stop func()) {
	p.Helper()
	file, err := supervisor.Load(p.cloud.ConfigFile(), nil)
	if err != nil {
		p.Fatal(err)
	}
	file.DataDir = p.host.DataDir
	job, err := process.New(file, process.Options{Stderr: io.Discard})
	if err != nil {
		p.Fatal(err)
	}
	ctx, cancel := context.WithCancel(p.Context())
	ended := make(chan int, 1)
	go func() { ended <- job.Run(ctx) }()
	stop = func() { cancel(); <-ended }
	p.Cleanup(cancel)
	<-job.Started()
	for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		s, err := control.Inspect(p.Context(), job.Info().Socket)
		if err == nil && len(s.Connectors) == 1 && flowing(s.Connectors[0], good) {
			return stop
		}
		if time.Now().After(deadline) {
			p.Fatal("the connector does not flow")
		}
	}
}

func flowing(s *messages.State, good []func(*messages.ShardState) bool) bool {
	for i := range s.Shards {
		if s.Shards[i].Phase != messages.PhaseFlowing {
			return false
		}
		for _, is := range good {
			if !is(&s.Shards[i]) {
				return false
			}
		}
	}
	return len(s.Shards) == 2
}

// TestTheDoctorDisturbsNoRunningConnector examines beside one that reads by
// enhanced fan-out: no generation ends, no subscription, no channel is opened.
func TestTheDoctorDisturbsNoRunningConnector(t *testing.T) {
	p := newPatient(t, localcloud.Options{Tuning: localcloud.Tuning{FanOut: true, HTTPListen: "127.0.0.1:0", Linger: 10 * time.Millisecond}})
	stop := p.runs(func(s *messages.ShardState) bool { return s.CaughtUp }) // a shard flows before its subscription has told anything
	defer stop()
	sequencers := func() (all []int64) {
		for _, c := range p.cloud.Snowflake.Channels() {
			all = append(all, int64(c.ClientSequencer))
		}
		return all
	}
	opened := sequencers()
	subscribed := func() int64 { return p.cloud.Kinesis.Faults().Calls("SubscribeToShard") }
	before := subscribed()
	r, times := p.run()
	p.complains(r)
	p.exits(r, 0)
	for _, part := range []string{"2 channels healthy", "runs here as node-0", "node slots: node-0", "kinesis:DescribeStreamConsumer, SubscribeToShard on stream/orders/consumer/", "RegisterStreamConsumer on stream/orders"} {
		if !strings.Contains(strings.Join(strings.Fields(text(t, r)), " "), part) {
			t.Errorf("the report does not say %q\n%s", part, text(t, r))
		}
	}
	if now := sequencers(); len(now) != 2 || now[0] != opened[0] || now[1] != opened[1] {
		t.Errorf("channels were opened: sequencers %v, before %v", now, opened)
	}
	if n := subscribed() - before; n != times {
		t.Errorf("%d calls of SubscribeToShard, want the doctor's alone, %d", n, times)
	}
}

// TestWhatWasDecidedAtTheFirstStartIsSaid edits the configuration of a connector
// that has run.
func TestWhatWasDecidedAtTheFirstStartIsSaid(t *testing.T) {
	p := newPatient(t, localcloud.Options{Tuning: localcloud.Tuning{HTTPListen: "127.0.0.1:0", Linger: 10 * time.Millisecond}})
	p.runs()()
	p.healthy()

	p.cfg.Kinesis.InitialPosition = config.InitialPosition{Kind: config.Latest}
	r := p.examine()
	p.complains(r, warned(doctor.Settings, "initial_position LATEST is ignored: kinesnow-orders started at TRIM_HORIZON"))
	p.exits(r, 2)
	if says := strings.Join(strings.Fields(text(t, r)), " "); !strings.Contains(says, "use a new application name with a data_dir of its own") {
		t.Errorf("the way out leaves the ledger of the old application in the new one's place:\n%s", says)
	}
	p.cfg.Kinesis.InitialPosition = config.InitialPosition{Kind: config.TrimHorizon}

	application := p.cfg.Application
	p.cfg.Application = "renamed"
	p.complains(p.examine(), warned(doctor.Channels, "the table has channels of application kinesnow-orders"))
	p.cfg.Application = application

	if err := p.cloud.Kinesis.DeleteStream("orders"); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now().Unix(); time.Now().Unix() == begin; time.Sleep(10 * time.Millisecond) {
		continue // who a stream is goes by the second
	}
	if err := p.cloud.Kinesis.CreateStream("orders", 2); err != nil {
		t.Fatal(err)
	}
	p.complains(p.examine(), missing(doctor.Leases, "STREAM_RECREATED"))
}

func TestALeaseTableOfAnotherKindIsNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	for key, want := range map[string]complaint{
		"leaseKey": missing(doctor.Leases, "is a Kinesis Client Library's"),
		"id":       missing(doctor.Leases, "it is no lease table"),
	} {
		p.makeTable(key)
		p.cfg.Application = "table-" + key
		r := p.examine()
		p.complains(r, want)
		p.exits(r, 2)
	}
}

// TestRowsOfOthersAreNamed: another product's, and a newer version's.
func TestRowsOfOthersAreNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.makeLeaseTable()
	p.putRow("shardId-000000000000", map[string]types.AttributeValue{
		"leaseOwner": &types.AttributeValueMemberS{Value: "another"}, "sequenceNumber": &types.AttributeValueMemberS{Value: "4962"},
	})
	r := p.examine()
	p.complains(r, warned(doctor.Leases, "1 row is another product's, and no position of ours is in them: shards stop with ADOPTED_UNDRAINED"))
	p.exits(r, 2)

	p.putRow("__stream__", map[string]types.AttributeValue{"schemaVersion": &types.AttributeValueMemberN{Value: "99"}})
	r = p.examine()
	p.complains(r, missing(doctor.Leases, "the stream is kept in schema version 99, and this program knows up to %d", messages.SchemaVersion))
	p.exits(r, 2)
}

// TestMoreShardsThanChannelsAreCounted makes a stream that no pipe can take.
func TestMoreShardsThanChannelsAreCounted(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	if err := p.cloud.Kinesis.CreateStream("wide", messages.MaxChannels+1); err != nil {
		t.Fatal(err)
	}
	p.cfg.Kinesis.Stream = "wide"
	r := p.examine()
	p.complains(r, missing(doctor.Channels, "1801 shards want a channel each"))
	p.exits(r, 69)
}

// TestTheWidthOfSequenceNumbersIsThatOfTheRows asks a row that is there.
func TestTheWidthOfSequenceNumbersIsThatOfTheRows(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.as("SYSADMIN", `CREATE WAREHOUSE WH`)
	p.cfg.Snowflake.Warehouse = "wh" // a sign-in folds it
	r := p.examine()
	p.complains(r, warned(doctor.Snowflake, "USAGE on warehouse WH"))
	p.heal(r)
	p.healthy()
	p.as(localcloud.Role, `INSERT INTO RAW.EVENTS.ORDERS (KINESISMETADATA) SELECT OBJECT_CONSTRUCT('stream', 'orders', 'sequenceNumber', '495', 'subSequenceNumber', 0, 'shardedSequenceNumber', '49500000000000000000000')`)
	p.complains(p.examine(), warned(doctor.Target, "with 20 digits behind the sequence number, and payload.sharded_sequence_width is 5"))
	p.cfg.Payload.ShardedSequenceWidth = 20
	p.healthy()
}

// makeTable makes a DynamoDB table with another key.
func (p *patient) dynamo() *dynamodb.Client {
	return dynamodb.NewFromConfig(access.AWS(p.cfg.AWS), func(o *dynamodb.Options) { o.BaseEndpoint = aws.String(p.cloud.Dynamo.URL()) })
}

// putRow writes a row of the lease table.
func (p *patient) putRow(shard string, attributes map[string]types.AttributeValue) {
	p.Helper()
	attributes["streamName"], attributes["shardId"] = &types.AttributeValueMemberS{Value: "orders"}, &types.AttributeValueMemberS{Value: shard}
	if _, err := p.dynamo().PutItem(p.Context(), &dynamodb.PutItemInput{TableName: &p.cfg.Application, Item: attributes}); err != nil {
		p.Fatal(err)
	}
}

func (p *patient) makeTable(key string) {
	p.Helper()
	_, err := p.dynamo().CreateTable(p.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("table-" + key), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: &key, AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: &key, KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		p.Fatal(err)
	}
}
