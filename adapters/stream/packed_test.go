package stream_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/adapters/payload"
	"github.com/kinesnow/kinesnow/integration/producer"
	"github.com/kinesnow/kinesnow/messages"
)

// packed is the data of an aggregate of these payloads, with keys user-0,
// user-1 ...
func packed(payloads ...string) string {
	all := make([]producer.User, len(payloads))
	for i, p := range payloads {
		all[i] = producer.User{Key: fmt.Sprint("user-", i), Data: []byte(p)}
	}
	return string(producer.Aggregate(all...))
}

// places is where the user records of blocks are, as seq/sub with the sequence
// number's index in seqs.
func places(seqs []messages.SequenceNumber, marks []messages.Mark) (all []string) {
	for _, m := range marks {
		all = append(all, fmt.Sprintf("%d/%d", slices.Index(seqs, m.Seq), m.Sub))
	}
	return all
}

func TestTheUserRecordsOfAnAggregateBecomeRowsOfTheirOwn(t *testing.T) {
	w := newWorld(t, 1)
	seq := w.put(packed(`{"n":0}`, `[{"n":1},{"n":2}]`))[0]
	b := w.next(w.open(messages.ReadFrom{}))
	row := func(object, sub, key string) string {
		return object + `,"KINESISMETADATA":{"stream":"orders","shardId":"shardId-000000000000","sequenceNumber":"` + string(seq) + `","subSequenceNumber":` + sub +
			`,"shardedSequenceNumber":"` + string(seq) + "0000" + sub + `","partitionKey":"` + key + `","approximateArrival":"` + w.clock.now().UTC().Format("2006-01-02T15:04:05.000") + "\"}}\n"
	}
	want := row(`{"n":0`, "0", "user-0") + row(`{"n":1`, "1", "user-1") + row(`{"n":2`, "1", "user-1")
	if string(b.NDJSON) != want {
		t.Errorf("got\n%swant\n%s", b.NDJSON, want)
	}
	arrival := w.clock.now().UnixMilli()
	marks := []messages.Mark{
		{Seq: seq, Sub: 0, End: strings.Index(want, "\n") + 1, Arrival: arrival, Rows: 1},
		{Seq: seq, Sub: 1, End: len(want), Arrival: arrival, Rows: 2, Last: true},
	}
	if !slices.Equal(b.Marks, marks) || b.Last() != at(seq) || b.Packed != (messages.Aggregation{Aggregates: 1}) {
		t.Errorf("marks %+v, last %v, %+v", b.Marks, b.Last(), b.Packed)
	}
}

func TestReadingResumesInsideAnAggregateBehindTheLastOneCovered(t *testing.T) {
	w := newWorld(t, 1)
	seqs := w.put(`{"before":1}`, packed(objects(500)...), `{"behind":1}`)
	for _, last := range []int64{0, 123, 498} {
		after := messages.Position{Seq: seqs[1], Sub: last}
		b := w.next(w.open(messages.ReadFrom{After: after}))
		var want []string
		for sub := last + 1; sub < 500; sub++ {
			want = append(want, fmt.Sprintf("1/%d", sub))
		}
		if got := places(seqs, b.Marks); b.After != after || !slices.Equal(got, append(want, "2/0")) {
			t.Errorf("after %v, %d user records: %.200v", b.After, len(got), got)
		}
		if rows := bodies(string(b.NDJSON)); rows[0] != fmt.Sprintf(`{"n":%d`, last+1) || len(rows) != len(want)+1 {
			t.Errorf("%d rows, the first is %s", len(rows), rows[0])
		}
	}
}

