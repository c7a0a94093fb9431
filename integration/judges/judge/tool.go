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
	// install puts the tool into home, which exists and is empty.
	install(ctx context.Context, home string) error
}

// installTime is for one tool: a slow mirror, not a hanging one.
const installTime = 6 * time.Minute

// cache is where tools are kept between runs.
type cache struct{ dir string }

// take returns the folder of a tool, installing it if need be.
func (c cache) take(ctx context.Context, t Tool) (string, error) {
	home := filepath.Join(c.dir, t.key())
	done := filepath.Join(home, "installed") // written last
	if _, err := os.Stat(done); err == nil {
		return home, nil
	}
	ctx, cancel := context.WithTimeout(ctx, installTime)
	defer cancel()
	if err := os.RemoveAll(home); err != nil {
		return "", err
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return "", err
	}
	if err := t.install(ctx, home); err != nil {
		return "", err
	}
	return home, os.WriteFile(done, nil, 0o644)
}

// Pip is a Python environment.
type Pip struct {
	Requirements string // as pip freeze writes them: name==version
}

func (p Pip) key() string { return "pip-" + nameOf(p.Requirements) }

func (p Pip) install(ctx context.Context, home string) error {
	if err := need(ctx, "python3", "python3-venv"); err != nil {
		return err
	}
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

func (n Npm) install(ctx context.Context, home string) error {
	if err := need(ctx, "npm", "npm"); err != nil {
		return err
	}
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

func (m Maven) install(ctx context.Context, home string) error {
	if err := need(ctx, "javac", "openjdk-17-jdk-headless"); err != nil {
		return err
	}
	if err := need(ctx, "mvn", "maven"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(home, "pom.xml"), []byte(m.POM), 0o644); err != nil {
		return err
	}
	return installer(ctx, home, "mvn", "--batch-mode", "--quiet",
		"org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory="+filepath.Join(home, "jars"))
}

// Program is a command that Debian has, for machines that lack it.
type Program struct {
	Command string // looked for in PATH
	Package string // that holds it
}

func (p Program) key() string { return "program-" + p.Command }

func (p Program) install(ctx context.Context, _ string) error { return need(ctx, p.Command, p.Package) }

// need finds a command, or installs the package that has it where that is
// possible without asking: as root, on a Debian.
func need(ctx context.Context, command, pkg string) error {
	if _, err := exec.LookPath(command); err == nil {
		return nil
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("%s is not installed (on Debian: apt-get install %s)", command, pkg)
	}
	if err := installer(ctx, "", apt, "update", "-qq"); err != nil {
		return err
	}
	return installer(ctx, "", apt, "install", "-y", "-qq", "--no-install-recommends", pkg)
}

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
