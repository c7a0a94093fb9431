package localkinesis

import (
	"bytes"
	"fmt"
	"testing"
)

// Both directions of the CBOR form alone, which come on top of what a call
// costs in JSON. MB/s count data, as everywhere here.

const cborBenchRecord = 1024 // bytes of data

func BenchmarkCBORPutRecords(b *testing.B) {
	data := bytes.Repeat([]byte("d"), cborBenchRecord)
	body := append([]byte("\xbf\x6aStreamName\x66quakes\x67Records"), 0x9f)
	for i := range 500 {
		key := fmt.Sprint("key-", i)
		body = append(body, "\xbf\x64Data"...)
		body = append(appendHead(body, cborBytes, cborBenchRecord), data...)
		body = append(appendHead(append(body, "\x6cPartitionKey"...), cborText, uint64(len(key))), key...)
		body = append(body, cborBreak)
	}
	body = append(body, cborBreak, cborBreak)
	b.SetBytes(500 * cborBenchRecord)
	var buffer []byte
	for b.Loop() {
		if _, refused := asJSON(cborType, body, &buffer); refused != nil {
			b.Fatal(refused)
		}
	}
}

func BenchmarkCBORGetRecords(b *testing.B) {
	s, err := Start(Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if err := s.CreateStream("quakes", 1); err != nil {
		b.Fatal(err)
	}
	batch := make([]Record, 10_000)
	for i := range batch {
		batch[i] = Record{PartitionKey: fmt.Sprint(i), Data: bytes.Repeat([]byte{byte(i)}, cborBenchRecord)}
	}
	if _, err := s.PutRecords("quakes", batch); err != nil {
		b.Fatal(err)
	}
	sh := s.streams["quakes"].shards[0]
	b.SetBytes(10_000 * cborBenchRecord)
	var buffer []byte
	for b.Loop() {
		p := sh.read(0, len(batch), 2*maxAnswer)
		if p.records != len(batch) {
			b.Fatal(p.records)
		}
		a := answer{head: []byte(`{"Records":[`), parts: withoutLastComma(p.parts), tail: []byte("]}")}
		if _, err := a.in(cborType, &buffer); err != nil {
			b.Fatal(err)
		}
	}
}
