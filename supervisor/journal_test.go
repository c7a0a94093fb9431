package supervisor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

func entryOf(n int) []messages.Entry {
	return []messages.Entry{{Kind: "test.v1", Body: fmt.Append(nil, n)}}
}

// bodies are what a journal has of a stream.
func bodies(t *testing.T, j messages.Journal, stream string) (found []string) {
	t.Helper()
	if err := j.Read(t.Context(), stream, 0, func(e messages.Entry) bool {
		found = append(found, string(e.Body))
		return true
	}); err != nil {
		t.Error(err)
	}
	return found
}

// TestAJournalThatCannotBeOpenedIsTriedAgain: a data_dir that is full or
// read-only at the start costs nothing but time (P25), and the state says so
// meanwhile.
func TestAJournalThatCannotBeOpenedIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLateJournal(nil)
		if err := l.Append(t.Context(), "s", entryOf(1)); err != nil {
			t.Fatal(err)
		}
		tries, files := 0, &journal.Memory{}
		full := errors.New("no space left on device")
		open := func() (messages.Journal, error) {
			tries++
			if full != nil {
				return nil, full
			}
			return files, nil
		}
		if err := l.openWith(t.Context(), open); !errors.Is(err, full) {
			t.Errorf("openWith = %v", err)
		}
		for n := 2; n <= 4; n++ {
			l.Append(t.Context(), "s", entryOf(n))
		}
		if got := l.State(); tries != 1 || !strings.Contains(got.Error, "in memory: no space left") || got.Written != 4 || got.Dropped != 0 {
			t.Errorf("%d tries, state %+v; want one, and why it is in memory", tries, got)
		}
		time.Sleep(openAgain)
		l.Append(t.Context(), "s", entryOf(5))
		full = nil
		l.Append(t.Context(), "s", entryOf(6))
		if tries != 2 {
			t.Errorf("%d tries, want one every %s", tries, openAgain)
		}
		time.Sleep(openAgain)
		l.Append(t.Context(), "s", entryOf(7))
		l.Append(t.Context(), "s", entryOf(8))
		if got := fmt.Sprint(bodies(t, files, "s")); tries != 3 || got != "[1 2 3 4 5 6 7 8]" || l.State().Error != "" {
			t.Errorf("%d tries, the files have %s, state %+v; want everything there", tries, got, l.State())
		}
	})
}

func TestWhatIsTooMuchToWaitForAJournalIsCounted(t *testing.T) {
	l := newLateJournal(nil)
	l.openWith(t.Context(), func() (messages.Journal, error) { return nil, errors.New("read-only file system") })
	for n := range pendingLimit + 10 {
		if err := l.Append(t.Context(), "s", entryOf(n)); err != nil {
			t.Fatal(err)
		}
	}
	if got := l.State(); got.Dropped != 10 {
		t.Errorf("state %+v, want 10 dropped", got)
	}
}

// mute is a host's journal that does not tell how it is, and may fail.
type mute struct {
	journal messages.Journal
	err     error
}

func (m *mute) Append(ctx context.Context, stream string, entries []messages.Entry) error {
	if m.err != nil {
		return m.err
	}
	return m.journal.Append(ctx, stream, entries)
}

func (m *mute) Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error {
	return m.journal.Read(ctx, stream, after, yield)
}

func (m *mute) Close() error { return nil }

func TestAHostsJournalThatTellsNothingIsCountedForIt(t *testing.T) {
	m := &mute{journal: &journal.Memory{}}
	l := newLateJournal(m)
	l.Append(t.Context(), "s", entryOf(1))
	m.err = errors.New("gone")
	l.Append(t.Context(), "s", entryOf(2))
	if got := l.State(); got.Written != 1 || got.Dropped != 1 || got.Error != "gone" {
		t.Errorf("state %+v", got)
	}
	m.err = nil
	l.Append(t.Context(), "s", entryOf(3))
	if got := l.State(); got.Written != 2 || got.Dropped != 1 || got.Error != "" {
		t.Errorf("state %+v, want no error any more", got)
	}
}

// TestAPlantsJournalTellsWhatTheDiskDid: what is dropped after it was taken is
// in the connector's state, too.
func TestAPlantsJournalTellsWhatTheDiskDid(t *testing.T) {
	dir := t.TempDir()
	p := testPlant(actorstest.NewCloud(), "node-0", "p", Host{DataDir: dir})
	p.journal = newLateJournal(nil)
	p.book = actors.NewBook(p.journal, p.process, nil)
	if err := p.openJournal("node-0"); err != nil {
		t.Fatal(err)
	}
	defer p.close()
	folder := journal.Folder(dir, "node-0", p.name)
	blocked := filepath.Join(folder, "shard%2FshardId-000000000000")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil { // a file where a folder should be
		t.Fatal(err)
	}
	p.book.Keep(t.Context(), &messages.RecordEvents{Stream: "shard/shardId-000000000000", Writer: "w", From: 1, Oldest: 1, Events: []messages.Event{&messages.Committed{}}})
	bodies(t, p.journal, "connector/orders") // what waits is written first
	if got := p.book.State(); got.Dropped != 1 || !strings.Contains(got.Error, blocked) {
		t.Errorf("state %+v, want one entry dropped, and where", got)
	}
}
