package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

//go:embed kinesnow.pml
var model []byte

const modelFile = "kinesnow.pml"

// result is what came of a run.
type result struct {
	verdict     verdict
	text        string // what pan or a compiler said of it
	states      int64
	transitions int64
	depth       int64
	seconds     float64
	mib         float64
}

// tools are spin and gcc.
type tools struct{ spin, gcc, version string }

func findTools(ctx context.Context) (*tools, error) {
	t, missing := &tools{}, []string(nil)
	for name, at := range map[string]*string{"spin": &t.spin, "gcc": &t.gcc} {
		path, err := exec.LookPath(name)
		if err != nil {
			missing = append(missing, name)
		}
		*at = path
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("needs %s: apt-get install spin gcc, or brew install spin gcc (https://spinroot.com)", strings.Join(missing, " and "))
	}
	out, err := exec.CommandContext(ctx, t.spin, "-V").Output()
	if err != nil {
		return nil, fmt.Errorf("spin -V: %w", err)
	}
	t.version = strings.TrimSpace(string(out))
	return t, nil
}

// check puts one question, in a folder of its own.
func (t *tools) check(ctx context.Context, r run) result {
	dir, err := os.MkdirTemp("", "kinesnow-model-")
	if err != nil {
		return result{verdict: broken, text: err.Error()}
	}
	defer os.RemoveAll(dir)
	return t.checkIn(ctx, dir, r)
}

func (t *tools) checkIn(ctx context.Context, dir string, r run) result {
	if err := os.WriteFile(filepath.Join(dir, modelFile), model, 0o644); err != nil {
		return result{verdict: broken, text: err.Error()}
	}
	if out, err := call(ctx, dir, t.spin, append(append([]string{"-a"}, r.switches()...), modelFile)...); err != nil || bytes.Contains(out, []byte("Error:")) {
		return result{verdict: broken, text: firstLine(out)}
	}
	compile := []string{"-w", "-O2", "-DSAFETY", "-DCOLLAPSE", "-DVECTORSZ=2048", "-DMEMLIM=9000", "-o", "pan", "pan.c"}
	if r.want != holds {
		compile = append(compile, "-DBFS", "-O0") // the shortest story; compiling would take longer than finding it
	}
	if out, err := call(ctx, dir, t.gcc, compile...); err != nil {
		return result{verdict: broken, text: firstLine(out)}
	}
	search := []string{"-m400000", "-w" + strconv.Itoa(r.hash())}
	if r.ignoreEnds {
		search = append(search, "-E")
	}
	out, err := call(ctx, dir, filepath.Join(dir, "pan"), search...)
	if ctx.Err() != nil {
		return result{verdict: broken, text: "it took too long"}
	}
	return read(out, err)
}

var figures = map[string]*regexp.Regexp{
	"states":      regexp.MustCompile(`(?m)^\s*(\d+) states, stored`),
	"transitions": regexp.MustCompile(`(?m)^\s*(\d+) transitions \(=`),
	"depth":       regexp.MustCompile(`depth reached (\d+)`),
	"seconds":     regexp.MustCompile(`elapsed time ([0-9.e+]+) seconds`),
	"mib":         regexp.MustCompile(`([0-9.]+)\s+total actual memory usage`),
}

var violated = regexp.MustCompile(`(?m)^pan:1: (.*?)(?: \(at depth.*)?$`)

// read is what pan's report says. A search that was cut short proves nothing.
func read(out []byte, err error) result {
	number := func(name string) float64 {
		m := figures[name].FindSubmatch(out)
		if m == nil {
			return 0
		}
		f, _ := strconv.ParseFloat(string(m[1]), 64)
		return f
	}
	g := result{
		states: int64(number("states")), transitions: int64(number("transitions")), depth: int64(number("depth")),
		seconds: number("seconds"), mib: number("mib"),
	}
	switch m := violated.FindSubmatch(out); {
	case m != nil:
		g.text = string(m[1])
		g.verdict = kindOf(g.text)
	case bytes.Contains(out, []byte("not completed")), bytes.Contains(out, []byte("too small")), bytes.Contains(out, []byte("truncated")):
		g.verdict, g.text = partial, "the search was cut short"
	case err == nil && bytes.Contains(out, []byte("errors: 0")):
		g.verdict = holds
	default:
		g.verdict, g.text = broken, firstLine(out)
	}
	return g
}

// kindOf names what an assertion of the model stands for.
func kindOf(text string) verdict {
	for _, k := range []struct {
		holds string
		kind  verdict
	}{
		{"f>last", dup}, {"f<=", loss}, {"last[i]", loss}, {"invalid end", stuck}, {"parked[s]", parkable},
		{"dropped[s]", park}, {"odd[s]==", bury}, {"known", regr},
	} {
		if strings.Contains(text, k.holds) {
			return k.kind
		}
	}
	return order
}

// trace shows the shortest story of a run that fails: each step with its
// process, its line in the model and what it did.
func (t *tools) trace(ctx context.Context, to io.Writer, name string) error {
	for _, r := range runs {
		if r.name != name {
			continue
		}
		dir, err := os.MkdirTemp("", "kinesnow-model-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		got := t.checkIn(ctx, dir, r)
		fmt.Fprintln(to, heading()+"\n"+got.line(r))
		if got.verdict == holds || got.verdict == broken || got.verdict == partial {
			return fmt.Errorf("%s has no story: %s %s", name, got.verdict, got.text)
		}
		out, err := call(ctx, dir, t.spin, append(append([]string{"-t", "-p", "-g"}, r.switches()...), modelFile)...)
		to.Write(out)
		return err
	}
	return errors.New("no run is named " + name)
}

func call(ctx context.Context, dir, program string, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, program, args...)
	c.Dir = dir
	return c.CombinedOutput()
}

func firstLine(out []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}
