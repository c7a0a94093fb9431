package judge

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// machine replaces PATH by programs that say fixed texts and end with a code.
func machine(t *testing.T, programs map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, script := range programs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestACommandMustBeThereAndCompleteAndRecent(t *testing.T) {
	for name, c := range map[string]struct {
		programs map[string]string
		needed   command
		want     string // "" is no error
	}{
		"no node":                  {nil, node, "apt-get install nodejs"},
		"node 18":                  {map[string]string{"node": "echo v18.20.4"}, node, "version 18, 20 or later"},
		"node 20":                  {map[string]string{"node": "echo v20.0.0"}, node, ""},
		"node 100":                 {map[string]string{"node": "echo v100.1.0"}, node, ""},
		"node of no version":       {map[string]string{"node": "echo yes"}, node, "does not say its version"},
		"no Java":                  {nil, java, "apt-get install default-jdk-headless"},
		"Java 8":                   {map[string]string{"java": `echo 'java version "1.8.0_432"' >&2`}, java, "version 1, 17 or later"},
		"Java 11":                  {map[string]string{"java": `echo 'openjdk version "11.0.2" 2019-01-15' >&2`}, java, "version 11, 17 or later"},
		"Java 21":                  {map[string]string{"java": `echo 'openjdk version "21" 2023-09-19' >&2`}, java, ""},
		"javac 11":                 {map[string]string{"javac": "echo javac 11.0.2"}, javac, "version 11, 17 or later"},
		"javac 17 with options":    {map[string]string{"javac": "echo Picked up JAVA_TOOL_OPTIONS: -Xmx1g >&2; echo javac 17.0.9"}, javac, ""},
		"Python without ensurepip": {map[string]string{"python3": "echo No module named ensurepip; exit 1"}, python3, "No module named ensurepip"},
		"Python":                   {map[string]string{"python3": `test "$2" = "import ensurepip, venv"`}, python3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			machine(t, c.programs)
			err := c.needed.have(t.Context())
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestAProgramOfTheMachineIsLookedForInEveryRun(t *testing.T) {
	c, program := cache{dir: t.TempDir()}, Program{Command: "node", Package: "nodejs"}
	machine(t, map[string]string{"node": "echo v20.1.0"})
	if _, err := c.take(t.Context(), program); err != nil {
		t.Fatal(err)
	}
	machine(t, map[string]string{"node": "echo v12.1.0"})
	if _, err := c.take(t.Context(), program); err == nil || !strings.Contains(err.Error(), "too old") {
		t.Errorf("a program that changed since: %v", err)
	}
}

// dueTool breaks by itself.
type dueTool struct {
	toolOf
	broken *bool
}

func (d dueTool) works(context.Context, string) error {
	if *d.broken {
		return errors.New("its interpreter is gone")
	}
	return nil
}

func TestAnInstallationThatBrokeIsMadeAnew(t *testing.T) {
	broken, installed := false, 0
	tool := dueTool{toolOf{"due", func(string) error { installed++; return nil }}, &broken}
	c := cache{dir: t.TempDir()}
	for _, step := range []struct {
		broken bool
		want   int
	}{{false, 1}, {false, 1}, {true, 2}, {false, 2}} {
		broken = step.broken
		if _, err := c.take(t.Context(), tool); err != nil {
			t.Fatal(err)
		}
		if installed != step.want {
			t.Errorf("%d installations, want %d", installed, step.want)
		}
	}
}

func TestAnEnvironmentWhoseInterpreterIsGoneDoesNotWork(t *testing.T) {
	home := t.TempDir()
	if err := (Pip{}).works(t.Context(), home); err == nil {
		t.Error("an environment without a python works")
	}
	if err := os.Mkdir(filepath.Join(home, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "bin", "python"), []byte("#!/bin/sh\ntest \"$1\" = -V\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := (Pip{}).works(t.Context(), home); err != nil {
		t.Error(err)
	}
}

func TestTwoRunsInstallOneAfterTheOther(t *testing.T) {
	dir, installed, inside := t.TempDir(), 0, false
	begun, goOn := make(chan struct{}), make(chan struct{})
	tool := toolOf{"one", func(string) error {
		if inside {
			t.Error("two installations at a time")
		}
		inside = true
		close(begun) // twice would panic
		<-goOn
		inside = false
		installed++
		return nil
	}}
	take := func() {
		if _, err := (cache{dir: dir}).take(t.Context(), tool); err != nil {
			t.Error(err)
		}
	}
	var runs sync.WaitGroup
	runs.Go(take)
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := (cache{dir: dir}).take(ctx, tool); err == nil || !strings.Contains(err.Error(), "another run installs") {
		t.Errorf("a second run does not wait: %v", err)
	}
	runs.Go(take)
	close(goOn)
	runs.Wait()
	if installed != 1 {
		t.Errorf("%d installations, want 1", installed)
	}
}

func TestAllToolsAreInstalledBeforeTheFirstHearingAndOnceEach(t *testing.T) {
	var order []string
	var mu sync.Mutex
	note := func(word string) {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, word)
	}
	shared := toolOf{"shared", func(string) error { note("install"); return nil }}
	bad := toolOf{"bad", func(string) error { note("fail"); return errors.New("no such package") }}
	judgeOf := func(name string, tools ...Tool) Judge {
		return Judge{Name: name, Tools: tools, Hear: func(_ context.Context, h *Hearing) error {
			note("hear")
			h.Agree("ask", "answered")
			return nil
		}}
	}
	code, said := hear(t, nil, judgeOf("a", shared), judgeOf("b", bad), judgeOf("c", bad), judgeOf("d", shared))
	if got := strings.Join(order, " "); got != "install fail hear hear" {
		t.Errorf("the order is %q", got)
	}
	if code != 0 || !strings.Contains(said, "2 agree, 0 disagree, 2 not judged") || strings.Contains(said, "WARNING") {
		t.Errorf("exit %d: %s", code, said)
	}
}

// goJudge is a judge whose program is a Go module with one source.
func goJudge(mod, source string) Judge {
	program := GoProgram{Mod: mod, Files: map[string]string{"main.go": source}}
	return Judge{Name: "go", Tools: []Tool{program}, Hear: func(ctx context.Context, h *Hearing) error {
		return h.Run(h.Command(ctx, filepath.Join(h.Home(program), "program")))
	}}
}

const goSays = "package main\n\nfunc main() { println(`said`) }\n"

func TestAGoProgramIsCompiledInItsHearing(t *testing.T) {
	if code, said := hear(t, nil, goJudge("module a.test/m\n\ngo 1.21\n", goSays)); code != 0 || !strings.Contains(said, "1 agree") {
		t.Errorf("exit %d: %s", code, said)
	}
	code, said := hear(t, nil, goJudge("module a.test/m\n\ngo 1.21\n", "package main\n\nfunc main() { missing() }\n"))
	if code != 1 || !strings.Contains(said, "1 disagree") || !strings.Contains(said, "undefined: missing") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestAGoProgramWhoseModulesCannotBeHadIsNotJudged(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", "-mod=mod")
	code, said := hear(t, nil, goJudge("module a.test/m\n\ngo 1.21\n\nrequire a.test/nowhere v1.0.0\n", goSays))
	if code != 0 || !strings.Contains(said, "1 not judged") || !strings.Contains(said, "a.test/nowhere") {
		t.Errorf("exit %d: %s", code, said)
	}
}
