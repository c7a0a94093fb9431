package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// producer puts rows at a steady rate and notes where each came to lie. Nobody
// else puts, one call at a time: the order of numbers is the order of every
// shard and of every partition key.
type producer struct {
	kinesis *localkinesis.Server
	log     *putLog
	rows    int
	over    time.Duration
	dice    *rand.Rand
}

const putEvery = 20 * time.Millisecond

// run puts everything, or until ctx ends.
func (p *producer) run(ctx context.Context) error {
	ticker := time.NewTicker(putEvery)
	defer ticker.Stop()
	begun := time.Now()
	for n := 0; n < p.rows; {
		due := int(float64(p.rows) * min(1, float64(time.Since(begun))/float64(p.over)))
		if n < due {
			var err error
			if n, err = p.put(n, due); err != nil {
				return fmt.Errorf("put: %w", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
	return nil
}

// put puts the rows from n up to due and returns the next one.
func (p *producer) put(n, due int) (int, error) {
	var of []int // keys
	var records []localkinesis.Record
	for ; n < due; n++ {
		key := p.dice.IntN(keys)
		of = append(of, key)
		records = append(records, localkinesis.Record{PartitionKey: keyName(key), Data: rowText(n)})
	}
	puts, err := p.kinesis.PutRecords(streamName, records)
	if err != nil {
		return n, err
	}
	for i, at := range puts {
		if err := p.log.add(at.ShardID, at.SequenceNumber, of[i]); err != nil {
			return n, err
		}
	}
	return n, nil
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
