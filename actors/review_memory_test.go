package actors

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/kinesnow/kinesnow/messages"
)

// TestADraftKeepsNoAnswerAlive: the marks of an answer share one string of all
// its digits; what flights, S and the ledger keep of a batch must not.
func TestADraftKeepsNoAnswerAlive(t *testing.T) {
	digits := strings.Repeat("49", 10_000)
	marks := []messages.Mark{
		{Seq: messages.SequenceNumber(digits[:56]), End: 2, Rows: 1, Last: true},
		{Seq: messages.SequenceNumber(digits[56:114]), End: 4, Rows: 1, Last: true},
	}
	q := queue{}
	if err := q.push(&messages.RowBlock{Marks: marks, NDJSON: []byte("a\nb\n")}, time.Now()); err != nil {
		t.Fatal(err)
	}
	d := q.draft(messages.Position{}, 100, 0)
	if d.first.Seq != marks[0].Seq || d.last.Seq != marks[1].Seq {
		t.Fatalf("draft from %s to %s", d.first.Seq, d.last.Seq)
	}
	if unsafe.StringData(string(d.first.Seq)) == unsafe.StringData(string(marks[0].Seq)) || unsafe.StringData(string(d.last.Seq)) == unsafe.StringData(string(marks[1].Seq)) {
		t.Error("a draft's positions hold the whole answer's digits")
	}
}

// TestABlockWithoutRowsHoldsNoBuffer: it is charged nothing, and waits until
// all before it is committed (P15, P17).
func TestABlockWithoutRowsHoldsNoBuffer(t *testing.T) {
	given := 0
	b := &messages.RowBlock{NDJSON: make([]byte, 0, 2<<20), Recycle: func(buffer []byte) { given = cap(buffer) }}
	if fit(b); given != 2<<20 || cap(b.NDJSON) != 0 || b.Recycle != nil {
		t.Errorf("%d bytes given back, %d kept", given, cap(b.NDJSON))
	}
	full := &messages.RowBlock{NDJSON: make([]byte, 1<<20, 2<<20), Recycle: func([]byte) { t.Error("a full buffer was given back") }}
	if fit(full); full.Recycle == nil {
		t.Error("a full buffer will not be given back")
	}
}

// TestABookForgetsWhatItNeedsNoMore: batches that a checkpoint covers, and the
// writers of generations that are long over.
func TestABookForgetsWhatItNeedsNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := NewBook(&tape{}, "a", nil)
		stream := ShardStream(shard0)
		at := func(n int) messages.Position {
			return messages.Position{Seq: messages.SequenceNumber(fmt.Sprint(100 + n)), Sub: messages.Whole}
		}
		for g := range 500 { // one generation after the other
			book.Keep(t.Context(), &messages.RecordEvents{Stream: stream, Writer: fmt.Sprint("g", g), From: 1, Oldest: 1, Events: []messages.Event{
				&messages.BatchAppended{Shard: shard0, After: at(g), To: at(g + 1), Records: 2, Rows: 2},
				&messages.Checkpointed{Shard: shard0, To: at(g - 1)},
			}})
			time.Sleep(time.Minute)
		}
		if n := len(book.appends[stream]); n > 2 {
			t.Errorf("%d batches are remembered, 498 of them checkpointed", n)
		}
		if n := len(book.kept); n > 121 {
			t.Errorf("%d writers are remembered", n)
		}
		if c, ok := book.Stretch(t.Context(), &messages.StretchWanted{Shard: shard0, From: at(498), To: at(500)}); !ok || c.Read != 4 {
			t.Errorf("the stretch since the checkpoint: %+v, %v", c, ok)
		}
		// A writer that was silent for long goes on where it was.
		last := &messages.RecordEvents{Stream: stream, Writer: "g0", From: 3, Oldest: 3, Events: []messages.Event{&messages.BatchAppended{Shard: shard0, After: at(500), To: at(501)}}}
		if upto := book.Keep(t.Context(), last); upto != 3 {
			t.Errorf("kept up to %d", upto)
		}
	})
}
