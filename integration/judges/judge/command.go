package judge

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// command is a program that the machine itself must have.
type command struct {
	name    string
	pkg     string   // of Debian, that has it
	probe   []string // arguments with which it ends with 0 when it is complete
	version *regexp.Regexp
	atLeast int // the version, which is what the probe says where the pattern matches
}

// What the judges' programs and package clients are written for. Debian's
// python3 comes without what makes environments.
var (
	python3 = command{name: "python3", pkg: "python3-venv", probe: []string{"-c", "import ensurepip, venv"}}
	node    = command{name: "node", pkg: "nodejs", probe: []string{"--version"}, version: regexp.MustCompile(`(?m)^v(\d+)`), atLeast: 20}
	java    = command{name: "java", pkg: "default-jdk-headless", probe: []string{"-version"}, version: regexp.MustCompile(`(?m)^\w+ version "(\d+)`), atLeast: 17}
	javac   = command{name: "javac", pkg: "default-jdk-headless", probe: []string{"-version"}, version: regexp.MustCompile(`(?m)^javac (\d+)`), atLeast: 17}
)

// have finds a command, or installs the package that has it where that is
// possible without asking: as root, on a Debian. One that is too old is the
// user's own choice, or all that the Debian has: it is an error.
func (c command) have(ctx context.Context) error {
	said, err := c.look(ctx)
	if err != nil {
		if err := c.install(ctx, err); err != nil {
			return err
		}
		if said, err = c.look(ctx); err != nil {
			return fmt.Errorf("the package %s is installed, and still %w", c.pkg, err)
		}
	}
	return c.recent(said)
}

// look returns what the command says of itself.
func (c command) look(ctx context.Context) (string, error) {
	path, err := exec.LookPath(c.name)
	if err != nil {
		return "", fmt.Errorf("%s is not installed", c.name)
	}
	if c.probe == nil {
		return "", nil
	}
	said, err := ask(ctx, path, c.probe...)
	if err != nil {
		return "", fmt.Errorf("%s is not complete: %w", c.name, err)
	}
	return said, nil
}

func (c command) install(ctx context.Context, missing error) error {
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("%w (on Debian: apt-get install %s)", missing, c.pkg)
	}
	if err := installer(ctx, "", apt, "update", "-qq"); err != nil {
		return err
	}
	return installer(ctx, "", apt, "install", "-y", "-qq", "--no-install-recommends", c.pkg)
}

// recent compares the version that the command says.
func (c command) recent(said string) error {
	if c.version == nil {
		return nil
	}
	found := c.version.FindStringSubmatch(said)
	if found == nil {
		return fmt.Errorf("%s does not say its version, %d or later is needed: %s", c.name, c.atLeast, strings.TrimSpace(said))
	}
	if n, err := strconv.Atoi(found[1]); err != nil || n < c.atLeast {
		return fmt.Errorf("%s is too old: it is version %s, %d or later is needed; put one first into PATH", c.name, found[1], c.atLeast)
	}
	return nil
}

// ask runs a command that ends soon and returns all that it says.
func ask(ctx context.Context, path string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, path, args...)
	c.WaitDelay = time.Second
	said, err := c.CombinedOutput()
	if err != nil {
		text := strings.TrimSpace(string(said))
		return "", fmt.Errorf("%s %s: %w: %s", filepath.Base(path), args[0], err, text[max(0, len(text)-tailSize):])
	}
	return string(said), nil
}
