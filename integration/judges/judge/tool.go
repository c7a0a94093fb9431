package judge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Tool is something that a judge needs, with exact versions. It is installed
// once for each content of its description.
type Tool interface {
	// key names the installation and changes with its content.
	key() string
	// needs are the commands of the machine without which the tool cannot be
	// installed or used. They are looked at in every run.
	needs() []command
	// install puts the tool into home, which exists and is empty.
	install(ctx context.Context, home string) error
	// works says what is wrong with an installation of an earlier run.
	works(ctx context.Context, home string) error
}

// installTime is for one tool: a slow mirror, not a hanging one.
const installTime = 6 * time.Minute

// Pip is a Python environment.
type Pip struct {
	Requirements string // as pip freeze writes them: name==version
}

func (p Pip) key() string { return "pip-" + nameOf(p.Requirements) }

func (p Pip) needs() []command { return []command{python3} }

// works looks whether the environment's interpreter, a link to the machine's, is
// still there.
func (p Pip) works(ctx context.Context, home string) error {
	_, err := ask(ctx, filepath.Join(home, "bin", "python"), "-V")
	return err
}

func (p Pip) install(ctx context.Context, home string) error {
	list := filepath.Join(home, "requirements.txt")
	if err := os.WriteFile(list, []byte(p.Requirements), 0o644); err != nil {
		return err
	}
	if err := installer(ctx, home, "python3", "-m", "venv", home); err != nil {
		return err
	}
	return installer(ctx, home, filepath.Join(home, "bin", "python"), "-m", "pip", "install", "--quiet",
		"--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "-r", list)
}

// Npm is a folder of Node packages.
type Npm struct {
	Package string // package.json
	Lock    string // package-lock.json, without resolved addresses
}

func (n Npm) key() string { return "npm-" + nameOf(n.Package+n.Lock) }

func (n Npm) needs() []command { return []command{node, {name: "npm", pkg: "npm"}} }

func (n Npm) works(context.Context, string) error { return nil }

func (n Npm) install(ctx context.Context, home string) error {
	for name, text := range map[string]string{"package.json": n.Package, "package-lock.json": n.Lock} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	// The packages' own install scripts fetch from all over the world.
	return installer(ctx, home, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error")
}

// Maven is a folder "jars" of the dependencies of a pom.xml.
type Maven struct{ POM string }

func (m Maven) key() string { return "maven-" + nameOf(m.POM) }

func (m Maven) needs() []command { return []command{javac, java, {name: "mvn", pkg: "maven"}} }

func (m Maven) works(context.Context, string) error { return nil }

func (m Maven) install(ctx context.Context, home string) error {
	if err := os.WriteFile(filepath.Join(home, "pom.xml"), []byte(m.POM), 0o644); err != nil {
		return err
	}
	return installer(ctx, home, "mvn", "--batch-mode", "--quiet",
		"org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory="+filepath.Join(home, "jars"))
}

// Program is a command that Debian has, for machines that lack it. Since the
// machine has it and not the cache, it is looked for in every run.
type Program struct {
	Command string // looked for in PATH
	Package string // that holds it
}

func (p Program) key() string { return "program-" + p.Command }

func (p Program) needs() []command {
	for _, c := range []command{python3, node, java, javac} {
		if c.name == p.Command {
			c.pkg = p.Package
			return []command{c}
		}
	}
	return []command{{name: p.Command, pkg: p.Package}}
}

func (p Program) install(context.Context, string) error { return nil }

func (p Program) works(context.Context, string) error { return nil }

// installer runs a package client with the user's own settings of registries
// and proxies. A second try follows a failure: registries have bad moments.
func installer(ctx context.Context, dir, name string, args ...string) error {
	var said []byte
	var err error
	for range 2 {
		c := exec.CommandContext(ctx, name, args...)
		c.Dir, c.WaitDelay = dir, 10*time.Second
		c.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		group(c)
		if said, err = c.CombinedOutput(); err == nil {
			return nil
		}
	}
	text := strings.TrimSpace(string(said))
	return fmt.Errorf("%s %s: %w: %s", filepath.Base(name), args[0], err, text[max(0, len(text)-tailSize):])
}

// nameOf is a short name for a content.
func nameOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// Home is where a tool of the judge is installed.
func (h *Hearing) Home(t Tool) string { return h.homes[t.key()] }
