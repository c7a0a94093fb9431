package scenarios

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// TestAHostsTransformMayChangeFilterFailAndPanic: each record has its fate, and
// none takes a neighbour along.
func TestAHostsTransformMayChangeFilterFailAndPanic(t *testing.T) {
	w := newWorld(t, 1)
	w.putOn(0, 6)
	box := &letterBox{}
	c := w.connect(box.install, func(p *plan) {
		p.Host.Transform = func(r messages.Record, payload []byte) ([]byte, error) {
			switch {
			case r.Stream != "orders" || r.Shard != shardID(0) || r.Arrival.IsZero() || r.Position.IsZero():
				return nil, errors.New("the record is not described")
			case bytes.Contains(payload, []byte(":1}")):
				return nil, nil
			case bytes.Contains(payload, []byte(":2}")):
				return nil, errors.New("no such customer")
			case bytes.Contains(payload, []byte(":3}")):
				panic("a bug of the host's")
			case bytes.Contains(payload, []byte(":4}")):
				return []byte(`{"N":40}{"N":41}`), nil
			}
			return payload, nil
		}
	})
	s := c.untilCaughtUp(4)
	w.expect("", 0, 40, 41, 5)
	if n := s.Shards[0].Counters; n.Read != 6 || n.Filtered != 1 || n.Discarded != 2 || n.Committed != 4 || s.Shards[0].Generations != 0 {
		t.Errorf("counted %+v in %d generations", n, s.Shards[0].Generations+1)
	}
	got := box.all()
	if len(got) != 2 || !strings.Contains(got[0].Cause, "no such customer") || !strings.Contains(got[1].Cause, "a bug of the host's") || string(got[1].Payload) != `{"N":3}` {
		t.Errorf("dead letters %+v", got)
	}
}

// fullDisk is a dead-letter queue that fails for a while.
type fullDisk struct {
	letterBox
	left atomic.Int64
}

func (d *fullDisk) Put(ctx context.Context, letters []messages.Letter) error {
	if d.left.Add(-1) >= 0 {
		return errors.New("no space left on device")
	}
	return d.letterBox.Put(ctx, letters)
}

// TestNothingMovesPastALetterThatIsNotKept: rows behind it wait until it is (P17).
func TestNothingMovesPastALetterThatIsNotKept(t *testing.T) {
	w := newWorld(t, 1)
	w.putOn(0, 2)
	w.putRaw(0, []byte("rubbish"))
	w.putOn(0, 2)
	disk := &fullDisk{}
	disk.left.Store(3)
	c := w.connect(func(p *plan) { p.Host.DeadLetter = disk })
	c.untilCaughtUp(4)
	w.expect("", between(0, 4)...)
	if got := disk.all(); len(got) != 1 || string(got[0].Payload) != "rubbish" {
		t.Errorf("dead letters %+v", got)
	}
}

// TestAJournalThatCannotBeKeptHoldsNothingUp puts a file where the node's
// folder belongs: no journal, no control socket, and every row (P25).
func TestAJournalThatCannotBeKeptHoldsNothingUp(t *testing.T) {
	w := newWorld(t, 1)
	if err := os.MkdirAll(w.dataDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.dataDir(), "node-0"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.putOn(0, 5)
	r := w.run(process.Options{UntilCaughtUp: true})
	r.ends(process.ExitFine)
	w.expect("", between(0, 5)...)
	if told := r.log.with("the journal is kept in memory until its folder can be opened"); len(told) != 1 {
		t.Errorf("it was told %d times", len(told))
	}
}
