package snowpipe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/kinesnow/kinesnow/messages"
)

func parseStatus(t *testing.T, text string) messages.ChannelStatus {
	t.Helper()
	var w wireStatus
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return *w.status("c")
}

func unpack(t *testing.T, encoding string, body [][]byte) []byte {
	t.Helper()
	joined := bytes.Join(body, nil)
	var from io.Reader = bytes.NewReader(joined)
	switch encoding {
	case "zstd":
		d, err := zstd.NewReader(from)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		from = d
	case "gzip":
		d, err := gzip.NewReader(from)
		if err != nil {
			t.Fatal(err)
		}
		d.Multistream(false) // one member, or the rest is missed
		from = d
	}
	raw, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestSealedRowsComeBackWhole(t *testing.T) {
	rows := [][]byte{[]byte("{\"a\":1}\n"), bytes.Repeat([]byte("{\"b\":\"beta\"}\n"), 20_000), []byte("{}\n")}
	want := bytes.Join(rows, nil)
	for _, compression := range []Compression{Zstd, Gzip, None} {
		s := newSealer(compression)
		for range 3 { // the second and third time with used encoders and buffers
			body, length, encoding, err := s.seal(rows)
			if err != nil {
				t.Fatal(err)
			}
			if int(length) != len(bytes.Join(body, nil)) {
				t.Errorf("%s: length %d, body %d", compression, length, len(bytes.Join(body, nil)))
			}
			if got := unpack(t, encoding, body); !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes came back, want %d", compression, len(got), len(want))
			}
			batch := &messages.SealedBatch{Body: body, Encoding: encoding}
			s.recycle(batch)
			s.recycle(batch)
			if batch.Body != nil {
				t.Errorf("%s: a recycled batch still has a body", compression)
			}
		}
	}
}

func TestAZstdBodyIsOneFrameThatTellsItsSize(t *testing.T) {
	rows := [][]byte{bytes.Repeat([]byte("{\"a\":1}\n"), 100_000), bytes.Repeat([]byte("{\"a\":2}\n"), 100_000)}
	body, _, _, err := newSealer(Zstd).seal(rows)
	if err != nil {
		t.Fatal(err)
	}
	var head zstd.Header
	if err := head.Decode(body[0]); err != nil || !head.HasFCS || head.FrameContentSize != 1_600_000 {
		t.Errorf("header %+v, %v; want a content size of 1,600,000", head, err)
	}
}

func TestUncompressedRowsAreNotCopied(t *testing.T) {
	row := []byte("{}\n")
	body, length, encoding, err := newSealer(None).seal([][]byte{row})
	if err != nil || length != 3 || encoding != "" || &body[0][0] != &row[0] {
		t.Errorf("%v %d %q %v", body, length, encoding, err)
	}
}

func TestNoRowsCannotBeSealed(t *testing.T) {
	if _, _, _, err := newSealer(Zstd).seal([][]byte{nil}); err == nil {
		t.Error("an empty batch was sealed")
	}
}

func TestManyChannelsSealAtOnce(t *testing.T) {
	s := newSealer(Zstd)
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			want := bytes.Repeat(fmt.Appendf(nil, "{\"n\":%d}\n", i), 1000)
			body, _, encoding, err := s.seal([][]byte{want[:17], want[17:]})
			if err != nil {
				t.Error(err)
				return
			}
			if !bytes.Equal(unpack(t, encoding, body), want) {
				t.Errorf("rows of channel %d were mixed up", i)
			}
			s.recycle(&messages.SealedBatch{Body: body, Encoding: encoding})
		})
	}
	all.Wait()
}

func TestABodyIsReadAgainFromItsStart(t *testing.T) {
	p := newPayload([][]byte{[]byte("ab"), nil, []byte("cde")}, 5)
	for range 2 {
		if got, err := io.ReadAll(p.reader()); err != nil || string(got) != "abcde" {
			t.Errorf("%q %v", got, err)
		}
	}
	late := p.reader()
	p.detach()
	if n, err := late.Read(make([]byte, 1)); n != 0 || err == nil || err == io.EOF {
		t.Errorf("a detached body gave %d bytes, %v", n, err)
	}
}
