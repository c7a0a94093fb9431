package main

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// streamName is in every row, so it is the same for every run.
const streamName = "bench"

// distinct is how many different records there are; shards cycle through them.
const distinct = 2000

// event is one canned record and the text of it in a GetRecords answer, around
// its sequence number.
type event struct {
	data       []byte
	key        string
	arrival    int64 // ms since 1970
	head, tail []byte
}

// firstArrival is the arrival of the first event; the others follow 1 ms apart,
// so that a shard's rows cross seconds as a busy shard's do.
var firstArrival = time.Date(2026, 1, 15, 8, 30, 0, 0, time.UTC).UnixMilli()

// makeEvents returns the canned records, of size bytes each. They are the same
// in every process.
func makeEvents(size int) []event {
	events := make([]event, distinct)
	for i := range events {
		e := &events[i]
		e.data = makeObject(rand.New(rand.NewPCG(uint64(size), uint64(i))), size)
		e.key = fmt.Sprintf("key-%06d", i)
		e.arrival = firstArrival + int64(i)
		digits := strconv.FormatInt(e.arrival, 10)
		e.head = fmt.Appendf(nil, `{"ApproximateArrivalTimestamp":%s.%sE9,"Data":"%s","PartitionKey":"%s","SequenceNumber":"`,
			digits[:1], digits[1:], base64.StdEncoding.EncodeToString(e.data), e.key)
		e.tail = []byte(`"}`)
	}
	return events
}

// makeObject returns one JSON event of exactly size bytes, dense in tokens on
// purpose: short keys, strings of 8 to 20 bytes, nested objects, arrays, some
// text that is not ASCII, and about one byte in eight in numbers and literals
// (specs/performance.md 0).
func makeObject(r *rand.Rand, size int) []byte {
	word := func() string {
		b := make([]byte, 8+r.IntN(13))
		for i := range b {
			b[i] = "abcdefghijklmnopqrstuvwxyz0123456789 -_."[r.IntN(40)]
		}
		return string(b)
	}
	const longest, closing = 64, len(`,"z":""}`)
	b := fmt.Appendf(nil, `{"id":%d,"type":"%s"`, r.Int64N(1e9), word())
	for i := 0; len(b) < size-longest-closing; i++ {
		switch i % 8 {
		case 0, 6, 7:
			b = fmt.Appendf(b, `,"s%d":"%s"`, i, word())
		case 1:
			b = fmt.Appendf(b, `,"n%d":%d`, i, r.IntN(1e8))
		case 2:
			b = fmt.Appendf(b, `,"o%d":{"a":"%s","b":%t}`, i, word(), r.IntN(2) == 0)
		case 3:
			b = fmt.Appendf(b, `,"l%d":["%s",%.4f]`, i, word(), 1000*r.Float64())
		case 4:
			b = fmt.Appendf(b, `,"u%d":"%sé%c"`, i, word(), rune(0x3b1+r.IntN(24)))
		case 5:
			b = fmt.Appendf(b, `,"f%d":%.3f`, i, 1e5*r.NormFloat64())
		}
	}
	b = append(b, `,"z":"`...)
	for len(b) < size-len(`"}`) {
		b = append(b, byte('a'+r.IntN(26)))
	}
	return append(b, `"}`...)
}

// sequenceDigits is the length of a sequence number: as the service's.
const sequenceDigits = 56

// appendSequence writes the sequence number of a shard's record, counted from
// 0: increasing, and without a leading zero.
func appendSequence(b []byte, shard int, index int64) []byte {
	b = append(b, "49665082713652098127409385068719254039"...)
	b = append(b, byte('0'+shard/10), byte('0'+shard%10))
	var digits [sequenceDigits - 40]byte
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = byte('0' + index%10)
		index /= 10
	}
	return append(b, digits[:]...)
}

// sequenceIndex is the index that a sequence number was made of.
func sequenceIndex(digits string) (int64, error) {
	if len(digits) != sequenceDigits {
		return 0, fmt.Errorf("sequence number %q is none of this stream's", digits)
	}
	return strconv.ParseInt(digits[40:], 10, 64)
}

func shardName(shard int) string { return fmt.Sprintf("shardId-%012d", shard) }

// shardNumber is the reverse of shardName.
func shardNumber(name string) (int, error) {
	var n int
	if _, err := fmt.Sscanf(name, "shardId-%d", &n); err != nil || shardName(n) != name {
		return 0, fmt.Errorf("shard %q is none of this stream's", name)
	}
	return n, nil
}
