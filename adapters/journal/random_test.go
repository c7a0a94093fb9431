package journal

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// damages are what may befall a journal's folder between two lives.
var damages = []struct {
	name string
	do   func(d *rand.Rand, dir, folder string, segments []string)
}{
	{"random bytes in a segment", func(d *rand.Rand, _, _ string, segments []string) {
		for range 1 + d.IntN(20) {
			change(segments[d.IntN(len(segments))], func(b []byte) []byte { b[d.IntN(len(b))] = byte(d.Uint32()); return b })
		}
	}},
	{"a segment of nothing but random bytes", func(d *rand.Rand, _, _ string, segments []string) {
		change(segments[d.IntN(len(segments))], func(b []byte) []byte {
			for i := range b {
				b[i] = byte(d.Uint32())
			}
			return b
		})
	}},
	{"segments cut off", func(d *rand.Rand, _, _ string, segments []string) {
		for _, path := range segments {
			change(path, func(b []byte) []byte { return b[:d.IntN(len(b)+1)] })
		}
	}},
	{"segments that change places", func(d *rand.Rand, _, folder string, segments []string) {
		a, b := segments[d.IntN(len(segments))], segments[d.IntN(len(segments))]
		os.Rename(a, filepath.Join(folder, "x"))
		os.Rename(b, a)
		os.Rename(filepath.Join(folder, "x"), b)
	}},
	{"segments that are there twice", func(d *rand.Rand, _, folder string, segments []string) {
		change(segments[d.IntN(len(segments))], func(b []byte) []byte {
			os.WriteFile(segmentPath(folder, uint64(d.IntN(200))), b, 0o600)
			return b
		})
	}},
	{"segments that are gone", func(d *rand.Rand, _, _ string, segments []string) {
		for _, path := range segments {
			if d.IntN(2) == 0 {
				os.Remove(path)
			}
		}
	}},
	{"frames that change places", func(d *rand.Rand, _, _ string, segments []string) {
		change(segments[d.IntN(len(segments))], func(b []byte) []byte {
			at := headerBytes + d.IntN(len(b)-headerBytes)
			return slices.Concat(b[:headerBytes], b[at:], b[headerBytes:at])
		})
	}},
	{"a folder in the place of a segment", func(d *rand.Rand, _, _ string, segments []string) {
		path := segments[d.IntN(len(segments))]
		os.Remove(path)
		os.MkdirAll(filepath.Join(path, "inside"), 0o700)
	}},
	{"a file in the place of a stream's folder", func(_ *rand.Rand, _, folder string, _ []string) {
		os.RemoveAll(folder)
		os.WriteFile(folder, []byte("not a folder"), 0o600)
	}},
	{"another stream's segments", func(_ *rand.Rand, dir, folder string, _ []string) {
		os.RemoveAll(folder)
		os.Rename(filepath.Join(dir, "other"), folder)
	}},
	{"segments that nobody may read", func(d *rand.Rand, _, _ string, segments []string) {
		os.Chmod(segments[d.IntN(len(segments))], 0)
	}},
	{"a folder that nobody may look into", func(_ *rand.Rand, _, folder string, _ []string) { os.Chmod(folder, 0) }},
	{"everything is gone", func(_ *rand.Rand, _, folder string, _ []string) { os.RemoveAll(folder) }},
}

func change(path string, to func([]byte) []byte) {
	if b, err := os.ReadFile(path); err == nil && len(b) > headerBytes {
		os.WriteFile(path, to(b), 0o600)
	}
}

// TestWhateverIsInTheFolderIsReadAsTruthOrNotAtAll: after any damage a stream
// yields only entries that were appended to some stream of this journal, whole,
// in the order of their Seqs; the next life counts on above them, and another
// stream is none the worse.
func TestWhateverIsInTheFolderIsReadAsTruthOrNotAtAll(t *testing.T) {
	for _, damage := range damages {
		t.Run(damage.name, func(t *testing.T) {
			for seed := range uint64(3) {
				dir := t.TempDir()
				d := rand.New(rand.NewPCG(seed, 7))
				folder := filepath.Join(dir, "s")
				written := firstLife(t, dir, d)
				segments, err := filepath.Glob(filepath.Join(folder, "*"+segmentSuffix))
				if err != nil || len(segments) < 3 {
					t.Fatalf("%d segments: too few to damage (%v)", len(segments), err)
				}
				damage.do(d, dir, folder, segments)
				t.Cleanup(func() { os.Chmod(folder, 0o700) }) // so that it can be removed
				secondLife(t, dir, fmt.Sprintf("seed %d", seed), written)
			}
		})
	}
}

// firstLife writes two streams, and returns the bodies of both.
func firstLife(t *testing.T, dir string, d *rand.Rand) map[string]bool {
	j := opened(t, dir, Options{SegmentBytes: 400}, newFake())
	written := map[string]bool{}
	for n := range 40 {
		for _, name := range []string{"s", "other"} {
			e := entry(n)
			e.Body = fmt.Appendf(nil, "%s %d %x", name, n, bytes.Repeat([]byte{1}, d.IntN(40)))
			written[string(e.Body)] = true
			add(t, j, name, e)
		}
		j.flush()
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return written
}

func secondLife(t *testing.T, dir, name string, written map[string]bool) {
	t.Helper()
	j := opened(t, dir, Options{SegmentBytes: 400}, newFake())
	truth := func(stream string, r source) (newest uint64) {
		// Whether it can be read is the disk's business; that nothing else
		// comes of it is ours.
		r.Read(t.Context(), stream, 0, func(e messages.Entry) bool {
			if !written[string(e.Body)] || e.Seq <= newest {
				t.Errorf("%s: stream %s yields %q as Seq %d after Seq %d", name, stream, e.Body, e.Seq, newest)
			}
			newest = e.Seq
			return true
		})
		return newest
	}
	before := truth("s", j)
	reader, err := OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	truth("s", reader)
	for _, stream := range []string{"s", "other", "third"} {
		body := name + " new in " + stream
		written[body] = true
		e := entry(1)
		e.Body = []byte(body)
		all := []messages.Entry{e}
		if err := j.Append(t.Context(), stream, all); err != nil || j.flush() != nil {
			if stream != "s" {
				t.Errorf("%s: stream %s, which is whole, takes nothing: %v", name, stream, err)
			} else if j.State().Error == "" {
				t.Errorf("%s: the stream takes nothing, and the state does not say so", name)
			}
			continue
		}
		if newest := truth(stream, reader); newest != all[0].Seq || stream == "s" && newest <= before {
			t.Errorf("%s: stream %s: appended as Seq %d, read up to %d; before that there was %d", name, stream, all[0].Seq, newest, before)
		}
	}
}
