package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// shoreJob tells the server process of shards runs what to serve.
type shoreJob struct {
	Shards  int
	Loaded  int // records put into each shard beforehand
	Size    int // bytes of a record
	Delay   time.Duration
	KeyFile string
	Limits  bool // Snowflake enforces what it allows a channel, and what it might allow status calls
}

// shore is the server process of shards runs: a stream of many shards, a table,
// and a Snowflake that counts its rows. It notes every call, and puts records
// into all shards while it is told to.
type shore struct {
	job       shoreJob
	kinesis   *localkinesis.Server
	dynamo    *localdynamo.Server
	snowflake *localsnowflake.Server
	counting  *rowstore.Counting
	table     int64
	events    []event
	hashes    []string // a hash key of each shard

	mu    sync.Mutex
	calls map[string]int64
	rush  [2]int64 // writes of the lease table in this second of its clock, and which it is
	most  int64    // writes of any second
	want  map[string]rowstore.ShardTally
	put   int64
	stop  chan struct{} // ends feeding
	diary *diary        // of channels runs; nil = nobody keeps one
	fed   sync.WaitGroup
	err   error
}

func shoreRole(argument string) error {
	s := &shore{calls: map[string]int64{}, want: map[string]rowstore.ShardTally{}}
	if err := json.Unmarshal([]byte(argument), &s.job); err != nil {
		return err
	}
	at, err := s.open()
	if err != nil {
		return err
	}
	return answerOrders(at, func(o order, r *reply) error {
		if o.Verdict {
			return s.verdict()
		}
		s.feed(o.Every)
		r.Calls = s.counts()
		return s.failed()
	})
}

func (s *shore) open() (at endpoints, err error) {
	if s.kinesis, err = localkinesis.Start(localkinesis.Options{}); err != nil {
		return at, err
	}
	if s.dynamo, err = localdynamo.Start(localdynamo.Options{}); err != nil {
		return at, err
	}
	s.counting = rowstore.NewCounting()
	options := localsnowflake.Options{Store: s.counting, CommitDelay: s.job.Delay, Account: account}
	if s.job.Limits {
		options.AppendsPerSecond, options.UnpackedPerSecond = 10, 20_000_000
		options.StatusCallsPerSecond, options.NamesPerStatus = mostStatusCalls, 500
	}
	if s.diary != nil {
		options.Observe = s.diary.exchange
	}
	s.snowflake, err = localsnowflake.Start(options)
	if err != nil {
		return at, err
	}
	key, err := publicKey(s.job.KeyFile)
	if err != nil {
		return at, err
	}
	if s.table, err = makeTable(s.snowflake, key, false); err != nil {
		return at, err
	}
	for _, faults := range []*fault.Injector{s.kinesis.Faults(), s.dynamo.Faults(), s.snowflake.Faults()} {
		faults.Set("", s.note)
	}
	if err := s.kinesis.CreateStream(streamName, s.job.Shards); err != nil {
		return at, err
	}
	s.events = makeEvents(s.job.Size)
	s.hashes = hashKeys(s.job.Shards)
	for range s.job.Loaded {
		if err := s.putInto(0, s.job.Shards); err != nil {
			return at, err
		}
	}
	return endpoints{Kinesis: s.kinesis.URL(), DynamoDB: s.dynamo.URL(), Snowflake: s.snowflake.URL()}, nil
}

// What is counted beside calls.
const (
	countRecords    = "records put"
	countMostWrites = "most writes of the lease table in one second"
)

// leaseWrites are the calls of the lease table that cost write capacity.
var leaseWrites = map[string]bool{"UpdateItem": true, "PutItem": true, "TransactWriteItems": true}

// note counts a call.
func (s *shore) note(c fault.Call) fault.Effect {
	s.mu.Lock()
	s.calls[c.Action]++
	if leaseWrites[c.Action] {
		if now := time.Now().Unix(); s.rush[1] != now {
			s.rush = [2]int64{0, now}
		}
		s.rush[0]++
		s.most = max(s.most, s.rush[0])
	}
	s.mu.Unlock()
	return fault.Effect{}
}

func (s *shore) counts() map[string]int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int64{countRecords: s.put, countMostWrites: s.most}
	for action, n := range s.calls {
		counts[action] = n
	}
	return counts
}

func (s *shore) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// hashKeys returns a hash key of each of n shards of the same width.
func hashKeys(n int) []string {
	width := new(big.Int).Div(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(int64(n)))
	keys, at := make([]string, n), new(big.Int).Rsh(width, 1)
	for i := range keys {
		keys[i] = at.String()
		at.Add(at, width)
	}
	return keys
}

// putInto puts one record into each shard of [from, to).
func (s *shore) putInto(from, to int) error {
	if from == to {
		return nil
	}
	records := make([]localkinesis.Record, 0, to-from)
	for shard := from; shard < to; shard++ {
		e := &s.events[(s.put+int64(shard))%distinct]
		records = append(records, localkinesis.Record{PartitionKey: e.key, ExplicitHashKey: s.hashes[shard], Data: e.data})
	}
	at := time.Now()
	puts, err := s.kinesis.PutRecords(streamName, records)
	if err != nil {
		return err
	}
	if s.diary != nil {
		s.diary.put(at, puts)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range puts {
		tally := s.want[p.ShardID]
		tally.Add([]byte(p.SequenceNumber), 0)
		s.want[p.ShardID] = tally
	}
	s.put += int64(len(puts))
	return nil
}

// slices of a period in which the shards get their records in turn, so that
// they do not all wake up at once.
const turnsPerPeriod = 100

// feed puts a record into each shard in every period from now on; 0 ends it.
func (s *shore) feed(every time.Duration) {
	if s.stop != nil {
		close(s.stop)
		s.fed.Wait()
		s.stop = nil
	}
	if every <= 0 {
		return
	}
	stop := make(chan struct{})
	s.stop = stop
	s.fed.Go(func() {
		ticker := time.NewTicker(every / turnsPerPeriod)
		defer ticker.Stop()
		for turn := 0; ; turn = (turn + 1) % turnsPerPeriod {
			select {
			case <-stop:
				return
			case <-ticker.C:
			}
			n := len(s.hashes)
			if err := s.putInto(turn*n/turnsPerPeriod, (turn+1)*n/turnsPerPeriod); err != nil {
				s.mu.Lock()
				s.err = errors.Join(s.err, err)
				s.mu.Unlock()
				return
			}
		}
	})
}

// verdict says what is wrong with the committed rows.
func (s *shore) verdict() error {
	counts := s.counting.Counts(s.table)
	s.mu.Lock()
	defer s.mu.Unlock()
	if counts.Rows != s.put || counts.Unmarked > 0 {
		return fmt.Errorf("%d rows were committed, %d of them without metadata, want %d", counts.Rows, counts.Unmarked, s.put)
	}
	for shard, want := range s.want {
		if got := counts.Shards[shard]; got != want {
			return fmt.Errorf("%s: %+v was committed, want %+v", shard, got, want)
		}
	}
	return nil
}
