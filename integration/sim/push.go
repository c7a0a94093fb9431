package sim

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// pushed is an answer that is read while it is written: a subscription of
// enhanced fan-out. Nothing lies between writer and reader, so who does not read
// holds the server up, as a full window does.
type pushed struct {
	header http.Header
	status int
	begun  chan struct{} // closed with the header
	once   sync.Once
	in     *io.PipeWriter
}

// Header implements http.ResponseWriter, like the next two.
func (p *pushed) Header() http.Header { return p.header }

func (p *pushed) WriteHeader(status int) {
	p.once.Do(func() {
		p.status = status
		close(p.begun)
	})
}

func (p *pushed) Write(b []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.in.Write(b)
}

// Flush implements http.Flusher.
func (p *pushed) Flush() {}

// subscribe has a SubscribeToShard served for as long as its caller listens.
func (w *Wire) subscribe(c *Call, f *fate) reply {
	out, in := io.Pipe()
	p := &pushed{header: http.Header{}, begun: make(chan struct{}), in: in}
	ctx, leave := context.WithCancel(context.WithoutCancel(c.request.Context()))
	gone := context.AfterFunc(c.request.Context(), func() {
		leave()
		_ = out.CloseWithError(c.request.Context().Err()) // never fails
	})
	go func() {
		defer leave()
		err := error(io.ErrUnexpectedEOF)
		if w.serve(p, c.served(ctx)) {
			p.WriteHeader(http.StatusOK)
			err = nil
		} else {
			p.WriteHeader(0)
		}
		_ = in.CloseWithError(err) // never fails; nil is a clean end
	}()
	<-p.begun
	w.world.trace.note(c.id(), f.kind, statusText[p.status])
	if p.status >= http.StatusBadRequest {
		w.world.ledger.refusedBy(c.service)
	}
	time.Sleep(f.back)
	if p.status == 0 || f.loseAfter {
		leave()
		return reply{err: errReset}
	}
	if f.cut {
		time.AfterFunc(f.out*50, func() { _ = out.CloseWithError(io.ErrUnexpectedEOF) })
	}
	return reply{response: &http.Response{
		Status: http.StatusText(p.status), StatusCode: p.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: p.header, Body: &heard{w.node, out, ctx, func() { gone(); leave() }}, ContentLength: -1, Request: c.request,
	}}
}

// heard is the body of a subscription as its node reads it: not while the node
// stands still, and not once it is dead.
type heard struct {
	node  *Node
	out   *io.PipeReader
	ctx   context.Context
	leave func()
}

func (h *heard) Read(b []byte) (int, error) {
	n, err := h.out.Read(b)
	if late := h.node.awake(h.ctx); late != nil && err == nil {
		err = late
	}
	if h.node.isDead() {
		return 0, errReset
	}
	return n, err
}

func (h *heard) Close() error {
	h.leave()
	return h.out.Close()
}

// serve runs a handler, and reports false where it broke off.
func (w *Wire) serve(to http.ResponseWriter, r *http.Request) (ended bool) {
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			ended = false
		}
	}()
	w.world.cloud.handler("kinesis").ServeHTTP(to, r)
	return true
}

// eventKinds are what befalls events that are pushed.
var eventKinds = []string{"pushed event cut off", "subscription broken", "pushed event repeated", "exception in a subscription"}

// pushFaults gives each event that is pushed its own time, and some a fault.
func (w *World) pushFaults() {
	w.cloud.Kinesis.EventFaults(func(e localkinesis.EventCall) (effect localkinesis.EventEffect) {
		d := throw(w.plan.Seed, "event", e.ShardID, strconv.FormatInt(e.Opened, 10), strconv.FormatInt(e.N, 10))
		effect.Delay = odd(d, time.Millisecond, 30*time.Millisecond)
		if w.menu.calm.Load() || !d.chance(w.plan.Calls/4) {
			return effect
		}
		kind := pick(d, eventKinds...)
		switch kind {
		case eventKinds[0]:
			effect.CutAfter = 1 + d.IntN(200)
		case eventKinds[1]:
			effect.Drop = true
		case eventKinds[2]:
			effect.Repeat = true
		default:
			effect.Exception = &fault.Refusal{Status: http.StatusBadRequest, Code: pick(d, "InternalFailureException", "KMSThrottlingException", "ResourceInUseException"), Message: "by the storm"}
		}
		w.trace.note("storm", kind, e.ShardID)
		if kind == eventKinds[2] {
			w.ledger.fired(kind)
		} else {
			w.ledger.strike(&Blow{kind: kind, shard: e.ShardID, call: w.ledger.worker(e.ShardID) + " SubscribeToShard " + e.ShardID})
		}
		return effect
	})
}
