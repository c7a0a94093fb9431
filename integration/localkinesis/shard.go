package localkinesis

import (
	"encoding/base64"
	"slices"
	"sync"
	"sync/atomic"
)

// shard keeps its records as the JSON that GetRecords answers with, one behind
// the other in chunks, each followed by a comma:
//
//	chunk 0: {...},{...},{...},    chunk 1: {...},{...},
//
// A chunk never moves and what is written in it never changes, so an answer is
// a few slices of chunks, sent without holding the lock.
//
// Records count from 0 in the order they were put; record i has index i+1 in
// its sequence number.
type shard struct {
	id      string // "shardId-000000000000"
	number  uint32
	keys    hashRange
	parents []string // none, the split parent, or the two merged ones
	created int64    // s since the epoch, as the sequence numbers tell it
	opened  int64    // ms since the epoch

	// Guarded by the stream's mutex.
	closed   int64 // ms since the epoch; 0 while open
	children []*shard

	rates rates
	reads atomic.Int64 // GetRecords answers, for Options.EmptyReads

	mu         sync.RWMutex
	first      int64 // the oldest record kept
	marks      []mark
	chunks     [][]byte
	firstChunk uint32 // number of chunks[0]
	arrived    int64  // arrival of the newest record ever, ms
	log        *segments
	wake       chan struct{} // closed with the next put or reshard; nil while nobody waits
}

// mark says where a record lies and what limits need to know of it.
type mark struct {
	arrival    int64  // ms since the epoch
	chunk      uint32 // number of the chunk
	start, end uint32 // in the chunk, comma included
	size       uint32 // bytes of data and partition key
}

// entry is a record about to be put.
type entry struct {
	hash   hashKey
	key    []byte // partition key, the content of a JSON string
	base64 []byte // the data as it came, or nil
	data   []byte // the data when base64 is nil
	size   int    // bytes of data and partition key
}

// stamp is what the records of one put have in common.
type stamp struct {
	arrival    int64  // ms since the epoch
	encryption string // `,"EncryptionType":"KMS"`, or nothing
}

const (
	minChunk = 4 << 10
	maxChunk = 1 << 20

	fragmentRest = 180 // bytes of a fragment beside data and key; 171 today
)

// put appends batch[i] for every i in mine and stores the numbers they get in
// placed. It has no effect when it fails.
func (sh *shard) put(batch []entry, mine []int, at stamp, placed []placement) error {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	before, chunks, filled := len(sh.marks), len(sh.chunks), sh.filled()
	at.arrival = max(at.arrival, sh.arrived)
	second := max(at.arrival/1000, sh.created)
	for _, i := range mine {
		number := newSequence(sh.created, sh.number, sh.next()+1, second)
		sh.write(&batch[i], number, at)
		placed[i].number = number
	}
	if sh.log != nil {
		if err := sh.log.append(sh.first+int64(before), sh.marks[before:], sh.runs(before, len(sh.marks))); err != nil {
			sh.marks, sh.chunks = sh.marks[:before], sh.chunks[:chunks]
			if chunks > 0 {
				sh.chunks[chunks-1] = sh.chunks[chunks-1][:filled]
			}
			return err
		}
	}
	sh.arrived = at.arrival
	sh.awaken()
	return nil
}

// wakened returns a channel that the next put closes, and a reshard.
func (sh *shard) wakened() <-chan struct{} {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.wake == nil {
		sh.wake = make(chan struct{})
	}
	return sh.wake
}

// awaken tells those who wait to look again. The mutex is held.
func (sh *shard) awaken() {
	if sh.wake != nil {
		close(sh.wake)
		sh.wake = nil
	}
}

