package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// The three services' hosts. Nothing listens there.
const (
	hostKinesis   = "127.0.0.1:1001"
	hostDynamo    = "127.0.0.1:1002"
	hostSnowflake = "127.0.0.1:1003"
)

// Wire is one node's way to the services: an http.RoundTripper that carries
// requests into the servers' handlers, with whatever the menu has for them.
type Wire struct {
	world *World
	node  *Node

	mu    sync.Mutex
	calls map[string]int // how many of each were made
}

func newWire(w *World, n *Node) *Wire { return &Wire{world: w, node: n, calls: map[string]int{}} }

var (
	errReset   = errors.New("read: connection reset by peer")
	errRefused = errors.New("dial: connection refused")
)

// reply is what the caller gets.
type reply struct {
	response *http.Response
	err      error
}

// RoundTrip implements http.RoundTripper. The request is carried on even when
// the caller has gone: what was sent was sent.
func (w *Wire) RoundTrip(r *http.Request) (*http.Response, error) {
	c, err := w.identify(r)
	if err != nil {
		return nil, err
	}
	if err := w.node.awake(r.Context()); err != nil {
		return nil, err
	}
	if w.node.isDead() {
		return nil, errRefused
	}
	w.world.ledger.called(c.again())
	fate := w.world.menu.fate(c)
	done := make(chan reply, 1)
	go w.carry(c, fate, done)
	var got reply
	select {
	case got = <-done:
	case <-r.Context().Done():
		got = reply{err: r.Context().Err()}
		fate.missed(w.world)
	}
	if err := w.node.awake(r.Context()); err != nil {
		return nil, err
	}
	if w.node.isDead() {
		return nil, errReset
	}
	return got.response, got.err
}

// carry delivers a request and brings the answer back.
func (w *Wire) carry(c *Call, f *fate, done chan<- reply) {
	time.Sleep(f.out)
	switch {
	case f.loseBefore || f.late > 0:
		w.world.trace.note(c.id(), f.kind, "")
		done <- reply{err: errReset}
		if f.late > 0 {
			time.Sleep(f.late)
			w.world.spite.hold(c)
			w.deliver(c, f, "late")
		}
		return
	case f.answer != nil:
		time.Sleep(f.back)
		w.world.trace.note(c.id(), f.kind, "")
		done <- reply{response: f.answer(c)}
		return
	}
	if f.before != nil {
		f.before(c)
	}
	w.world.spite.arriving(c)
	if c.action == "SubscribeToShard" {
		done <- w.subscribe(c, f)
		return
	}
	got := w.deliver(c, f, "")
	if w.world.spite.repeats(c) {
		go func() {
			if w.world.spite.await(c, w.world.spite.dice("await", c.id())) {
				w.deliver(c, f, "again")
				w.world.ledger.strike(&Blow{kind: "second delivery", node: c.node.name, shard: c.shard, within: doubleWithin})
			}
		}()
	}
	if f.twice > 0 {
		go func() {
			time.Sleep(f.twice)
			w.world.spite.hold(c)
			w.deliver(c, f, "again")
			w.world.ledger.strike(f.blow)
		}()
	}
	time.Sleep(f.back)
	switch {
	case got == nil || f.loseAfter:
		done <- reply{err: errReset}
	case f.cut:
		done <- reply{response: got.response(c.request, got.body.Len()/2)}
	default:
		done <- reply{response: got.response(c.request, -1)}
	}
}

// deliver has a request served. It returns nil where the server broke off.
func (w *Wire) deliver(c *Call, f *fate, how string) (got *recorder) {
	got = newRecorder()
	func() {
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				got = nil
			}
		}()
		w.world.cloud.handler(c.service).ServeHTTP(got, c.served(context.Background()))
	}()
	status := 0
	if got != nil {
		status = got.status
	}
	w.world.trace.note(c.id(), f.kind, how+statusText[status])
	if status >= 400 {
		w.world.ledger.refusedBy(c.service)
	}
	w.world.oracle.delivered(c, status, how)
	w.world.spite.written(c, status)
	return got
}

// served is the request as its server gets it.
func (c *Call) served(ctx context.Context) *http.Request {
	r := &http.Request{
		Method: c.request.Method, URL: c.request.URL, Host: c.request.URL.Host, Header: c.request.Header.Clone(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RequestURI: c.request.URL.RequestURI(), RemoteAddr: "127.0.0.1:9",
		Body: io.NopCloser(bytes.NewReader(c.body)), ContentLength: int64(len(c.body)),
	}
	return r.WithContext(ctx)
}

// statusText saves making texts of the usual answers.
var statusText = func() (t [600]string) {
	for i := range t {
		t[i] = fmt.Sprintf(" -> %d", i)
	}
	t[0] = " -> aborted"
	return t
}()
