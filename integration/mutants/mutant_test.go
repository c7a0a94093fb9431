package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/module"
)

// TestEveryMutantStillFitsTheCode: a mutant whose place has gone would be
// missed silently. All of them at once must compile.
func TestEveryMutantStillFitsTheCode(t *testing.T) {
	root, err := module.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mutants, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := Overlay(root, t.TempDir(), mutants)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("go", "build", "-tags", tag, "-ldflags", "-s -w", "-overlay", overlay, simulate)
	command.Dir = root
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("the mutated product does not compile: %v\n%s", err, out)
	}
}

// TestTheCatalogueIsTheModels: every variant that the model refutes is there,
// but for those that DECISIONS.md explains.
func TestTheCatalogueIsTheModels(t *testing.T) {
	mutants, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	ours, services := 0, 0
	for _, m := range mutants {
		if m.Rule == "service" {
			services++
		} else if ours++; !strings.HasPrefix(m.Name, m.Rule+"-") {
			t.Errorf("%s breaks %s", m.Name, m.Rule)
		}
	}
	if ours < 27 || services < 4 {
		t.Errorf("%d of ours and %d services, want 27 and 4", ours, services)
	}
}

const sample = `mutant P0-sample
rule   P0
model  DUP
wrong  It does
       nothing right.

@@ a.go
 one
-two
+mutated("P0-sample")
+TWO

@@ new b.go
+package a
`

// TestAMutantIsReadAndApplied.
func TestAMutantIsReadAndApplied(t *testing.T) {
	m, err := Parse(sample)
	if err != nil {
		t.Fatal(err)
	}
	if m.Name != "P0-sample" || m.Wrong != "It does nothing right." || len(m.Hunks) != 2 {
		t.Fatalf("%+v", m)
	}
	other, err := Parse(strings.Replace(strings.ReplaceAll(sample, "P0-sample", "P0-other"), "-two\n", "", 1))
	if err != nil {
		t.Fatal(err)
	}
	other.Hunks = other.Hunks[:1]
	for _, c := range []struct {
		name, text string
		mutants    []Mutant
		want       string // of a.go, or in the error
	}{
		{"alone", "zero\none\ntwo\nthree\n", []Mutant{m}, "zero\none\nmutated(\"P0-sample\")\nTWO\nthree\n"},
		{"two share a line", "one\ntwo\n", []Mutant{m, other}, "one\nmutated(\"P0-other\")\nTWO\nmutated(\"P0-sample\")\nTWO\n"},
		{"its lines are not there", "one\nthree\n", []Mutant{m}, "mutant P0-sample: a.go: these lines are there 0 times"},
		{"its lines are there twice", "one\ntwo\none\ntwo\n", []Mutant{m}, "2 times"},
		{"two change a line", "one\ntwo\n", []Mutant{m, {Name: "again", Hunks: m.Hunks[:1]}}, "mutant P0-sample changes the same line"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		texts, err := Apply(dir, c.mutants)
		if err != nil && !strings.Contains(err.Error(), c.want) || err == nil && texts["a.go"] != c.want {
			t.Errorf("%s: %q, %v", c.name, texts["a.go"], err)
		}
	}
}

// TestAMutantThatIsNoneIsRefused.
func TestAMutantThatIsNoneIsRefused(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"no rule", "rule   P0\n", "", "missing"},
		{"an unknown field", "model", "modle", `no field "modle"`},
		{"a switch of another's", `mutated("P0-sample")`, `mutated("P0-simple")`, "no line asks"},
		{"a line of no kind", "-two", "two", "begins with none"},
		{"nothing to find", " one\n-two\n", "", "without a line of what is there"},
	} {
		if _, err := Parse(strings.Replace(sample, c.old, c.new, 1)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestAVerdictHasAKind, and only the oracle's count.
func TestAVerdictHasAKind(t *testing.T) {
	for verdict, want := range map[string]string{
		"DOUBLED: shardId-000000000000 1/0 is in the table 2 times, not 1":    "DOUBLED",
		"MISSING: shardId-000000000000 1":                                     "LOST",
		"SHARD_END TOO EARLY: shardId-000000000000 says 9":                    "TOO EARLY",
		"UNFINISHED: shardId-000000000000 is closed, and its row":             "STUCK",
		"STUCK: p1 does not answer its drain":                                 "STUCK",
		"FALSE STOP: p1 shardId-000000000000 is stopped: TOKEN_LOST: because": "FALSE STOP",
	} {
		h := &Hunt{First: 1, Verdict: verdict}
		if got := h.Kind(); got != want || h.escaped() != "" {
			t.Errorf("%s: %s, %s", verdict, got, h.escaped())
		}
	}
	if h := (&Hunt{First: 1, Verdict: "a put fails: because"}); h.escaped() == "" {
		t.Error("a failure of the simulator itself catches a mutant")
	}
	if h := (&Hunt{Tried: 100}); h.escaped() == "" {
		t.Error("nothing catches a mutant")
	}
}
