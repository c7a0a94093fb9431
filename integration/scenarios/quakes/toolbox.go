package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

//go:embed boto3_calls.py snowflake_queries.py requirements.txt
var scripts embed.FS

// requirements names the clients.
const requirements = "requirements.txt"

// toolbox is what both scenarios use: the binary, the clients, a folder.
type toolbox struct {
	root      string // of the module
	dir       string // of logs, scripts and configurations
	temporary bool
	binary    string
	venv      string
}

// newToolbox builds the binary and the Python environment.
func newToolbox(ctx context.Context, t *transcript, binary, keep string) (*toolbox, error) {
	root, err := output(ctx, exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}"))
	if err != nil {
		return nil, fmt.Errorf("start this inside the module: %w", err)
	}
	b := &toolbox{root: strings.TrimSpace(root), dir: keep, binary: binary}
	if keep == "" {
		b.temporary = true
		if b.dir, err = os.MkdirTemp("", "quakes-"); err != nil {
			return nil, err
		}
	} else if b.dir, err = filepath.Abs(keep); err != nil {
		return nil, err
	}
	if err := b.unpack(); err != nil {
		return nil, err
	}
	if err := b.build(ctx, t); err != nil {
		return nil, err
	}
	return b, b.makeVenv(ctx, t)
}

// unpack writes the scripts to where Python can run them.
func (b *toolbox) unpack() error {
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	for _, name := range []string{"boto3_calls.py", "snowflake_queries.py", requirements} {
		text, err := scripts.ReadFile(name)
		if err == nil {
			err = os.WriteFile(b.script(name), text, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *toolbox) build(ctx context.Context, t *transcript) (err error) {
	if b.binary != "" {
		b.binary, err = filepath.Abs(b.binary)
		return err
	}
	b.binary = filepath.Join(b.dir, "kinesnow")
	build := exec.CommandContext(ctx, "go", "build", "-o", b.binary, "./cmd/kinesnow")
	build.Dir, build.Env = b.root, append(os.Environ(), "CGO_ENABLED=0")
	if _, err := output(ctx, build); err != nil {
		return err
	}
	t.say("built ./cmd/kinesnow")
	return nil
}

// makeVenv installs the clients by name, or takes those of an earlier run.
func (b *toolbox) makeVenv(ctx context.Context, t *transcript) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = b.dir
	}
	b.venv = filepath.Join(cache, "kinesnow-quakes-venv")
	done := filepath.Join(b.venv, requirements) // written last
	wanted, err := scripts.ReadFile(requirements)
	if err != nil {
		return err
	}
	if has, err := os.ReadFile(done); err != nil || !bytes.Equal(has, wanted) {
		t.say("installing awscli, boto3 and snowflake-connector-python with pip ...")
		began := time.Now()
		for _, args := range [][]string{
			{"python3", "-m", "venv", "--clear", b.venv},
			{b.python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", b.script(requirements)},
		} {
			if _, err := output(ctx, exec.CommandContext(ctx, args[0], args[1:]...)); err != nil {
				return err
			}
		}
		if err := os.WriteFile(done, wanted, 0o600); err != nil {
			return err
		}
		t.say("installed in %.0f s", time.Since(began).Seconds())
	}
	return nil
}

func (b *toolbox) python() string { return filepath.Join(b.venv, "bin", "python") }

// file is a file of the module.
func (b *toolbox) file(parts ...string) string {
	return filepath.Join(append([]string{b.root}, parts...)...)
}

// script is one of the Python programs.
func (b *toolbox) script(name string) string { return filepath.Join(b.dir, name) }

func (b *toolbox) close() error {
	if b.temporary {
		return os.RemoveAll(b.dir)
	}
	return nil
}

// environment is what clients run in: none of the user's own accounts, no
// proxy and no metadata service between them and this machine.
func environment(extra ...string) []string {
	var env []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(strings.ToUpper(pair), "=")
		if strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "SNOWFLAKE_") || strings.HasSuffix(name, "_PROXY") {
			continue
		}
		env = append(env, pair)
	}
	env = append(env, "NO_PROXY=127.0.0.1,localhost", "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE="+os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_PAGER=", "SNOWFLAKE_DISABLE_PLATFORM_DETECTION=true", "PYTHONWARNINGS=ignore")
	return append(env, extra...)
}

// output runs a command to its end. The error holds what it said.
func output(ctx context.Context, c *exec.Cmd) (string, error) {
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", fmt.Errorf("%s: %w\n%s%s", filepath.Base(c.Path), err, tail(out.String()), tail(errs.String()))
	}
	return out.String(), nil
}

// tail keeps the last lines of a text, for errors.
func tail(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}

// machine is where this runs.
func machine() string {
	return fmt.Sprintf("%s/%s, %d CPUs", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
}
