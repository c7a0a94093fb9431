package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/integration/rsakey"
)

// nowhere is where nobody listens: a port that was free a moment ago may be any
// other test's by now.
const nowhere = "http://127.0.0.1:1"

// configOf writes a configuration whose connector reaches nobody; change may
// rewrite it.
func configOf(t *testing.T, change func(string) string) string {
	t.Helper()
	text := `data_dir: data
http: {listen: "127.0.0.1:0"}
connectors:
  orders:
    application: app
    aws: {region: us-east-1, credentials: {access_key_id: a, secret_access_key: canary}, endpoints: {kinesis: "` + nowhere + `", dynamodb: "` + nowhere + `"}}
    kinesis: {stream: orders}
    snowflake: {account: LOCAL, user: KN, private_key_file: key.p8, host: "` + nowhere + `", database: RAW, schema: EVENTS, table: ORDERS}
`
	if change != nil {
		text = change(text)
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"key.p8": rsakey.PEM(rsakey.Key(0)), "kinesnow.yaml": []byte(text)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "kinesnow.yaml")
}

// typed carries out a command line.
func typed(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, &out, &err)
	return code, out.String(), err.String()
}

func TestACommandLineThatCannotBeMeantExitsWith64(t *testing.T) {
	config := configOf(t, nil)
	for line, want := range map[string]string{
		"nonsense":                              `unknown command "nonsense"`,
		"run --nope":                            "unknown flag: --nope",
		"run extra":                             "unknown command",
		"version -o xml":                        "neither text nor json",
		"resolve":                               "accepts 1 arg(s)",
		"resolve orders --from token --why x":   "want NAME/SHARD",
		"resolve orders/3 --why x":              "--from: is required",
		"resolve orders/3 --from 012 --why x":   "want SEQUENCE",
		"resolve orders/3 --from token":         "--why: is required",
		"resolve clicks/3 --from token --why x": `no connector "clicks"`,
		"status clicks":                         `no connector "clicks"`,
		"audit --since 1h --until 2h":           "nothing lies between --since",

		"deadletter replay --table=":                  "--table: is empty",
		"deadletter replay --shard= --plan":           "--shard: is empty",
		"deadletter ls --since=":                      "--since: is empty",
		"deadletter ls --limit -1":                    "--limit: -1 is below 0",
		"replay --from 1 --to 2 --shard= --table T":   "--shard: is empty",
		`replay --from 1 --to 2 --shard 0 --table a"`: `--table: "a\"" holds quotes`,
		`deadletter replay --table a"`:                `--table: "a\"" holds quotes`,
	} {
		args := strings.Fields(line)
		if slices.Contains([]string{"resolve", "status", "audit", "deadletter", "replay"}, args[0]) {
			args = append(args, "-c", config)
		}
		code, stdout, stderr := typed(t, args...)
		if code != exitUsage || !strings.Contains(stderr, want) || stdout != "" {
			t.Errorf("%s: exit %d, stdout %q, stderr %q; want 64 and %q", line, code, stdout, stderr, want)
		}
	}
}

func TestHelpIsNoMistake(t *testing.T) {
	for _, line := range []string{"", "--help", "help", "run --help", "resolve --help", "completion bash", "completion zsh"} {
		if code, stdout, stderr := typed(t, strings.Fields(line)...); code != exitFine || stdout == "" || stderr != "" {
			t.Errorf("%q: exit %d, %d bytes, stderr %q", line, code, len(stdout), stderr)
		}
	}
}

func TestEveryVerbTakesOutput(t *testing.T) {
	root := newRoot(append(ourCommands(), localCommands()...))
	for _, c := range root.Commands() {
		if c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		if f := c.Flag("output"); f == nil || f.Shorthand != "o" {
			t.Errorf("%s has no -o", c.Name())
		}
		if c.Short == "" && !c.Hidden {
			t.Errorf("%s says nothing about itself", c.Name())
		}
	}
}

