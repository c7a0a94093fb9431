package stream

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// The golden frames of specs/kinesis-consumption.md 4.2.
const (
	goldenInitial = "00000068000000564e6817240d3a6d6573736167652d747970650700056576656e740b3a6576656e742d74797065070010696e697469616c2d726573706f6e73650d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b7dfe942c1d"
	goldenEmpty   = "000000b10000005bb43c76b10d3a6d6573736167652d747970650700056576656e740b3a6576656e742d74797065070015537562736372696265546f53686172644576656e740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b22436f6e74696e756174696f6e53657175656e63654e756d626572223a2232222c224d696c6c6973426568696e644c6174657374223a302c225265636f726473223a5b5d7db4f70c48"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// frameOf encodes a frame.
func frameOf(headers []byte, payload string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(frameOverhead+len(headers)+len(payload)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(headers)))
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	b = append(append(b, headers...), payload...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

func text(pairs ...string) (b []byte) {
	for i := 0; i < len(pairs); i += 2 {
		b = append(append(b, byte(len(pairs[i]))), pairs[i]...)
		b = binary.BigEndian.AppendUint16(append(b, stringValue), uint16(len(pairs[i+1])))
		b = append(b, pairs[i+1]...)
	}
	return b
}

// readFrame reads one frame, and hands what it held to see.
func readFrame(t testing.TB, r io.Reader, f *frame, see func(a *answer)) error {
	var head frameHead
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	a := newAnswer()
	defer a.release()
	err := f.read(t.Context(), r, &head, a)
	if err == nil {
		see(a)
	}
	return err
}

func TestA01GoldenFramesAreRead(t *testing.T) {
	stream := bytes.NewReader(append(unhex(t, goldenInitial), unhex(t, goldenEmpty)...))
	var f frame
	if err := readFrame(t, stream, &f, func(a *answer) {
		if string(f.message) != "event" || string(f.event) != "initial-response" || string(a.body) != "{}" {
			t.Errorf("initial response: %s %s %s", f.message, f.event, a.body)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if err := readFrame(t, stream, &f, func(a *answer) {
		if err := a.parse(); err != nil || string(f.event) != "SubscribeToShardEvent" || a.iterator != "2" || a.behind != 0 || len(a.records) != 0 {
			t.Errorf("empty event: %s %+v, error %v", f.event, a, err)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

func TestHeadersOfEveryTypeAreStoodOver(t *testing.T) {
	var headers []byte
	for kind, size := range valueSize {
		headers = append(headers, 1, 'x', byte(kind))
		if size < 0 {
			headers, size = append(headers, 0, 3), 3
		}
		headers = append(headers, make([]byte, size)...)
	}
	headers = append(headers, text(":message-type", "error", ":error-code", "Code", ":error-message", "text")...)
	var f frame
	err := readFrame(t, bytes.NewReader(frameOf(headers, "")), &f, func(*answer) {})
	if err != nil || string(f.message) != "error" || string(f.exception) != "Code" || exceptionMessage(&f, nil) != "text" {
		t.Errorf("frame %+v, error %v", f, err)
	}
}

// TestHostileFramesAreErrors: what a broken or a foreign sender may send is an
// error that says so, before it costs memory.
func TestHostileFramesAreErrors(t *testing.T) {
	head := func(total, headers uint32) []byte {
		b := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, total), headers)
		return append(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b)), make([]byte, 64)...)
	}
	flipped := func(at int) []byte {
		b := unhex(t, goldenEmpty)
		b[at] ^= 0x10
		return b
	}
	for name, c := range map[string]struct {
		bytes []byte
		want  error
	}{
		"HTML":                      {[]byte("<html><body>502 Bad Gateway</body></html>"), errFrameSum},
		"a bit of the length":       {flipped(2), errFrameSum},
		"a bit of the headers":      {flipped(20), errFrameSum},
		"a bit of the payload":      {flipped(120), errFrameSum},
		"a bit of the checksum":     {flipped(176), errFrameSum},
		"smaller than itself":       {head(15, 0), errFrameSize},
		"nothing":                   {head(0, 0), errFrameSize},
		"4 GiB":                     {head(1<<32-1, 0), errFrameSize},
		"33 MiB":                    {head(33<<20, 0), errFrameSize},
		"headers beyond the frame":  {head(100, 85), errFrameSize},
		"more headers than allowed": {head(1<<20, 129<<10), errFrameSize},
		"broken off in its headers": {unhex(t, goldenEmpty)[:40], io.ErrUnexpectedEOF},
		"broken off in its payload": {unhex(t, goldenEmpty)[:130], io.ErrUnexpectedEOF},
		"broken off in its sum":     {unhex(t, goldenEmpty)[:175], io.ErrUnexpectedEOF},
		"a header without value":    {frameOf([]byte{3, 'a', 'b'}, ""), errFrameHead},
		"a header of no type":       {frameOf([]byte{1, 'a', 10}, ""), errFrameHead},
		"a value beyond the end":    {frameOf([]byte{1, 'a', 7, 0, 9, 'b'}, ""), errFrameHead},
		"a value without length":    {frameOf([]byte{1, 'a', 7, 0}, ""), errFrameHead},
	} {
		t.Run(name, func(t *testing.T) {
			var f frame
			if err := readFrame(t, bytes.NewReader(c.bytes), &f, func(*answer) {}); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
}

// FuzzFrames reads whatever bytes as a stream of events, up to blocks, and behind
// them a frame that is whole but holds whatever: nothing may panic.
func FuzzFrames(f *testing.F) {
	event := text(":message-type", "event", ":event-type", "SubscribeToShardEvent")
	for _, payload := range []string{
		`{"Records":[{"SequenceNumber":"7","Data":"e30=","PartitionKey":"k","ApproximateArrivalTimestamp":1.7E9}],"ContinuationSequenceNumber":"7","MillisBehindLatest":5}`,
		`{"ChildShards":[{"ShardId":"shardId-000000000001"}],"Records":[]}`, `{"Records":[{"SequenceNumber":"x"}]}`, `{"Records":null}`, ``,
		`{"Records":[{"SequenceNumber":"7","Data":"\/` + strings.Repeat("A", 31) + strings.Repeat("\xff", 5) + `"}]}`,
	} {
		f.Add([]byte{}, event, payload)
	}
	f.Add(unhex(f, goldenInitial), text(":message-type", "exception", ":exception-type", "KMSDisabledException"), `{"message":"off"}`)
	f.Add(unhex(f, goldenEmpty)[:99], []byte{1, 'a', 10}, `{"message":7}`)
	client := New(Config{Stream: "orders", Rows: func(messages.ShardID) RowMaker { return nowhere{} }})
	f.Fuzz(func(t *testing.T, raw, headers []byte, payload string) {
		if len(headers) > maxFrameHeaders {
			return
		}
		for _, stream := range [][]byte{raw, frameOf(headers, payload)} {
			r, fr := bytes.NewReader(stream), frame{}
			var err error
			for err == nil {
				source := client.Open(messages.Shard{ID: "shardId-000000000000"}, messages.ReadFrom{})
				err = readFrame(t, r, &fr, func(a *answer) {
					if a.parse() != nil {
						_ = exceptionMessage(&fr, a.body)
						return
					}
					block, _, err := source.render(a)
					if err == nil && block.Recycle != nil {
						block.Recycle(block.NDJSON)
					}
				})
			}
			if err.Error() == "" {
				t.Error("an error without a text")
			}
		}
	})
}

// nowhere renders one row per record.
type nowhere struct{}

func (nowhere) Render(dst []byte, start int, _ *messages.Mark, _ []byte) ([]byte, int, error) {
	return append(dst[:start], "{}\n"...), 1, nil
}
