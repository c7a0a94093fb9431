package main

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"sync"
)

// record is one Kinesis record as Kinesis took it. It carries one row.
type record struct {
	shard    uint16 // number
	key      uint16
	sequence [24]byte // the number, big-endian
}

// putLog is everything that was put, in order. Rows are numbered from 0.
type putLog struct {
	mu      sync.RWMutex
	records []record
	newest  map[uint16][24]byte // by shard
}

func newPutLog() *putLog { return &putLog{newest: map[uint16][24]byte{}} }

// put is one row's place.
type put struct {
	shard    uint16
	key      uint16
	sequence string
}

// add notes the next record. An error means that Kinesis did not keep the
// order in which records were put: then nothing can be judged by it.
func (l *putLog) add(shardID, sequence string, key int) error {
	shard, err := shardNumber(shardID)
	if err != nil {
		return err
	}
	number, ok := new(big.Int).SetString(sequence, 10)
	if !ok || number.Sign() < 0 || number.BitLen() > 24*8 {
		return fmt.Errorf("sequence number %q of %s", sequence, shardID)
	}
	r := record{shard: shard, key: uint16(key)}
	number.FillBytes(r.sequence[:])
	l.mu.Lock()
	defer l.mu.Unlock()
	if last, seen := l.newest[shard]; seen && string(last[:]) >= string(r.sequence[:]) {
		return fmt.Errorf("%s: record %s was put after a larger one", shardID, sequence)
	}
	l.newest[shard] = r.sequence
	l.records = append(l.records, r)
	return nil
}

func (l *putLog) len() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.records)
}

// get returns the place of row n; false for one that was never put.
func (l *putLog) get(n int) (put, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n < 0 || n >= len(l.records) {
		return put{}, false
	}
	r := &l.records[n]
	return put{r.shard, r.key, new(big.Int).SetBytes(r.sequence[:]).String()}, true
}

const shardPrefix = "shardId-"

// shardNumber reads shardId-000000000003 as 3.
func shardNumber(id string) (uint16, error) {
	digits, ok := strings.CutPrefix(id, shardPrefix)
	n, err := strconv.ParseUint(digits, 10, 16)
	if !ok || err != nil {
		return 0, fmt.Errorf("shard id %q: want %sDIGITS", id, shardPrefix)
	}
	return uint16(n), nil
}

func shardID(n uint16) string { return fmt.Sprintf("%s%012d", shardPrefix, n) }
