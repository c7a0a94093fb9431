package stream_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/messages"
)

func TestEveryRecordIsReadOnceInOrderInBlocksThatChain(t *testing.T) {
	w := newWorld(t, 1)
	want := w.put(objects(700)...)
	s := w.open(messages.ReadFrom{})
	got, text := w.read(s, messages.Position{}, 700)
	if !slices.Equal(got, want) {
		t.Errorf("read %d records, not those that were put", len(got))
	}
	if b := bodies(text); len(b) != 700 || b[0] != `{"n":0` || b[699] != `{"n":699` {
		t.Errorf("%d rows, first %s", len(b), b[0])
	}
	if n := w.Faults().Calls("GetRecords"); n < 2 {
		t.Errorf("%d calls; the first one should not ask for everything", n)
	}
}

func TestARowCarriesItsRecordsMetadata(t *testing.T) {
	w := newWorld(t, 1)
	seq := w.put(`{"a":1}`)[0]
	b := w.next(w.open(messages.ReadFrom{}))
	want := `{"a":1,"KINESISMETADATA":{"stream":"orders","shardId":"shardId-000000000000","sequenceNumber":"` + string(seq) +
		`","subSequenceNumber":0,"shardedSequenceNumber":"` + string(seq) + `00000","partitionKey":"key-0","approximateArrival":"` +
		w.clock.now().UTC().Format("2006-01-02T15:04:05.000") + "\"}}\n"
	if string(b.NDJSON) != want {
		t.Errorf("got  %s\nwant %s", b.NDJSON, want)
	}
	mark := messages.Mark{Seq: seq, End: len(want), Arrival: w.clock.now().UnixMilli(), Rows: 1, Last: true}
	if len(b.Marks) != 1 || b.Marks[0] != mark || !b.CaughtUp() || b.Last() != at(seq) || b.At.Unix() != w.clock.now().Unix() {
		t.Errorf("block %+v", b)
	}
}

// TestOurDecoderAndTheSDKsAgree reads the same records both ways.
func TestOurDecoderAndTheSDKsAgree(t *testing.T) {
	w := newWorld(t, 1)
	for i, key := range []string{"plain", `quote " and \ slash /`, "ünï ☃ 😀", "\u0001", strings.Repeat("k", 256)} {
		w.clock.move(time.Duration(i) * 7 * time.Millisecond)
		must(t)(w.stock.PutRecord(t.Context(), &kinesis.PutRecordInput{
			StreamName: aws.String("orders"), PartitionKey: aws.String(key), Data: []byte(strings.Repeat("\x00\xff>?", i*i*50)),
		}))
	}
	w.put(string(make([]byte, 1<<20)))
	iterator, err := w.stock.GetShardIterator(t.Context(), &kinesis.GetShardIteratorInput{
		StreamName: aws.String("orders"), ShardId: aws.String(string(w.shard(0).ID)), ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
	})
	if err != nil {
		t.Fatal(err)
	}
	want, err := w.stock.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: iterator.ShardIterator})
	if err != nil {
		t.Fatal(err)
	}
	seen := &witness{}
	w.config.Rows = func(messages.ShardID) stream.RowMaker { return seen }
	w.read(w.open(messages.ReadFrom{}), messages.Position{}, len(want.Records))
	if len(seen.records) != len(want.Records) {
		t.Fatalf("%d records, the SDK has %d", len(seen.records), len(want.Records))
	}
	for i, r := range want.Records {
		if got, want := seen.records[i], fmt.Sprintf("%s %d %q %x", *r.SequenceNumber, r.ApproximateArrivalTimestamp.Round(time.Millisecond).UnixMilli(), *r.PartitionKey, r.Data); got != want {
			t.Errorf("record %d\n got %.200s\nwant %.200s", i, got, want)
		}
	}
}

// witness is a RowMaker that notes what it is given.
type witness struct{ records []string }

func (s *witness) Render(dst []byte, start int, m *messages.Mark, key []byte) ([]byte, int, error) {
	s.records = append(s.records, fmt.Sprintf("%s %d %q %x", m.Seq, m.Arrival, key, dst[start:]))
	return dst, 1, nil
}

func TestRecordsOfAnySizePassAndTheLimitAdapts(t *testing.T) {
	w := newWorld(t, 1)
	big := `{"big":"` + strings.Repeat("x", 1<<20-20) + `"}`
	w.put(append(objects(300), big, `{"a":1}`, big)...)
	_, text := w.read(w.open(messages.ReadFrom{}), messages.Position{}, 303)
	if b := bodies(text); len(b) != 303 || b[300]+"}" != big || b[301] != `{"a":1` || b[302]+"}" != big {
		t.Errorf("%d rows", len(b))
	}
}

