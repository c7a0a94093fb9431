package journal

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestATornWriteIsCutOff cuts the file at every byte of the last frame.
func TestATornWriteIsCutOff(t *testing.T) {
	dir := t.TempDir()
	j := opened(t, dir, Options{}, newFake())
	add(t, j, "s", entries(1, 2)...)
	if err := j.Sync(); err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(dir, "s", firstSegment)
	upToTwo := len(read(t, whole))
	add(t, j, "s", entry(3))
	j.Close()
	bytes := read(t, whole)
	for cut := upToTwo; cut < len(bytes); cut++ {
		for name, torn := range map[string][]byte{
			"cut":    bytes[:cut],
			"zeroed": append(slices.Clone(bytes[:cut]), make([]byte, len(bytes)-cut)...),
		} {
			if name == "zeroed" && slices.Equal(torn, bytes) {
				continue
			}
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "s"), 0o700); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "s", firstSegment), torn)
			j := opened(t, dir, Options{}, newFake())
			wantSeqs(t, seqs(t, j, "s", 0), upTo(1, 2)) // a reader cuts nothing
			add(t, j, "s", entry(33))
			got := all(t, j, "s", 2)
			if len(got) != 1 || got[0].Seq != 3 || string(got[0].Body) != "body 33" {
				t.Fatalf("%s at %d: after the cut there is %v", name, cut, got)
			}
			j.Close()
		}
	}
}

func TestASegmentWhoseWriterDiedBeforeItsHeaderIsReplaced(t *testing.T) {
	dir := t.TempDir()
	j := opened(t, dir, Options{SegmentBytes: 1}, newFake())
	add(t, j, "s", entry(1))
	j.Close()
	write(t, filepath.Join(dir, "s", "00000000000000000002.seg"), []byte("knjour"))
	j = opened(t, dir, Options{}, newFake())
	wantSeqs(t, seqs(t, j, "s", 0), upTo(1, 1))
	add(t, j, "s", entry(2))
	wantSeqs(t, seqs(t, j, "s", 0), upTo(1, 2))
}

func TestADamagedOlderSegmentIsSetAside(t *testing.T) {
	dir := t.TempDir()
	var told []error
	j := opened(t, dir, Options{SegmentBytes: 1, Log: func(err error) { told = append(told, err) }}, newFake())
	for n := 1; n <= 4; n++ {
		add(t, j, "s", entry(n))
		j.Sync()
	}
	path := filepath.Join(dir, "s", "00000000000000000002.seg")
	damaged := read(t, path)
	damaged[len(damaged)-1] ^= 1
	write(t, path, damaged)

	reader, err := OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	wantSeqs(t, seqs(t, reader, "s", 0), []uint64{1, 3, 4})
	if reader.SetAside() != 1 || !slices.Contains(files(t, dir, "s"), "00000000000000000002.seg") {
		t.Errorf("the reader counted %d and left %v: it must count and change nothing", reader.SetAside(), files(t, dir, "s"))
	}
	wantSeqs(t, seqs(t, j, "s", 0), []uint64{1, 3, 4})
	wantSeqs(t, seqs(t, j, "s", 0), []uint64{1, 3, 4})
	if j.SetAside() != 1 || !slices.Contains(files(t, dir, "s"), "00000000000000000002.seg.bad") {
		t.Errorf("the writer counted %d and left %v", j.SetAside(), files(t, dir, "s"))
	}
	if len(told) != 1 || !strings.Contains(told[0].Error(), path) {
		t.Errorf("told %v", told)
	}
}

func TestForeignFilesHarmNobody(t *testing.T) {
	dir := t.TempDir()
	j := opened(t, dir, Options{}, newFake())
	add(t, j, "s", entry(1))
	j.Close()
	write(t, filepath.Join(dir, "notes.txt"), []byte("hello"))
	write(t, filepath.Join(dir, "s", "README"), []byte("hello"))
	write(t, filepath.Join(dir, "s", "1.seg"), []byte("hello"))
	os.Mkdir(filepath.Join(dir, "s", "00000000000000000009.seg"), 0o700)
	os.Mkdir(filepath.Join(dir, "%zz"), 0o700)
	foreign := filepath.Join(dir, "s", "00000000000000000005.seg")
	write(t, foreign, []byte(strings.Repeat("a text that only has the name of a segment\n", 9)))

	j = opened(t, dir, Options{}, newFake())
	add(t, j, "s", entry(2))
	wantSeqs(t, seqs(t, j, "s", 0), []uint64{1, 6})
	if _, err := os.Stat(foreign + ".bad"); err != nil || j.SetAside() != 1 {
		t.Errorf("the foreign segment was not set aside: %v, counted %d", err, j.SetAside())
	}
	if got, err := j.Streams(); err != nil || !slices.Equal(got, []string{"s"}) {
		t.Errorf("streams = %v, %v", got, err)
	}
}

func TestANewerFormatIsPassedOverAndKept(t *testing.T) {
	dir := t.TempDir()
	j := opened(t, dir, Options{}, newFake())
	add(t, j, "s", entry(1))
	j.Close()
	newer := slices.Clone(read(t, filepath.Join(dir, "s", firstSegment)))
	newer[8] = 2
	path := filepath.Join(dir, "s", "00000000000000000002.seg")
	write(t, path, newer)
	j = opened(t, dir, Options{}, newFake())
	add(t, j, "s", entry(2))
	wantSeqs(t, seqs(t, j, "s", 0), []uint64{1, 3})
	if !slices.Equal(read(t, path), newer) {
		t.Error("the newer segment was changed")
	}
}
