package localkinesis_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// The benchmarks go over loopback with net/http on both sides, so half of their
// time is the client's. MB/s count data, not base64. Run with -cpu 2.

const benchRecord = 1024 // bytes of data

// BenchmarkPutRecords puts requests of 500 records of 1 KiB.
func BenchmarkPutRecords(b *testing.B) {
	memory := func(*testing.B) string { return "" }
	disk := func(b *testing.B) string { return b.TempDir() }
	for name, dir := range map[string]func(*testing.B) string{"memory": memory, "disk": disk} {
		b.Run(name, func(b *testing.B) {
			server := start(b, localkinesis.Options{Dir: dir(b)})
			streamOf(b, server, 4)
			body := putBody(500)
			b.SetBytes(500 * benchRecord)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					call(b, server, "PutRecords", body, io.Discard)
				}
			})
		})
	}
}

// BenchmarkGetRecords reads answers of 10 MiB.
func BenchmarkGetRecords(b *testing.B) {
	server := start(b, localkinesis.Options{})
	name := streamOf(b, server, 1)
	batch := make([]localkinesis.Record, 12_000)
	for i := range batch {
		batch[i] = localkinesis.Record{PartitionKey: fmt.Sprint(i), Data: bytes.Repeat([]byte{byte(i)}, benchRecord)}
	}
	must(server.PutRecords(name, batch))(b)
	var opened struct{ ShardIterator string }
	var answer bytes.Buffer
	call(b, server, "GetShardIterator", `{"StreamName":"quakes","ShardId":"0","ShardIteratorType":"TRIM_HORIZON"}`, &answer)
	if err := json.Unmarshal(answer.Bytes(), &opened); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(10_000 * benchRecord)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			call(b, server, "GetRecords", `{"ShardIterator":"`+opened.ShardIterator+`","Limit":10000}`, io.Discard)
		}
	})
}

// BenchmarkDirectPutRecords puts without HTTP.
func BenchmarkDirectPutRecords(b *testing.B) {
	server := start(b, localkinesis.Options{})
	name := streamOf(b, server, 4)
	batch := make([]localkinesis.Record, 500)
	for i := range batch {
		batch[i] = localkinesis.Record{PartitionKey: fmt.Sprint(i), Data: make([]byte, benchRecord)}
	}
	b.SetBytes(500 * benchRecord)
	for b.Loop() {
		must(server.PutRecords(name, batch))(b)
	}
}

func putBody(records int) string {
	data := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("d"), benchRecord))
	var b strings.Builder
	b.WriteString(`{"StreamName":"quakes","Records":[`)
	for i := range records {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"Data":"%s","PartitionKey":"key-%d"}`, data, i)
	}
	return b.String() + `]}`
}

func call(b *testing.B, server *localkinesis.Server, action, body string, to io.Writer) {
	r, err := http.NewRequest(http.MethodPost, server.URL(), strings.NewReader(body))
	if err != nil {
		b.Error(err)
		return
	}
	r.Header = http.Header{
		"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"Kinesis_20131202." + action}, "X-Amz-Date": {"20251105T091215Z"},
		"Authorization": {"AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=00"},
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Error(err)
		return
	}
	defer response.Body.Close()
	if _, err := io.CopyBuffer(to, response.Body, make([]byte, 256<<10)); err != nil || response.StatusCode != http.StatusOK {
		b.Errorf("%s: %d, %v", action, response.StatusCode, err)
	}
}
