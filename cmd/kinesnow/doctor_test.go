package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/supervisor/doctor"
)

// TestDoctorExitsWithWhatItFound runs the verb on a local cloud, healthy and
// broken, and holds its JSON.
func TestDoctorExitsWithWhatItFound(t *testing.T) {
	t.Parallel()
	cloud, err := localcloud.Start(localcloud.Options{CommitDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cloud.Close() })
	config := cloud.ConfigFile()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	// The disk that tests run on may have less room than a journal may take.
	roomy := strings.Replace(string(text), "defaults:\n", "defaults:\n  journal: {max_bytes: 1MiB}\n", 1)
	if err := os.WriteFile(config, []byte(roomy), 0o600); err != nil {
		t.Fatal(err)
	}
	// examines has it look again where the machine is so slow that it takes the
	// time that the doctor has.
	examines := func(args ...string) (code int, out, stderr string) {
		for range 10 {
			began := time.Now()
			if code, out, stderr = typed(t, append([]string{"doctor"}, args...)...); time.Since(began) < 8*time.Second {
				break
			}
		}
		return code, out, stderr
	}
	code, out, stderr := examines("-c", config)
	if code != exitFine || stderr != "" || !strings.HasPrefix(out, "orders  us-east-1/orders -> RAW.EVENTS.ORDERS\n") || !strings.Contains(out, "\norders: ") {
		t.Errorf("exit %d\n%s%s", code, out, stderr)
	}
	if err := os.WriteFile(config, []byte(strings.Replace(roomy, `{table: "ORDERS"}`, `{table: "orders"}`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ = examines("orders", "-c", config, "-o", "json")
	var r doctor.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitFindings || r.ExitCode != code || r.Missing != 1 || r.Connector != "orders" {
		t.Errorf("exit %d, %v, %+v", code, err, r)
	}
	for _, field := range []string{`"findings":[{"state":"ok","area":"clock","check":"clock","text":`, `"todo":"snowflake.table: ORDERS"`, `"actions":["kinesis:DescribeStream"`, `"warnings":0`, `"untested":`, `"exitCode":2`} {
		if !strings.Contains(out, field) {
			t.Errorf("no %s in %s", field, out)
		}
	}
	if code, _, stderr = typed(t, "doctor", "nobody", "-c", config); code != exitUsage || !strings.Contains(stderr, `no connector "nobody"`) {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
