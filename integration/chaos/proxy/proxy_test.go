package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// longest is how long a test waits for what has to come: far longer than a slow
// machine takes.
const longest = 2 * time.Minute

// answerBytes is long enough that an answer comes in many pieces.
const answerBytes = 300_000

// world is a web server behind a link, which echoes what it is told and counts
// the requests that it heard whole.
type world struct {
	*Link
	t     *testing.T
	heard chan string
}

func newWorld(t *testing.T, words ...string) *world {
	t.Helper()
	w := &world{t: t, heard: make(chan string, 64)}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		w.heard <- string(body)
		_, _ = rw.Write(bytes.Repeat([]byte{'a'}, answerBytes))
		_, _ = rw.Write(body)
	}))
	link, err := Listen(strings.TrimPrefix(server.URL, "http://"), words...)
	if err != nil {
		t.Fatal(err)
	}
	w.Link = link
	t.Cleanup(func() {
		link.Close()
		server.Close()
	})
	return w
}

// ask makes one request on a connection of its own and returns the echo.
func (w *world) ask(text string, within time.Duration) (string, error) {
	client := http.Client{Timeout: within, Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, "http://"+w.Address(), strings.NewReader(text))
	if err != nil {
		return "", err
	}
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	if len(all) < answerBytes {
		return "", fmt.Errorf("an answer of %d bytes without an error", len(all))
	}
	return string(all[answerBytes:]), nil
}

func (w *world) works(text string) {
	w.t.Helper()
	if echo, err := w.ask(text, longest); err != nil || echo != text {
		w.t.Fatalf("asked %.20q: %.20q, %v", text, echo, err)
	}
	<-w.heard
}

func TestWithoutMischiefEverythingPasses(t *testing.T) {
	w := newWorld(t)
	w.works(strings.Repeat("question ", 100_000))
	if e := w.Effects(); e != (Effects{Connections: 1}) {
		t.Errorf("effects are %+v", e)
	}
}

func TestLatencyAndSlicesChangeNoByte(t *testing.T) {
	w := newWorld(t)
	for _, m := range []Mood{{Latency: time.Millisecond}, {Slice: 7}, {Latency: time.Millisecond, Slice: 1000}} {
		before := w.Effects()
		w.Set(m)
		w.works("question of some length, so that it is cut into slices")
		after := w.Effects()
		if m.Latency > 0 && after.Delayed == before.Delayed || m.Slice > 0 && after.Sliced == before.Sliced {
			t.Errorf("%+v had no effect", m)
		}
	}
}

func TestLatencyKeepsAnAnswerBack(t *testing.T) {
	w := newWorld(t)
	w.Set(Mood{Latency: time.Hour})
	if echo, err := w.ask("late", 200*time.Millisecond); err == nil {
		t.Errorf("answered %q at once", echo)
	}
	if len(w.heard) != 0 {
		t.Error("the server heard of it before its time")
	}
}

func TestAHalfOpenLinkTakesBytesAndAnswersNothing(t *testing.T) {
	w := newWorld(t)
	w.Set(Mood{Swallow: true})
	var timeout net.Error
	asked := 0
	eventually(t, func() bool { // on a slow machine one may be over before a byte of it was sent
		asked++
		if _, err := w.ask("lost", 200*time.Millisecond); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("error is %v, want a time-out", err)
		}
		return w.Effects().Swallowed > 0
	})
	if len(w.heard) != 0 || w.Effects().Swallowed > int64(asked) {
		t.Errorf("the server heard %d requests of %d, effects are %+v", len(w.heard), asked, w.Effects())
	}
	w.Set(Mood{})
	w.works("found")
}

