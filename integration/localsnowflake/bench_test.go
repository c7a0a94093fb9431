package localsnowflake_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// feed appends b.N bodies of 2.6 MB (2,000 rows of 1.3 KB) over 4 channels
// and waits until all are committed.
func feed(b *testing.B, options localsnowflake.Options, pack func([]byte) []byte) {
	const channels = 4
	a := start(b, options)
	column := func(name, kind string) catalog.Column {
		return catalog.Column{Name: name, Type: catalog.Type{Name: kind}, Nullable: true}
	}
	table := a.table(catalog.Table{Name: "T", Columns: []catalog.Column{
		{Name: "ID", Type: catalog.IntegerType(), Nullable: true}, {Name: "TEXT", Type: catalog.TextType(), Nullable: true},
		column("MAG", catalog.Float), column("ITEMS", catalog.Variant), column("KINESISMETADATA", catalog.Object)}}, catalog.Insert)
	var body bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&body, `{"id":%d,"mag":%d.25,"text":"%s","items":[%s],"KINESISMETADATA":{"stream":"orders","shardId":"shardId-000000000003","sequenceNumber":"495903382714902566085596925409257027593242085231375%05d","subSequenceNumber":0,"shardedSequenceNumber":"4959033827149025660855969254092570275932420852313751552300000","partitionKey":"k","approximateArrival":"2025-11-05T09:12:15.300"}}`+"\n",
			i, i%9, bytes.Repeat([]byte("words "), 60), bytes.Repeat([]byte(`{"n":12345,"s":"abcdefgh"},`), 18)[:18*27-1], i)
	}
	header := http.Header{}
	wire := body.Bytes()
	if pack != nil {
		wire = pack(wire)
		header.Set("Content-Encoding", "zstd")
	}
	b.SetBytes(int64(body.Len()))
	b.ResetTimer()
	var group sync.WaitGroup
	for c := range channels {
		group.Go(func() {
			name := fmt.Sprint("c-", c)
			token := a.open("T-STREAMING", name, "").next()
			for i := c; i < b.N; i += channels {
				token = a.appendWith(name, url.Values{"continuationToken": {token}}, wire, header).next()
			}
		})
	}
	group.Wait()
	a.waitFor("commit of all", func() bool {
		n, err := a.Store().Count(table.ID)
		return err == nil && n == int64(b.N)*2000
	})
}

func BenchmarkAppendToMemory(b *testing.B) { feed(b, localsnowflake.Options{}, nil) }

func BenchmarkAppendToCounting(b *testing.B) {
	feed(b, localsnowflake.Options{Store: rowstore.NewCounting()}, nil)
}

func BenchmarkAppendZstdToCounting(b *testing.B) {
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		b.Fatal(err)
	}
	feed(b, localsnowflake.Options{Store: rowstore.NewCounting()}, func(body []byte) []byte { return encoder.EncodeAll(body, nil) })
}

func BenchmarkAppendToSQLite(b *testing.B) { feed(b, localsnowflake.Options{Dir: b.TempDir()}, nil) }
