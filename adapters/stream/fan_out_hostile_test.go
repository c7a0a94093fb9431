package stream_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
)

// front stands before the local Kinesis and answers SubscribeToShard itself, as
// often as it has something to say.
type front struct {
	*httptest.Server
	world       *world
	mu          sync.Mutex
	script      []func(http.ResponseWriter, *http.Request)
	starts      []string // the StartingPositions that were asked for
	connections atomic.Int64
	goodbye     bool                      // every connection is told to go once it served a call
	mute        func(start string) []byte // what a start is answered with, and nothing after it; nil = the service's
}

// asked are the StartingPositions so far.
func (f *front) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.starts)
}

func newFront(w *world, secure bool) *front {
	w.Helper()
	f := &front{world: w}
	f.Server = httptest.NewUnstartedServer(f)
	f.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			f.connections.Add(1)
		}
	}
	if secure {
		f.EnableHTTP2 = true
		f.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 2}
		f.StartTLS()
	} else {
		f.Start()
	}
	w.Cleanup(f.Close)
	w.config.AWS.HTTPClient, w.config.Endpoint = f.Client(), f.URL
	return f
}

// say adds an answer.
func (f *front) say(answers ...func(http.ResponseWriter, *http.Request)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = append(f.script, answers...)
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".SubscribeToShard") {
		body, _ := io.ReadAll(r.Body) // over HTTP/1.1 who does not read does not notice either who leaves
		r.Body = io.NopCloser(bytes.NewReader(body))
		var asked struct {
			StartingPosition struct{ Type, SequenceNumber string }
		}
		_ = json.Unmarshal(body, &asked) // the server will say so
		f.mu.Lock()
		start := strings.TrimSpace(asked.StartingPosition.Type + " " + asked.StartingPosition.SequenceNumber)
		f.starts = append(f.starts, start)
		var next func(http.ResponseWriter, *http.Request)
		if len(f.script) > 0 {
			next, f.script = f.script[0], f.script[1:]
		}
		if f.mute != nil {
			if said := f.mute(start); said != nil {
				next = frames(said)
			}
		}
		f.mu.Unlock()
		if next != nil {
			next(w, r)
			return
		}
	}
	if f.goodbye {
		w.Header().Set("Connection", "close")
	}
	f.world.Handler().ServeHTTP(w, r)
}

// frames answers with bytes of an event stream, and ends it.
func frames(all ...[]byte) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
		_, _ = w.Write(slices.Concat(all...)) // who has heard enough leaves
	}
}

var (
	eventHead = stream.Text(":message-type", "event", ":event-type", "SubscribeToShardEvent")
	initial   = stream.FrameOf(stream.Text(":message-type", "event", ":event-type", "initial-response"), "{}")
)

// TestHostileAnswersAreFaultsAndTheShardGoesOn: every answer that is none is a
// fault that says what it was, and then the service answers well.
func TestHostileAnswersAreFaultsAndTheShardGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		says   string
	}{
		"HTML":          {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "no event stream"},
		"HTML, renamed": {frames([]byte("<html><body>Welcome</body></html>")), "checksum"},
		"a huge frame":  {frames(initial, []byte("\xff\xff\xff\xff\x00\x00\x00\x00"), []byte("\x3d\x8f\x27\x4c")), "checksum"},
		"no JSON":       {frames(initial, stream.FrameOf(eventHead, "<xml/>")), "not one of"},
		"a bad number":  {frames(initial, stream.FrameOf(eventHead, `{"Records":[{"SequenceNumber":"1e9","Data":""}],"ContinuationSequenceNumber":"1"}`)), "not one of"},
		"bad base64":    {frames(initial, stream.FrameOf(eventHead, `{"Records":[{"SequenceNumber":"1","Data":"!!!!"}],"ContinuationSequenceNumber":"1"}`)), "data of record 1"},
		"bad headers":   {frames(initial, stream.FrameOf([]byte("abc"), "{}")), "malformed headers"},
		"half a frame":  {frames(initial, stream.FrameOf(eventHead, `{"Records":[],"ContinuationSequenceNumber":"1"}`)[:90]), "broke off"},
		"an error":      {frames(initial, stream.FrameOf(stream.Text(":message-type", "error", ":error-code", "Odd", ":error-message", "very odd"), "")), "Odd: very odd"},
		"nothing":       {frames(), "has ended"},
		"only a start":  {frames(initial), "has ended"},
		"other frames":  {frames(initial, stream.FrameOf(stream.Text(":message-type", "event", ":event-type", "Later"), "?"), stream.FrameOf(nil, "")), "has ended"},
		"a 500":         {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "SubscribeToShard"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newPushWorld(t, 1)
			newFront(w, false).say(c.answer)
			put := w.put(objects(3)...)
			got, _ := w.follow(w.subscribe(messages.ReadFrom{}), messages.Position{}, 3)
			w.want(got, put)
			if len(w.retried) != 1 || !strings.Contains(w.retried[0].Error(), c.says) || w.retried[0].Class != messages.Transient {
				t.Errorf("retried %v, want one that says %q", w.retried, c.says)
			}
		})
	}
}

