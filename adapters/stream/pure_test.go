package stream

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestKP18AShardIsAskedNoFasterThanItsPace(t *testing.T) {
	now := time.Unix(1e9, 0)
	p := pacer{pace: *DefaultPace()}
	for i, c := range []struct {
		data int
		idle bool
		want time.Duration
	}{
		{1000, false, 200 * time.Millisecond},
		{1 << 20, false, 500 * time.Millisecond},
		{10 << 20, false, 5 * time.Second},
		{0, false, 200 * time.Millisecond}, // empty, but behind
		{0, true, 200 * time.Millisecond},
		{0, true, 200 * time.Millisecond},
		{0, true, 200 * time.Millisecond},
		{0, true, 200 * time.Millisecond},
		{0, true, time.Second},
		{0, true, time.Second},
		{10, false, 200 * time.Millisecond},
		{0, true, 200 * time.Millisecond},
	} {
		if p.answered(now, c.data, c.idle); p.due.Sub(now) != c.want {
			t.Errorf("answer %d: next after %v, want %v", i, p.due.Sub(now), c.want)
		}
	}
	unbounded := pacer{}
	for range 10 {
		if unbounded.answered(now, 10<<20, true); unbounded.due != now {
			t.Errorf("no pace waits until %v", unbounded.due)
		}
	}
}

func TestPatienceDoublesItsPausesUpToABoundAndEnds(t *testing.T) {
	now := time.Unix(1e9, 0)
	p := patience{limit: 30 * time.Second}
	for n := range 20 {
		pause, ok := p.lost(now)
		if ceiling := min(5*time.Second, 200*time.Millisecond<<min(n, 10)); !ok || pause < 0 || pause >= ceiling {
			t.Fatalf("failure %d: pause %v of at most %v, %v", n, pause, ceiling, ok)
		}
	}
	if _, ok := p.lost(now.Add(29 * time.Second)); !ok {
		t.Error("it ended early")
	}
	if _, ok := p.lost(now.Add(30 * time.Second)); ok {
		t.Error("it did not end")
	}
	if _, ok := p.lost(now.Add(31 * time.Second)); !ok {
		t.Error("it did not start over")
	}
}

func TestTheLimitFollowsTheSizeOfRecords(t *testing.T) {
	a := new(learned).aim()
	if n := a.limit(1 << 20); n != 256 {
		t.Errorf("first limit %d", n)
	}
	for range 30 {
		a.hit(100, 100*1362)
	}
	if n := a.limit(64 << 20); n < 1500 || n > 1560 {
		t.Errorf("limit %d for rows of 1,362 bytes, want what 2 MiB holds", n)
	}
	for _, room := range []int64{100_000, 1_000_000, 2_000_000} {
		if n := int64(a.limit(room)); n > room/1362+1 || n < room/1362*2/3-1 {
			t.Errorf("limit %d for %d bytes", n, room)
		}
	}
	if a.limit(1_000_000) != a.limit(900_000) || a.limit(3<<18) == a.limit(3<<18-1400) {
		t.Error("the limit is not the same for much the same room")
	}
	a.hit(1, 1<<20)
	if n := a.limit(2 << 20); n != 2 {
		t.Errorf("limit %d after a record of 1 MiB", n)
	}
	if n := a.limit(0); n != 1 {
		t.Errorf("limit %d for no room", n)
	}
	for range 100 {
		a.hit(1000, 0)
	}
	if n := a.limit(2 << 20); n > 2<<20/leastRecord {
		t.Errorf("limit %d after records without rows", n)
	}
}

func TestBuffersWasteAtMostAnEighth(t *testing.T) {
	last := 0
	for n := 0; n < 64<<20; n += 1 + n/7 {
		size := bufferSize(n)
		if size < n || size > n+n/8 && size > n+1024 || size < last {
			t.Fatalf("%d bytes: size %d after %d", n, size, last)
		}
		if again := bufferSize(size); again != size {
			t.Fatalf("size %d rounds to %d", size, again)
		}
		last = size
	}
}

