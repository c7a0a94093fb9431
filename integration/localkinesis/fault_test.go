package localkinesis_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

func TestFaultsHaveTheEffectTheySay(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	put := func(data string) error {
		_, err := client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: aws.String("k"), Data: []byte(data)})
		return err
	}
	refuse := &fault.Refusal{Status: 400, Code: "ProvisionedThroughputExceededException", Message: "Rate exceeded"}
	server.Faults().Set("PutRecord", fault.Times(1, fault.Always(fault.Effect{Refuse: refuse})))
	wantCode(t, put("refused"), "ProvisionedThroughputExceededException")
	for _, e := range []fault.Effect{{LoseBefore: true}, {LoseAfter: true}, {CutAfter: 10}} {
		server.Faults().Set("PutRecord", fault.Always(e))
		data := map[fault.Effect]string{{LoseBefore: true}: "lost", {LoseAfter: true}: "after", {CutAfter: 10}: "cut"}[e]
		if err := put(data); err == nil {
			t.Errorf("%+v: the call succeeded", e)
		}
	}
	server.Faults().Set("PutRecord", nil)
	if err := put("good"); err != nil {
		t.Fatal(err)
	}
	iterator := iteratorAt(t, client, name, shardName(0), "TRIM_HORIZON")
	server.Faults().Set("GetRecords", fault.Times(1, fault.Always(fault.Effect{CutAfter: 150})))
	if _, err := client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator}); err == nil {
		t.Error("half an answer was accepted")
	}
	if data, _ := drain(t, client, iterator); !slices.Equal(data, []string{"after", "cut", "good"}) {
		t.Errorf("stored %v", data)
	}
}

func TestHooksLearnActionAndKey(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 2)
	var mu sync.Mutex
	var calls []string
	server.Faults().Set("", func(c fault.Call) fault.Effect {
		mu.Lock()
		defer mu.Unlock()
		calls = append(calls, c.Action+" "+c.Key)
		return fault.Effect{}
	})
	iterator := iteratorAt(t, client, name, shardName(1), "LATEST")
	must(client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator}))(t)
	must(client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: aws.String("b"), Data: []byte("x")}))(t)
	must(client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &name}))(t)
	must(client.ListStreams(ctx, &kinesis.ListStreamsInput{}))(t)
	want := []string{"GetShardIterator " + shardName(1), "GetRecords " + shardName(1), "PutRecord " + shardName(1), "ListShards quakes", "ListStreams "}
	if !slices.Equal(calls, want) {
		t.Errorf("calls %q, want %q", calls, want)
	}
	if n := server.Faults().Calls("GetRecords"); n != 1 {
		t.Errorf("%d calls of GetRecords counted", n)
	}
}
