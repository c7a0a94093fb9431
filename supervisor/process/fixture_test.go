package process

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/integration/rsakey"
	"github.com/kinesnow/kinesnow/integration/transcript"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

// nowhere is where nobody listens: a port that was free a moment ago may be any
// other test's by now.
const nowhere = "http://127.0.0.1:1"

// fileOf loads a file of connectors that reach nobody; more is YAML beside them.
func fileOf(t *testing.T, more string, names ...string) supervisor.File {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("key.p8", rsakey.PEM(rsakey.Key(0)))
	text := more + `
defaults:
  aws: {region: us-east-1, credentials: {access_key_id: a, secret_access_key: b}, endpoints: {kinesis: "` + nowhere + `", dynamodb: "` + nowhere + `"}}
  snowflake: {account: LOCAL, user: KN, private_key_file: key.p8, host: "` + nowhere + `", database: RAW, schema: EVENTS}
connectors:
`
	for _, name := range names {
		text += "  " + name + ": {application: app-" + name + ", kinesis: {stream: " + name + "}, snowflake: {table: " + strings.ToUpper(name) + "}}\n"
	}
	file, err := supervisor.Load(write("kinesnow.yaml", []byte(text)), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// running is a process in a test.
type running struct {
	*Process
	t      *testing.T
	log    *transcript.Text
	cancel context.CancelFunc
	code   chan int
}

// start runs a process and waits until it answers.
func start(t *testing.T, file supervisor.File, o Options, fakes ...*fake) *running {
	t.Helper()
	log := &transcript.Text{}
	o.Stderr = log
	p, err := New(file, o)
	if err != nil {
		t.Fatal(err)
	}
	p.every, p.crew.pause, p.crew.within = 5*time.Millisecond, 5*time.Millisecond, 10*time.Second // who is there answers, and who is just going does not
	if len(fakes) > 0 {
		p.crew.members = nil
	}
	for _, f := range fakes {
		p.crew.members = append(p.crew.members, &member{name: f.name, props: actor.PropsFromProducer(func() actor.Actor { return f })})
	}
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{p, t, log, cancel, make(chan int, 1)}
	t.Cleanup(cancel)
	go func() { r.code <- p.Run(ctx) }()
	select {
	case <-p.Started():
	case code := <-r.code:
		r.code <- code
	}
	return r
}

// ends waits for the exit code.
func (r *running) ends() int {
	r.t.Helper()
	select {
	case code := <-r.code:
		return code
	case <-time.After(time.Minute):
		r.t.Fatalf("the process goes on; its log:\n%s", r.log)
		return -1
	}
}

func (r *running) get(path string) (int, string) {
	r.t.Helper()
	resp, err := http.Get(r.Info().HTTP + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func (r *running) dial() *control.Client {
	r.t.Helper()
	c, err := control.Dial(r.t.Context(), r.Info().Socket)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { c.Close() })
	return c
}

// logged returns the log's lines that carry a message.
func (r *running) logged(msg string) []map[string]any {
	r.t.Helper()
	var found []map[string]any
	for line := range strings.Lines(r.log.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			r.t.Fatalf("not a line of JSON: %q", line)
		}
		if entry["msg"] == msg {
			found = append(found, entry)
		}
	}
	return found
}

// fake is a connector whose state a test sets.
type fake struct {
	name string
	mu   sync.Mutex
	now  messages.State
	got  []any // commands
	die  int   // so many Inspects end in the actor's death
	left []messages.ShardID
}

func newFake(name string, health messages.Health, shards ...messages.ShardState) *fake {
	return &fake{name: name, now: messages.State{
		Connector: name, Health: health, Ready: true, Node: "node-0", Stream: name, Region: "us-east-1", Target: "RAW.EVENTS.T",
		Listed: len(shards), Shards: shards, At: time.Now().UTC(),
	}}
}

// parkedFor is the same connector, stopped with a code.
func (f *fake) parkedFor(code messages.StopCode) *fake {
	f.now.Health, f.now.Stop, f.now.Why, f.now.Hint = messages.Halted, code, "because", code.Hint()
	return f
}

func (f *fake) commands() []any {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]any(nil), f.got...)
}

func (f *fake) Receive(c actor.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch m := c.Message().(type) {
	case *messages.Inspect:
		if f.die > 0 {
			f.die--
			c.Respond(&messages.Done{}) // its last word is no state
			c.Stop(c.Self())
			return
		}
		state := f.now
		c.Respond(&state)
	case *messages.Pause, *messages.Resume:
		f.got = append(f.got, m)
		c.Respond(&messages.Done{})
	case *messages.Resolve:
		f.got = append(f.got, m)
		if m.From != "token" {
			c.Respond(&messages.Done{Error: "the channel has no token of ours"})
			return
		}
		c.Respond(&messages.Done{})
	case *messages.Drain:
		c.Respond(&messages.Drained{Clean: len(f.left) == 0, Left: f.left})
		c.Stop(c.Self())
	}
}

// shard is one shard's state.
func shard(id string, phase messages.Phase, change ...func(*messages.ShardState)) messages.ShardState {
	s := messages.ShardState{Shard: messages.ShardID(id), Phase: phase}
	for _, c := range change {
		c(&s)
	}
	return s
}

func done(s *messages.ShardState) { s.CaughtUp = true }

func stopped(code messages.StopCode) func(*messages.ShardState) {
	return func(s *messages.ShardState) { s.Stop = code }
}
