package main

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// shardTally sums up the rows that were appended for one shard, in order.
type shardTally struct {
	Rows  int64
	Bytes int64
	CRC   uint32 // Castagnoli, over every byte in order
	// Order holds the checksum of the sequence numbers, and counts what is
	// repeated or goes back.
	Order rowstore.ShardTally
}

// add takes the body of one append. Whatever is no row of ours shows as a
// difference from the expectation.
func (t *shardTally) add(body []byte) {
	t.Bytes += int64(len(body))
	t.CRC = crc32.Update(t.CRC, castagnoli, body)
	for len(body) > 0 {
		end := bytes.IndexByte(body, '\n')
		if end < 0 {
			end = len(body) - 1
		}
		t.Rows++
		t.Order.Add(sequenceOf(body[:end]), 0)
		body = body[end+1:]
	}
}

// sequenceOf finds a row's sequence number: its metadata is what ends it.
func sequenceOf(row []byte) []byte {
	const name = `"sequenceNumber":"`
	_, rest, _ := bytes.Cut(row[max(0, len(row)-400):], []byte(name))
	return rest[:max(0, bytes.IndexByte(rest, '"'))]
}

// expect sums up what must arrive for one shard: records rows, each the event's
// bytes and the seven fields of KINESISMETADATA, written here by plain
// formatting so that no code under test judges itself.
func expect(events []event, shard int, records int64) shardTally {
	var t shardTally
	var rows []byte
	name := shardName(shard)
	for i := range records {
		e := &events[i%distinct]
		sequence := string(appendSequence(nil, shard, i))
		rows = append(rows, e.data[:len(e.data)-1]...)
		rows = fmt.Appendf(rows, `,"KINESISMETADATA":{"stream":%q,"shardId":%q,"sequenceNumber":%q,"subSequenceNumber":0,`+
			`"shardedSequenceNumber":%q,"partitionKey":%q,"approximateArrival":%q}}`+"\n",
			streamName, name, sequence, sequence+"00000", e.key, time.UnixMilli(e.arrival).UTC().Format("2006-01-02T15:04:05.000"))
		if len(rows) > 1<<20 || i == records-1 {
			t.add(rows)
			rows = rows[:0]
		}
	}
	return t
}

// differs names the first way in which what arrived is not what was expected;
// "" where they are the same.
func (t *shardTally) differs(want *shardTally) string {
	switch {
	case t.Rows != want.Rows:
		return fmt.Sprintf("%d rows arrived, want %d", t.Rows, want.Rows)
	case t.Order.Repeats > 0, t.Order.Backwards > 0:
		return fmt.Sprintf("%d rows were repeated and %d went back", t.Order.Repeats, t.Order.Backwards)
	case t.Order.Checksum != want.Order.Checksum:
		return "the sequence numbers' checksum differs: not these records, or not in this order"
	case t.Bytes != want.Bytes:
		return fmt.Sprintf("%d bytes arrived, want %d", t.Bytes, want.Bytes)
	case t.CRC != want.CRC:
		return "the bytes of the rows differ"
	}
	return ""
}
