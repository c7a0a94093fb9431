package fault

import (
	"bytes"
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
	effect := i.effect(action, key)
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
		serve(&answer{header: http.Header{}}, r)
		panic(http.ErrAbortHandler)
	case effect.CutAfter > 0:
		a := &answer{header: http.Header{}, status: http.StatusOK}
		serve(a, r)
		a.sendPart(w, effect.CutAfter)
		panic(http.ErrAbortHandler)
	default:
		serve(w, r)
	}
}

func (i *Injector) effect(action, key string) Effect {
	n, _ := i.calls.LoadOrStore(action, new(atomic.Int64))
	call := Call{Action: action, Key: key, N: n.(*atomic.Int64).Add(1) - 1}
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

// answer keeps a response in memory, to be lost or cut off.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
func (a *answer) Flush()                      {}

// sendPart announces the whole body and sends its first n bytes.
func (a *answer) sendPart(w http.ResponseWriter, n int) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
	w.WriteHeader(a.status)
	w.Write(a.body.Bytes()[:min(n, a.body.Len())])
	http.NewResponseController(w).Flush()
}

// counter hands out n tickets.
type counter struct{ left atomic.Int64 }

func newCounter(n int) *counter {
	c := &counter{}
	c.left.Store(int64(n))
	return c
}

func (c *counter) take() bool { return c.left.Add(-1) >= 0 }
