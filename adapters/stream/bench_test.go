package stream

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/rows"
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