func TestAHalfOpenConnectionIsDroppedAndNeverMended(t *testing.T) {
	w := newWorld(t)
	client, err := net.Dial("tcp", w.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	w.Set(Mood{Swallow: true})
	fmt.Fprint(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nlo")
	eventually(t, func() bool { return w.Effects().Swallowed == 1 })
	w.Set(Mood{})
	fmt.Fprint(client, "st")
	_ = client.SetReadDeadline(time.Now().Add(longest))
	var timeout net.Error
	if n, err := client.Read(make([]byte, 1)); n > 0 || err == nil || errors.As(err, &timeout) && timeout.Timeout() {
		t.Errorf("read %d bytes, %v; want a broken connection", n, err)
	}
	if len(w.heard) != 0 {
		t.Error("the server heard what came behind a hole")
	}
}

func TestAForgottenConnectionStaysDeadAndOthersWork(t *testing.T) {
	w := newWorld(t)
	client, err := net.Dial("tcp", w.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	w.Set(Mood{Swallow: true, Forget: true})
	fmt.Fprint(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nlo")
	eventually(t, func() bool { return w.Effects().Forgotten == 1 })
	w.Set(Mood{})
	w.works("found")
	fmt.Fprint(client, "st")
	_ = client.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	var timeout net.Error
	if n, err := client.Read(make([]byte, 1)); n > 0 || !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("read %d bytes, %v; want nothing, for ever", n, err)
	}
	if len(w.heard) != 0 {
		t.Error("the server heard what came behind a hole")
	}
	if w.Reset(); w.Effects().Resets != 1 {
		t.Errorf("effects are %+v", w.Effects())
	}
}

func TestAnAnswerIsCutInItsMiddle(t *testing.T) {
	w := newWorld(t)
	w.Set(Mood{Cut: true})
	if echo, err := w.ask("cut", longest); err == nil {
		t.Errorf("answered %q", echo)
	}
	if len(w.heard) != 1 || w.Effects().Cuts != 1 {
		t.Errorf("the server heard %d requests, effects are %+v; want the effect without the answer", len(w.heard), w.Effects())
	}
}

func TestAResetBreaksWhatLives(t *testing.T) {
	w := newWorld(t)
	w.Set(Mood{Latency: time.Hour})
	failed := make(chan error)
	go func() {
		_, err := w.ask("reset", longest)
		failed <- err
	}()
	eventually(t, func() bool { return w.Effects().Delayed > 0 })
	if n := w.Reset(); n != 1 {
		t.Errorf("%d connections were reset", n)
	}
	var timeout net.Error
	if err := <-failed; err == nil || errors.As(err, &timeout) && timeout.Timeout() {
		t.Errorf("error is %v, want a broken connection", err)
	}
}

func TestASilentConnectionIsNoReset(t *testing.T) {
	w := newWorld(t)
	client, err := net.Dial("tcp", w.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	eventually(t, func() bool { return w.Effects().Connections == 1 && len(w.connections()) == 1 })
	if n := w.Reset(); n != 0 || w.Effects().Resets != 0 {
		t.Errorf("%d resets, effects are %+v", n, w.Effects())
	}
}

func TestWordsAreFoundAcrossPieces(t *testing.T) {
	w := newWorld(t, "STALE_TOKEN", "never")
	w.Set(Mood{Slice: 3})
	w.works("STALE_TOKEN and STALE_TOKEN")
	eventually(t, func() bool { return w.Seen("STALE_TOKEN") == 2 })
	if n := w.Seen("never"); n != 0 {
		t.Errorf("a word was seen %d times that was not there", n)
	}
	s := w.watch()
	for _, b := range []byte("STALE_TOKEN") {
		s.read([]byte{b})
	}
	if n := w.Seen("STALE_TOKEN"); n != 3 {
		t.Errorf("seen %d times, want 3", n)
	}
}

func TestALinkToNobodyBreaksOff(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	link, err := Listen(address)
	if err != nil {
		t.Fatal(err)
	}
	defer link.Close()
	w := &world{Link: link, t: t}
	if echo, err := w.ask("anybody", longest); err == nil {
		t.Errorf("answered %q", echo)
	}
}

func eventually(t *testing.T, good func() bool) {
	t.Helper()
	for deadline := time.Now().Add(longest); !good(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never came")
		}
	}
}
