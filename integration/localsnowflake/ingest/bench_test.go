package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"
)

// BenchmarkCheck reads bodies of 1,000 rows of about 1.3 KB: a typed table as
// evolution makes it, token-dense JSON, the connector's metadata at the end.
func BenchmarkCheck(b *testing.B) {
	var body strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&body, `{"id":%d,"kind":"earthquake","mag":%d.25,"felt":null,"ok":true,"tags":["a","b",%d],"geometry":{"type":"Point","coordinates":[-116.79,33.49,%d.5]},"text":"%s",`+
			`"items":[%s],"KINESISMETADATA":{"stream":"orders","shardId":"shardId-000000000003","sequenceNumber":"49590338271490256608559692540925702759324208523137515%03d",`+
			`"subSequenceNumber":0,"shardedSequenceNumber":"4959033827149025660855969254092570275932420852313751552300000","partitionKey":"k","approximateArrival":"2025-11-05T09:12:15.300"}}`+"\n",
			i, i%9, i, i, strings.Repeat("words ", 30), strings.Repeat(`{"n":12345,"s":"abcdefgh"},`, 18)+"0", i)
	}
	column := func(name, kind string) catalog.Column {
		return catalog.Column{Name: name, Type: catalog.Type{Name: kind}, Nullable: true}
	}
	table := &catalog.Table{Columns: []catalog.Column{
		{Name: "ID", Type: catalog.IntegerType(), Nullable: true}, {Name: "KIND", Type: catalog.TextType(), Nullable: true},
		column("MAG", catalog.Float), column("OK", catalog.Boolean), column("TAGS", catalog.Variant), column("GEOMETRY", catalog.Variant),
		{Name: "TEXT", Type: catalog.TextType(), Nullable: true}, column("ITEMS", catalog.Variant), column("KINESISMETADATA", catalog.Object),
	}}
	columns := ingest.NewColumns(table)
	text := []byte(body.String())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if r := columns.Check(text, ingest.Rules{Evolve: true}); len(r.Good) != 1000 {
			b.Fatalf("%d good rows, errors %v", len(r.Good), r.Errors[:1])
		}
	}
}
