package stream

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAShardIsAskedNoFasterThanItsPace(t *testing.T) {
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
	a := newAim()
	if n := a.limit(1 << 20); n != 256 {
		t.Errorf("first limit %d", n)
	}
	for range 30 {
		a.hit(100, 100*1362)
	}
	if n := a.limit(64 << 20); n < 1500 || n > 1560 {
		t.Errorf("limit %d for rows of 1,362 bytes, want what 2 MiB holds", n)
	}
	if n := a.limit(100_000); n > 74 {
		t.Errorf("limit %d for 100 kB", n)
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

func TestBuffersWasteAtMostAQuarterAndComeBack(t *testing.T) {
	last, seen := -1, map[int]int{}
	for n := 1; n < 64<<20; n += 1 + n/7 {
		size, class := bufferSize(n)
		if size < n || n >= leastBuffer && size > n+n/4+1 || class < last || class >= len(buffers)*2 {
			t.Fatalf("%d bytes: size %d, class %d after %d", n, size, class, last)
		}
		if before, ok := seen[class]; ok && before != size {
			t.Fatalf("class %d has sizes %d and %d", class, before, size)
		}
		seen[class], last = size, class
		if again, same := bufferSize(size); again != size || same != class {
			t.Fatalf("size %d rounds to %d", size, again)
		}
	}
	for _, n := range []int{0, 1, leastBuffer, leastBuffer + 1, 100_000, keepBuffer, keepBuffer + 1} {
		b := takeBuffer(n)
		if len(b) != 0 || cap(b) < n {
			t.Errorf("%d bytes: %d of %d", n, len(b), cap(b))
		}
		recycle(b)
		recycle(make([]byte, n)) // one of no size of ours
		if b := takeBuffer(n); cap(b) < n {
			t.Errorf("%d bytes after recycling: %d", n, cap(b))
		}
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