// TestAPositionInsideOfARecordThatIsOverMovesBehindIt: a migrated lease may name
// the last user record, and the KCL says how far it is in a plain record, too.
func TestAPositionInsideOfARecordThatIsOverMovesBehindIt(t *testing.T) {
	w := newWorld(t, 1)
	seqs := w.put(`{"before":1}`, packed(objects(5)...), `{"behind":1}`)
	for _, c := range []struct {
		after messages.Position
		want  []string
	}{
		{at(seqs[1]), []string{"2/0"}},
		{messages.Position{Seq: seqs[1], Sub: 4}, []string{"1/0", "2/0"}},
		{messages.Position{Seq: seqs[1], Sub: 700}, []string{"1/0", "2/0"}},
		{messages.Position{Seq: seqs[0], Sub: 3}, []string{"0/0", "1/0", "1/1", "1/2", "1/3", "1/4", "2/0"}},
	} {
		b := w.next(w.open(messages.ReadFrom{After: c.after}))
		if got := places(seqs, b.Marks); !slices.Equal(got, c.want) {
			t.Errorf("after %s: %v", c.after, got)
			continue
		}
		first := b.Marks[0]
		if over := c.after.Sub != messages.Whole; over == first.Counts() || over && (first.Position() != at(c.after.Seq) || first.End != 0) {
			t.Errorf("after %s: %+v", c.after, first)
		}
	}
}

func TestUserRecordsOfAnAggregateAreFilteredAndDiscardedOneByOne(t *testing.T) {
	w := newWorld(t, 1)
	graves := &letters{}
	w.config.DeadLetter = graves
	w.config.Payloads = payload.New(nil, func(r messages.Record, b []byte) ([]byte, error) {
		if strings.Contains(string(b), "drop") {
			copy(b, "spoiled by the transform")
			return nil, nil
		}
		if r.PartitionKey != fmt.Sprint("user-", r.Position.Sub) {
			t.Errorf("the transform sees key %s at %v", r.PartitionKey, r.Position)
		}
		copy(b, "{") // what it may do with the bytes it was given
		return b, nil
	})
	seq := w.put(packed(`{"n":0}`, `not json 1`, `{"drop":2}`, `{"n":3}`, ``))[0]
	b := w.next(w.open(messages.ReadFrom{}))
	var fates []messages.Fate
	for _, m := range b.Marks {
		fates = append(fates, m.Fate)
	}
	if want := []messages.Fate{messages.Rendered, messages.Discarded, messages.Filtered, messages.Rendered, messages.Discarded}; !slices.Equal(fates, want) || b.Last() != at(seq) {
		t.Errorf("fates %v, last %v", fates, b.Last())
	}
	if got := bodies(string(b.NDJSON)); !slices.Equal(got, []string{`{"n":0`, `{"n":3`}) {
		t.Errorf("rows %q", got)
	}
	if len(graves.kept) != 2 || string(graves.kept[0].Payload) != "not json 1" || graves.kept[0].Sub != "1" || graves.kept[0].PartitionKey != "user-1" ||
		len(graves.kept[1].Payload) != 0 || graves.kept[1].Sub != "4" {
		t.Errorf("letters %+v", graves.kept)
	}
}

func TestADamagedAggregateIsAPlainRecordThatIsKept(t *testing.T) {
	w := newWorld(t, 1)
	graves := &letters{}
	w.config.DeadLetter = graves
	whole := packed(objects(3)...)
	cases := []struct{ data, cause string }{
		{whole[:len(whole)-1], "aggregate whose MD5 does not fit"},
		{whole[:18], "aggregate is cut off"},
		{string(producer.Seal([]byte("\x1a\xff"))), "aggregate that is not the protobuf message it should be"},
	}
	var all []string
	for _, c := range cases {
		all = append(all, c.data, `{"between":1}`)
	}
	seqs := w.put(all...)
	b := w.next(w.open(messages.ReadFrom{}))
	if got := bodies(string(b.NDJSON)); len(got) != 3 || len(b.Marks) != 6 || b.Last() != at(seqs[5]) || b.Packed != (messages.Aggregation{Damaged: 3}) {
		t.Errorf("rows %q, %d marks, %+v", got, len(b.Marks), b.Packed)
	}
	for i, c := range cases {
		m := b.Marks[2*i]
		if m.Fate != messages.Discarded || m.Sub != 0 || !m.Last {
			t.Errorf("mark %+v", m)
		}
		if l := graves.kept[i]; string(l.Payload) != c.data || l.Cause != "not a JSON object: "+c.cause || l.PartitionKey != fmt.Sprint("key-", 2*i) {
			t.Errorf("letter %+v", l)
		}
	}
}

