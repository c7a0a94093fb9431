package stream_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

func TestKP04ASpentIteratorIsReplacedFromTheLastRecordRead(t *testing.T) {
	w := newWorld(t, 1)
	want := w.put(objects(3)...)
	reader := &clock{t: w.clock.now()}
	w.config.Now = reader.now
	var asked []string
	w.config.AWS.HTTPClient = recorder(func(action, body string) {
		if action == "GetShardIterator" {
			asked = append(asked, body)
		}
	})
	s := w.open(messages.ReadFrom{})
	first, _ := w.read(s, messages.Position{}, 3)

	w.clock.move(6 * time.Minute) // the service refuses the iterator
	want = append(want, w.put(`{"late":1}`)...)
	second, _ := w.read(s, at(want[2]), 1)
	if got := slices.Concat(first, second); !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
	if len(w.retried) != 1 || !strings.Contains(w.retried[0].Error(), "ExpiredIterator") {
		t.Errorf("retried %v", w.retried)
	}

	before := w.Faults().Calls("GetShardIterator")
	reader.move(271 * time.Second) // ours is too old to be tried
	third := w.put(`{"later":1}`)
	if got, _ := w.read(s, at(want[3]), 1); !slices.Equal(got, third) {
		t.Errorf("read %v, want %v", got, third)
	}
	if n := w.Faults().Calls("GetShardIterator") - before; n != 1 || len(w.retried) != 1 {
		t.Errorf("%d new iterators, retried %v", n, w.retried)
	}
	for i, seq := range []messages.SequenceNumber{want[2], want[3]} {
		if !strings.Contains(asked[i+1], `"AFTER_SEQUENCE_NUMBER"`) || !strings.Contains(asked[i+1], string(seq)) {
			t.Errorf("iterator %d was asked for by %s, want behind %s", i+1, asked[i+1], seq)
		}
	}
}

// recorder passes requests on and tells what they ask for.
type recorder func(action, body string)

func (r recorder) Do(request *http.Request) (*http.Response, error) {
	body, err := request.GetBody()
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	_, action, _ := strings.Cut(request.Header.Get("X-Amz-Target"), ".")
	r(action, string(b))
	return http.DefaultTransport.RoundTrip(request)
}

func TestKP03AnIteratorThatExpiresBeforeAnyRecordKeepsTheOriginalStart(t *testing.T) {
	w := newWorld(t, 1)
	w.put(`{"old":1}`)
	w.clock.move(time.Second)
	start := w.clock.now()
	w.clock.move(time.Second)
	s := w.open(messages.ReadFrom{Time: start})
	w.next(s)
	want := w.put(`{"new":1}`)
	w.clock.move(6 * time.Minute)
	if got, _ := w.read(s, messages.Position{}, 1); !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

// TestAnIteratorThatTheServiceBreaksDownOverIsReplaced lets every call with the
// first iterator fail with a bare 500, as kinesis-local answers one that it
// cannot read.
func TestAnIteratorThatTheServiceBreaksDownOverIsReplaced(t *testing.T) {
	w := newWorld(t, 1)
	want := w.put(objects(2)...)
	iterators := 0
	w.config.AWS.HTTPClient = doer(func(r *http.Request) (*http.Response, error) {
		switch {
		case strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetShardIterator"):
			iterators++
		case iterators == 1:
			return &http.Response{StatusCode: http.StatusInternalServerError, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	got, _ := w.read(w.open(messages.ReadFrom{}), messages.Position{}, 2)
	if !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
	if iterators != 2 || len(w.retried) != 3 {
		t.Errorf("%d iterators, %d failures; want another iterator after the third", iterators, len(w.retried))
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }
