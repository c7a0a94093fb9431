package actors

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// blockOf makes a block of plain records, one per number of rows given; 0 rows
// is a filtered record. Sequence numbers follow after.
func blockOf(after messages.Position, rows ...int) *messages.RowBlock {
	b := &messages.RowBlock{After: after}
	first := 100
	if !after.IsZero() {
		fmt.Sscan(string(after.Seq), &first)
		first++
	}
	for i, n := range rows {
		seq := messages.SequenceNumber(fmt.Sprint(first + i))
		for r := range n {
			b.NDJSON = append(b.NDJSON, fmt.Sprintf("%s.%d\n", seq, r)...)
		}
		m := messages.Mark{Seq: seq, End: len(b.NDJSON), Arrival: int64(1000 + first + i), Rows: int32(n), Last: true}
		if n == 0 {
			m.Fate = messages.Filtered
		}
		b.Marks = append(b.Marks, m)
	}
	b.Charged = int64(len(b.NDJSON))
	return b
}

func textOf(d draft) string {
	var all []byte
	for _, p := range d.pieces {
		all = append(all, p...)
	}
	return strings.ReplaceAll(strings.TrimSpace(string(all)), "\n", " ")
}

func pushAll(t *testing.T, q *queue, blocks ...*messages.RowBlock) {
	t.Helper()
	for _, b := range blocks {
		if err := q.push(b, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOnlyABlockThatContinuesIsTaken is P10's chain.
func TestOnlyABlockThatContinuesIsTaken(t *testing.T) {
	q := &queue{shard: shard0, tail: whole("99")}
	pushAll(t, q, blockOf(whole("99"), 1, 1))
	for _, after := range []messages.Position{whole("99"), whole("100"), pos("101", 0), whole("102"), {}} {
		if err := q.push(blockOf(after, 1), time.Now()); err == nil {
			t.Errorf("a block after %s was taken behind 101/*", after)
		}
	}
	if q.rows != 2 || q.tail != whole("101") {
		t.Errorf("a block that was refused left a trace: %d rows, tail %s", q.rows, q.tail)
	}
	idle := &messages.RowBlock{After: whole("101")}
	pushAll(t, q, idle, idle, blockOf(whole("101"), 1))
	if q.rows != 3 || len(q.parts) != 2 {
		t.Errorf("%d rows in %d parts: idle blocks hold nothing", q.rows, len(q.parts))
	}
}

func TestAClosedBlockClosesTheQueue(t *testing.T) {
	q := &queue{}
	pushAll(t, q, blockOf(messages.Position{}, 1), &messages.RowBlock{After: whole("100"), Closed: true})
	if !q.closed || q.tail != whole("100") {
		t.Errorf("closed %v, tail %s", q.closed, q.tail)
	}
}

// TestADraftTakesWhatFitsAndWhatHasNoRowsRidesAlong: limits count rows only, at
// least one record with rows is taken, and those without follow for free.
func TestADraftTakesWhatFitsAndWhatHasNoRowsRidesAlong(t *testing.T) {
	for _, c := range []struct {
		name     string
		bytes    int64
		rowful   int
		text     string
		last     messages.Position
		read     int64
		filtered int64
	}{
		{"everything", 1 << 20, 0, "101.0 102.0 102.1 105.0 106.0", whole("107"), 8, 3},
		{"one record of rows", 1 << 20, 1, "101.0", whole("101"), 2, 1},
		{"two, and those without rows behind them", 1 << 20, 2, "101.0 102.0 102.1", whole("104"), 5, 3 - 0},
		{"as many bytes as fit", 18, 0, "101.0 102.0 102.1", whole("104"), 5, 3},
		{"a byte less", 17, 0, "101.0", whole("101"), 2, 1},
		{"at least one, though it does not fit", 1, 0, "101.0", whole("101"), 2, 1},
	} {
		q := &queue{shard: shard0}
		// 100 filtered, 101 one row, 102 two rows, 103 filtered | 104 filtered, 105 one, 106 one, 107 filtered
		pushAll(t, q, blockOf(messages.Position{}, 0, 1, 2, 0), blockOf(whole("103"), 0, 1, 1, 0))
		d := q.draft(whole("99"), c.bytes, c.rowful)
		want := c.filtered
		if c.name == "everything" {
			want = 4
		}
		if textOf(d) != c.text || d.last.Position() != c.last || d.counts.Read != c.read || d.counts.Filtered != want || d.after != whole("99") {
			t.Errorf("%s: %q up to %s, read %d, filtered %d", c.name, textOf(d), d.last.Position(), d.counts.Read, d.counts.Filtered)
		}
		if d.raw != int64(len(strings.ReplaceAll(c.text, " ", "")))+int64(strings.Count(c.text, " ")+1) {
			t.Errorf("%s: %d bytes", c.name, d.raw)
		}
		if d.first.Seq != "100" || d.oldest != 1100 {
			t.Errorf("%s: begins at %s, oldest %d", c.name, d.first.Seq, d.oldest)
		}
		if got := d.end(shard0); got.Position != c.last || got.Shard != shard0 || got.Arrival != d.last.Arrival {
			t.Errorf("%s: ends with token %s", c.name, got)
		}
	}
}

func TestAnEmptyQueueMakesAnEmptyDraft(t *testing.T) {
	q := &queue{}
	if d := q.draft(messages.Position{}, 1, 1); d.records != 0 {
		t.Errorf("draft %+v", d)
	}
	if first := q.first(); !first.IsZero() {
		t.Errorf("first record with rows at %s", first)
	}
}

// TestWholeBlocksComeBackWhenTheyAreUsedUp: advance hands a block back once its
// last record is taken, not before.
func TestWholeBlocksComeBackWhenTheyAreUsedUp(t *testing.T) {
	q := &queue{}
	first, second, third := blockOf(messages.Position{}, 1, 1), blockOf(whole("101"), 1, 1), blockOf(whole("103"), 0)
	pushAll(t, q, first, second, third)
	for i, want := range [][]*messages.RowBlock{nil, {first}, nil, {second, third}} {
		d := q.draft(messages.Position{}, 1<<20, 1)
		if got := q.advance(&d); !slices.Equal(got, want) {
			t.Errorf("after record %d: %d blocks are free, want %d", i, len(got), len(want))
		}
	}
	if q.rows != 0 || q.bytes != 0 || len(q.parts) != 0 {
		t.Errorf("what is left: %d rows, %d bytes, %d parts", q.rows, q.bytes, len(q.parts))
	}
}

// TestDraftsTileTheQueue cuts random blocks into random drafts: joined, they
// are the blocks, byte for byte and record for record.
func TestDraftsTileTheQueue(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 7))
		q := &queue{shard: shard0}
		var want, got []byte
		var records, rows int64
		after := messages.Position{}
		blocks := 0
		for range 1 + random.IntN(6) {
			counts := make([]int, 1+random.IntN(8))
			for i := range counts {
				counts[i] = random.IntN(4)
			}
			b := blockOf(after, counts...)
			pushAll(t, q, b)
			blocks++
			want, after = append(want, b.NDJSON...), b.Last()
		}
		at, used := messages.Position{}, 0
		for len(q.parts) > 0 {
			if random.IntN(5) == 0 && q.rows > 0 {
				first := q.first()
				mark, gone := q.discardFirst("too large")
				if (messages.Position{Seq: mark.Seq, Sub: mark.Sub}) != first {
					t.Fatalf("seed %d: %s was discarded, the first with rows was %s", seed, mark.Seq, first)
				}
				if int32(strings.Count(string(gone), "\n")) != mark.Rows {
					t.Fatalf("seed %d: %d rows of %q", seed, mark.Rows, gone)
				}
				i := strings.Index(string(want[len(got):]), string(gone))
				want = slices.Delete(want, len(got)+i, len(got)+i+len(gone))
				continue
			}
			d := q.draft(at, int64(1+random.IntN(60)), random.IntN(4))
			if d.after != at || d.records == 0 {
				t.Fatalf("seed %d: draft %+v", seed, d)
			}
			for _, p := range d.pieces {
				got = append(got, p...)
			}
			records, rows, at = records+d.counts.Read, rows+d.counts.Appended, d.last.Position()
			used += len(q.advance(&d))
		}
		if string(got) != string(want) || at != after || used != blocks || int(rows) != strings.Count(string(want), "\n") {
			t.Fatalf("seed %d: %q up to %s in %d blocks, want %q up to %s in %d", seed, got, at, used, want, after, blocks)
		}
		if q.bytes != 0 || q.rows != 0 {
			t.Fatalf("seed %d: %d bytes, %d rows are left of nothing", seed, q.bytes, q.rows)
		}
	}
}

// TestADiscardedRecordKeepsItsPlace: its position is covered like any other.
func TestADiscardedRecordKeepsItsPlace(t *testing.T) {
	q := &queue{shard: shard0}
	pushAll(t, q, blockOf(messages.Position{}, 0, 2, 1))
	mark, rows := q.discardFirst("too large")
	if mark.Seq != "101" || mark.Rows != 2 || string(rows) != "101.0\n101.1\n" {
		t.Errorf("discarded %+v, %q", mark, rows)
	}
	d := q.draft(messages.Position{}, 1<<20, 0)
	if textOf(d) != "102.0" || d.counts.Read != 3 || d.counts.Discarded != 1 || d.counts.Filtered != 1 || d.counts.Appended != 1 {
		t.Errorf("the rest is %q, %+v", textOf(d), d.counts)
	}
}
