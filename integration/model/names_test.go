package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// place is a mention of the code in the model: a file, and what is declared in
// it, such as lease.go:Claim+Begin with its path before.
var place = regexp.MustCompile(`((?:actors|adapters|supervisor)/[a-z_/]+\.go)(?::(\w+(?:\+\w+)*))?`)

// TestEveryPlaceThatTheModelNamesIsThere, so that a reader can go from the
// model to the code, also after the code has moved.
func TestEveryPlaceThatTheModelNamesIsThere(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	mentions := 0
	for _, m := range place.FindAllStringSubmatch(string(model)+string(readme), -1) {
		file := m[1]
		declared := declaredIn(t, filepath.Join("..", "..", file))
		if m[2] == "" {
			continue
		}
		for _, name := range strings.Split(m[2], "+") {
			mentions++
			if !declared[name] {
				t.Errorf("%s declares no %s, which the model names", file, name)
			}
		}
	}
	if mentions < 30 {
		t.Errorf("the model names %d places of the code only", mentions)
	}
}

// declaredIn are the functions, methods and types of a file.
func declaredIn(t *testing.T, file string) map[string]bool {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Error(err)
		return nil
	}
	names := map[string]bool{}
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names[d.Name.Name] = true
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if s, ok := s.(*ast.TypeSpec); ok {
					names[s.Name.Name] = true
				}
			}
		}
	}
	return names
}

// TestEverySwitchOfARunIsInTheModel, for one that is not does nothing, and every
// rule that is broken there is tried by a run.
func TestEverySwitchOfARunIsInTheModel(t *testing.T) {
	used := map[string]bool{}
	names := map[string]bool{}
	for _, r := range runs {
		if names[r.name] {
			t.Errorf("two runs are named %s", r.name)
		}
		names[r.name] = true
		for f := range strings.FieldsSeq(r.flags) {
			name, _, _ := strings.Cut(f, "=")
			used[name] = true
			if !regexp.MustCompile(`(?m)^#(?:ifn?def |if .*|elif .*)\b` + name + `\b`).Match(model) {
				t.Errorf("%s: the model does not ask for %s", r.name, name)
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^#(?:ifdef |ifn?def |if |elif ).*`).FindAll(model, -1) {
		for _, name := range regexp.MustCompile(`P\d+_[A-Z_]+`).FindAllString(string(m), -1) {
			if !used[name] {
				t.Errorf("no run tries %s", name)
			}
		}
	}
}

// TestWhatPanSaysIsRead: reports of pan 6.5.2.
func TestWhatPanSaysIsRead(t *testing.T) {
	for _, c := range []struct {
		name, report string
		want         verdict
	}{
		{"nothing", "", broken},
		{"held", "State-vector 96 byte, depth reached 12, errors: 0\n     1949 states, stored\n", holds},
		{"held as far as it went", "error: max search depth too small\ndepth reached 12, errors: 0\n", partial},
		{"no memory", "pan: reached -DMEMLIM bound\nWarning: Search not completed\nerrors: 0\n", partial},
		{"twice", "pan:1: assertion violated (f>last[s]) (at depth 71)\nWarning: Search not completed\n", dup},
		{"left out", "pan:1: assertion violated (f<=(last[s]+1)) (at depth 71)\n", loss},
		{"ended too early", "pan:1: assertion violated ((last[i]==3)||!(ended[i])) (at depth 71)\n", loss},
		{"a child first", "pan:1: assertion violated ((s==0)||(last[0]==2)) (at depth 71)\n", order},
		{"went back", "pan:1: assertion violated (K[s]<=known) (at depth 9)\n", regr},
		{"no reason", "pan:1: assertion violated dropped[s] (at depth 9)\n", park},
		{"a reachable stop", "pan:1: assertion violated (!(parked[s])&&!(stop)) (at depth 9)\n", parkable},
		{"buried", "pan:1: assertion violated (odd[s]==rd) (at depth 9)\n", bury},
		{"never", "pan:1: invalid end state (at depth 9)\n", stuck},
	} {
		if got := read([]byte(c.report), nil); got.verdict != c.want {
			t.Errorf("%s: %s, want %s", c.name, got.verdict, c.want)
		}
	}
}
