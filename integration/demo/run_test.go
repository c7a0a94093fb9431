package demo

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// asConnector makes this test program the connector that a demo starts.
const asConnector = "KINESNOW_TEST_DEMO_CONNECTOR"

func TestMain(m *testing.M) {
	if file := os.Getenv(asConnector); file != "" {
		os.Exit(Connector(context.Background(), file, "test", os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func connector(file string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), asConnector+"="+file)
	return cmd
}

func TestASmallDemoUnderFireIsExact(t *testing.T) {
	var out bytes.Buffer
	dir := filepath.Join(t.TempDir(), "demo")
	ok, err := Run(t.Context(), Options{
		Records: 2000, Shards: 2, Duration: 4 * time.Second, KillEvery: 150 * time.Millisecond, ProcessKills: 1,
		Dir: dir, Connector: connector, Out: &out,
	})
	text := out.String()
	if err != nil || !ok {
		log, _ := os.ReadFile(filepath.Join(dir, "connector.log"))
		t.Fatalf("ok %v, error %v\n%s\n%s", ok, err, text, log)
	}
	for _, want := range []string{
		"put 2,000   in table 2,000   missing 0   doubled 0   out of order 0   values changed 0   EXACT",
		"1 process kill,", "1 split, 1 merge in", "ledger: read 2,000 = committed 2,000",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, " 0 actor kills") {
		t.Errorf("nobody was killed:\n%s", text)
	}
}

func TestOptionsThatCannotBeMeantAreNamed(t *testing.T) {
	for says, o := range map[string]Options{
		"--records":    {Records: -1},
		"--shards":     {Shards: 65},
		"--duration":   {Duration: time.Millisecond},
		"--kill-every": {KillEvery: time.Millisecond},
		"--input":      {Input: filepath.Join(t.TempDir(), "absent")},
	} {
		_, err := Run(t.Context(), o)
		var usage *UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want a usage error with %q", err, says)
		}
	}
}
