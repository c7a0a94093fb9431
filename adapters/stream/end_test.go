package stream_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
)

// split splits the first shard in the middle.
func (w *world) split() {
	w.Helper()
	must(w.T)(w.stock.SplitShard(w.Context(), &kinesis.SplitShardInput{
		StreamName: aws.String("orders"), ShardToSplit: aws.String("shardId-000000000000"), NewStartingHashKey: aws.String("170141183460469231731687303715884105728"),
	}))
}

// drain reads a shard to its end.
func (w *world) drain(s *stream.Source) (all []messages.SequenceNumber, last *messages.RowBlock) {
	w.Helper()
	for {
		last = w.next(s)
		for _, m := range last.Marks {
			all = append(all, m.Seq)
		}
		if last.Closed {
			return all, last
		}
	}
}

func TestASplitShardEndsOnceAndNamesItsChildren(t *testing.T) {
	w := newWorld(t, 1)
	want := w.put(objects(300)...)
	w.split()
	s := w.open(messages.ReadFrom{})
	got, last := w.drain(s)
	if !slices.Equal(got, want) || !slices.Equal(last.Children, []messages.ShardID{"shardId-000000000001", "shardId-000000000002"}) {
		t.Errorf("read %d of %d, children %v", len(got), len(want), last.Children)
	}
	if _, err := s.Next(t.Context(), 1<<20); faulted(t, err).Reason != messages.ReasonInvariant {
		t.Errorf("after the end: %v", err)
	}
}

func TestMergedShardsBothNameTheirChild(t *testing.T) {
	w := newWorld(t, 2)
	must(t)(w.stock.MergeShards(t.Context(), &kinesis.MergeShardsInput{
		StreamName: aws.String("orders"), ShardToMerge: aws.String("shardId-000000000000"), AdjacentShardToMerge: aws.String("shardId-000000000001"),
	}))
	for n := range 2 {
		_, last := w.drain(stream.New(w.config).Open(w.shard(n), messages.ReadFrom{}))
		if !slices.Equal(last.Children, []messages.ShardID{"shardId-000000000002"}) {
			t.Errorf("shard %d: children %v", n, last.Children)
		}
	}
	child := w.shard(2)
	if !slices.Equal(child.Parents, []messages.ShardID{"shardId-000000000000", "shardId-000000000001"}) {
		t.Errorf("child %+v", child)
	}
}

func TestAResumeBehindTheLastRecordOfAClosedShardEndsIt(t *testing.T) {
	w := newWorld(t, 1)
	seqs := w.put(objects(2)...)
	w.split()
	p := at(seqs[1])
	got, last := w.drain(w.open(messages.ReadFrom{After: p}))
	if len(got) != 0 || last.Last() != p || len(last.Children) != 2 {
		t.Errorf("read %v, block %+v", got, last)
	}
}

func TestAClosedShardWhoseAnchorIsGoneIsNoQuietEnd(t *testing.T) {
	w := newWorld(t, 1)
	p := at(w.put(`{}`)[0])
	w.clock.move(23 * time.Hour)
	w.split()
	w.clock.move(2 * time.Hour)
	_, err := w.open(messages.ReadFrom{After: p}).Next(t.Context(), 1<<20)
	if missing, ok := err.(*messages.AnchorMissingError); !ok || missing.Want != p || !missing.Found.IsZero() { //nolint:errorlint // it is returned as it is
		t.Errorf("error %v", err)
	}
}

func TestAShardThatIsNotKeptAnyMoreIsExpired(t *testing.T) {
	w := newWorld(t, 1)
	w.put(`{}`)
	shard := w.shard(0)
	w.split()
	w.clock.move(25 * time.Hour)
	_, err := stream.New(w.config).Open(shard, messages.ReadFrom{}).Next(t.Context(), 1<<20)
	if f := faulted(t, err); f.Reason != messages.ReasonExpired || f.Class != messages.Transient || f.Hint == "" {
		t.Errorf("fault %+v", f)
	}
}

// rewriter changes answers on their way.
type rewriter struct {
	change func(action string, body []byte) []byte
}

func (r rewriter) Do(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusOK {
		return response, err
	}
	b, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	_, action, _ := bytes.Cut([]byte(request.Header.Get("X-Amz-Target")), []byte("."))
	b = r.change(string(action), b)
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	response.Header.Set("Content-Length", strconv.Itoa(len(b)))
	return response, nil
}

func TestKP16ANullIteratorIsConfirmedByTheList(t *testing.T) {
	w := newWorld(t, 1)
	want := w.put(objects(2)...)
	times := 1
	w.config.AWS.HTTPClient = rewriter{func(action string, b []byte) []byte {
		if action == "GetRecords" && times > 0 {
			times--
			return append(b[:bytes.Index(b, []byte(`"NextShardIterator"`))], append([]byte(`"NextShardIterator":null,"X":`), bytes.SplitN(b, []byte(`"NextShardIterator":`), 2)[1]...)...)
		}
		return b
	}}
	s := w.open(messages.ReadFrom{})
	got, _ := w.read(s, messages.Position{}, 2)
	late := w.put(`{"late":1}`)
	more, _ := w.read(s, at(want[1]), 1)
	if !slices.Equal(slices.Concat(got, more), slices.Concat(want, late)) || times != 0 {
		t.Errorf("read %v and %v", got, more)
	}
}

func TestAnEndWithoutChildrenTakesThemFromTheList(t *testing.T) {
	w := newWorld(t, 1)
	want := w.put(objects(2)...)
	w.split()
	w.config.AWS.HTTPClient = rewriter{func(action string, b []byte) []byte {
		if action == "GetRecords" {
			return bytes.Replace(b, []byte(`"ChildShards"`), []byte(`"Else"`), 1)
		}
		return b
	}}
	got, last := w.drain(w.open(messages.ReadFrom{}))
	if !slices.Equal(got, want) || !slices.Equal(last.Children, []messages.ShardID{"shardId-000000000001", "shardId-000000000002"}) {
		t.Errorf("read %v, children %v", got, last.Children)
	}
}

func TestAnAnswerThatIsNoneIsReadAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	want := w.put(objects(3)...)
	garbage := [][]byte{[]byte("<html>"), []byte(`{"Records":[{"SequenceNumber":"x"}]}`), []byte(`{"Records":[{"SequenceNumber":"1","Data":"?"}],"NextShardIterator":"i"}`)}
	w.config.AWS.HTTPClient = rewriter{func(action string, b []byte) []byte {
		if action == "GetRecords" && len(garbage) > 0 {
			b, garbage = garbage[0], garbage[1:]
		}
		return b
	}}
	if got, _ := w.read(w.open(messages.ReadFrom{}), messages.Position{}, 3); !slices.Equal(got, want) || len(w.retried) != 3 {
		t.Errorf("read %v, retried %v", got, w.retried)
	}
}
