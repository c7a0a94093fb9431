package process

import (
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/integration/transcript"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

func TestTheActorLibrarysLinesHoldTypesAndNoData(t *testing.T) {
	out := &transcript.Text{}
	log := actorLogger(newLogger(config.Log{Level: config.LogTrace}, out))(nil)
	secret := &messages.RowBlock{NDJSON: []byte("payload")}
	log.Info("[ACTOR] Recovering", slog.Any("reason", secret))
	log.Warn("[DeadLetter]", slog.Any("message", secret))
	if text := out.String(); text != "" {
		t.Errorf("not quiet: %s", text)
	}
	log.With(slog.Any("message", secret)).Error("[Supervision]", slog.Any("actor", actor.NewPID("nonhost", "orders/leases")),
		slog.Any("exception", errors.New("payload")), slog.Group("inner", slog.Any("message", secret)))
	text := out.String()
	var line map[string]any
	if err := json.Unmarshal([]byte(text), &line); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for key, want := range map[string]any{
		"msg": "[Supervision]", "level": "error", "msg_type": "*messages.RowBlock", "actor": "orders/leases", "exception": "*errors.errorString",
		"inner.msg_type": "*messages.RowBlock",
	} {
		if line[key] != want {
			t.Errorf("%s = %v, want %v", key, line[key], want)
		}
	}
	if strings.Contains(text, "payload") || strings.Contains(text, "cGF5bG9hZA") || strings.Count(text, `"msg"`) != 1 {
		t.Errorf("line: %s", text)
	}
}

func TestLogLinesHaveTheContractsKeys(t *testing.T) {
	out := &transcript.Text{}
	log := newLogger(config.Log{Level: config.LogWarn, Format: config.LogJSON}, out)
	log.Info().Msg("too quiet")
	log.Warn().Err(errors.New("cause")).Msg("loud")
	var line map[string]any
	if err := json.Unmarshal([]byte(out.String()), &line); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if len(line) != 4 || line["level"] != "warn" || line["err"] != "cause" || line["msg"] != "loud" || !strings.HasSuffix(line["time"].(string), "Z") {
		t.Errorf("line: %s", out)
	}
}

func TestTheConsoleFormatIsForPeople(t *testing.T) {
	out := &transcript.Text{}
	log := newLogger(config.Log{Format: config.LogConsole}, out)
	log.Info().Str("connector", "orders").Msg("connector begins")
	if text := out.String(); !strings.Contains(text, "INF connector begins connector=orders\n") {
		t.Errorf("line: %q", text)
	}
}

func TestTheLeastMemoryLimitCounts(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for name, c := range map[string]struct {
		root fstest.MapFS
		want int64
	}{
		"none":          {fstest.MapFS{}, 0},
		"v2, no name":   {fstest.MapFS{"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("1048576\n")}, 1 << 20},
		"v2, unlimited": {fstest.MapFS{"proc/self/cgroup": file("0::/a\n"), "sys/fs/cgroup/a/memory.max": file("max\n")}, 0},
		"v2, limited above": {fstest.MapFS{
			"proc/self/cgroup": file("0::/a/b\n"), "sys/fs/cgroup/a/b/memory.max": file("4194304\n"), "sys/fs/cgroup/a/memory.max": file("2097152\n"),
		}, 2 << 20},
		"v1":            {fstest.MapFS{"proc/self/cgroup": file("5:cpu:/x\n4:memory:/x\n"), "sys/fs/cgroup/memory/x/memory.limit_in_bytes": file("3145728\n")}, 3 << 20},
		"v1, unlimited": {fstest.MapFS{"proc/self/cgroup": file("4:memory:/\n"), "sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n")}, 0},
		"nonsense":      {fstest.MapFS{"proc/self/cgroup": file("::::\n0:/\nx"), "sys/fs/cgroup/memory.max": file("-1")}, 0},
	} {
		got, ok := cgroupLimit(c.root)
		if got != c.want || ok != (c.want != 0) {
			t.Errorf("%s: %d, %v; want %d", name, got, ok, c.want)
		}
	}
}
