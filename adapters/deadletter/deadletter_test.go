package deadletter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

var noon = time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)

// letter is a letter that is known by its number.
func letter(n int) messages.Letter {
	return messages.Letter{
		Connector: "orders", Stream: "orders", Shard: "shardId-000000000000", Seq: fmt.Sprint(n), Sub: "0",
		PartitionKey: "k", Arrival: noon, Cause: "no JSON object", Payload: []byte{0, 0xff, '\n', byte(n)},
	}
}

func letters(from, to int) []messages.Letter {
	var all []messages.Letter
	for n := from; n <= to; n++ {
		all = append(all, letter(n))
	}
	return all
}

// opened is a queue whose clock stands at noon.
func opened(t *testing.T, dir string, opts Options) *File {
	t.Helper()
	if opts.Now == nil {
		opts.Now = func() time.Time { return noon }
	}
	f, err := OpenFile(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func put(t *testing.T, q messages.DeadLetter, all ...messages.Letter) {
	t.Helper()
	if err := q.Put(t.Context(), all); err != nil {
		t.Fatal(err)
	}
}

// kept are the sequence numbers of what a folder holds, and its bad lines.
func kept(t *testing.T, dir string) (seqs string, bad int) {
	t.Helper()
	var all []string
	bad, err := Read(dir, func(l messages.Letter) bool { all = append(all, l.Seq); return true })
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " "), bad
}

func wantKept(t *testing.T, dir, want string) {
	t.Helper()
	if got, bad := kept(t, dir); got != want || bad != 0 {
		t.Errorf("kept %q and %d bad lines, want %q", got, bad, want)
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestDiscardCounts(t *testing.T) {
	q := Discard()
	put(t, q, letters(1, 3)...)
	put(t, q, letter(4))
	if q.Letters() != 4 {
		t.Errorf("counted %d, want 4", q.Letters())
	}
}

func TestALetterIsReadAsItWasPut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "on the way")
	q := opened(t, dir, Options{})
	want := letter(1)
	put(t, q, want)
	var got []messages.Letter
	if _, err := Read(dir, func(l messages.Letter) bool { got = append(got, l); return true }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || fmt.Sprint(got[0]) != fmt.Sprint(want) || !bytes.Equal(got[0].Payload, want.Payload) {
		t.Errorf("read %v, want %v", got, want)
	}
	info, err := os.Stat(files(t, dir)[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v: payloads are for the owner alone", info.Mode(), err)
	}
}

func TestLettersSurviveARestartInOrder(t *testing.T) {
	dir := t.TempDir()
	for n := range 3 {
		q := opened(t, dir, Options{Now: func() time.Time { return noon.Add(time.Duration(n) * time.Second) }})
		put(t, q, letter(2*n), letter(2*n+1))
		if err := q.Close(); err != nil {
			t.Fatal(err)
		}
	}
	wantKept(t, dir, "0 1 2 3 4 5")
}

func TestAFullFileIsFollowedByAnother(t *testing.T) {
	dir := t.TempDir()
	clock := noon
	q := opened(t, dir, Options{SegmentBytes: 300, Now: func() time.Time { clock = clock.Add(time.Millisecond); return clock }})
	for n := range 6 {
		put(t, q, letter(n))
	}
	if got := files(t, dir); len(got) != 3 {
		t.Errorf("files = %v, want 3", got)
	}
	wantKept(t, dir, "0 1 2 3 4 5")
}

func TestAMinuteTakesNoMoreThanItsCap(t *testing.T) {
	dir := t.TempDir()
	clock := noon
	q := opened(t, dir, Options{MaxPerMinute: 3, Now: func() time.Time { return clock }})
	put(t, q, letters(1, 2)...)
	put(t, q, letters(3, 5)...)
	put(t, q, letter(6))
	wantKept(t, dir, "1 2 3")
	if got := q.State(); got != (messages.LetterState{Written: 3, Capped: 3}) {
		t.Errorf("state = %+v, want 3 written, 3 capped", got)
	}
	clock = clock.Add(time.Minute)
	put(t, q, letter(7))
	wantKept(t, dir, "1 2 3 7")
}

func TestReadingEndsWhenItsReaderHasHadEnough(t *testing.T) {
	dir := t.TempDir()
	put(t, opened(t, dir, Options{SegmentBytes: 1}), letters(1, 3)...)
	n := 0
	if _, err := Read(dir, func(messages.Letter) bool { n++; return n < 2 }); err != nil || n != 2 {
		t.Errorf("%d letters, %v, want 2", n, err)
	}
	if _, err := Read(filepath.Join(dir, "absent"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an absent folder reads as %v", err)
	}
}

func TestManyMayPutAtOnce(t *testing.T) {
	dir := t.TempDir()
	q := opened(t, dir, Options{})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 5 {
				if err := q.Put(t.Context(), letters(10*i+n, 10*i+n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got, bad := kept(t, dir); len(strings.Fields(got)) != 40 || bad != 0 {
		t.Errorf("kept %q and %d bad lines, want 40 letters", got, bad)
	}
}

func TestAClosedQueueTakesNothing(t *testing.T) {
	q := opened(t, t.TempDir(), Options{})
	put(t, q, letter(1))
	if err := errors.Join(q.Close(), q.Close()); err != nil {
		t.Fatal(err)
	}
	if err := q.Put(t.Context(), letters(2, 2)); !errors.Is(err, ErrClosed) {
		t.Errorf("Put = %v, want ErrClosed", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := opened(t, t.TempDir(), Options{}).Put(ended, letters(1, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("Put after its context ended = %v", err)
	}
}
