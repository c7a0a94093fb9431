package fault_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
)

// serve starts a server whose one action counts its effects.
func serve(t *testing.T, hook fault.Hook) (url string, effects *atomic.Int64, injector *fault.Injector) {
	t.Helper()
	injector, effects = &fault.Injector{}, new(atomic.Int64)
	injector.Set("Count", hook)
	refuse := func(w http.ResponseWriter, r *fault.Refusal) { http.Error(w, r.Code, r.Status) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		injector.Serve(w, r, "Count", "k", refuse, func(w http.ResponseWriter, _ *http.Request) {
			effects.Add(1)
			io.WriteString(w, "twelve bytes")
		})
	}))
	t.Cleanup(server.Close)
	return server.URL, effects, injector
}

// get makes one call on a connection of its own, so that net/http never retries it.
func get(url string) (status int, body string, err error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	return response.StatusCode, string(b), err
}

func TestEachEffectHasItsOutcome(t *testing.T) {
	for _, c := range []struct {
		name    string
		effect  fault.Effect
		status  int
		body    string
		broken  bool
		effects int64
	}{
		{"none", fault.Effect{}, 200, "twelve bytes", false, 1},
		{"delay", fault.Effect{Delay: time.Millisecond}, 200, "twelve bytes", false, 1},
		{"refuse", fault.Effect{Refuse: &fault.Refusal{Status: 429, Code: "Slow"}}, 429, "Slow\n", false, 0},
		{"lose before", fault.Effect{LoseBefore: true}, 0, "", true, 0},
		{"lose after", fault.Effect{LoseAfter: true}, 0, "", true, 1},
		{"cut off", fault.Effect{CutAfter: 6}, 200, "twelve", true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, effects, _ := serve(t, fault.Always(c.effect))
			status, body, err := get(url)
			if (err != nil) != c.broken || status != c.status || body != c.body || effects.Load() != c.effects {
				t.Errorf("got %d %q, error %v, %d effects; want %d %q, broken %v, %d effects",
					status, body, err, effects.Load(), c.status, c.body, c.broken, c.effects)
			}
		})
	}
}

func TestAnAnswerThatHangsEndsWithItsClient(t *testing.T) {
	url, effects, _ := serve(t, fault.Always(fault.Effect{HangAfter: 6}))
	ctx, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	part := make([]byte, 6)
	if _, err := io.ReadFull(response.Body, part); err != nil || string(part) != "twelve" || effects.Load() != 1 {
		t.Errorf("got %q, error %v, %d effects", part, err, effects.Load())
	}
	more := make(chan error, 1)
	go func() {
		_, err := response.Body.Read(part)
		more <- err
	}()
	leave()
	if err := <-more; !errors.Is(err, context.Canceled) {
		t.Errorf("the answer ended with %v, want the client's own leave", err)
	}
}

func TestTimesLimitsAHookAndCallsAreCounted(t *testing.T) {
	refused := fault.Always(fault.Effect{Refuse: &fault.Refusal{Status: 500}})
	url, effects, injector := serve(t, fault.Times(2, refused))
	for range 5 {
		get(url)
	}
	if effects.Load() != 3 || injector.Calls("Count") != 5 {
		t.Errorf("%d effects of %d calls, want 3 of 5", effects.Load(), injector.Calls("Count"))
	}
}
