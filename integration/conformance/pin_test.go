package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/semver"
)

// engine is the one build of the actor library that this project was written
// and tested for; `go get @latest` would go back to one of 2024
// (specs/protoactor.md 1.1).
const engine = "github.com/asynkron/protoactor-go v0.0.0-20260118094027-288962e52f3f"

// floors are the oldest versions of what the engine brings along that have no
// known advisory (specs/protoactor.md 7).
var floors = map[string]string{
	"go.opentelemetry.io/otel":                      "v1.47.0",
	"go.opentelemetry.io/otel/sdk":                  "v1.47.0",
	"go.opentelemetry.io/otel/sdk/metric":           "v1.47.0",
	"go.opentelemetry.io/otel/exporters/prometheus": "v0.69.0",
}

func TestTheEngineIsThePinnedBuild(t *testing.T) {
	required := requirements(t)
	module, version, _ := strings.Cut(engine, " ")
	if required[module] != version {
		t.Errorf("go.mod requires %s %s, want %s", module, required[module], version)
	}
	for module, floor := range floors {
		if got := required[module]; semver.Compare(got, floor) < 0 {
			t.Errorf("go.mod requires %s %q, want at least %s", module, got, floor)
		}
	}
}

// requirements reads go.mod: module -> version.
func requirements(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	required := map[string]string{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(fields) >= 2 && strings.HasPrefix(fields[1], "v") {
			required[fields[0]] = fields[1]
		}
	}
	return required
}
