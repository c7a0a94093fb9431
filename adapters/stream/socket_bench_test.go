package stream_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
)

// BenchmarkNext reads a shard of 1 KiB records through the SDK over loopback.
// The server's work is in it too.
func BenchmarkNext(b *testing.B) {
	const records, batch = 20_000, 500
	server, err := localkinesis.Start(localkinesis.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	cloud := aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")}
	stock := kinesis.NewFromConfig(cloud, func(o *kinesis.Options) { o.BaseEndpoint = aws.String(server.URL()) })
	if _, err := stock.CreateStream(b.Context(), &kinesis.CreateStreamInput{StreamName: aws.String("orders"), ShardCount: aws.Int32(1)}); err != nil {
		b.Fatal(err)
	}
	var payload strings.Builder
	for i := 0; payload.Len() < 1000; i++ {
		fmt.Fprintf(&payload, `,"key%d":"some text of %d","n%d":%d`, i, i*7919, i, i*104729)
	}
	data := []byte("{" + payload.String()[1:] + "}")
	for from := 0; from < records; from += batch {
		in := &kinesis.PutRecordsInput{StreamName: aws.String("orders")}
		for i := range batch {
			in.Records = append(in.Records, types.PutRecordsRequestEntry{Data: data, PartitionKey: aws.String(fmt.Sprint("key-", from+i))})
		}
		if _, err := stock.PutRecords(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
	client := stream.New(stream.Config{
		AWS: cloud, Endpoint: server.URL(), Stream: "orders", Pace: &stream.Pace{},
		Rows: func(shard messages.ShardID) stream.RowMaker { return rows.NewRenderer("orders", shard, 5) },
	})
	b.SetBytes(int64(records * len(data)))
	b.ReportAllocs()
	for b.Loop() {
		source := client.Open(messages.Shard{ID: "shardId-000000000000"}, messages.ReadFrom{})
		for n := 0; n < records; {
			block, err := source.Next(b.Context(), 2<<20)
			if err != nil {
				b.Fatal(err)
			}
			n += len(block.Marks)
			if block.Recycle != nil {
				block.Recycle(block.NDJSON)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/record")
}
