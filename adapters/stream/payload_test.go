package stream_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/payload"
	"github.com/kinesnow/kinesnow/messages"
)

func TestUnusablePayloadsAreKeptAndTheirNeighboursLand(t *testing.T) {
	w := newWorld(t, 1)
	graves := &letters{fail: 1}
	w.config.DeadLetter = graves
	bad := []string{"\x00\xff", `{"a":`, "[1]", strings.Repeat("[", 1_000_000), "{\"a\":\"\xc3\x28\"}"}
	var all []string
	for i, p := range bad {
		all = append(all, fmt.Sprintf(`{"n":%d}`, i), p)
	}
	seqs := w.put(append(all, `[{"n":5},{"n":6}]`)...)
	s := w.open(messages.ReadFrom{})
	var b *messages.RowBlock
	for records := 0; records < len(seqs); {
		b = w.next(s)
		records += len(b.Marks)
	}
	if got := bodies(string(b.NDJSON)); !slices.Equal(got, []string{`{"n":0`, `{"n":1`, `{"n":2`, `{"n":3`, `{"n":4`, `{"n":5`, `{"n":6`}) {
		t.Errorf("rows %q", got)
	}
	if b.Cause != "not a JSON object" || len(graves.kept) != len(bad) || !slices.Equal(w.reasons(), []messages.Reason{messages.ReasonUnavailable}) {
		t.Fatalf("cause %q, %d letters, retried %v", b.Cause, len(graves.kept), w.reasons())
	}
	for i, l := range graves.kept {
		m := b.Marks[2*i+1]
		if m.Fate != messages.Discarded || m.Rows != 0 || m.End != b.Marks[2*i].End {
			t.Errorf("mark %+v", m)
		}
		want := messages.Letter{
			Connector: "c1", Stream: "orders", Shard: "shardId-000000000000", Seq: string(seqs[2*i+1]), Sub: "0", PartitionKey: fmt.Sprint("key-", 2*i+1),
			Arrival: w.clock.now().UTC(), Cause: l.Cause, Payload: []byte(bad[i]),
		}
		if !reflect.DeepEqual(l, want) || l.Cause == "" {
			t.Errorf("letter %.300v, want %.300v", l, want)
		}
	}
	if last := b.Marks[len(b.Marks)-1]; last.Rows != 2 || last.Fate != messages.Rendered {
		t.Errorf("the array's mark is %+v", last)
	}
}

// letters keeps dead letters, after failing some times.
type letters struct {
	fail int
	kept []messages.Letter
}

func (l *letters) Put(_ context.Context, all []messages.Letter) error {
	if l.fail > 0 {
		l.fail--
		return errors.New("disk full")
	}
	l.kept = append(l.kept, all...)
	return nil
}

func (l *letters) Close() error { return nil }

func TestATransformChangesFiltersAndDiscards(t *testing.T) {
	w := newWorld(t, 1)
	graves := &letters{}
	w.config.DeadLetter = graves
	var seen []messages.Record
	w.config.Payloads = payload.New(nil, func(r messages.Record, b []byte) ([]byte, error) {
		seen = append(seen, r)
		switch string(b) {
		case `{"n":0}`:
			return append(b[:len(b)-1], `,"more":"`+strings.Repeat("x", 2000)+`"}`...), nil
		case `{"n":1}`:
			return nil, nil
		case `{"n":2}`:
			copy(b, "spoiled")
			return nil, errors.New("refused by the host")
		}
		return b, nil
	})
	seqs := w.put(objects(4)...)
	b := w.next(w.open(messages.ReadFrom{}))
	if got := bodies(string(b.NDJSON)); len(got) != 2 || !strings.HasPrefix(got[0], `{"n":0,"more":"xxx`) || got[1] != `{"n":3` {
		t.Errorf("rows %q", got)
	}
	fates := []messages.Fate{messages.Rendered, messages.Filtered, messages.Discarded, messages.Rendered}
	for i, m := range b.Marks {
		if m.Fate != fates[i] || m.Seq != seqs[i] {
			t.Errorf("mark %d is %+v", i, m)
		}
	}
	if len(graves.kept) != 1 || string(graves.kept[0].Payload) != `{"n":2}` || b.Cause != "transform: refused by the host" {
		t.Errorf("letters %+v, cause %q", graves.kept, b.Cause)
	}
	want := messages.Record{Stream: "orders", Shard: "shardId-000000000000", Position: messages.Position{Seq: seqs[1]}, PartitionKey: "key-1", Arrival: w.clock.now().UTC()}
	if len(seen) != 4 || seen[1] != want {
		t.Errorf("the transform saw %+v, want %+v", seen[1], want)
	}
}

// leaky answers with bytes beside a fate that asks for no row.
type leaky struct{ fates []messages.Fate }

func (l *leaky) Apply(_ messages.Record, b []byte) ([]byte, messages.Fate, error) {
	fate := l.fates[0]
	l.fates = l.fates[1:]
	if fate == messages.Discarded {
		return b, fate, errors.New("no")
	}
	return b, fate, nil
}

func TestBytesOfARecordWithoutRowsNeverReachTheBlock(t *testing.T) {
	w := newWorld(t, 1)
	w.config.Payloads = &leaky{[]messages.Fate{messages.Filtered, messages.Rendered, messages.Discarded, messages.Rendered}}
	w.put(objects(4)...)
	b := w.next(w.open(messages.ReadFrom{}))
	if got := bodies(string(b.NDJSON)); !slices.Equal(got, []string{`{"n":1`, `{"n":3`}) {
		t.Errorf("rows %q", got)
	}
}
