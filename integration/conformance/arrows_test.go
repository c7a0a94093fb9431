package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/kinesnow/kinesnow/"

// arrows says what each part of the house may import of ours (design.md 1).
// The longest matching prefix rules.
var arrows = []struct {
	from  string
	may   []string
	cause string
}{
	{"messages", nil, "the vocabulary knows nobody"},
	{"actors", []string{"messages"}, "actors declare the interfaces that they call"},
	{"adapters", []string{"messages"}, "an adapter knows its outside world, and no actor"},
	{"adapters/account", nil, "where an account's credentials may go knows nobody"},
	{"adapters/snowpipe", []string{"messages", "adapters/account"}, "an adapter knows its outside world, and no actor"},
	{"adapters/stream", []string{"messages", "adapters/stream"}, "an adapter knows its outside world, and no actor"},
	{"adapters/warehouse", []string{"messages", "adapters/account", "adapters/schema"}, "an adapter knows its outside world, and no actor"},
	{"supervisor/config", []string{"adapters/account"}, "the configuration is plain data; hosts and keys are judged in one place"},
	{"supervisor", []string{"supervisor", "actors", "adapters", "messages"}, "the library never links the local servers"},
	{"cmd", []string{"supervisor", "integration"}, "the commands talk to supervisor, and to integration for the local cloud"},
	{"integration/fault", nil, "the fault hooks know nobody"},
	{"integration/deadline", nil, "a reader's time limit knows nobody"},
	{"integration/signer", nil, "who may call knows nobody"},
	{"integration/iam", nil, "what a caller may do knows nobody"},
	{"integration/localkinesis", []string{"integration/localkinesis", "integration/fault", "integration/deadline", "integration/signer", "integration/iam"}, "the servers are another reading of the protocol"},
	{"integration/localdynamo", []string{"integration/localdynamo", "integration/fault", "integration/deadline", "integration/signer", "integration/iam"}, "the servers are another reading of the protocol"},
	{"integration/localsnowflake", []string{"integration/localsnowflake", "integration/fault", "integration/deadline"}, "the servers are another reading of the protocol"},
	{"integration", []string{"integration", "supervisor", "adapters", "actors", "messages", "cmd"}, "what crosses the whole system may use all of it"},
}

// TestImportArrows holds design.md's import arrows, for what is built and not
// for tests.
func TestImportArrows(t *testing.T) {
	for pkg, imports := range listImports(t) {
		rule := -1
		for i, a := range arrows {
			if within(pkg, a.from) && (rule < 0 || len(a.from) > len(arrows[rule].from)) {
				rule = i
			}
		}
		if rule < 0 {
			t.Errorf("%s: no rule says what it may import", pkg)
			continue
		}
		for _, imported := range imports {
			if !allowed(imported, arrows[rule].may) {
				t.Errorf("%s imports %s: %s", pkg, imported, arrows[rule].cause)
			}
		}
	}
}

// TestTheLibraryLinksNoLocalServer: who embeds a connector gets neither the
// local cloud nor its database (design.md 1).
func TestTheLibraryLinksNoLocalServer(t *testing.T) {
	command := exec.Command("go", "list", "-deps", "./supervisor/...")
	command.Dir = root(t)
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		pkg := strings.TrimSpace(line)
		if strings.HasPrefix(pkg, module+"integration") || strings.HasPrefix(pkg, "modernc.org/sqlite") {
			t.Errorf("supervisor links %s", pkg)
		}
	}
}

func allowed(pkg string, may []string) bool {
	for _, m := range may {
		if within(pkg, m) {
			return true
		}
	}
	return false
}

func within(pkg, dir string) bool { return pkg == dir || strings.HasPrefix(pkg, dir+"/") }

// listImports returns each of our packages with those of ours that it imports.
func listImports(t *testing.T) map[string][]string {
	t.Helper()
	command := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./...")
	command.Dir = root(t)
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg := strings.TrimPrefix(fields[0], module)
		packages[pkg] = nil
		for _, imported := range fields[1:] {
			if name, ours := strings.CutPrefix(imported, module); ours {
				packages[pkg] = append(packages[pkg], name)
			}
		}
	}
	return packages
}

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return dir
}