func TestABadFileStartsNothingAndTellsEverything(t *testing.T) {
	config := configOf(t, func(text string) string {
		text = strings.Replace(text, "stream: orders", "strem: orders", 1)
		return strings.Replace(text, "us-east-1", "nowhere", 1)
	})
	for _, verb := range []string{"run", "validate", "status"} {
		code, stdout, stderr := typed(t, verb, "-c", config)
		if code != exitConfig || stdout != "" {
			t.Errorf("%s: exit %d, stdout %q", verb, code, stdout)
		}
		for _, want := range []string{config + ":6:", "aws.region", config + ":7:", "kinesis.strem: unknown key"} {
			if !strings.Contains(stderr, want) {
				t.Errorf("%s: stderr lacks %s:\n%s", verb, want, stderr)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(config), "data")); !os.IsNotExist(err) {
		t.Errorf("data_dir was made: %v", err)
	}
	code, stdout, stderr := typed(t, "validate", "-o", "json", "-c", config)
	var told validated
	if err := json.Unmarshal([]byte(stdout), &told); err != nil || code != exitConfig || stderr != "" {
		t.Fatalf("as JSON: exit %d, %q, %q, %v", code, stdout, stderr, err)
	}
	if told.OK || len(told.Problems) != 2 || told.Problems[0].Line != 6 || told.Problems[0].Key != "connectors.orders.aws.region" {
		t.Errorf("as JSON: %+v", told)
	}
}

func TestValidateShowsTheMergedFileWithoutSecrets(t *testing.T) {
	config := configOf(t, nil)
	if code, stdout, _ := typed(t, "validate", "-c", config); code != exitFine || stdout != config+": good; 1 connector: orders\n" {
		t.Errorf("exit %d, %q", code, stdout)
	}
	_, text, _ := typed(t, "validate", "--print", "-c", config)
	if !strings.Contains(text, "linger: 500ms") || !strings.Contains(text, "# default") || strings.Contains(text, "canary") {
		t.Errorf("--print:\n%s", text)
	}
	_, text, _ = typed(t, "validate", "--print", "-o", "json", "-c", config)
	var printed struct{ File string }
	if err := json.Unmarshal([]byte(text), &printed); err != nil || printed.File != config || strings.Contains(text, "canary") {
		t.Errorf("--print -o json: %v\n%s", err, text)
	}
}

func TestVersionNamesWhatItWasMadeOf(t *testing.T) {
	_, text, _ := typed(t, "version")
	if !strings.HasPrefix(text, "kinesnow ") || !strings.Contains(text, "\ngo1.") || !strings.Contains(text, "\nprotoactor-go ") {
		t.Errorf("text %q", text)
	}
	_, text, _ = typed(t, "version", "-o", "json")
	var b map[string]string
	if err := json.Unmarshal([]byte(text), &b); err != nil || b["version"] == "" || b["go"] == "" || b["protoactor"] == "" {
		t.Errorf("json %q, %v", text, err)
	}
}

func TestResolveWithoutAProcessSaysHow(t *testing.T) {
	code, _, stderr := typed(t, "resolve", "orders/3", "--from", "token", "--why", "x", "-c", configOf(t, nil))
	if code != exitUnreachable || !strings.Contains(stderr, "start kinesnow run") {
		t.Errorf("exit %d, %q", code, stderr)
	}
	config := configOf(t, func(text string) string { return strings.Replace(text, "data_dir: data\n", "", 1) })
	code, _, stderr = typed(t, "resolve", "orders/3", "--from", "token", "--why", "x", "-c", config)
	if code != exitUnreachable || !strings.Contains(stderr, "data_dir is not set") {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

func TestATakenPortEndsRunWith69(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	config := configOf(t, func(text string) string { return strings.Replace(text, "127.0.0.1:0", taken.Addr().String(), 1) })
	code, stdout, stderr := typed(t, "run", "-o", "json", "-c", config)
	if code != exitUnreachable || !strings.Contains(stderr, "is taken by another process") || !strings.Contains(stdout, `"exit":69`) {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestErrorsOfAVerbAreNotUsage(t *testing.T) {
	failing := func(err error) *cobra.Command {
		return &cobra.Command{Use: "fail", RunE: func(*cobra.Command, []string) error { return err }}
	}
	for _, c := range []struct {
		err    error
		code   int
		stderr string
	}{
		{os.ErrPermission, exitFailure, "kinesnow: permission denied\n"},
		{exit(exitRefused, os.ErrPermission), exitRefused, "kinesnow: permission denied\n"},
		{exit(exitFindings, nil), exitFindings, ""},
		{exit(exitFine, nil), exitFine, ""},
		{usage("no %s", "way"), exitUsage, "kinesnow: no way\nkinesnow --help lists verbs and flags\n"},
	} {
		root := newRoot([]*cobra.Command{failing(c.err)})
		root.SetArgs([]string{"fail"})
		var stderr bytes.Buffer
		if code := finish(asUsage(root.Execute()), &stderr); code != c.code || stderr.String() != c.stderr {
			t.Errorf("%v: exit %d, stderr %q; want %d, %q", c.err, code, stderr.String(), c.code, c.stderr)
		}
	}
}