// TestANullContinuationOfAnOpenShardIsNoEnd is P23 and KP16: the list decides.
func TestANullContinuationOfAnOpenShardIsNoEnd(t *testing.T) {
	w := newPushWorld(t, 1)
	put := w.put(objects(3)...)
	newFront(w, false).say(frames(initial, stream.FrameOf(eventHead, `{"Records":[],"MillisBehindLatest":7,"ContinuationSequenceNumber":null}`)))
	got, _ := w.follow(w.subscribe(messages.ReadFrom{}), messages.Position{}, 3)
	w.want(got, put)
	if len(w.retried) != 1 || !strings.Contains(w.retried[0].Error(), "of an open shard") {
		t.Errorf("retried %v", w.retried)
	}
}

func TestAnEventThatStopsInTheMiddleBreaksOff(t *testing.T) {
	for _, secure := range []bool{false, true} {
		w := newPushWorld(t, 1)
		w.config.FanOut.Stalled = 50 * time.Millisecond
		w.patientlyAgain(func() { w.config.FanOut.Stalled = longest })
		put := w.put(objects(3)...)
		newFront(w, secure).say(func(w http.ResponseWriter, r *http.Request) {
			frames(initial, stream.FrameOf(eventHead, `{"Records":[],"ContinuationSequenceNumber":"1"}`)[:60])(w, r)
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})
		got, _ := w.follow(w.subscribe(messages.ReadFrom{}), messages.Position{}, 3)
		w.want(got, put)
		if len(w.retried) != 1 || !strings.Contains(w.retried[0].Error(), "did not come") {
			t.Errorf("TLS %v: retried %v", secure, w.retried)
		}
	}
}

