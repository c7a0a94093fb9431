package rows_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/messages"
)

// sample returns a token-dense event of about size bytes: short keys, strings
// of 8 to 20 bytes, nested objects, arrays, some non-ASCII text.
func sample(size int) []byte {
	random := rand.New(rand.NewPCG(1, uint64(size)))
	word := func() string {
		b := make([]byte, 8+random.IntN(12))
		for i := range b {
			b[i] = byte('a' + random.IntN(26))
		}
		return string(b)
	}
	b := fmt.Appendf(nil, `{"id":%d,"type":"%s"`, random.Int64(), word())
	for i := 0; len(b) < size-40; i++ {
		switch i % 6 {
		case 0:
			b = fmt.Appendf(b, `,"s%d":"%s"`, i, word())
		case 1:
			b = fmt.Appendf(b, `,"n%d":%d`, i, random.IntN(100000))
		case 2:
			b = fmt.Appendf(b, `,"o%d":{"a":"%s","b":true}`, i, word())
		case 3:
			b = fmt.Appendf(b, `,"l%d":["%s",%.2f]`, i, word(), random.Float64())
		case 4:
			b = fmt.Appendf(b, `,"u%d":"%sé%s"`, i, word(), word())
		case 5:
			b = fmt.Appendf(b, `,"t%d":"%s"`, i, word())
		}
	}
	return append(b, '}')
}

func BenchmarkRender(b *testing.B) {
	for _, size := range []int{200, 1024, 10240} {
		b.Run(fmt.Sprint(size), func(b *testing.B) { benchmark(b, [][]byte{sample(size)}) })
	}
	b.Run("wide", func(b *testing.B) { benchmark(b, [][]byte{wide(150)}) })
	b.Run("earthquakes", func(b *testing.B) {
		lines, err := os.ReadFile("testdata/earthquakes.ndjson")
		if err != nil {
			b.Fatal(err)
		}
		benchmark(b, slices.Collect(bytes.Lines(lines)))
	})
}

// wide is a flat object of so many members.
func wide(members int) []byte {
	b := []byte{'{'}
	for i := range members {
		b = fmt.Appendf(b, `"measurement_%d":%d,`, i, i*i*37)
	}
	b[len(b)-1] = '}'
	return b
}

func benchmark(b *testing.B, payloads [][]byte) {
	r, mark, key := rows.NewRenderer(stream, shard, 5), plainMark(), []byte("key-000001")
	size, longest := 0, 0
	for _, payload := range payloads {
		size, longest = size+len(payload), max(longest, len(payload))
	}
	buffer := make([]byte, 0, 2*longest+1024)
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, payload := range payloads {
			buffer = append(buffer[:0], payload...)
			if _, _, err := r.Render(buffer, 0, mark, key); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkRenderWatched is BenchmarkRender where every key is compared with a
// table that has a column for each: of the types that evolution gives them, or
// all VARIANT; and with one that lacks them.
func BenchmarkRenderWatched(b *testing.B) {
	for _, size := range []int{200, 1024, 10240} {
		payload := sample(size)
		var keys map[string]json.RawMessage
		if err := json.Unmarshal(payload, &keys); err != nil {
			b.Fatal(err)
		}
		var variants, typed []messages.Column
		for key, value := range keys {
			name, kind := messages.FoldName(key), "VARCHAR(134217728)"
			switch {
			case value[0] == '{', value[0] == '[':
				kind = "VARIANT"
			case value[0] != '"':
				kind = "NUMBER(38,0)"
			}
			typed = append(typed, messages.Column{Name: name, Type: kind})
			variants = append(variants, messages.Column{Name: name, Type: "VARIANT"})
		}
		renderer := func() *rows.Renderer { return rows.NewRenderer(stream, shard, 5) }
		for name, r := range map[string]*rows.Renderer{
			"counting": renderer().Counting(known(true, variants...)), "ignored": renderer().Counting(known(true)),
			"evolving": renderer().Evolving(known(true, variants...)), "typed": renderer().Evolving(known(true, typed...)),
		} {
			b.Run(fmt.Sprint(size, "/", name), func(b *testing.B) {
				mark, key, buffer := plainMark(), []byte("key-000001"), make([]byte, 0, 2*size+1024)
				b.SetBytes(int64(len(payload)))
				b.ReportAllocs()
				for b.Loop() {
					buffer = append(buffer[:0], payload...)
					if _, _, err := r.Render(buffer, 0, mark, key); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkEncodingJSON is the yardstick: what a connector does that decodes
// into a map, adds the metadata and encodes again.
func BenchmarkEncodingJSON(b *testing.B) {
	for _, size := range []int{200, 1024, 10240} {
		payload := sample(size)
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.SetBytes(int64(len(payload)))
			b.ReportAllocs()
			for b.Loop() {
				var row map[string]any
				if err := json.Unmarshal(payload, &row); err != nil {
					b.Fatal(err)
				}
				row[rows.Column] = map[string]any{
					"stream": stream, "shardId": shard, "sequenceNumber": seq, "subSequenceNumber": 0,
					"shardedSequenceNumber": seq + "00000", "partitionKey": "key-000001", "approximateArrival": "2025-11-05T09:12:15.300",
				}
				if _, err := json.Marshal(row); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
