package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/kinesnow/kinesnow/integration/exact"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	kpl "github.com/kinesnow/kinesnow/integration/producer"
)

// producer puts rows at a steady rate and notes where each came to lie. Nobody
// else puts, one call at a time: the order of numbers is the order of every
// partition key.
type producer struct {
	kinesis *localkinesis.Server
	log     *putLog
	carried *carried
	rows    int
	over    time.Duration
	most    int // user records of one aggregate; 0 = every record is put as it is
	dice    *rand.Rand
}

// carried counts Kinesis records by what they carry.
type carried struct {
	plain      atomic.Int64
	aggregates atomic.Int64
	packed     atomic.Int64 // user records in aggregates
	empty      atomic.Int64 // aggregates of nothing
}

const (
	putEvery  = 20 * time.Millisecond
	putLatest = 250 * time.Millisecond // between two calls that may carry aggregates

	// buckets of keys whose records may share an aggregate: few, so that there are
	// several in a call.
	buckets = kpl.Buckets(16)
)

// run puts everything, or until ctx ends.
func (p *producer) run(ctx context.Context) error {
	begun := time.Now()
	for n := 0; n < p.rows; {
		due := int(float64(p.rows) * min(1, float64(time.Since(begun))/float64(p.over)))
		if n < due {
			if err := p.put(n, due); err != nil {
				return fmt.Errorf("put: %w", err)
			}
			n = due
		}
		pause := putEvery
		if p.most > 0 {
			pause = between(p.dice, putEvery, putLatest)
		}
		if !sleep(ctx, pause) {
			return nil
		}
	}
	return nil
}

// put puts the rows from n up to due.
func (p *producer) put(n, due int) error {
	var call []put
	batch := p.batch(n, due, func(key int) { call = append(call, put{key: uint16(key)}) })
	carried, aggregates := batch.Records()
	records := make([]localkinesis.Record, len(carried))
	for i, r := range carried {
		records[i] = localkinesis.Record{PartitionKey: r.Key, ExplicitHashKey: r.Hash, Data: r.Data}
	}
	answers, err := p.kinesis.PutRecords(streamName, records)
	if err != nil {
		return err
	}
	of := map[int]int{}
	for i := range call {
		place := batch.Place(i)
		of[place.Record]++
		at := answers[place.Record]
		shard, err := exact.ShardNumber(at.ShardID)
		if err != nil {
			return err
		}
		call[i].Place = exact.Place{Shard: shard, Sequence: at.SequenceNumber, Sub: int32(place.Sub)}
	}
	plain := len(of) - aggregates
	p.carried.plain.Add(int64(plain))
	p.carried.aggregates.Add(int64(aggregates))
	p.carried.packed.Add(int64(len(call) - plain))
	p.carried.empty.Add(int64(len(records) - len(of)))
	return p.log.add(call)
}

// batch makes a call of the rows from n up to due, and tells each one's key. A
// call packs the records of some buckets into aggregates, large or small ones,
// and leaves others alone; now and then it has an aggregate of nothing.
func (p *producer) batch(n, due int, keyed func(key int)) *kpl.Batch {
	b := &kpl.Batch{Buckets: buckets}
	var most [buckets]int
	if p.most > 0 {
		for i := range most {
			most[i] = []int{0, 0, 3, p.most, p.most}[p.dice.IntN(5)]
		}
		if p.dice.IntN(10) == 0 {
			b.Empty(p.dice.IntN(int(buckets)))
		}
	}
	for ; n < due; n++ {
		key := p.dice.IntN(keys)
		keyed(key)
		user := kpl.User{Key: keyName(key), Data: rowText(n)}
		at := buckets.Of(user.Key)
		if p.most > 0 && (most[at] == 0 || key%2 == 0) {
			user.Hash = buckets.Hash(at) // whatever shard the key would be of: where the bucket's aggregates go
		}
		b.Add(user, most[at])
	}
	return b
}

// rowText is row n as a producer writes it.
func rowText(n int) []byte {
	text, err := json.Marshal(struct {
		N int    `json:"n"`
		V string `json:"v"`
	}{n, value(n)})
	if err != nil {
		panic(err) // a number and a text are always JSON
	}
	return text
}