// TestAnAnswerThatNeverComesIsGivenUpWithItsCaller: Stop is never stuck behind
// AWS.
func TestAnAnswerThatNeverComesIsGivenUpWithItsCaller(t *testing.T) {
	w := newPushWorld(t, 1)
	called := make(chan struct{})
	newFront(w, false).say(func(_ http.ResponseWriter, r *http.Request) {
		close(called)
		<-r.Context().Done()
	})
	s := w.subscribe(messages.ReadFrom{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := s.Next(ctx, 1<<20)
		ended <- err
	}()
	<-called
	cancel()
	select {
	case err := <-ended:
		if err != ctx.Err() { //nolint:errorlint // it is returned as it is
			t.Errorf("error %v", err)
		}
	case <-time.After(longest):
		t.Fatal("Next goes on")
	}
}

// TestSubscriptionsShareConnectionsAsFarAsTheServiceLetsThem: it takes two
// streams a connection.
func TestSubscriptionsShareConnectionsAsFarAsTheServiceLetsThem(t *testing.T) {
	w := newPushWorld(t, 8)
	f := newFront(w, true)
	client := stream.New(w.config)
	for n := range 8 {
		s := client.Subscribe(w.shard(n), messages.ReadFrom{})
		t.Cleanup(s.Close)
		w.block(s)
	}
	if n := f.connections.Load(); n < 4 || n > 10 {
		t.Errorf("%d connections for 8 subscriptions", n)
	}
	if n := w.calls(); n != 8 || len(w.retried) != 0 {
		t.Errorf("%d calls, retried %v", n, w.retried)
	}
}

// TestAConnectionThatIsToldGoodbyeServesItsSubscriptionsToTheEnd has the server
// send GOAWAY with each subscription.
func TestAConnectionThatIsToldGoodbyeServesItsSubscriptionsToTheEnd(t *testing.T) {
	w := newPushWorld(t, 2)
	f := newFront(w, true)
	f.goodbye = true
	put := w.put(objects(40)...)
	client := stream.New(w.config)
	var got []messages.SequenceNumber
	for n := range 2 {
		s := client.Subscribe(w.shard(n), messages.ReadFrom{})
		t.Cleanup(s.Close)
		for b := w.block(s); ; b = w.block(s) {
			for _, m := range b.Marks {
				got = append(got, m.Seq)
			}
			if b.CaughtUp() {
				break
			}
		}
	}
	slices.Sort(got)
	slices.Sort(put)
	w.want(got, put)
	if len(w.retried) != 0 {
		t.Errorf("retried %v", w.retried)
	}
}

// TestAllSubscriptionsOfABrokenConnectionGoOnOnAnother.
func TestAllSubscriptionsOfABrokenConnectionGoOnOnAnother(t *testing.T) {
	w := newPushWorld(t, 2)
	f := newFront(w, true)
	client := stream.New(w.config)
	var sources []*stream.FanOut
	for n := range 2 {
		sources = append(sources, client.Subscribe(w.shard(n), messages.ReadFrom{}))
		t.Cleanup(sources[n].Close)
		w.block(sources[n])
	}
	f.CloseClientConnections()
	put := w.put(objects(40)...)
	var got []messages.SequenceNumber
	for deadline := time.Now().Add(60 * time.Second); len(got) < len(put) && time.Now().Before(deadline); {
		for _, s := range sources {
			for _, m := range w.block(s).Marks {
				got = append(got, m.Seq)
			}
		}
	}
	slices.Sort(got)
	slices.Sort(put)
	w.want(got, put)
}

// TestKP16EachSubscriptionStartsBehindTheOneBefore follows the places that are
// asked for: progress without records counts, null is none, and what the service
// refuses is read again at the last record.
func TestKP16EachSubscriptionStartsBehindTheOneBefore(t *testing.T) {
	w := newPushWorld(t, 1)
	f := newFront(w, false)
	event := func(payload string) func(http.ResponseWriter, *http.Request) {
		return frames(initial, stream.FrameOf(eventHead, payload))
	}
	refused := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(400)
		_, _ = w.Write([]byte(`{"__type":"InvalidArgumentException","message":"StartingSequenceNumber is invalid"}`))
	}
	f.say(event(`{"Records":[],"MillisBehindLatest":5,"ContinuationSequenceNumber":"70"}`),
		event(`{"Records":[{"SequenceNumber":"71","Data":"e30="}],"MillisBehindLatest":5,"ContinuationSequenceNumber":"75"}`),
		refused,
		event(`{"Records":[{"SequenceNumber":"71","Data":"e30="}],"MillisBehindLatest":5,"ContinuationSequenceNumber":null}`),
		event(`{"Records":[{"SequenceNumber":"80","Data":"e30="}],"MillisBehindLatest":5,"ContinuationSequenceNumber":"80"}`))
	got, _ := w.follow(w.subscribe(messages.ReadFrom{}), messages.Position{}, 2)
	w.want(got, []messages.SequenceNumber{"71", "80"})
	want := []string{"TRIM_HORIZON", "AFTER_SEQUENCE_NUMBER 70", "AFTER_SEQUENCE_NUMBER 75", "AT_SEQUENCE_NUMBER 71", "AFTER_SEQUENCE_NUMBER 71"}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Equal(f.starts, want) {
		t.Errorf("started at %v, want %v", f.starts, want)
	}
}
