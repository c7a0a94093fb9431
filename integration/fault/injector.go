package fault

import (
	"bytes"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Injector holds a server's hooks. The zero value has none and is ready.
type Injector struct {
	mu    sync.RWMutex
	hooks map[string]Hook
	calls sync.Map // action -> *atomic.Int64
}

// Set installs the hook of one action, or with action "" the hook of every
// action that has none of its own. A nil hook removes it.
func (i *Injector) Set(action string, hook Hook) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.hooks == nil {
		i.hooks = map[string]Hook{}
	}
	if hook == nil {
		delete(i.hooks, action)
		return
	}
	i.hooks[action] = hook
}

// Calls returns how many calls of an action have arrived.
func (i *Injector) Calls(action string) int64 {
	if n, ok := i.calls.Load(action); ok {
		return n.(*atomic.Int64).Load()
	}
	return 0
}

// Refuser writes a refusal in the server's wire format.
type Refuser func(http.ResponseWriter, *Refusal)

// Serve runs one call of an action on key through its hook. serve has the
// call's effect and writes its answer; refuse writes an injected refusal.
func (i *Injector) Serve(w http.ResponseWriter, r *http.Request, action, key string, refuse Refuser, serve http.HandlerFunc) {
	effect := i.effect(action, key, r.Header.Get("Authorization"))
	if effect.Delay > 0 {
		timer := time.NewTimer(effect.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	switch {
	case effect.Refuse != nil:
		for name, values := range effect.Refuse.Header {
			w.Header()[name] = values
		}
		refuse(w, effect.Refuse)
	case effect.LoseBefore:
		panic(http.ErrAbortHandler)
	case effect.LoseAfter:
		serve(&answer{header: http.Header{}, status: http.StatusOK, to: w}, r)
		panic(http.ErrAbortHandler)
	case effect.CutAfter > 0, effect.HangAfter > 0:
		a := &answer{header: http.Header{}, status: http.StatusOK, to: w, limit: max(effect.CutAfter, effect.HangAfter)}
		serve(a, r)
		a.sendPart()
		if effect.HangAfter > 0 {
			<-r.Context().Done()
		}
		panic(http.ErrAbortHandler)
	default:
		serve(w, r)
	}
}

func (i *Injector) effect(action, key, credential string) Effect {
	n, _ := i.calls.LoadOrStore(action, new(atomic.Int64))
	call := Call{Action: action, Key: key, N: n.(*atomic.Int64).Add(1) - 1, Credential: credential}
	i.mu.RLock()
	hook := i.hooks[action]
	if hook == nil {
		hook = i.hooks[""]
	}
	i.mu.RUnlock()
	if hook == nil {
		return Effect{}
	}
	return hook(call)
}

// answer keeps a response in memory, to be lost or cut off. A handler that
// flushes streams its answer, which may have no end: it passes through up to
// the limit, and there the connection breaks.
type answer struct {
	header    http.Header
	status    int
	body      bytes.Buffer // what is not sent yet
	to        http.ResponseWriter
	limit     int // bytes that the client gets; 0: not even the header
	streaming bool
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// Flush sends what was written since the last time.
func (a *answer) Flush() {
	if a.limit == 0 {
		panic(http.ErrAbortHandler)
	}
	if !a.streaming {
		a.streaming = true
		a.sendHeader()
	}
	a.limit -= a.send()
	if a.limit == 0 {
		panic(http.ErrAbortHandler)
	}
}

// sendPart announces the whole body and sends its first bytes.
func (a *answer) sendPart() {
	if !a.streaming {
		a.header.Set("Content-Length", strconv.Itoa(a.body.Len()))
		a.sendHeader()
	}
	a.send()
}

func (a *answer) sendHeader() {
	maps.Copy(a.to.Header(), a.header)
	a.to.WriteHeader(a.status)
}

// send writes the body up to the limit and returns how many bytes that were.
func (a *answer) send() int {
	part := a.body.Next(min(a.limit, a.body.Len()))
	a.to.Write(part)
	http.NewResponseController(a.to).Flush()
	return len(part)
}

// counter hands out n tickets.
type counter struct{ left atomic.Int64 }

func newCounter(n int) *counter {
	c := &counter{}
	c.left.Store(int64(n))
	return c
}

func (c *counter) take() bool { return c.left.Add(-1) >= 0 }
