package stream_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
)

// meter is a way to a Kinesis that enforces a shard's rates, without a network
// and in the bubble's time, and notes what was asked and answered.
type meter struct {
	server *localkinesis.Server
	calls  []metered
}

type metered struct {
	at      time.Time
	action  string
	data    int // bytes of record data
	refused string
}

// Do implements the SDK's HTTP client.
func (m *meter) Do(r *http.Request) (*http.Response, error) {
	time.Sleep(3 * time.Millisecond)
	answer := httptest.NewRecorder()
	m.server.Handler().ServeHTTP(answer, r)
	response := answer.Result()
	response.ContentLength = int64(answer.Body.Len())
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	call := metered{at: time.Now(), action: action}
	var body struct {
		Type    string `json:"__type"`
		Records []struct{ Data []byte }
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		return nil, err
	}
	call.refused = body.Type
	for _, r := range body.Records {
		call.data += len(r.Data)
	}
	m.calls = append(m.calls, call)
	response.Body = io.NopCloser(strings.NewReader(answer.Body.String()))
	return response, nil
}

// newMeter is a stream of one shard, with a backlog of so many records of size
// bytes, written as fast as a shard takes them.
func newMeter(t *testing.T, records, size int) *meter {
	t.Helper()
	server, err := localkinesis.New(localkinesis.Options{Limits: true, Now: time.Now})
	if err == nil {
		err = server.CreateStream("orders", 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	m := &meter{server: server}
	for range records {
		m.put(t, size)
	}
	return m
}

func (m *meter) put(t *testing.T, size int) {
	t.Helper()
	time.Sleep(time.Duration(float64(size) / (1 << 20) * float64(time.Second)))
	for range 100 {
		puts, err := m.server.PutRecords("orders", []localkinesis.Record{{PartitionKey: "k", Data: fmt.Appendf(nil, `{"a":%q}`, strings.Repeat("x", size-8))}})
		if err != nil {
			t.Fatal(err)
		}
		if !puts[0].Throttled {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the shard takes nothing")
}

// source reads at the pace that a connector has by default.
func (m *meter) source() *stream.Source {
	client := stream.New(stream.Config{
		AWS:      aws.Config{Region: "us-east-1", HTTPClient: m, Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret-key", "")},
		Endpoint: "http://kinesis.local", Stream: "orders",
		Rows: func(shard messages.ShardID) stream.RowMaker { return rows.NewRenderer("orders", shard, 5) },
	})
	return client.Open(messages.Shard{ID: "shardId-000000000000"}, messages.ReadFrom{})
}

// withinRates fails where a second held more calls or bytes than a shard gives
// to all its readers together, or where one was refused.
func (m *meter) withinRates(t *testing.T) (calls int, data int64) {
	t.Helper()
	for i, c := range m.calls {
		if c.refused != "" {
			t.Errorf("call %d, %s, was refused: %s", i, c.action, c.refused)
		}
		if c.action != "GetRecords" {
			continue
		}
		calls, data = calls+1, data+int64(c.data)
		inSecond := 0
		for _, other := range m.calls[i:] {
			if other.action == "GetRecords" && other.at.Sub(c.at) < time.Second {
				inSecond++
			}
		}
		if inSecond > 5 {
			t.Fatalf("%d calls within a second of call %d", inSecond, i)
		}
	}
	return calls, data
}

// next reads a block in the bubble.
func (m *meter) next(t *testing.T, s *stream.Source, room int64) *messages.RowBlock {
	t.Helper()
	b, err := s.Next(context.Background(), room)
	if err != nil {
		t.Fatal(err)
	}
	if b.Recycle != nil {
		b.Recycle(b.NDJSON)
	}
	return b
}

// TestKP18ABacklogIsReadAsFastAsAShardAllowsAndNoFaster reads a minute's worth
// of a shard: 5 calls and 2 MiB a second, measured at the service, and nothing
// is ever refused. Records of each size, for the limit of a call follows it.
func TestKP18ABacklogIsReadAsFastAsAShardAllowsAndNoFaster(t *testing.T) {
	for _, size := range []int{2 << 10, 40 << 10, 1 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				records := 24 << 20 / size
				m := newMeter(t, records, size)
				m.calls = nil
				s, began, got := m.source(), time.Now(), 0
				for got < records {
					got += len(m.next(t, s, 2<<20).Marks)
				}
				took := time.Since(began)
				calls, data := m.withinRates(t)
				if rate := float64(data) / took.Seconds(); rate > 2.2*(1<<20) || rate < 1.5*(1<<20) {
					t.Errorf("%d bytes in %v, %.2f MiB/s, by %d calls", data, took, rate/(1<<20), calls)
				}
			})
		})
	}
}

// TestKP18AShardAtItsTipIsAskedOnceASecond, however often it is asked for, and
// what comes is read at most a second later.
func TestKP18AShardAtItsTipIsAskedOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(t, 1, 100)
		s := m.source()
		for m.next(t, s, 2<<20).CaughtUp() == false {
		}
		time.Sleep(time.Second)
		for began := time.Now(); time.Since(began) < 10*time.Second; {
			m.next(t, s, 2<<20)
		}
		m.calls = nil
		for began := time.Now(); time.Since(began) < time.Minute; {
			m.next(t, s, 2<<20)
		}
		if calls, _ := m.withinRates(t); calls < 50 || calls > 66 {
			t.Errorf("%d calls in an idle minute", calls)
		}
		m.put(t, 100)
		began := time.Now()
		if b := m.next(t, s, 2<<20); len(b.Marks) != 1 || time.Since(began) > 1100*time.Millisecond {
			t.Errorf("%d records after %v", len(b.Marks), time.Since(began))
		}
	})
}

// TestKP04AReaderThatMayNotReadForLongRenewsItsIterator: whoever asks every
// four minutes and 40 seconds never meets an expired one, and misses nothing.
func TestKP04AReaderThatMayNotReadForLongRenewsItsIterator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(t, 1, 100)
		s, got := m.source(), 0
		const pauses = 10
		for range pauses {
			got += len(m.next(t, s, 2<<20).Marks)
			m.put(t, 100)
			time.Sleep(280 * time.Second)
		}
		got += len(m.next(t, s, 2<<20).Marks)
		iterators := 0
		for _, c := range m.calls {
			if c.action == "GetShardIterator" {
				iterators++
			}
		}
		m.withinRates(t)
		if got != pauses+1 || iterators != pauses+1 {
			t.Errorf("%d records of %d, with %d iterators", got, pauses+1, iterators)
		}
	})
}

// TestA08AnAnswerOfTenMiBIsNeverFollowedByAnException: the service refuses calls
// for the next five seconds, and the reader knows how long to keep away.
func TestA08AnAnswerOfTenMiBIsNeverFollowedByAnException(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const records = 25
		m := newMeter(t, records, 1<<20-100)
		m.calls = nil
		// Nothing is known of the records' size yet, so the first call asks for as
		// many as there may be.
		s, got := m.source(), 0
		for got < records {
			got += len(m.next(t, s, 16<<20).Marks)
		}
		m.withinRates(t)
		full := 0
		for i, c := range m.calls {
			if c.data < 9<<20 {
				continue
			}
			full++
			if i+1 < len(m.calls) {
				if pause := m.calls[i+1].at.Sub(c.at); pause < 9*time.Second/2 {
					t.Errorf("call %d follows %v behind an answer of %d bytes", i+1, pause, c.data)
				}
			}
		}
		if full == 0 {
			t.Error("no answer was full")
		}
	})
}
