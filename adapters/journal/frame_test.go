package journal

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew; review the difference")

// TestTheFormatIsAsItWasReleased holds the bytes of a segment to those on
// file: every released journal has to stay readable.
func TestTheFormatIsAsItWasReleased(t *testing.T) {
	dir := t.TempDir()
	j := opened(t, dir, Options{}, newFake())
	add(t, j, "s", entries(1, 3)...)
	j.Close()
	got := read(t, filepath.Join(dir, "s", firstSegment))
	golden := filepath.Join("testdata", "v1.seg")
	if *rewrite {
		write(t, golden, got)
	}
	released := read(t, golden)
	if !bytes.Equal(got, released) {
		t.Errorf("a segment is\n%x\nand was released as\n%x", got, released)
	}
	old := t.TempDir()
	if err := os.Mkdir(filepath.Join(old, "s"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(old, "s", firstSegment), released)
	reader, err := OpenReader(old)
	if err != nil {
		t.Fatal(err)
	}
	wantSeqs(t, seqs(t, reader, "s", 0), upTo(1, 3))
}

func TestAFrameIsReadAsItWasWritten(t *testing.T) {
	want := entry(7)
	want.Seq = 7
	frame, err := appendFrame(nil, &want)
	if err != nil {
		t.Fatal(err)
	}
	in := &frameReader{in: bufio.NewReader(bytes.NewReader(frame))}
	payload, err := in.next()
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeEntry(payload)
	if err != nil || got.Seq != 7 || !got.At.Equal(want.At) || got.Writer != want.Writer || got.Kind != want.Kind || !bytes.Equal(got.Body, want.Body) {
		t.Errorf("read %+v, %v, want %+v", got, err, want)
	}
	if _, err := in.next(); !errors.Is(err, io.EOF) || in.end != int64(len(frame)) {
		t.Errorf("after the last frame: %v at %d, want EOF at %d", err, in.end, len(frame))
	}
}

func TestNoByteOfAFrameMayChange(t *testing.T) {
	e := entry(1)
	frame, err := appendFrame(nil, &e)
	if err != nil {
		t.Fatal(err)
	}
	for i := range frame {
		for bit := range 8 {
			damaged := bytes.Clone(frame)
			damaged[i] ^= 1 << bit
			in := &frameReader{in: bufio.NewReader(bytes.NewReader(damaged))}
			if _, err := in.next(); !errors.Is(err, errBadFrame) {
				t.Fatalf("byte %d, bit %d changed: %v", i, bit, err)
			}
		}
	}
}

func TestATroubledDiskIsNoBadFrame(t *testing.T) {
	in := &frameReader{in: bufio.NewReader(io.MultiReader(bytes.NewReader([]byte{1, 2}), failing{}))}
	if _, err := in.next(); !errors.Is(err, errDisk) {
		t.Errorf("error %v, want the disk's own: the file may be whole", err)
	}
}

var errDisk = errors.New("input/output error")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errDisk }

// FuzzFrames reads anything as frames: it ends, never panics, and what it
// takes for whole frames is exactly what makes up the bytes before its end.
func FuzzFrames(f *testing.F) {
	e := entry(1)
	frame, err := appendFrame(nil, &e)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frame)
	f.Add(append(bytes.Clone(frame), frame[:9]...))
	f.Add(make([]byte, 64))
	f.Fuzz(func(t *testing.T, b []byte) {
		in := &frameReader{in: bufio.NewReader(bytes.NewReader(b))}
		total := int64(0)
		for {
			payload, err := in.next()
			if errors.Is(err, io.EOF) && total != int64(len(b)) {
				t.Fatalf("EOF at %d of %d", total, len(b))
			}
			if err != nil {
				break
			}
			total += frameHead + int64(len(payload))
			if entry, err := decodeEntry(payload); err == nil {
				messages.Decode(entry.Kind, entry.Body) //nolint:errcheck // only panics matter
			}
		}
		if in.end != total {
			t.Fatalf("whole frames end at %d, want %d", in.end, total)
		}
	})
}
