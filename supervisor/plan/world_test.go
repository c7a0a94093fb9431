package plan_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/plan"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// world is a local cloud with one stream of two shards into one table, and a
// connector that never ran.
type world struct {
	*testing.T
	cloud   *localcloud.Cloud
	file    supervisor.File
	name    string
	kinesis *kinesis.Client
	preview plan.Preview
}

func newWorld(t *testing.T, change func(*supervisor.Config)) *world {
	t.Helper()
	t.Parallel()
	w := startWorld(t, localcloud.Clocks{})
	w.change(change)
	w.put(`{"N":1}`)
	return w
}

func startWorld(t *testing.T, clocks localcloud.Clocks) *world {
	t.Helper()
	cloud, err := localcloud.Start(localcloud.Options{
		Streams: []localcloud.Stream{{Name: "orders", Shards: 2}}, CommitDelay: -1, Clocks: clocks,
		Tuning: localcloud.Tuning{HTTPListen: "127.0.0.1:0", Linger: time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cloud.Close() })
	file, err := supervisor.Load(cloud.ConfigFile(), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, cloud: cloud, file: file, name: file.Names()[0], kinesis: kinesis.New(kinesis.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(cloud.Kinesis.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})}
	w.file.DataDir = ""
	return w
}

func (w *world) cfg() supervisor.Config { return w.file.Connectors[w.name] }

func (w *world) change(change func(*supervisor.Config)) {
	cfg := w.cfg()
	if change != nil {
		change(&cfg)
	}
	w.file.Connectors[w.name] = cfg
}

func (w *world) put(payload string) {
	w.Helper()
	if _, err := w.cloud.Kinesis.PutRecords("orders", []localkinesis.Record{{PartitionKey: "a", Data: []byte(payload)}}); err != nil {
		w.Fatal(err)
	}
}

// plan is what the planner says; it writes nothing.
func (w *world) plan() *plan.Report {
	w.Helper()
	before := w.state()
	p, err := plan.New(w.name, w.cfg(), supervisor.Host{})
	if err != nil {
		w.Fatal(err)
	}
	defer p.Close()
	if w.preview != nil {
		p.Preview = w.preview
	}
	r, err := p.Run(w.Context())
	if err != nil {
		w.Fatalf("plan: %v, %+v", err, r)
	}
	if after := w.state(); !slices.Equal(before, after) {
		w.Errorf("the plan changed something:\n%s", difference(before, after))
	}
	return r
}

// run is kinesnow run --until-caught-up.
func (w *world) run() {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 2*time.Minute)
	defer cancel()
	var told bytes.Buffer
	p, err := process.New(w.file, process.Options{Stderr: &told, UntilCaughtUp: true, Pace: &stream.Pace{MinInterval: 20 * time.Millisecond, IdleInterval: 20 * time.Millisecond}})
	if err != nil {
		w.Fatal(err)
	}
	if code := p.Run(ctx); code != 0 {
		w.Fatalf("run ends with %d:\n%s", code, told.String())
	}
}

// state is all that there is in the three services, by kind and name.
func (w *world) state() []string {
	w.Helper()
	var all []string
	note := func(kind plan.Kind, name string) { all = append(all, string(kind)+" "+name) }
	items := w.cloud.Dynamo.Items(w.cfg().Application)
	if len(items) > 0 {
		note(plan.LeaseTable, w.cfg().Application)
	}
	for _, it := range items {
		switch key := it["shardId"].(string); {
		case key == "__stream__":
			note(plan.StreamRow, it["streamName"].(string))
		case strings.HasPrefix(key, "__node__#"):
			note(plan.NodeRow, strings.TrimPrefix(key, "__node__#"))
		default:
			note(plan.ShardRows, key)
		}
	}
	arn, err := w.kinesis.DescribeStream(w.Context(), &kinesis.DescribeStreamInput{StreamName: aws.String("orders")})
	if err != nil {
		w.Fatal(err)
	}
	consumers, err := w.kinesis.ListStreamConsumers(w.Context(), &kinesis.ListStreamConsumersInput{StreamARN: arn.StreamDescription.StreamARN})
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range consumers.Consumers {
		note(plan.Consumer, aws.ToString(c.ConsumerName))
	}
	known := w.cloud.Snowflake.Catalog()
	for _, t := range known.Tables(localcloud.Database, localcloud.Schema) {
		note(plan.Table, t.Database+"."+t.Schema+"."+t.Name)
	}
	for _, p := range known.Pipes(localcloud.Database, localcloud.Schema) {
		note(plan.Pipe, p.Name)
	}
	for _, c := range w.cloud.Snowflake.Channels() {
		note(plan.Channels, c.Name)
	}
	slices.Sort(all)
	return all
}

// planned is what a plan says will be made, as state writes it.
func planned(r *plan.Report) []string {
	var all []string
	for _, c := range r.Changes {
		if c.Action != plan.Create {
			continue
		}
		for _, name := range slices.Concat(c.Names, c.Later) {
			all = append(all, string(c.Kind)+" "+name)
		}
	}
	slices.Sort(all)
	return all
}

// difference is what after has beyond before, and what it lacks.
func difference(before, after []string) string {
	var b strings.Builder
	for _, s := range after {
		if !slices.Contains(before, s) {
			fmt.Fprintln(&b, "+", s)
		}
	}
	for _, s := range before {
		if !slices.Contains(after, s) {
			fmt.Fprintln(&b, "-", s)
		}
	}
	return b.String()
}