func TestTheShelfGivesBackWhatFitsAndForgetsTheOldest(t *testing.T) {
	var s shelf
	s.put(make([]byte, 7, leastKept-1))
	s.put(make([]byte, 7, mostKept+1))
	if len(s.idle) != 0 {
		t.Fatalf("it keeps %d buffers that it should not", len(s.idle))
	}
	s.put(make([]byte, 7, 100_000))
	s.put(make([]byte, 7, 200_000))
	for _, c := range []struct{ n, want int }{{50_000, 0}, {88_000, 0}, {90_000, 100_000}, {90_000, 0}, {200_001, 0}, {200_000, 200_000}} {
		if b := s.take(c.n); cap(b) != c.want || len(b) != 0 {
			t.Errorf("for %d bytes it gives %d of %d, want %d", c.n, len(b), cap(b), c.want)
		}
	}
	for n := range 3 * shelfBytes / mostKept {
		s.put(make([]byte, 0, mostKept-n))
		if s.bytes > shelfBytes {
			t.Fatalf("it holds %d bytes", s.bytes)
		}
	}
	if b := s.take(mostKept - 3*shelfBytes/mostKept + 1); b == nil || cap(s.idle[0]) == mostKept {
		t.Errorf("it kept the oldest instead of the latest: %d", cap(b))
	}
}

func TestABodyIsReadOnlyWhileFewOthersAre(t *testing.T) {
	var all []*answer
	for range cap(bodies) {
		a := newAnswer()
		if err := a.hold(t.Context()); err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	late := newAnswer()
	if err := late.hold(ended); err == nil {
		t.Error("one more was let in")
	}
	for _, a := range all {
		a.free()
		a.release() // gives nothing back twice
	}
	if err := late.hold(t.Context()); err != nil {
		t.Error(err)
	}
	late.free()
	if len(bodies) != cap(bodies) {
		t.Errorf("%d of %d came back", len(bodies), cap(bodies))
	}
}

// TestAnswersOfOtherStreamsThatDoNotMoveLeaveEachClientABodyOfItsOwn: one
// connector's Kinesis that hangs must not hold up the others.
func TestAnswersOfOtherStreamsThatDoNotMoveLeaveEachClientABodyOfItsOwn(t *testing.T) {
	stuck, moving := New(Config{}), New(Config{})
	var all []*answer
	for range cap(bodies) + 1 {
		a := stuck.answer()
		if err := a.hold(t.Context()); err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := stuck.answer().hold(ended); err == nil {
		t.Error("the client whose answers hang was given more than one of its own")
	}
	for range 3 { // one after the other
		a := moving.answer()
		if err := a.hold(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := moving.answer().hold(ended); err == nil {
			t.Error("the other client was given two")
		}
		a.release()
	}
	for _, a := range all {
		a.release()
	}
	if len(bodies) != cap(bodies) || len(stuck.body) != 1 || len(moving.body) != 1 {
		t.Errorf("%d of %d came back, and %d and %d of 1", len(bodies), cap(bodies), len(stuck.body), len(moving.body))
	}
}

// TestRequestBodiesAreSentFromMemory hands the transport a body that answers
// as the SDK's does once it was closed.
func TestRequestBodiesAreSentFromMemory(t *testing.T) {
	sent := &sink{}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1/", io.NopCloser(readOnly{strings.NewReader("body")}))
	if err != nil {
		t.Fatal(err)
	}
	request.ContentLength = 4
	if _, err := newTransport(sent).Do(request); err != nil {
		t.Fatal(err)
	}
	if sent.body != "body" || sent.again != "body" {
		t.Errorf("sent %q, and again %q", sent.body, sent.again)
	}
}

type readOnly struct{ io.Reader }

type sink struct{ body, again string }

func (s *sink) Do(r *http.Request) (*http.Response, error) {
	first, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	second, err := io.ReadAll(body)
	s.body, s.again = string(first), string(second)
	return &http.Response{}, err
}
