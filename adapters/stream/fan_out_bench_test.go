package stream

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/messages"
)

// pushedEvent is the frame of an event, of records of 1 KiB.
func pushedEvent(records int) []byte {
	payload := body(records, event(1024))
	payload = bytes.Replace(payload, []byte(`"NextShardIterator"`), []byte(`"ContinuationSequenceNumber"`), 1)
	return frameOf(text(":message-type", "event", ":event-type", "SubscribeToShardEvent", ":content-type", "application/json"), string(payload))
}

// receiving is everything between the bytes of a connection and a block.
type receiving struct {
	source *Source
	sub    *subscription
	bytes  []byte
	reader bytes.Reader
}

func newReceiving(records int) *receiving {
	client := New(Config{Stream: "orders", Rows: func(shard messages.ShardID) RowMaker { return rows.NewRenderer("orders", shard, 5) }})
	r := &receiving{source: client.Open(messages.Shard{ID: "shardId-000000000003"}, messages.ReadFrom{}), bytes: pushedEvent(records)}
	r.sub = &subscription{body: io.NopCloser(&r.reader), more: make(chan struct{}, 1), pace: DefaultFanOutPace()}
	r.sub.over, r.sub.cancel = context.WithCancel(context.Background())
	r.sub.stalled = stopped(r.sub.cancel)
	return r
}

func (r *receiving) event(t testing.TB, records int) {
	r.reader.Reset(r.bytes)
	var h head
	if _, err := io.ReadFull(&r.reader, h.bytes[:]); err != nil {
		t.Fatal(err)
	}
	a := newAnswer()
	if err := r.sub.read(t.Context(), &h, a); err != nil {
		t.Fatal(err)
	}
	<-r.sub.more
	if err := a.parse(); err != nil {
		t.Fatal(err)
	}
	block, _, err := r.source.render(a)
	if err != nil || len(block.Marks) != records || block.Cause != "" {
		t.Fatal(err, block)
	}
	a.release()
	block.Recycle(block.NDJSON)
}

// TestARecordOfAnEventAllocatesNothing: what is allocated is an event's, however
// many records it has.
func TestARecordOfAnEventAllocatesNothing(t *testing.T) {
	few, many := newReceiving(100), newReceiving(1000)
	allocations := func(r *receiving, records int) float64 {
		r.event(t, records) // buffers
		return testing.AllocsPerRun(20, func() { r.event(t, records) })
	}
	a, b := allocations(few, 100), allocations(many, 1000)
	if b-a > 9 { // a hundredth of a record's
		t.Errorf("%v allocations for 100 records and %v for 1,000", a, b)
	}
}

// BenchmarkEvent is everything between the bytes of a connection and a block.
func BenchmarkEvent(b *testing.B) {
	for _, records := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(records), func(b *testing.B) {
			r := newReceiving(records)
			b.SetBytes(int64(len(r.bytes)))
			b.ReportAllocs()
			for b.Loop() {
				r.event(b, records)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(records), "ns/record")
		})
	}
}
