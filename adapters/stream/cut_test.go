package stream_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/producer"
	"github.com/kinesnow/kinesnow/messages"
)

// dense is an aggregate of n user records of two bytes: rows have a hundred
// times as many.
func dense(n int) string {
	all := make([]producer.User, n)
	for i := range all {
		all[i] = producer.User{Key: "k", Data: []byte("{}")}
	}
	return string(producer.Aggregate(all...))
}

// tally is a RowMaker of small rows, so that a great many of them are fast.
type tally struct{}

func (tally) Render(dst []byte, start int, m *messages.Mark, _ []byte) ([]byte, int, error) {
	return append(dst[:start], strings.Repeat("x", 300)+"\n"...), 1, nil
}

func TestABlockEndsInsideAnAggregateRatherThanGrowWithoutBounds(t *testing.T) {
	w := newWorld(t, 1)
	w.config.Rows = func(messages.ShardID) stream.RowMaker { return tally{} }
	const users = 120_000 // 42 MB of rows and marks
	seqs := w.put(`{}`, dense(users), `{}`)
	after, next, blocks := messages.Position{}, messages.Position{Seq: seqs[0]}, 0
	for s := w.open(messages.ReadFrom{}); next.Seq != ""; blocks++ {
		b := w.next(s)
		if b.After != after || len(b.NDJSON) > 17<<20 {
			t.Fatalf("a block of %d bytes after %v, want %v", len(b.NDJSON), b.After, after)
		}
		for i := range b.Marks {
			m := &b.Marks[i]
			if m.Seq != next.Seq || m.Sub != next.Sub {
				t.Fatalf("%v/%d comes, want %v", m.Seq, m.Sub, next)
			}
			switch {
			case m.Seq == seqs[0]:
				next = messages.Position{Seq: seqs[1]}
			case m.Seq == seqs[2]:
				next = messages.Position{}
			case m.Last:
				next = messages.Position{Seq: seqs[2]}
			default:
				next.Sub++
			}
		}
		if after = b.Last(); after.Seq == seqs[1] && after.Sub != messages.Whole && b.CaughtUp() {
			t.Error("a block that ends before its answer is not caught up")
		}
	}
	if blocks < 3 {
		t.Errorf("%d blocks", blocks)
	}
}

func TestTheRestOfAnAggregateThatExpiredIsMissed(t *testing.T) {
	w := newWorld(t, 1)
	w.config.Rows = func(messages.ShardID) stream.RowMaker { return tally{} }
	seqs := w.put(dense(60_000))
	s := w.open(messages.ReadFrom{})
	b := w.next(s)
	if b.Last().Sub == messages.Whole {
		t.Fatalf("the first block ends at %v", b.Last())
	}
	w.clock.move(25 * time.Hour)
	seqs = append(seqs, w.put(`{}`)...)
	_, err := s.Next(t.Context(), 1<<20)
	var missing *messages.AnchorMissingError
	if !errors.As(err, &missing) || missing.Want != b.Last() || missing.Found.Seq != seqs[1] {
		t.Errorf("error %v", err)
	}
}

func TestAClosedShardWhoseLastAnswerWasCutIsReadToItsEnd(t *testing.T) {
	w := newWorld(t, 1)
	w.config.Rows = func(messages.ShardID) stream.RowMaker { return tally{} }
	w.put(dense(60_000))
	if err := w.SplitShard("orders", "shardId-000000000000"); err != nil {
		t.Fatal(err)
	}
	users := 0
	for s := w.open(messages.ReadFrom{}); ; {
		b := w.next(s)
		users += len(b.Marks)
		if b.Closed {
			if users != 60_000 || len(b.Children) != 2 {
				t.Errorf("it ends after %d user records with children %v", users, b.Children)
			}
			break
		}
	}
}
