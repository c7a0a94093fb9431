package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// backlogTable is the table of every run: each has a Snowflake of its own.
const backlogTable = "BENCH"

// backlogJob tells the server process of memory runs what to load.
type backlogJob struct {
	Records      int64 // over all shards
	Shards, Size int
	KeyFile      string
}

// backlog is the server process of memory runs: the local Kinesis with all
// records put beforehand, the local DynamoDB, and for each run a new local
// Snowflake that counts its rows.
type backlog struct {
	job     backlogJob
	kinesis *localkinesis.Server
	dynamo  *localdynamo.Server
	want    map[string]rowstore.ShardTally

	snowflake *localsnowflake.Server
	counting  *rowstore.Counting
	table     int64
}

func backlogRole(argument string) error {
	var b backlog
	if err := json.Unmarshal([]byte(argument), &b.job); err != nil {
		return err
	}
	if err := b.load(); err != nil {
		return err
	}
	return obey(endpoints{}, func(o order) (endpoints, error) {
		if o.Verdict {
			return endpoints{}, b.verdict()
		}
		return b.begin(o.Delay)
	})
}

// load puts the records, and notes where each one went.
func (b *backlog) load() (err error) {
	if b.kinesis, err = localkinesis.Start(localkinesis.Options{}); err != nil {
		return err
	}
	if b.dynamo, err = localdynamo.Start(localdynamo.Options{}); err != nil {
		return err
	}
	if err := b.kinesis.CreateStream(streamName, b.job.Shards); err != nil {
		return err
	}
	b.want = map[string]rowstore.ShardTally{}
	events := makeEvents(b.job.Size)
	records := make([]localkinesis.Record, 0, 500)
	for i := int64(0); i < b.job.Records; {
		for records = records[:0]; len(records) < cap(records) && i < b.job.Records; i++ {
			records = append(records, localkinesis.Record{PartitionKey: "key-" + strconv.FormatInt(i, 10), Data: events[i%distinct].data})
		}
		puts, err := b.kinesis.PutRecords(streamName, records)
		if err != nil {
			return err
		}
		for _, p := range puts {
			tally := b.want[p.ShardID]
			tally.Add([]byte(p.SequenceNumber), 0)
			b.want[p.ShardID] = tally
		}
	}
	return nil
}

// begin starts the Snowflake of one run.
func (b *backlog) begin(delay time.Duration) (endpoints, error) {
	b.counting = rowstore.NewCounting()
	server, err := localsnowflake.Start(localsnowflake.Options{Store: b.counting, CommitDelay: delay, Account: account})
	if err != nil {
		return endpoints{}, err
	}
	b.snowflake = server
	if err := b.makeTable(); err != nil {
		return endpoints{}, err
	}
	return endpoints{Kinesis: b.kinesis.URL(), DynamoDB: b.dynamo.URL(), Snowflake: server.URL()}, nil
}

// makeTable makes user, role and a table that knows the metadata alone: what
// else is in a row is none of this benchmark's business.
func (b *backlog) makeTable() error {
	key, err := publicKey(b.job.KeyFile)
	if err != nil {
		return err
	}
	b.table, err = makeTable(b.snowflake, key, false)
	return err
}

// verdict says what is wrong with the committed rows, and ends the run's
// Snowflake.
func (b *backlog) verdict() error {
	defer func() { b.snowflake, b.counting = nil, nil }()
	if err := b.snowflake.Close(); err != nil {
		return err
	}
	counts := b.counting.Counts(b.table)
	if counts.Rows != b.job.Records || counts.Unmarked > 0 {
		return fmt.Errorf("%d rows were committed, %d of them without metadata, want %d", counts.Rows, counts.Unmarked, b.job.Records)
	}
	for shard, want := range b.want {
		if got := counts.Shards[shard]; got != want {
			return fmt.Errorf("%s: %+v was committed, want %+v", shard, got, want)
		}
	}
	return nil
}
