package stream

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/integration/producer"
	"github.com/kinesnow/kinesnow/messages"
)

// event is a token-dense JSON object of about size bytes: short keys, strings
// of 8 to 20 bytes, nested objects, arrays, some non-ASCII text.
func event(size int) []byte {
	var b strings.Builder
	text := func(i int) string { return strings.Repeat(string(rune('a'+i%26)), 8+i*7%12) }
	b.WriteString(`{"id":8273645,"type":"order.created"`)
	for i := 0; b.Len() < size-40; i++ {
		switch i % 6 {
		case 0, 5:
			fmt.Fprintf(&b, `,"s%d":"%s"`, i, text(i))
		case 1:
			fmt.Fprintf(&b, `,"n%d":%d`, i, i*7919)
		case 2:
			fmt.Fprintf(&b, `,"o%d":{"a":"%s","b":true}`, i, text(i))
		case 3:
			fmt.Fprintf(&b, `,"l%d":["%s",%d.25]`, i, text(i), i)
		case 4:
			fmt.Fprintf(&b, `,"u%d":"%sé%s"`, i, text(i), text(i+1))
		}
	}
	b.WriteByte('}')
	return []byte(b.String())
}

var benchSizes = []struct{ records, size int }{{2000, 200}, {1000, 1024}, {100, 10240}}

func BenchmarkParse(b *testing.B) {
	for _, c := range benchSizes {
		b.Run(fmt.Sprint(c.size), func(b *testing.B) {
			payload := event(c.size)
			text := body(c.records, payload)
			b.SetBytes(int64(c.records * len(payload)))
			b.ReportAllocs()
			for b.Loop() {
				a := newAnswer()
				if a.hold(b.Context()) != nil || a.read(bytes.NewReader(text), int64(len(text))) != nil || a.parse() != nil {
					b.Fatal("not read")
				}
				a.release()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.records), "ns/record")
		})
	}
}

// BenchmarkAnswer is everything between the bytes of a response body and a
// finished block.
func BenchmarkAnswer(b *testing.B) {
	for _, c := range benchSizes {
		b.Run(fmt.Sprint(c.size), func(b *testing.B) {
			payload := event(c.size)
			text := body(c.records, payload)
			client := New(Config{Stream: "orders", Rows: func(shard messages.ShardID) RowMaker { return rows.NewRenderer("orders", shard, 5) }})
			source := client.Open(messages.Shard{ID: "shardId-000000000003"}, messages.ReadFrom{})
			b.SetBytes(int64(c.records * len(payload)))
			b.ReportAllocs()
			for b.Loop() {
				a := newAnswer()
				if a.hold(b.Context()) != nil || a.read(bytes.NewReader(text), int64(len(text))) != nil || a.parse() != nil {
					b.Fatal("not read")
				}
				block, _, err := source.render(a)
				if err != nil || len(block.Marks) != c.records || block.Cause != "" {
					b.Fatal(err, block.Cause)
				}
				a.release()
				block.Recycle(block.NDJSON)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.records), "ns/record")
		})
	}
}

// BenchmarkPackedAnswer is BenchmarkAnswer with the same user records in
// aggregates of about 50 kB.
func BenchmarkPackedAnswer(b *testing.B) {
	for _, c := range benchSizes {
		b.Run(fmt.Sprint(c.size), func(b *testing.B) {
			payload := event(c.size)
			carriers, text := packedBody(c.records, payload)
			source := benchSource()
			b.SetBytes(int64(c.records * len(payload)))
			b.ReportAllocs()
			for b.Loop() {
				block := renderOnce(b, source, text)
				if len(block.Marks) != c.records || block.Cause != "" || block.Packed.Aggregates != carriers {
					b.Fatalf("%d user records, %+v", len(block.Marks), block.Packed)
				}
				block.Recycle(block.NDJSON)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.records), "ns/record")
		})
	}
}

// TestUserRecordsOfAggregatesAllocateNothingEach: a block of four times as many
// is made with as many allocations.
func TestUserRecordsOfAggregatesAllocateNothingEach(t *testing.T) {
	allocations := func(records int) float64 {
		_, text := packedBody(records, event(200))
		source := benchSource()
		renderOnce(t, source, text) // which learns how large blocks become
		return testing.AllocsPerRun(20, func() {
			block := renderOnce(t, source, text)
			block.Recycle(block.NDJSON)
		})
	}
	if few, many := allocations(1000), allocations(4000); many > few+2 || many > 16 {
		t.Errorf("%v allocations for 4,000 user records, %v for 1,000", many, few)
	}
}

func benchSource() *Source {
	client := New(Config{Stream: "orders", Rows: func(shard messages.ShardID) RowMaker { return rows.NewRenderer("orders", shard, 5) }})
	return client.Open(messages.Shard{ID: "shardId-000000000003", HashFrom: "0", HashTo: "170141183460469231731687303715884105727"}, messages.ReadFrom{})
}

// packedBody is an answer of so many user records in aggregates.
func packedBody(records int, payload []byte) (carriers int64, text []byte) {
	var all []string
	for each := max(1, 50_000/len(payload)); records > 0; records -= each {
		users := make([]producer.User, min(each, records))
		for i := range users {
			users[i] = producer.User{Key: fmt.Sprint("key-", i%50), Data: payload}
		}
		all = append(all, `{"SequenceNumber":"`+fmt.Sprint("49590338271490256608559692538361571095", len(all)+100)+`","ApproximateArrivalTimestamp":1.441215410867E9,"Data":"`+
			base64.StdEncoding.EncodeToString(producer.Aggregate(users...))+`","PartitionKey":"a"}`)
	}
	return int64(len(all)), []byte(`{"MillisBehindLatest":0,"NextShardIterator":"n","Records":[` + strings.Join(all, ",") + `]}`)
}

// renderOnce makes a block of an answer, from the bytes of its body on.
func renderOnce(tb testing.TB, source *Source, text []byte) *messages.RowBlock {
	a := newAnswer()
	if a.hold(tb.Context()) != nil || a.read(bytes.NewReader(text), int64(len(text))) != nil || a.parse() != nil {
		tb.Fatal("not read")
	}
	block, _, err := source.render(a)
	if err != nil {
		tb.Fatal(err)
	}
	a.release()
	return block
}