func TestAnAggregateOfNoUserRecordsMovesThePosition(t *testing.T) {
	w := newWorld(t, 1)
	seqs := w.put(packed(), `{"n":1}`, packed())
	s := w.open(messages.ReadFrom{})
	b := w.next(s)
	counted := 0
	for i := range b.Marks {
		if b.Marks[i].Counts() {
			counted++
		}
	}
	if got := places(seqs, b.Marks); !slices.Equal(got, []string{"0/0", "1/0", "2/0"}) || counted != 1 || b.Last() != at(seqs[2]) {
		t.Errorf("places %v, of which %d count, last %v", got, counted, b.Last())
	}
	seqs = append(seqs, w.put(packed())...)
	if b = w.next(s); b.Last() != at(seqs[3]) || len(b.NDJSON) != 0 || b.Marks[0].Fate != messages.Hollow {
		t.Errorf("alone: %+v", b)
	}
	if b = w.next(w.open(messages.ReadFrom{After: at(seqs[2])})); !slices.Equal(places(seqs, b.Marks), []string{"3/0"}) {
		t.Errorf("after one: %+v", b.Marks)
	}
}

// TestKP25UserRecordsOfAnotherShardAreKeptAndCounted: whoever filters them
// loses what mixed aggregators put, and what the KPL was told had arrived.
func TestKP25UserRecordsOfAnotherShardAreKeptAndCounted(t *testing.T) {
	w := newWorld(t, 2)
	const lower, upper = "0", "170141183460469231731687303715884105728"
	data := producer.Aggregate(
		producer.User{Key: "pk-a", Data: []byte(`{"n":0}`)},              // by its key in shard 0
		producer.User{Key: "pk-a", Hash: upper, Data: []byte(`{"n":1}`)}, // in shard 1
		producer.User{Key: "key-0", Data: []byte(`{"n":2}`)},             // in shard 1
		producer.User{Key: "pk-b", Hash: lower, Data: []byte(`{"n":3}`)}, // in shard 0
	)
	must(t)(w.stock.PutRecord(t.Context(), &kinesis.PutRecordInput{
		StreamName: aws.String("orders"), PartitionKey: aws.String(producer.SharedKey), ExplicitHashKey: aws.String(lower), Data: data,
	}))
	b := w.next(w.open(messages.ReadFrom{}))
	if got := bodies(string(b.NDJSON)); len(got) != 4 || b.Packed != (messages.Aggregation{Aggregates: 1, OutOfRange: 2}) {
		t.Errorf("rows %q, %+v", got, b.Packed)
	}
}

func TestAKeyThatCannotBeLookedUpIsTheKinesisRecordsOwn(t *testing.T) {
	w := newWorld(t, 1)
	w.put(string(producer.Seal([]byte("\x0a\x01k" + "\x1a\x06\x08\x07\x1a\x02{}" + "\x1a\x06\x08\x00\x1a\x02{}"))))
	b := w.next(w.open(messages.ReadFrom{}))
	if rows := strings.Split(string(b.NDJSON), "\n"); len(rows) != 3 || !strings.Contains(rows[0], `"partitionKey":"key-0"`) || !strings.Contains(rows[1], `"partitionKey":"k"`) {
		t.Errorf("rows %q", rows)
	}
}

func TestWhatAggregatorsOfOthersPutBecomesTheSameRowsAsPlainRecords(t *testing.T) {
	payloads := append(objects(40), `[{"a":1},{"a":2}]`, "no json")
	fields := func(b *messages.RowBlock) (all []any) {
		for _, m := range b.Marks {
			all = append(all, m.Fate, m.Rows)
		}
		return append(all, bodies(string(b.NDJSON)))
	}
	w := newWorld(t, 1)
	w.put(payloads...)
	plain := w.next(w.open(messages.ReadFrom{}))
	other := newWorld(t, 1)
	other.put(packed(payloads[:7]...), packed(payloads[7:8]...), packed(payloads[8:]...))
	if got, want := fields(other.next(other.open(messages.ReadFrom{}))), fields(plain); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}
