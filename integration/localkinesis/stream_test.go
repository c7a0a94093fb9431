package localkinesis_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

func TestAStreamIsCreatedDescribedListedAndDeleted(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{Region: "eu-west-1", AccountID: "123456789012"})
	client := connect(t, server)
	must(client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String("quakes"), ShardCount: aws.Int32(3)}))(t)

	arn := "arn:aws:kinesis:eu-west-1:123456789012:stream/quakes"
	d := must(client.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamARN: &arn}))(t).StreamDescription
	if *d.StreamName != "quakes" || *d.StreamARN != arn || d.StreamStatus != types.StreamStatusActive ||
		*d.RetentionPeriodHours != 24 || len(d.Shards) != 3 || *d.HasMoreShards {
		t.Errorf("description %+v", d)
	}
	if first, last := d.Shards[0].HashKeyRange, d.Shards[2].HashKeyRange; *first.StartingHashKey != "0" ||
		*first.EndingHashKey != "113427455640312821154458202477256070484" ||
		*last.EndingHashKey != "340282366920938463463374607431768211455" {
		t.Errorf("hash keys from %v to %v", *first.EndingHashKey, *last.EndingHashKey)
	}

	paged := must(client.DescribeStream(ctx, &kinesis.DescribeStreamInput{
		StreamName: aws.String("quakes"), Limit: aws.Int32(1), ExclusiveStartShardId: aws.String(shardName(0)),
	}))(t).StreamDescription
	if len(paged.Shards) != 1 || *paged.Shards[0].ShardId != shardName(1) || !*paged.HasMoreShards {
		t.Errorf("second page %+v", paged.Shards)
	}

	summary := must(client.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: aws.String("quakes")}))(t)
	if *summary.StreamDescriptionSummary.OpenShardCount != 3 {
		t.Errorf("summary %+v", summary.StreamDescriptionSummary)
	}
	_, err := client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String("quakes"), ShardCount: aws.Int32(1)})
	wantCode(t, err, "ResourceInUseException")

	must(client.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: aws.String("quakes")}))(t)
	_, err = client.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: aws.String("quakes")})
	wantCode(t, err, "ResourceNotFoundException")
}

func TestAStreamPassesThroughItsStates(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Delay: time.Minute})
	client, name := connect(t, server), "quakes"
	status := func() types.StreamStatus {
		return must(client.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: &name}))(t).StreamDescription.StreamStatus
	}
	put := func() error {
		_, err := client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: &name, Data: []byte("x")})
		return err
	}
	split := func() error {
		_, err := client.SplitShard(ctx, &kinesis.SplitShardInput{
			StreamName: &name, ShardToSplit: aws.String(shardName(0)), NewStartingHashKey: aws.String("1000"),
		})
		return err
	}

	must(client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: &name, ShardCount: aws.Int32(1)}))(t)
	if got := status(); got != types.StreamStatusCreating {
		t.Errorf("created stream is %s", got)
	}
	wantCode(t, put(), "ResourceNotFoundException")
	wantCode(t, split(), "ResourceInUseException")

	now.advance(time.Minute)
	if err := split(); err != nil {
		t.Error(err)
	}
	if got := status(); got != types.StreamStatusUpdating {
		t.Errorf("split stream is %s", got)
	}
	if err := put(); err != nil {
		t.Errorf("a stream being updated takes no record: %v", err)
	}

	now.advance(time.Minute)
	must(client.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: &name}))(t)
	if got := status(); got != types.StreamStatusDeleting {
		t.Errorf("deleted stream is %s", got)
	}
	wantCode(t, put(), "ResourceNotFoundException")
	now.advance(time.Minute)
	if left := server.Streams(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

func TestStreamsAreListedInPages(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client := connect(t, server)
	for _, name := range []string{"e", "b", "d", "a", "c"} {
		if err := server.CreateStream(name, 1); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	pages := kinesis.NewListStreamsPaginator(client, &kinesis.ListStreamsInput{Limit: aws.Int32(2)})
	for pages.HasMorePages() {
		page := must(pages.NextPage(ctx))(t)
		names = append(names, page.StreamNames...)
		if len(page.StreamSummaries) != len(page.StreamNames) {
			t.Errorf("%d summaries of %d streams", len(page.StreamSummaries), len(page.StreamNames))
		}
	}
	if want := []string{"a", "b", "c", "d", "e"}; !slices.Equal(names, want) {
		t.Errorf("listed %v, want %v", names, want)
	}
	behind := must(client.ListStreams(ctx, &kinesis.ListStreamsInput{ExclusiveStartStreamName: aws.String("c")}))(t)
	if !slices.Equal(behind.StreamNames, []string{"d", "e"}) || *behind.HasMoreStreams {
		t.Errorf("behind c: %v", behind.StreamNames)
	}
}

func TestAnOnDemandStreamBeginsWithFourShards(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client := connect(t, server)
	must(client.CreateStream(ctx, &kinesis.CreateStreamInput{
		StreamName: aws.String("quakes"), StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand},
	}))(t)
	limits := must(client.DescribeLimits(ctx, &kinesis.DescribeLimitsInput{}))(t)
	if *limits.OnDemandStreamCount != 1 || *limits.OpenShardCount != 4 {
		t.Errorf("%d on-demand streams, %d open shards", *limits.OnDemandStreamCount, *limits.OpenShardCount)
	}
}

func TestAForeignARNNamesNoStream(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	_, err := client.ListShards(ctx, &kinesis.ListShardsInput{StreamARN: aws.String("arn:aws:kinesis:us-east-1:999999999999:stream/" + name)})
	wantCode(t, err, "ResourceNotFoundException")
	_, err = client.ListShards(ctx, &kinesis.ListShardsInput{
		StreamName: aws.String("other"), StreamARN: aws.String("arn:aws:kinesis:us-east-1:000000000000:stream/" + name),
	})
	wantCode(t, err, "InvalidArgumentException")
}

func TestWrongOptionsAreNamed(t *testing.T) {
	for _, o := range []localkinesis.Options{
		{Listen: "0.0.0.0:0"}, {Listen: "nowhere"}, {AccountID: "12"}, {IteratorLife: -1}, {Retention: -1}, {Delay: -1},
	} {
		if server, err := localkinesis.Start(o); err == nil {
			server.Close()
			t.Errorf("options %+v were accepted", o)
		}
	}
}
