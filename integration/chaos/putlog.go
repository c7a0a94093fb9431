package main

import (
	"fmt"
	"math/big"
	"sync"

	"github.com/kinesnow/kinesnow/integration/exact"
)

// record is one user record as Kinesis took it. It carries one row.
type record struct {
	shard    uint16 // number
	key      uint16
	sub      uint16
	sequence [24]byte // the number, big-endian
}

// putLog is everything that was put, in order. User records are numbered from 0.
type putLog struct {
	mu      sync.RWMutex
	records []record
	newest  map[uint16]record // by shard, of the calls before
}

func newPutLog() *putLog { return &putLog{newest: map[uint16]record{}} }

// put is one user record's place.
type put struct {
	exact.Place
	key uint16
}

// add notes the user records of one call. An error means that Kinesis did not
// keep the order in which records were put: then nothing can be judged by it.
func (l *putLog) add(call []put) error {
	all := make([]record, len(call))
	for i, p := range call {
		number, ok := new(big.Int).SetString(p.Sequence, 10)
		if !ok || number.Sign() < 0 || number.BitLen() > 24*8 {
			return fmt.Errorf("sequence number %q of shard %d", p.Sequence, p.Shard)
		}
		all[i] = record{shard: p.Shard, key: p.key, sub: uint16(p.Sub)}
		number.FillBytes(all[i].sequence[:])
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, r := range all {
		if last, seen := l.newest[r.shard]; seen && !last.before(r) {
			return fmt.Errorf("record %s was put after a larger one", call[i].Place)
		}
	}
	for _, r := range all {
		if last, seen := l.newest[r.shard]; !seen || last.before(r) {
			l.newest[r.shard] = r
		}
	}
	l.records = append(l.records, all...)
	return nil
}

// before orders records of one shard.
func (r record) before(o record) bool {
	if r.sequence != o.sequence {
		return string(r.sequence[:]) < string(o.sequence[:])
	}
	return r.sub < o.sub
}

func (l *putLog) len() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.records)
}

// get returns the place of user record n; false for one that was never put.
func (l *putLog) get(n int) (put, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n < 0 || n >= len(l.records) {
		return put{}, false
	}
	r := &l.records[n]
	return put{exact.Place{Shard: r.shard, Sequence: new(big.Int).SetBytes(r.sequence[:]).String(), Sub: int32(r.sub)}, r.key}, true
}