// write encodes one record behind the others.
func (sh *shard) write(e *entry, number sequence, at stamp) {
	data := len(e.base64)
	if e.base64 == nil {
		data = base64.StdEncoding.EncodedLen(len(e.data))
	}
	b := sh.room(fragmentRest + data + len(e.key))
	start := len(b)
	b = append(b, `{"ApproximateArrivalTimestamp":`...)
	b = appendSeconds(b, at.arrival)
	b = append(b, `,"Data":"`...)
	if e.base64 != nil {
		b = append(b, e.base64...)
	} else {
		b = base64.StdEncoding.AppendEncode(b, e.data)
	}
	b = append(append(b, '"'), at.encryption...)
	b = append(b, `,"PartitionKey":"`...)
	b = append(b, e.key...)
	b = append(b, `","SequenceNumber":"`...)
	b = number.append(b)
	b = append(b, `"},`...)
	sh.keep(b, start, at.arrival, e.size)
}

// restore appends a fragment read back from disk.
func (sh *shard) restore(fragment []byte, arrival int64, size int) {
	b := sh.room(len(fragment))
	start := len(b)
	sh.keep(append(b, fragment...), start, arrival, size)
	sh.arrived = max(sh.arrived, arrival)
}

func (sh *shard) keep(b []byte, start int, arrival int64, size int) {
	last := len(sh.chunks) - 1
	sh.chunks[last] = b
	sh.marks = append(sh.marks, mark{
		arrival: arrival, chunk: sh.firstChunk + uint32(last), start: uint32(start), end: uint32(len(b)), size: uint32(size),
	})
}

// room returns the last chunk when it has place for n bytes, or a new one.
// Chunks begin small, because a stream may have thousands of shards.
func (sh *shard) room(n int) []byte {
	size := minChunk
	if len(sh.chunks) > 0 {
		last := sh.chunks[len(sh.chunks)-1]
		if cap(last)-len(last) >= n {
			return last
		}
		size = min(2*cap(last), maxChunk)
	}
	sh.chunks = append(sh.chunks, make([]byte, 0, max(size, n)))
	return sh.chunks[len(sh.chunks)-1]
}

func (sh *shard) filled() int {
	if len(sh.chunks) == 0 {
		return 0
	}
	return len(sh.chunks[len(sh.chunks)-1])
}

// next is the number of the record that comes next. The mutex is held.
func (sh *shard) next() int64 { return sh.first + int64(len(sh.marks)) }

// runs returns marks[from:to] as they lie, one slice per chunk.
func (sh *shard) runs(from, to int) [][]byte {
	var parts [][]byte
	for from < to {
		m, n := sh.marks[from], from+1
		for n < to && sh.marks[n].chunk == m.chunk {
			n++
		}
		parts = append(parts, sh.chunks[m.chunk-sh.firstChunk][m.start:sh.marks[n-1].end])
		from = n
	}
	return parts
}

// trim forgets what arrived before the horizon. The stream's mutex is held.
func (sh *shard) trim(horizon int64) error {
	sh.mu.RLock()
	due := len(sh.marks) > 0 && sh.marks[0].arrival < horizon || sh.expired(horizon) && sh.log != nil && !sh.log.empty()
	sh.mu.RUnlock()
	if !due {
		return nil
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	n := sh.before(horizon)
	sh.first += int64(n)
	sh.marks = slices.Clone(sh.marks[n:])
	gone := len(sh.chunks)
	if len(sh.marks) > 0 {
		gone = int(sh.marks[0].chunk - sh.firstChunk)
	}
	sh.chunks = slices.Clone(sh.chunks[gone:])
	sh.firstChunk += uint32(gone)
	switch {
	case sh.log == nil:
		return nil
	case sh.expired(horizon):
		return sh.log.remove()
	}
	return sh.log.trim(sh.first)
}

// beginning is the sequence number that the shard starts with. No record has it.
func (sh *shard) beginning() sequence { return newSequence(sh.created, sh.number, 0, sh.created) }

// ending is the sequence number behind all records of a closed shard.
func (sh *shard) ending() sequence {
	return newSequence(sh.created, sh.number, lastIndex, max(sh.closed/1000, sh.created))
}

// expired reports whether a closed shard has nothing left within the horizon.
func (sh *shard) expired(horizon int64) bool { return sh.closed != 0 && sh.closed < horizon }
