package localkinesis_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// childDir makes the test binary a server of that directory instead, which
// prints its URL and waits to be killed.
const childDir = "LOCALKINESIS_TEST_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(childDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	server, err := localkinesis.Start(localkinesis.Options{Dir: dir})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(server.URL())
	select {}
}

func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	stdout := must(child.StdoutPipe())(t)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	defer child.Process.Kill()
	url := strings.TrimSpace(must(bufio.NewReader(stdout).ReadString('\n'))(t))
	client := kinesis.New(kinesis.Options{BaseEndpoint: &url, Region: "us-east-1", RetryMaxAttempts: 1}, withCredentials)
	name := "quakes"
	must(client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: &name, ShardCount: aws.Int32(2)}))(t)
	var numbers []string
	for i := range 30 {
		out := must(client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &name, PartitionKey: aws.String("k"), Data: fmt.Append(nil, i)}))(t)
		numbers = append(numbers, *out.SequenceNumber)
		if i == 19 { // the records 20 to 29 go to a child shard
			must(client.SplitShard(ctx, &kinesis.SplitShardInput{StreamName: &name, ShardToSplit: out.ShardId, NewStartingHashKey: aws.String("200000000000000000000000000000000000000")}))(t)
		}
	}
	before := must(client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &name}))(t).Shards
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait()

	server := start(t, localkinesis.Options{Dir: dir})
	client = connect(t, server)
	after := must(client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &name}))(t).Shards
	if fmt.Sprint(describe(before)) != fmt.Sprint(describe(after)) {
		t.Errorf("shards\n%v\nwant\n%v", describe(after), describe(before))
	}
	var got []string
	for _, sh := range after {
		out := must(client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iteratorAt(t, client, name, *sh.ShardId, "TRIM_HORIZON")}))(t)
		for _, r := range out.Records {
			got = append(got, *r.SequenceNumber)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, numbers) {
		t.Errorf("%d records, want the %d that were answered", len(got), len(numbers))
	}
	next := must(server.PutRecords(name, records("k", 30, 1)))(t)
	if next[0].SequenceNumber <= numbers[29] {
		t.Errorf("number %s after a restart, behind %s", next[0].SequenceNumber, numbers[29])
	}
}

func withCredentials(o *kinesis.Options) {
	o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
	})
}

func describe(shards []types.Shard) (lines []string) {
	for _, sh := range shards {
		lines = append(lines, fmt.Sprint(*sh.ShardId, aws.ToString(sh.ParentShardId), *sh.HashKeyRange.StartingHashKey, *sh.HashKeyRange.EndingHashKey,
			*sh.SequenceNumberRange.StartingSequenceNumber, aws.ToString(sh.SequenceNumberRange.EndingSequenceNumber)))
	}
	return lines
}

func TestATornEndIsCutOffAndWritingGoesOn(t *testing.T) {
	dir := t.TempDir()
	first := must(localkinesis.Start(localkinesis.Options{Dir: dir}))(t)
	name := streamOf(t, first, 1)
	for i := range 3 {
		must(first.PutRecords(name, records("k", i, 1)))(t)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	segment := must(filepath.Glob(filepath.Join(dir, "quakes-*", "*.log")))(t)[0]
	size := must(os.Stat(segment))(t).Size()
	if err := os.Truncate(segment, size-5); err != nil { // within the third block
		t.Fatal(err)
	}
	second := must(localkinesis.Start(localkinesis.Options{Dir: dir}))(t)
	must(second.PutRecords(name, records("k", 7, 1)))(t)
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	third := start(t, localkinesis.Options{Dir: dir})
	client := connect(t, third)
	data, _ := drain(t, client, iteratorAt(t, client, name, shardName(0), "TRIM_HORIZON"))
	if want := []string{"k-0", "k-1", "k-7"}; !slices.Equal(data, want) {
		t.Errorf("read %v, want %v", data, want)
	}
}

func TestADirectoryServesOneProcess(t *testing.T) {
	dir := t.TempDir()
	start(t, localkinesis.Options{Dir: dir})
	if second, err := localkinesis.Start(localkinesis.Options{Dir: dir}); err == nil {
		second.Close()
		t.Error("two servers share a directory")
	}
}

func TestExpiredSegmentsLeaveTheDisk(t *testing.T) {
	dir, now := t.TempDir(), newClock()
	server := start(t, localkinesis.Options{Dir: dir, Now: now.Now})
	name := streamOf(t, server, 1)
	fill := func() { // more than a segment holds
		for range 5 {
			batch := slices.Repeat([]localkinesis.Record{{PartitionKey: "k", Data: make([]byte, 1<<20)}}, 10)
			must(server.PutRecords(name, batch))(t)
		}
	}
	fill()
	fill()
	segments := func() int { return len(must(filepath.Glob(filepath.Join(dir, "quakes-*", "*.log")))(t)) }
	if n := segments(); n < 2 {
		t.Fatalf("%d segments hold 140 MB", n)
	}
	now.advance(25 * time.Hour)
	must(server.PutRecords(name, records("k", 0, 1)))(t)
	if n := segments(); n != 1 {
		t.Errorf("%d segments after the retention, want 1", n)
	}
	if err := server.DeleteStream(name); err != nil {
		t.Fatal(err)
	}
	if left := must(filepath.Glob(filepath.Join(dir, "quakes-*")))(t); len(left) != 0 {
		t.Errorf("left of a deleted stream: %v", left)
	}
}
