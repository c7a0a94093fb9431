package kcl

import (
	"crypto/md5"
	"fmt"
	"math/big"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/producer"
)

// userRecord is what an application puts, and gets back from a consumer that
// de-aggregates.
type userRecord struct {
	Sequence   string // of the Kinesis record that carries it
	Sub        int64  // place in the aggregate, 0 outside of one
	Aggregated bool
	Key        string
	Hash       string // ExplicitHashKey in an aggregate, which a consumer sees; "" without one
	Data       string
}

func (r userRecord) String() string {
	data := r.Data
	if len(data) > 20 {
		data = data[:20] + "..."
	}
	return fmt.Sprintf("%s/%d %q %q", r.Sequence, r.Sub, r.Key, data)
}

// hashOf is where a user record belongs.
func hashOf(r userRecord) *big.Int {
	if r.Hash != "" {
		n, _ := new(big.Int).SetString(r.Hash, 10)
		return n
	}
	sum := md5.Sum([]byte(r.Key))
	return new(big.Int).SetBytes(sum[:])
}

// aggregate packs user records as the KPL does.
func aggregate(records []userRecord) []byte {
	users := make([]producer.User, len(records))
	for i, r := range records {
		users[i] = producer.User{Key: r.Key, Hash: r.Hash, Data: []byte(r.Data)}
	}
	return producer.Aggregate(users...)
}

// input is all that was put into a stream, by shard and in order.
type input struct {
	server  *localkinesis.Server
	stream  string
	shards  map[string][]userRecord
	carried int // Kinesis records
	number  int // of the next user record
}

// next makes a user record that nobody else has.
func (in *input) next(data string) userRecord {
	in.number++
	if data == "" {
		data = fmt.Sprintf(`{"n":%d}`, in.number)
	}
	return userRecord{Key: fmt.Sprintf("key-%d", in.number%37), Data: data}
}

// put puts one Kinesis record: a user record as it is, or several in an
// aggregate. hash is where it goes, "" by its key.
func (in *input) put(hash string, records ...userRecord) error {
	r := localkinesis.Record{PartitionKey: records[0].Key, ExplicitHashKey: hash, Data: []byte(records[0].Data)}
	aggregated := len(records) > 1
	if aggregated {
		r.PartitionKey, r.Data = "a", aggregate(records)
	}
	puts, err := in.server.PutRecords(in.stream, []localkinesis.Record{r})
	if err != nil {
		return err
	}
	in.carried++
	for i, u := range records {
		u.Sequence, u.Sub, u.Aggregated = puts[0].SequenceNumber, int64(i), aggregated
		in.shards[puts[0].ShardID] = append(in.shards[puts[0].ShardID], u)
	}
	return nil
}

// mix puts n user records each way: alone by their keys, and in aggregates of
// five, all of whose keys belong to the shard that they go to.
func (in *input) mix(n int) error {
	for range n {
		if err := in.put("", in.next("")); err != nil {
			return err
		}
	}
	for range n / 5 {
		hash := hashOf(in.next("")).String()
		batch := make([]userRecord, 5)
		for i := range batch {
			batch[i] = in.next("")
			batch[i].Hash = hash
		}
		if err := in.put(hash, batch...); err != nil {
			return err
		}
	}
	return nil
}

func (in *input) count() (n int) {
	for _, records := range in.shards {
		n += len(records)
	}
	return n
}
