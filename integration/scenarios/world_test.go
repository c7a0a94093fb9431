package scenarios_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/transcript"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/process"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

// patience bounds whatever a scenario waits for.
const patience = 4 * time.Minute

// world is a local cloud with one stream into one table.
type world struct {
	*localcloud.Cloud
	t   *testing.T
	aws *kinesis.Client
	put int
}

func newWorld(t *testing.T, shards int) *world {
	t.Helper()
	t.Parallel() // most of a scenario's time is waiting
	cloud, err := localcloud.Start(localcloud.Options{
		Streams: []localcloud.Stream{{Name: "orders", Shards: shards}}, Tables: []string{"ORDERS"}, CommitDelay: 50 * time.Millisecond,
		Tuning: localcloud.Tuning{HTTPListen: "127.0.0.1:0", Linger: 20 * time.Millisecond, LeaseDuration: 2 * time.Second, LeaseRenew: 500 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cloud.Close() })
	return &world{Cloud: cloud, t: t, aws: kinesis.New(kinesis.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(cloud.Kinesis.URL()),
		Retryer: aws.NopRetryer{}, HTTPClient: fromMemory{}, // a put that is sent again is there twice
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})}
}

// fromMemory sends request bodies from memory. The SDK's own closes when the
// answer's header is there; net/http, which may still look for bytes beyond it,
// then tears the connection down under the answer (specs/performance.md 2).
type fromMemory struct{}

// Do implements kinesis.HTTPClient.
func (fromMemory) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultClient.Do(r)
}

const partitionKeys = 50

// putRecords puts n more records: {"N":i,"KEY":"k<i mod 50>"}, i counting on.
func (w *world) putRecords(n int) {
	w.t.Helper()
	for n > 0 {
		batch := &kinesis.PutRecordsInput{StreamName: aws.String("orders")}
		for range min(n, 500) {
			key := fmt.Sprintf("k%d", w.put%partitionKeys)
			batch.Records = append(batch.Records, types.PutRecordsRequestEntry{
				PartitionKey: aws.String(key), Data: fmt.Appendf(nil, `{"N":%d,"KEY":%q}`, w.put, key),
			})
			w.put, n = w.put+1, n-1
		}
		out, err := w.aws.PutRecords(w.t.Context(), batch)
		if err != nil || aws.ToInt32(out.FailedRecordCount) != 0 {
			w.t.Fatalf("PutRecords: %v, %v", out, err)
		}
	}
}