func TestAnIdleShardStillSaysHowFarItIs(t *testing.T) {
	w := newWorld(t, 1)
	reader := &clock{t: w.clock.now()}
	w.config.Now = reader.now
	w.Faults().Set("GetRecords", func(fault.Call) fault.Effect {
		reader.move(w.config.Idle * 2 / 5) // what a call takes
		return fault.Effect{}
	})
	s := w.open(messages.ReadFrom{})
	for i := range 2 { // at once, then after Idle
		b := w.next(s)
		if len(b.Marks) != 0 || b.NDJSON != nil || !b.CaughtUp() || b.Closed || b.At.IsZero() || !b.Last().IsZero() {
			t.Errorf("block %d is %+v", i, b)
		}
	}
	if n := w.Faults().Calls("GetRecords"); n != 1+3 {
		t.Errorf("%d calls: the second block did not wait for a record, or waited too long", n)
	}
	seq := w.put(`{}`)[0]
	if b := w.next(s); b.Last() != at(seq) {
		t.Errorf("block %+v", b)
	}
}

func TestNextEndsWithItsContext(t *testing.T) {
	w := newWorld(t, 1)
	w.config.Idle = time.Hour
	w.config.Pace = stream.DefaultPace()
	s := w.open(messages.ReadFrom{})
	w.next(s)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if b, err := s.Next(ctx, 1<<20); !errors.Is(err, context.DeadlineExceeded) || b != nil {
		t.Errorf("block %v, error %v", b, err)
	}
}

func TestWhatPassesWithTimeIsBorneWithoutLossOrRepeat(t *testing.T) {
	for _, c := range []struct {
		name   string
		effect fault.Effect
		reason messages.Reason
	}{
		{"throttled", fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "ProvisionedThroughputExceededException", Message: "Rate exceeded"}}, messages.ReasonThrottled},
		{"limited by KMS", fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "KMSThrottlingException"}}, messages.ReasonThrottled},
		{"500", fault.Effect{Refuse: &fault.Refusal{Status: 500, Code: "InternalFailure"}}, messages.ReasonUnavailable},
		{"503", fault.Effect{Refuse: &fault.Refusal{Status: 503, Code: "ServiceUnavailable"}}, messages.ReasonUnavailable},
		{"expired token", fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "ExpiredTokenException"}}, messages.ReasonUnavailable},
		{"clock apart", fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "InvalidSignatureException", Message: "Signature expired: x"}}, messages.ReasonUnavailable},
		{"lost before", fault.Effect{LoseBefore: true}, messages.ReasonUnavailable},
		{"lost after", fault.Effect{LoseAfter: true}, messages.ReasonUnavailable},
		{"cut off early", fault.Effect{CutAfter: 10}, messages.ReasonUnavailable},
		{"cut off late", fault.Effect{CutAfter: 3000}, messages.ReasonUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 1)
			want := w.put(objects(20)...)
			for _, action := range []string{"GetShardIterator", "GetRecords"} {
				w.Faults().Set(action, fault.Times(1, fault.Always(c.effect)))
			}
			got, _ := w.read(w.open(messages.ReadFrom{}), messages.Position{}, 20)
			if !slices.Equal(got, want) {
				t.Errorf("read %v, want %v", got, want)
			}
			if r := w.reasons(); len(r) == 0 || slices.ContainsFunc(r, func(r messages.Reason) bool { return r != c.reason }) {
				t.Errorf("retried for %v, want %v", r, c.reason)
			}
		})
	}
}

func TestPatienceEndsInATransientFaultAndTheSourceGoesOn(t *testing.T) {
	w := newWorld(t, 1)
	want := w.put(`{}`)
	w.config.Patience = time.Nanosecond
	w.Faults().Set("GetRecords", fault.Times(3, fault.Always(fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "LimitExceededException"}})))
	s := w.open(messages.ReadFrom{})
	_, err := s.Next(t.Context(), 1<<20)
	if f := faulted(t, err); f.Class != messages.Transient || f.Reason != messages.ReasonThrottled || f.Shard != "shardId-000000000000" || f.Op != "kinesis.GetRecords" {
		t.Errorf("fault %+v", f)
	}
	w.Faults().Set("GetRecords", nil)
	if got, _ := w.read(s, messages.Position{}, 1); !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

func TestManyShardsShareAClient(t *testing.T) {
	w := newWorld(t, 4)
	want := len(w.put(objects(200)...))
	client := stream.New(w.config)
	shards, err := client.List(t.Context(), stream.AtLatest)
	if err != nil {
		t.Fatal(err)
	}
	counts := make(chan int)
	for _, shard := range shards {
		go func() {
			n := 0
			defer func() { counts <- n }()
			source, last := client.Open(shard, messages.ReadFrom{}), messages.Position{}
			defer source.Close()
			for {
				b, err := source.Next(t.Context(), 10<<10)
				if err != nil || b.After != last {
					t.Errorf("%s: error %v, block %+v", shard.ID, err, b)
					return
				}
				last = b.Last()
				n += strings.Count(string(b.NDJSON), "\n")
				if b.Recycle != nil {
					b.Recycle(b.NDJSON)
				}
				if b.CaughtUp() {
					return
				}
			}
		}()
	}
	got := 0
	for range shards {
		got += <-counts
	}
	if got != want {
		t.Errorf("read %d rows, want %d", got, want)
	}
}
