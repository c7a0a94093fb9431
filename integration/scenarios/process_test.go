package scenarios

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/transcript"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/process"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

// running is a kinesnow process in this one.
type running struct {
	*process.Process
	t    *testing.T
	log  *lines
	stop context.CancelFunc // as SIGTERM does
	code chan int
}

// run starts a process on the world's configuration.
func (w *world) run(o process.Options) *running {
	w.t.Helper()
	return runFile(w.t, w.load(), o)
}

// load reads the world's configuration.
func (w *world) load() supervisor.File {
	w.t.Helper()
	file, err := supervisor.Load(w.ConfigFile(), os.LookupEnv)
	if err != nil {
		w.t.Fatal(err)
	}
	return file
}

// runFile starts a process.
func runFile(t *testing.T, file supervisor.File, o process.Options) *running {
	t.Helper()
	log := &lines{}
	o.Stderr, o.Pace = log, quick
	p, err := process.New(file, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := &running{p, t, log, stop, make(chan int, 1)}
	over := make(chan struct{})
	go func() {
		r.code <- p.Run(ctx)
		close(over)
	}()
	t.Cleanup(func() {
		stop()
		<-over
	})
	return r
}

// ends waits for the exit code.
func (r *running) ends(want int) {
	r.t.Helper()
	select {
	case code := <-r.code:
		if code != want {
			r.t.Errorf("exit %d, want %d; the log ends:\n%s", code, want, r.log.tail())
		}
	case <-time.After(patience):
		r.t.Fatalf("the process goes on; the log ends:\n%s", r.log.tail())
	}
}

// until waits for a state of connector orders, as the control socket tells it.
func (r *running) until(what string, good func(*messages.State) bool) {
	r.t.Helper()
	r.untilOf("orders", what, good)
}

// untilOf waits for a state of a connector.
func (r *running) untilOf(name, what string, good func(*messages.State) bool) {
	r.t.Helper()
	is := func(s *messages.State) bool { return s.Connector == name && good(s) }
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		seen, err := control.Inspect(r.t.Context(), r.Info().Socket)
		if err == nil && slices.ContainsFunc(seen.Connectors, is) {
			return // an error: the process begins, or its socket moves to its node's folder
		}
	}
	r.t.Fatalf("%s: never %s; the log ends:\n%s", name, what, r.log.tail())
}

// lines is a log that is read while it is written.
type lines struct{ transcript.Text }

// tail is the end of the log.
func (l *lines) tail() string { return l.Tail(25) }

// of is what the log says of a connector.
func (l *lines) of(connector string) string {
	var all strings.Builder
	for line := range strings.Lines(l.String()) {
		if strings.Contains(line, fmt.Sprintf(`"connector":%q`, connector)) {
			all.WriteString(line)
		}
	}
	return all.String()
}

// with returns the entries that carry a message, under the process's key for
// it or under zerolog's own.
func (l *lines) with(msg string) []map[string]any {
	var found []map[string]any
	for line := range strings.Lines(l.String()) {
		var entry map[string]any
		if json.Unmarshal([]byte(line), &entry) == nil && (entry["msg"] == msg || entry["message"] == msg) {
			found = append(found, entry)
		}
	}
	return found
}
