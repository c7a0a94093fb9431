package control

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// handler is a process in a test. Its zero value has one stopped shard.
type handler struct {
	info  Info
	shard messages.ShardState
	block chan struct{} // Drain waits for it
	got   chan string
}

func (h *handler) Inspect(context.Context) Snapshot {
	return Snapshot{Process: h.info, Connectors: []*messages.State{{Connector: "orders", Health: messages.Degraded, Shards: []messages.ShardState{h.shard}}}}
}

func (h *handler) Pause(_ context.Context, connector string, shards []string) error {
	h.got <- fmt.Sprint("pause ", connector, shards)
	return nil
}

func (h *handler) Resume(_ context.Context, connector string, shards []string) error {
	h.got <- fmt.Sprint("resume ", connector, shards)
	return nil
}

func (h *handler) Resolve(_ context.Context, r Resolve) error {
	h.got <- fmt.Sprintf("%+v", r)
	return errors.New("not stopped")
}

func (h *handler) Drain(ctx context.Context) error {
	h.got <- "drain"
	select {
	case <-h.block:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// open serves a handler under a data_dir.
func open(t *testing.T, dataDir string, h *handler) (*Place, *Server) {
	t.Helper()
	h.got = make(chan string, 8)
	place, listener, err := Open(dataDir, h.info)
	if err != nil {
		t.Fatal(err)
	}
	server := Serve(listener, h)
	t.Cleanup(func() { server.Close(0); place.Close() })
	return place, server
}

func dial(t *testing.T, p *Place) *Client {
	t.Helper()
	c, err := Dial(t.Context(), p.Socket())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestARequestAndItsAnswerAreOneLineEach(t *testing.T) {
	h := &handler{info: Info{PID: 7}}
	p, _ := open(t, t.TempDir(), h)
	conn, err := net.Dial("unix", p.Socket())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	for _, c := range []struct{ request, want string }{
		{`{"op":"pause","connector":"orders","shards":["3"]}`, `{"ok":true}`},
		{`{"op":"resolve","connector":"orders","shard":"3","from":"token","who":"me","why":"x"}`, `{"ok":false,"error":"not stopped"}`},
		{`{"op":"explode"}`, `{"ok":false,"error":"unknown op \"explode\"; known: inspect, pause, resume, resolve, drain"}`},
		{`nonsense`, `{"ok":false,"error":"not a request: invalid character 'o' in literal null (expecting 'u')"}`},
	} {
		fmt.Fprintln(conn, c.request)
		if got, err := answers.ReadString('\n'); err != nil || strings.TrimSpace(got) != c.want {
			t.Errorf("%s: %s, %v; want %s", c.request, got, err, c.want)
		}
	}
}

func TestTheClientCarriesEveryCommand(t *testing.T) {
	h := &handler{info: Info{PID: 7, Version: "1"}, block: make(chan struct{}), shard: messages.ShardState{Shard: "s0", Behind: time.Second}}
	p, _ := open(t, t.TempDir(), h)
	c := dial(t, p)
	snapshot, err := c.Inspect(t.Context())
	if err != nil || snapshot.Process.Version != "1" || snapshot.Connectors[0].Shards[0].Behind != time.Second {
		t.Errorf("inspect: %+v, %v", snapshot, err)
	}
	if err := errors.Join(c.Pause(t.Context(), "orders", "3"), c.Resume(t.Context(), "orders")); err != nil {
		t.Error(err)
	}
	refused := new(RefusedError)
	if err := c.Resolve(t.Context(), Resolve{"orders", "3", "token", "me", "why"}); !errors.As(err, &refused) {
		t.Errorf("resolve: %v", err)
	}
	for _, want := range []string{"pause orders[3]", "resume orders[]", "{Connector:orders Shard:3 From:token Who:me Why:why}"} {
		if got := <-h.got; got != want {
			t.Errorf("the process got %q, want %q", got, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-h.got; cancel() }()
	if err := c.Drain(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("an abandoned drain: %v", err)
	}
}

func TestAnAnswerUnderWayOutlivesTheServer(t *testing.T) {
	h := &handler{block: make(chan struct{})}
	p, server := open(t, t.TempDir(), h)
	busy, idle := dial(t, p), dial(t, p)
	if _, err := idle.Inspect(t.Context()); err != nil {
		t.Fatal(err)
	}
	drained := make(chan error, 1)
	go func() { drained <- busy.Drain(t.Context()) }()
	<-h.got
	closed := make(chan struct{})
	go func() { server.Close(time.Minute); close(closed) }()
	if _, err := idle.lines.ReadByte(); err == nil {
		t.Error("an idle connection was kept")
	}
	close(h.block)
	if err := <-drained; err != nil {
		t.Errorf("drain: %v", err)
	}
	<-closed
	if _, err := Dial(t.Context(), p.Socket()); !nobody(err) {
		t.Errorf("after the end: %v", err)
	}
}

func TestAnEndlessLineIsCutOff(t *testing.T) {
	p, _ := open(t, t.TempDir(), &handler{})
	conn, err := net.Dial("unix", p.Socket())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	chunk := []byte(strings.Repeat("x", 1<<16))
	for range 64 {
		if _, err := conn.Write(chunk); err != nil {
			return
		}
	}
	if _, err := conn.Read(chunk); err == nil {
		t.Error("4 MiB without a line end were taken")
	}
}

func TestASocketIsForItsUserAloneAndMovesWithTheNode(t *testing.T) {
	dir := t.TempDir()
	p, _ := open(t, dir, &handler{info: Info{PID: 7}})
	if want := filepath.Join(dir, "process-7", "control.sock"); p.Socket() != want {
		t.Errorf("socket %s, want %s", p.Socket(), want)
	}
	if moved, err := p.Move("node-0"); err != nil || !moved {
		t.Fatalf("moved %v, %v", moved, err)
	}
	info, err := os.Stat(filepath.Join(dir, "node-0", "control.sock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "process-7")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old folder: %v", err)
	}
	found, silent, err := Find(t.Context(), dir)
	if err != nil || len(found) != 1 || len(silent) != 0 || found[0].Socket != p.Socket() {
		t.Errorf("found %+v, silent %+v, %v", found, silent, err)
	}
	p.Close()
	if left, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAFolderWhereAnotherProcessAnswersIsLeftToIt(t *testing.T) {
	dir := t.TempDir()
	first, _ := open(t, dir, &handler{info: Info{PID: 1}})
	twin, _ := open(t, dir, &handler{info: Info{PID: 1}}) // pid 1 of another container
	if filepath.Base(twin.Folder()) != "process-1-2" {
		t.Errorf("the twin's folder is %s", twin.Folder())
	}
	for i, p := range []*Place{first, twin} {
		if moved, err := p.Move("node-0"); err != nil || moved != (i == 0) {
			t.Errorf("process %d: moved %v, %v", i, moved, err)
		}
	}
	if found, _, err := Find(t.Context(), dir); err != nil || len(found) != 2 {
		t.Errorf("found %+v, %v", found, err)
	}
}

func TestWhatAKilledProcessLeftIsNoProcess(t *testing.T) {
	dir := t.TempDir()
	dead, listener, err := Open(dir, Info{PID: 5})
	if err != nil {
		t.Fatal(err)
	}
	nodeFolder := filepath.Join(dir, "node-0")
	killed, second, err := Open(dir, Info{PID: 6})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := killed.Move("node-0"); err != nil {
		t.Fatal(err)
	}
	listener.Close() // as the kernel does; the files stay
	second.Close()
	if found, silent, err := Find(t.Context(), dir); err != nil || len(found)+len(silent) != 0 {
		t.Errorf("found %+v, silent %+v, %v", found, silent, err)
	}
	next, _ := open(t, dir, &handler{info: Info{PID: 7}})
	if _, err := os.Stat(dead.Folder()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the dead one's folder: %v", err)
	}
	if moved, err := next.Move("node-0"); err != nil || !moved || next.Folder() != nodeFolder {
		t.Errorf("moved %v to %s, %v", moved, next.Folder(), err)
	}
}

func TestALongDataDirHasItsSocketElsewhere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 25))
	p, _ := open(t, dir, &handler{info: Info{PID: 7}})
	if !p.Indirect() || len(p.Socket()) > MaxSocketPath || strings.HasPrefix(p.Socket(), dir) {
		t.Errorf("socket %s", p.Socket())
	}
	if moved, err := p.Move("node-0"); err != nil || !moved {
		t.Errorf("moved %v, %v", moved, err)
	}
	found, _, err := Find(t.Context(), dir)
	if err != nil || len(found) != 1 || filepath.Base(found[0].Folder) != "node-0" || found[0].Socket != p.Socket() {
		t.Errorf("found %+v, %v", found, err)
	}
	temp := filepath.Dir(p.Socket())
	p.Close()
	if _, err := os.Stat(temp); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the temporary folder: %v", err)
	}
}

func TestTheWorkerOfAShardIsFound(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, &handler{info: Info{PID: 1}, shard: messages.ShardState{Shard: "shardId-000000000001", Phase: messages.PhaseFlowing}})
	open(t, dir, &handler{info: Info{PID: 2}, shard: messages.ShardState{Shard: "shardId-000000000002", Phase: messages.PhaseParked}})
	open(t, dir, &handler{info: Info{PID: 3}, shard: messages.ShardState{Shard: "shardId-000000000002", Phase: messages.PhaseBackoff}})
	for _, c := range []struct {
		connector, shard string
		pid              int
		err              string
	}{
		{"orders", "shardId-000000000001", 1, ""},
		{"orders", "shardId-000000000002", 2, ""},
		{"orders", "shardId-000000000003", 0, "works on shardId-000000000003"},
		{"clicks", "shardId-000000000001", 0, "runs connector clicks"},
	} {
		found, err := FindWorker(t.Context(), dir, c.connector, c.shard)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s/%s: %v, want %q", c.connector, c.shard, err, c.err)
			}
		case err != nil || found.Snapshot.Process.PID != c.pid:
			t.Errorf("%s/%s: %+v, %v; want process %d", c.connector, c.shard, found, err, c.pid)
		}
	}
	if _, err := FindWorker(t.Context(), filepath.Join(dir, "none"), "orders", "shardId-000000000001"); err == nil || !strings.Contains(err.Error(), "start kinesnow run") {
		t.Errorf("without a process: %v", err)
	}
}

func TestTargetsAndStartsAreReadStrictly(t *testing.T) {
	for text, want := range map[string]Target{
		"orders/3":                    {"orders", "shardId-000000000003"},
		"orders/shardId-000000000003": {"orders", "shardId-000000000003"},
	} {
		if got, err := ParseTarget(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "orders", "/3", "orders/", "orders/x"} {
		if got, err := ParseTarget(text); err == nil {
			t.Errorf("%q became %+v", text, got)
		}
	}
	for from, good := range map[string]bool{"token": true, "checkpoint": true, "123/4": true, "123": true, "": false, "table": true, "0123": false, "latest": false} {
		if err := CheckFrom(from); (err == nil) != good {
			t.Errorf("--from %q: %v", from, err)
		}
	}
}
