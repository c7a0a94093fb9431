package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// journals are the two kinds, each of which keeps the same promises.
func journals(t *testing.T, check func(*testing.T, messages.Journal)) {
	t.Run("memory", func(t *testing.T) { check(t, &Memory{}) })
	t.Run("segments", func(t *testing.T) { check(t, opened(t, t.TempDir(), Options{}, newFake())) })
}

func TestWhatWasAppendedIsRead(t *testing.T) {
	journals(t, func(t *testing.T, j messages.Journal) {
		batch := entries(1, 3)
		add(t, j, "shard/shardId-000000000000", batch...)
		add(t, j, "connector", entry(9))
		add(t, j, "shard/shardId-000000000000", entry(4))
		if batch[0].Seq != 1 || batch[2].Seq != 3 {
			t.Errorf("Append set Seqs %d to %d, want 1 to 3", batch[0].Seq, batch[2].Seq)
		}
		got := all(t, j, "shard/shardId-000000000000", 0)
		want := entries(1, 4)
		for i := range want {
			want[i].Seq = uint64(i + 1)
		}
		if !slices.EqualFunc(got, want, func(a, b messages.Entry) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
			t.Errorf("read\n%v\nwant\n%v", got, want)
		}
		wantSeqs(t, seqs(t, j, "connector", 0), []uint64{1})
	})
}

func TestReadingStartsAfterASeq(t *testing.T) {
	journals(t, func(t *testing.T, j messages.Journal) {
		add(t, j, "s", entries(1, 5)...)
		wantSeqs(t, seqs(t, j, "s", 3), []uint64{4, 5})
		wantSeqs(t, seqs(t, j, "s", 5), nil)
		wantSeqs(t, seqs(t, j, "s", 99), nil)
		wantSeqs(t, seqs(t, j, "no such stream", 0), nil)
	})
}

func TestReadingEndsWhenItsReaderHasHadEnough(t *testing.T) {
	journals(t, func(t *testing.T, j messages.Journal) {
		add(t, j, "s", entries(1, 5)...)
		var got []uint64
		if err := j.Read(t.Context(), "s", 0, func(e messages.Entry) bool {
			got = append(got, e.Seq)
			return len(got) < 2
		}); err != nil {
			t.Fatal(err)
		}
		wantSeqs(t, got, []uint64{1, 2})
	})
}

func TestReadingEndsWithItsContext(t *testing.T) {
	journals(t, func(t *testing.T, j messages.Journal) {
		add(t, j, "s", entries(1, 5)...)
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		err := j.Read(ctx, "s", 0, func(messages.Entry) bool { n++; cancel(); return true })
		if !errors.Is(err, context.Canceled) || n != 1 {
			t.Errorf("error %v after %d entries, want canceled after 1", err, n)
		}
	})
}

func TestAppendingNothingIsFine(t *testing.T) {
	journals(t, func(t *testing.T, j messages.Journal) {
		add(t, j, "s")
		add(t, j, "s", entry(1))
		wantSeqs(t, seqs(t, j, "s", 0), []uint64{1})
	})
}

func TestSeveralStreamsAreWrittenAndReadAtOnce(t *testing.T) {
	journals(t, func(t *testing.T, j messages.Journal) {
		var done sync.WaitGroup
		for i := range 4 {
			stream := fmt.Sprint("stream ", i)
			done.Go(func() {
				for n := range 50 {
					if err := j.Append(t.Context(), stream, entries(n, n+1)); err != nil {
						t.Error(err)
					}
				}
			})
			done.Go(func() {
				last := uint64(0)
				for last < 100 {
					if err := j.Read(t.Context(), stream, last, func(e messages.Entry) bool {
						if e.Seq != last+1 {
							t.Errorf("%s: Seq %d after %d", stream, e.Seq, last)
						}
						last = e.Seq
						return true
					}); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		done.Wait()
	})
}

func TestMemoryForgetsTheOldestOfAStream(t *testing.T) {
	m := &Memory{Entries: 10}
	for n := range 25 {
		add(t, m, "s", entry(n))
	}
	wantSeqs(t, seqs(t, m, "s", 0), upTo(16, 25))
	wantSeqs(t, seqs(t, m, "s", 20), upTo(21, 25))
	if state := m.State(); state.Written != 25 || state.Dropped != 0 {
		t.Errorf("state = %+v", state)
	}
}

func TestMemoryIsBoundedOverAllStreams(t *testing.T) {
	m := &Memory{Bytes: 20_000}
	add(t, m, "quiet", entry(1))
	for n := range 1000 {
		add(t, m, "busy", entry(n))
	}
	if m.bytes > 20_000 {
		t.Errorf("%d bytes are kept", m.bytes)
	}
	wantSeqs(t, seqs(t, m, "quiet", 0), []uint64{1})
	if got := seqs(t, m, "busy", 0); len(got) < 50 || got[len(got)-1] != 1000 {
		t.Errorf("the newest of the busy stream are not there: %v", got)
	}
}
