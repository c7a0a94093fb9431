package drivers

import (
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/fault"
)

// TestVersionsArePinnedAndShown holds what the table shows against what is
// installed, and looks for an address of a registry.
func TestVersionsArePinnedAndShown(t *testing.T) {
	pinned := map[string]string{
		"snowflake-connector-python": requirements5, "snowflake-connector-python (4)": requirements4, "snowflake-sqlalchemy": requirements5,
		"snowflake-cli": requirementsCLI, "snowflake-sdk (npm)": packageJSON, "gosnowflake (v1)": goSource("go.mod.txt"),
	}
	seen := map[string]bool{}
	for _, j := range Judges() {
		if seen[j.Name] {
			t.Errorf("two judges are called %s: they would share a folder", j.Name)
		}
		seen[j.Name] = true
		if text, ok := pinned[j.Name]; ok && !strings.Contains(text, j.Version) {
			t.Errorf("%s %s is not what is pinned", j.Name, j.Version)
		}
	}
	for name, text := range pinned {
		if strings.Contains(text, "http://") || strings.Contains(text, "@ ") {
			t.Errorf("the tools of %s name an address", name)
		}
		if !seen[name] {
			t.Errorf("there is no judge called %s", name)
		}
	}
	if strings.Contains(packageLock, `"resolved"`) {
		t.Error("package-lock.json names a registry")
	}
}

// TestBothVersionsOfTheGoProgramDifferInOneImport compares their sources.
func TestBothVersionsOfTheGoProgramDifferInOneImport(t *testing.T) {
	g := driver1()
	for name, text := range g.Files {
		if strings.Contains(text, "gosnowflake/v2") {
			t.Errorf("%s of version 1 imports version 2", name)
		}
		if name != "version.go" && strings.ReplaceAll(text, `gosnowflake"`, `gosnowflake/v2"`) != goSource(name) {
			t.Errorf("%s differs in more than its import", name)
		}
	}
	if len(g.Files) != 7 {
		t.Errorf("%d files", len(g.Files))
	}
}

// TestMisfortunesBefallOnce asks for each twice.
func TestMisfortunesBefallOnce(t *testing.T) {
	hook := misfortunes()
	for _, marker := range []string{"/* session expires */", "/* answer is lost */"} {
		first, second := hook(call("SELECT 1 "+marker)), hook(call("SELECT 1 "+marker))
		if first.Refuse == nil && !first.LoseAfter || second.Refuse != nil || second.LoseAfter {
			t.Errorf("%s: %+v, then %+v", marker, first, second)
		}
	}
	if e := hook(call("SELECT 1")); e.Refuse != nil || e.LoseAfter {
		t.Errorf("a statement without a marker met %+v", e)
	}
}

func call(key string) fault.Call { return fault.Call{Key: key} }