// expectExact asks the table through gosnowflake: every record once, and each
// partition key's records in the order in which they were put, within a shard by
// sequence number.
func (w *world) expectExact() {
	w.t.Helper()
	db, err := localcloud.Open(w.Login())
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(w.t.Context(), `SELECT N, KEY, KINESISMETADATA:partitionKey::text, KINESISMETADATA:sequenceNumber::text, KINESISMETADATA:shardId::text FROM ORDERS`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	type place struct{ shard, sequence string }
	found, twice := map[int]place{}, []string{}
	for rows.Next() {
		var n int
		var key, partition, sequence, shard sql.NullString
		if err := rows.Scan(&n, &key, &partition, &sequence, &shard); err != nil {
			w.t.Fatal(err)
		}
		if was, there := found[n]; there {
			twice = append(twice, fmt.Sprintf("%d at %v and at %s %s", n, was, shard.String, sequence.String))
		}
		if want := fmt.Sprintf("k%d", n%partitionKeys); key.String != want || partition.String != want {
			w.t.Errorf("record %d has key %s and partition key %s, want %s", n, key.String, partition.String, want)
		}
		found[n] = place{shard.String, sequence.String}
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	if len(twice) > 0 {
		w.t.Errorf("%d records are in the table twice; the first: %s", len(twice), strings.Join(twice[:min(3, len(twice))], ", "))
	}
	if len(found) != w.put {
		w.t.Errorf("%d records are in the table, %d were put", len(found), w.put)
	}
	for n, at := range found {
		next, there := found[n+partitionKeys]
		if there && next.shard == at.shard && (len(next.sequence) < len(at.sequence) || len(next.sequence) == len(at.sequence) && next.sequence <= at.sequence) {
			w.t.Errorf("record %d lies at %s, before record %d at %s", n+partitionKeys, next.sequence, n, at.sequence)
		}
	}
}

// job is a kinesnow process in this one.
type job struct {
	*process.Process
	t    *testing.T
	log  *transcript.Text
	stop context.CancelFunc
	code chan int
}

// run starts a process on the world's own configuration.
func (w *world) run(o process.Options) *job {
	w.t.Helper()
	file, err := supervisor.Load(w.ConfigFile(), os.LookupEnv)
	if err != nil {
		w.t.Fatal(err)
	}
	file.Log.Level = config.LogDebug
	log := &transcript.Text{}
	o.Stderr = log
	w.t.Cleanup(func() {
		if w.t.Failed() {
			w.t.Logf("the log of one process:\n%s", log)
		}
	})
	p, err := process.New(file, o)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.t.Context())
	w.t.Cleanup(cancel)
	j := &job{p, w.t, log, cancel, make(chan int, 1)}
	go func() { j.code <- p.Run(ctx) }()
	return j
}

// ends waits for the exit code.
func (j *job) ends(want int) {
	j.t.Helper()
	select {
	case code := <-j.code:
		if code != want {
			j.t.Errorf("exit %d, want %d", code, want)
		}
	case <-time.After(patience):
		j.t.Fatal("the process goes on")
	}
}

// until waits for a state of the process, as its control socket tells it.
func (j *job) until(what string, good func(*control.Snapshot) bool) {
	j.t.Helper()
	select {
	case <-j.Started():
	case <-time.After(patience):
		j.t.Fatal("the process does not start")
	}
	var last *control.Snapshot
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		snapshot, err := control.Inspect(j.t.Context(), j.Info().Socket)
		if err != nil {
			continue // the socket moves to its node's folder
		}
		if last = snapshot; len(snapshot.Connectors) > 0 && good(snapshot) { // none: it did not answer at once
			return
		}
	}
	j.t.Fatalf("never %s; last seen %+v", what, last)
}

// dataDir is the process's, as the world's configuration names it.
func (w *world) dataDir() string { return filepath.Join(w.Dir(), "data") }

// moveTokenBack gives a channel the offset token that it had before.
func (w *world) moveTokenBack(was localsnowflake.ChannelState) {
	w.t.Helper()
	if was.Tokenless {
		w.t.Fatal("the channel had no token")
	}
	if err := w.Snowflake.SetOffsetToken(was.Name, &was.Committed); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) split(shard string) {
	w.t.Helper()
	stream, err := w.aws.ListShards(w.t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("orders")})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range stream.Shards {
		if aws.ToString(s.ShardId) != shard {
			continue
		}
		from, _ := new(big.Int).SetString(aws.ToString(s.HashKeyRange.StartingHashKey), 10)
		to, _ := new(big.Int).SetString(aws.ToString(s.HashKeyRange.EndingHashKey), 10)
		middle := new(big.Int).Rsh(new(big.Int).Add(from, to), 1)
		if _, err := w.aws.SplitShard(w.t.Context(), &kinesis.SplitShardInput{
			StreamName: aws.String("orders"), ShardToSplit: aws.String(shard), NewStartingHashKey: aws.String(middle.String()),
		}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// merge merges the two open shards that are neighbours of each other.
func (w *world) merge() {
	w.t.Helper()
	stream, err := w.aws.ListShards(w.t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("orders")})
	if err != nil {
		w.t.Fatal(err)
	}
	one := big.NewInt(1)
	for _, a := range stream.Shards {
		end, _ := new(big.Int).SetString(aws.ToString(a.HashKeyRange.EndingHashKey), 10)
		for _, b := range stream.Shards {
			open := a.SequenceNumberRange.EndingSequenceNumber == nil && b.SequenceNumberRange.EndingSequenceNumber == nil
			if !open || aws.ToString(b.HashKeyRange.StartingHashKey) != new(big.Int).Add(end, one).String() {
				continue
			}
			if _, err := w.aws.MergeShards(w.t.Context(), &kinesis.MergeShardsInput{
				StreamName: aws.String("orders"), ShardToMerge: a.ShardId, AdjacentShardToMerge: b.ShardId,
			}); err != nil {
				w.t.Fatal(err)
			}
			return
		}
	}
	w.t.Fatal("no neighbours to merge")
}
