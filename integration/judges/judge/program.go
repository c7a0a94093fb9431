package judge

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Python is a script as a program of the environment that a [Pip] tool made.
func (h *Hearing) Python(ctx context.Context, tool Pip, script string, args ...string) (*exec.Cmd, error) {
	path, err := h.File(nameOf(script)+".py", script)
	if err != nil {
		return nil, err
	}
	return h.command(ctx, filepath.Join(h.Home(tool), "bin", "python"), append([]string{path}, args...)...), nil
}

// Node is an ES module as a program beside the packages of an [Npm] tool.
func (h *Hearing) Node(ctx context.Context, tool Npm, script string, args ...string) (*exec.Cmd, error) {
	path, err := h.File(nameOf(script)+".mjs", script)
	if err != nil {
		return nil, err
	}
	// An import is looked up from where its file is.
	link := filepath.Join(h.Dir, "node_modules")
	_ = os.Remove(link) // of another tool
	if err := os.Symlink(filepath.Join(h.Home(tool), "node_modules"), link); err != nil {
		return nil, err
	}
	return h.command(ctx, "node", append([]string{path}, args...)...), nil
}

// Java is a single-file program with the jars of a [Maven] tool. Its first
// argument is the virtual machine's.
func (h *Hearing) Java(ctx context.Context, tool Maven, source string, vm []string, args ...string) (*exec.Cmd, error) {
	name := javaClass(source)
	if name == "" {
		return nil, errors.New("the source has no `public class` or `class` with a main method")
	}
	path, err := h.File(filepath.Join(nameOf(source), name+".java"), source)
	if err != nil {
		return nil, err
	}
	line := append([]string{"-cp", filepath.Join(h.Home(tool), "jars", "*")}, vm...)
	return h.command(ctx, "java", append(append(line, path), args...)...), nil
}

// Command is a program by path or name, for what the others do not cover.
func (h *Hearing) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	return h.command(ctx, name, args...)
}

func (h *Hearing) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Env, c.WaitDelay = h.Dir, Environment(), 10*time.Second
	group(c)
	return c
}

// Run runs a program to its end and takes its findings. An exit code other
// than 0 is an error, with the last lines that it wrote.
func (h *Hearing) Run(c *exec.Cmd) error {
	var errs tail
	c.Stderr = h.log(&errs)
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(make([]byte, 64<<10), 16<<20)
	for lines.Scan() {
		if f, ok := findingOf(lines.Bytes()); ok {
			h.find(f)
			continue
		}
		fmt.Fprintf(c.Stderr, "%s\n", lines.Bytes())
	}
	if err := errors.Join(lines.Err(), c.Wait()); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(c.Path), err, errs.String())
	}
	return nil
}

// Output runs a program to its end and returns what it wrote to its standard
// output. The error holds the last lines of its standard error.
func (h *Hearing) Output(c *exec.Cmd) (string, error) {
	var out bytes.Buffer
	var errs tail
	c.Stdout, c.Stderr = &out, h.log(&errs)
	if err := c.Run(); err != nil {
		return out.String(), fmt.Errorf("%s: %w: %s", filepath.Base(c.Path), err, errs.String())
	}
	return out.String(), nil
}

// findingOf takes a line for a finding if it is JSON with an operation and a
// verdict.
func findingOf(line []byte) (Finding, bool) {
	var f struct {
		Finding
		Agrees *bool `json:"agrees"`
	}
	if !bytes.HasPrefix(line, []byte("{")) || json.Unmarshal(line, &f) != nil || f.Operation == "" || f.Agrees == nil {
		return Finding{}, false
	}
	f.Finding.Agrees = *f.Agrees
	return f.Finding, true
}

// javaClass is the name of the first top-level class of a source.
func javaClass(source string) string {
	for line := range strings.Lines(source) {
		words := strings.Fields(line)
		for len(words) > 0 && (words[0] == "public" || words[0] == "final") {
			words = words[1:]
		}
		if len(words) > 1 && words[0] == "class" {
			return strings.TrimSuffix(words[1], "{")
		}
	}
	return ""
}
