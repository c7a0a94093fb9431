package localkinesis_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// BenchmarkSubscribeToShard reads 32 MiB of records of 1 KiB from one
// subscription, without decoding them.
func BenchmarkSubscribeToShard(b *testing.B) {
	http2 := &http.Transport{Protocols: new(http.Protocols)}
	http2.Protocols.SetUnencryptedHTTP2(true)
	for name, transport := range map[string]*http.Transport{"HTTP1": {}, "HTTP2": http2} {
		b.Run(name, func(b *testing.B) {
			server := start(b, localkinesis.Options{TakeOver: 1})
			stream := streamOf(b, server, 1)
			arn := register(b, server, stream, "app")
			const records = 32 << 10
			batch := make([]localkinesis.Record, records)
			for i := range batch {
				batch[i] = localkinesis.Record{PartitionKey: fmt.Sprint(i), Data: bytes.Repeat([]byte{byte(i)}, benchRecord)}
			}
			must(server.PutRecords(stream, batch))(b)
			if err := server.SplitShard(stream, shardName(0)); err != nil { // so that the subscription ends
				b.Fatal(err)
			}
			body := `{"ConsumerARN":"` + arn + `","ShardId":"0","StartingPosition":{"Type":"TRIM_HORIZON"}}`
			b.SetBytes(records * benchRecord)
			b.ReportAllocs()
			for b.Loop() {
				r, err := http.NewRequest(http.MethodPost, server.URL(), bytes.NewReader([]byte(body)))
				if err != nil {
					b.Fatal(err)
				}
				r.Header = http.Header{
					"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"Kinesis_20131202.SubscribeToShard"}, "X-Amz-Date": {"20251105T091215Z"},
					"Authorization": {"AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=00"},
				}
				response, err := (&http.Client{Transport: transport}).Do(r)
				if err != nil {
					b.Fatal(err)
				}
				n, err := io.CopyBuffer(io.Discard, response.Body, make([]byte, 256<<10))
				if response.Body.Close(); err != nil || n < records*benchRecord {
					b.Fatalf("%d bytes, %v", n, err)
				}
			}
		})
	}
}
