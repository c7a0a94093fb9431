package process

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

const anyPort = `http: {listen: "127.0.0.1:0"}`

func TestAProcessThatReachesNobodyStaysUpAndDrainsAtOnce(t *testing.T) {
	p := start(t, fileOf(t, anyPort+"\ndata_dir: data", "orders", "clicks"), Options{Version: "1.2.3"})
	if code, body := p.get("/livez"); code != 200 || body != "ok\n" {
		t.Errorf("/livez = %d %q", code, body)
	}
	if code, body := p.get("/readyz"); code != 503 || body != "clicks: starting\norders: starting\n" {
		t.Errorf("/readyz = %d %q", code, body)
	}
	snapshot, err := p.dial().Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(snapshot.Connectors) != 2 || snapshot.Connectors[1].Connector != "orders" || snapshot.Connectors[1].Health != messages.Starting {
		t.Errorf("inspect = %+v", snapshot.Connectors)
	}
	if err := p.dial().Pause(t.Context(), "orders"); err == nil || !strings.Contains(err.Error(), "has not begun yet") {
		t.Errorf("pause = %v", err)
	}
	p.cancel()
	if code := p.ends(); code != ExitFine {
		t.Errorf("exit %d; log:\n%s", code, p.log)
	}
	left, err := filepath.Glob(filepath.Join(p.file.DataDir, "*", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestTheExitCodeSaysHowItEnded(t *testing.T) {
	caught := func(name string) *fake {
		return newFake(name, messages.Flowing, shard("s0", messages.PhaseFlowing, done))
	}
	for _, c := range []struct {
		name   string
		fakes  []*fake
		until  bool
		exit   int
		reason string
	}{
		{"caught up", []*fake{caught("a"), caught("b")}, true, 0, "caught up"},
		{"refused", []*fake{newFake("a", "").parkedFor(messages.AccessDenied)}, false, 77, "parked"},
		{"missing", []*fake{newFake("a", "").parkedFor(messages.TargetMissing), newFake("b", "").parkedFor(messages.AccessDenied)}, false, 69, "parked"},
		{"one parked", []*fake{caught("a"), newFake("b", "").parkedFor(messages.AccessDenied)}, true, 2, "caught up"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := start(t, fileOf(t, anyPort, "a"), Options{UntilCaughtUp: c.until}, c.fakes...)
			if code := p.ends(); code != c.exit || p.Summary().Exit != c.exit || p.Summary().Reason != c.reason {
				t.Errorf("exit %d, summary %+v; want %d, %s", code, p.Summary(), c.exit, c.reason)
			}
		})
	}
}

func TestAParkedConnectorIsNamedWithItsCodeAndTheWayOut(t *testing.T) {
	p := start(t, fileOf(t, anyPort, "a"), Options{}, newFake("a", "").parkedFor(messages.AccessDenied))
	p.ends()
	told := p.logged("nothing is left to do: everything of this connector is stopped")
	if len(told) != 1 || told[0]["connector"] != "a" || told[0]["code"] != "ACCESS_DENIED" || told[0]["err"] != "because" || told[0]["hint"] != messages.AccessDenied.Hint() {
		t.Errorf("told %v", told)
	}
}

func TestWhatADrainLeavesIsAFailureUnlessItWasParked(t *testing.T) {
	late := newFake("a", messages.Flowing, shard("s0", messages.PhaseFlowing))
	late.left = []messages.ShardID{"s0"}
	p := start(t, fileOf(t, anyPort, "a"), Options{}, late)
	p.cancel()
	if code := p.ends(); code != ExitFailure || len(p.logged("drained, but not to the end; nothing is lost")) != 1 {
		t.Errorf("exit %d; log:\n%s", code, p.log)
	}
	stuck := newFake("a", messages.Degraded, shard("s0", messages.PhaseParked, stopped(messages.GapFound)), shard("s1", messages.PhaseFlowing))
	stuck.left = []messages.ShardID{"s0"}
	p = start(t, fileOf(t, anyPort, "a"), Options{}, stuck)
	p.cancel()
	if code := p.ends(); code != ExitFine {
		t.Errorf("with a parked shard: exit %d, want 0", code)
	}
}

func TestAStopBeforeItHadCaughtUpIsAFailure(t *testing.T) {
	p := start(t, fileOf(t, anyPort, "a"), Options{UntilCaughtUp: true}, newFake("a", messages.Flowing, shard("s0", messages.PhaseFlowing)))
	p.cancel()
	if code := p.ends(); code != ExitFailure {
		t.Errorf("exit %d, want 1", code)
	}
}

func TestAConnectorThatDiedIsSpawnedAgain(t *testing.T) {
	f := newFake("a", messages.Flowing, shard("s0", messages.PhaseFlowing, done))
	f.die = 2
	p := start(t, fileOf(t, anyPort, "a"), Options{UntilCaughtUp: true}, f)
	if code := p.ends(); code != ExitFine {
		t.Errorf("exit %d; log:\n%s", code, p.log)
	}
	if n := len(p.logged("connector died; it is spawned again")); n != 2 {
		t.Errorf("%d deaths were told, want 2", n)
	}
}

func TestAConnectorThatDiesAgainAndAgainEndsTheProcess(t *testing.T) {
	f := newFake("a", messages.Flowing)
	f.die = 1 << 20
	p := start(t, fileOf(t, anyPort, "a"), Options{}, f)
	if code := p.ends(); code != ExitFailure {
		t.Errorf("exit %d; log:\n%s", code, p.log)
	}
}

func TestCommandsReachTheConnectorThroughTheSocket(t *testing.T) {
	f := newFake("orders", messages.Degraded, shard("shardId-000000000003", messages.PhaseParked, stopped(messages.TokenRegressed)))
	p := start(t, fileOf(t, anyPort+"\ndata_dir: data", "orders"), Options{}, f)
	c := p.dial()
	if err := c.Resolve(t.Context(), control.Resolve{Connector: "orders", Shard: "3", From: "token", Who: "me@here", Why: "restored"}); err != nil {
		t.Errorf("resolve: %v", err)
	}
	refused := new(control.RefusedError)
	err := c.Resolve(t.Context(), control.Resolve{Connector: "orders", Shard: "3", From: "checkpoint", Who: "me@here", Why: "restored"})
	if !errors.As(err, &refused) || refused.Text != "the channel has no token of ours" {
		t.Errorf("a refused resolve: %v", err)
	}
	if err := c.Resolve(t.Context(), control.Resolve{Connector: "orders", Shard: "3", From: "token", Who: "me@here"}); err == nil {
		t.Error("a resolve without a reason went through")
	}
	if err := c.Pause(t.Context(), "orders", "3"); err != nil {
		t.Errorf("pause: %v", err)
	}
	if err := c.Resume(t.Context(), "clicks"); err == nil || !strings.Contains(err.Error(), "runs orders") {
		t.Errorf("an unknown connector: %v", err)
	}
	got := f.commands()
	if r, ok := got[0].(*messages.Resolve); !ok || *r != (messages.Resolve{Shard: "shardId-000000000003", From: "token", Who: "me@here", Why: "restored"}) {
		t.Errorf("the connector got %+v", got[0])
	}
	if err := c.Drain(t.Context()); err != nil {
		t.Errorf("drain: %v", err)
	}
	if code := p.ends(); code != ExitFine {
		t.Errorf("exit %d", code)
	}
}

func TestTheSocketMovesToTheNodesFolder(t *testing.T) {
	p := start(t, fileOf(t, anyPort+"\ndata_dir: data", "orders"), Options{}, newFake("orders", messages.Flowing))
	socket := filepath.Join(p.file.DataDir, "node-0", "control.sock")
	if got := p.Info().Socket; got != socket {
		t.Errorf("socket = %s, want %s", got, socket)
	}
	if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("stat: %v, %v", info, err)
	}
	found, _, err := control.Find(t.Context(), p.file.DataDir)
	if err != nil || len(found) != 1 || found[0].Snapshot.Process.HTTP != p.Info().HTTP {
		t.Errorf("found %+v, %v", found, err)
	}
}

func TestTheReadOnlyPort(t *testing.T) {
	f := newFake("orders", messages.Flowing, shard("shardId-000000000003", messages.PhaseFlowing))
	p := start(t, fileOf(t, anyPort, "orders"), Options{Version: "1.2.3"}, f)
	if code, body := p.get("/readyz"); code != 200 || body != "ok\n" {
		t.Errorf("/readyz = %d %q", code, body)
	}
	_, body := p.get("/v1/state")
	var state struct {
		Version    string
		Connectors []messages.State
	}
	if err := json.Unmarshal([]byte(body), &state); err != nil || state.Version != "1.2.3" || len(state.Connectors) != 1 || state.Connectors[0].Shards[0].Shard != "shardId-000000000003" {
		t.Errorf("/v1/state = %s, %v", body, err)
	}
	_, body = p.get("/version")
	var build Build
	if err := json.Unmarshal([]byte(body), &build); err != nil || build.Version != "1.2.3" || !strings.HasPrefix(build.Go, "go1.") {
		t.Errorf("/version = %s, %v", body, err)
	}
	for _, want := range []string{"go_goroutines ", "process_start_time_seconds ", `kinesnow_build_info{`} {
		if _, body := p.get("/metrics"); !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	for _, path := range []string{"/debug/pprof/", "/", "/v1/resolve"} {
		if code, _ := p.get(path); code != 404 {
			t.Errorf("%s = %d, want 404", path, code)
		}
	}
}

func TestATakenDefaultPortMovesOnAndATakenChoiceDoesNot(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	l, err := listen(config.HTTP{Listen: taken.Addr().String()})
	if err != nil {
		t.Fatalf("the default: %v", err)
	}
	defer l.Close()
	file := fileOf(t, `http: {listen: "`+taken.Addr().String()+`"}`, "orders")
	p := start(t, file, Options{})
	if code := p.ends(); code != ExitUnreachable {
		t.Errorf("exit %d, want 69", code)
	}
	if told := p.logged("kinesnow cannot start"); len(told) != 1 || !strings.Contains(told[0]["err"].(string), taken.Addr().String()+" is taken by another process") {
		t.Errorf("told %v", told)
	}
}

func TestABadConnectorIsRefusedBeforeAnythingIsOpened(t *testing.T) {
	file := fileOf(t, anyPort, "orders")
	c := file.Connectors["orders"]
	c.Application = ""
	file.Connectors["orders"] = c
	var wrong *config.Error
	if _, err := New(file, Options{}); !errors.As(err, &wrong) {
		t.Errorf("error %v, want a *config.Error", err)
	}
}
