package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/supervisor/latency"
	"github.com/kinesnow/kinesnow/supervisor/plan"
	"github.com/kinesnow/kinesnow/supervisor/setup"
)

// TestFromNothingToAnExactAudit is the way of docs/first-run.md: each verb as a
// user types it, in an account that has nothing of the connector.
func TestFromNothingToAnExactAudit(t *testing.T) {
	t.Parallel()
	cloud, err := localcloud.Start(localcloud.Options{Streams: []localcloud.Stream{{Name: "orders", Shards: 1}}, CommitDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	if _, err := cloud.Kinesis.PutRecords("orders", []localkinesis.Record{{PartitionKey: "a", Data: []byte(`{"n":1}`)}}); err != nil {
		t.Fatal(err)
	}
	ready, config := cloud.Ready(), filepath.Join(t.TempDir(), "kinesnow.yaml")
	must := func(want string, args ...string) string {
		t.Helper()
		code, stdout, stderr := typed(t, args...)
		if code != exitFine || !strings.Contains(stdout, want) {
			t.Fatalf("%v: exit %d, want 0 and %q\n%s%s", args, code, want, stdout, stderr)
		}
		return stdout
	}
	must("-> SHOP.EVENTS.ORDERS", "init", "-f", config, "--stream", "orders", "--region", ready.Region, "--account", ready.Account,
		"--table", "shop.events.orders", "--private-key-file", ready.PrivateKeyFile, "--warehouse", "AUDIT_WH")
	if code, _, stderr := typed(t, "init", "-f", config); code != exitFailure || !strings.Contains(stderr, "--force") {
		t.Errorf("a second init: exit %d, %s", code, stderr)
	}
	file, err := os.OpenFile(config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(file, "http: {listen: \"127.0.0.1:0\"}\ndefaults:\n  aws:\n    credentials: {access_key_id: test, secret_access_key: test}\n    endpoints: {kinesis: %q, dynamodb: %q}\n  snowflake: {host: %q, linger: 0s}\n",
		ready.Kinesis, ready.DynamoDB, ready.Snowflake)
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	must("good; 1 connector: orders", "validate", "-c", config)
	if code, stdout, _ := typed(t, "plan", "-c", config); code != exitRefused || !strings.Contains(stdout, "x stops here") {
		t.Errorf("a plan before the grants: exit %d\n%s", code, stdout)
	}
	script := must("GRANT OWNERSHIP", "setup", "grants", "-c", config)
	must("View ORDERS_IN_ORDER successfully created", "sql", "-c", config, "--admin", "--", script)
	must("+ channels", "plan", "-c", config)
	must("1 rows committed", "run", "-c", config, "--until-caught-up")
	must("Nothing to make", "plan", "-c", config)
	must("1 rows", "status", "-c", config, "--latency")
	must("EXACT", "audit", "-c", config)

	var planned plan.Report
	var granted setup.Script
	var measured latency.Report
	for _, c := range []struct {
		into any
		args []string
	}{
		{&planned, []string{"plan", "-c", config, "-o", "json"}}, {&granted, []string{"setup", "grants", "-c", config, "-o", "json"}},
		{&measured, []string{"status", "-c", config, "--latency", "-o", "json"}},
	} {
		if err := json.Unmarshal([]byte(must("", c.args...)), c.into); err != nil {
			t.Errorf("%v: %v", c.args, err)
		}
	}
	if len(planned.Changes) == 0 || len(granted.Statements) == 0 || measured.Rows.Rows != 1 {
		t.Errorf("JSON: %+v, %+v, %+v", planned, granted, measured)
	}
}

func TestFirstVerbsRefuseWhatCannotBeMeant(t *testing.T) {
	config := configOf(t, nil)
	for line, want := range map[string]string{
		"init --table a.b":                           "want DATABASE.SCHEMA.TABLE",
		"init --from-openflow /nowhere":              "--from-openflow",
		"setup grants --iceberg --interactive":       "--iceberg does not go with --interactive",
		"setup grants --external-volume V":           "only an Iceberg table",
		"setup grants --reader-role KN":              "the connector's own",
		"status --within 5m":                         "--within goes with --latency",
		"status --latency --within 48h":              "is not between",
		"status --latency --watch":                   "--watch does not go with --latency",
		"plan clicks":                                `no connector "clicks"`,
		"setup grants clicks":                        `no connector "clicks"`,
		"setup grants --interactive --pipe P orders": "takes no pipe",
	} {
		args := strings.Fields(line)
		if args[0] != "init" {
			args = append(args, "-c", config)
		}
		if code, stdout, stderr := typed(t, args...); code != exitUsage || !strings.Contains(stderr, want) || stdout != "" {
			t.Errorf("%s: exit %d, stdout %q, stderr %q; want 64 and %q", line, code, stdout, stderr, want)
		}
	}
	if code, stdout, _ := typed(t, "plan", "-c", config); code != exitUnreachable || !strings.Contains(stdout, "orders") {
		t.Errorf("a plan where nobody answers: exit %d\n%s", code, stdout)
	}
}

// TestTheWayOfAFirstFileBeginsWithWhatNeedsNoKey: setup grants says how the key is
// made that validate wants, so what init names first works without one.
func TestTheWayOfAFirstFileBeginsWithWhatNeedsNoKey(t *testing.T) {
	config := filepath.Join(t.TempDir(), "kinesnow.yaml")
	_, stdout, _ := typed(t, "init", "-f", config, "--stream", "orders", "--account", "MYORG-PROD", "--table", "raw.events.orders")
	if want := "Next: kinesnow setup iam, kinesnow setup grants, kinesnow validate, "; !strings.Contains(stdout, want) {
		t.Errorf("%q is not in\n%s", want, stdout)
	}
	for verb, want := range map[string]string{"iam": "kinesis:GetRecords", "grants": "openssl genrsa", "network": "snowflakecomputing.com"} {
		if code, stdout, stderr := typed(t, "setup", verb, "-c", config); code != exitFine || !strings.Contains(stdout, want) {
			t.Errorf("setup %s: exit %d, want 0 and %q\n%s%s", verb, code, want, stdout, stderr)
		}
	}
	if code, _, stderr := typed(t, "validate", "-c", config); code != exitConfig || !strings.Contains(stderr, "private_key_file") {
		t.Errorf("validate without a key: exit %d\n%s", code, stderr)
	}
}
