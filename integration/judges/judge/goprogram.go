package judge

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// GoProgram is a Go program with a module of its own, for what must not come
// into this module's go.mod. Downloading its modules is its installation. It is
// compiled as home/program when the hearing begins: a program that does not
// compile with its client is a disagreement.
type GoProgram struct {
	Mod, Sum string            // go.mod and go.sum
	Files    map[string]string // its sources by name
}

func (g GoProgram) key() string {
	text := g.Mod + g.Sum
	for _, name := range slices.Sorted(maps.Keys(g.Files)) {
		text += "\x00" + name + "\x00" + g.Files[name]
	}
	return "go-" + nameOf(text)
}

func (g GoProgram) needs() []command { return []command{{name: "go", pkg: "golang"}} }

// works looks whether the modules are still in Go's own cache.
func (g GoProgram) works(ctx context.Context, home string) error {
	c := exec.CommandContext(ctx, "go", "mod", "download")
	c.Dir, c.Env = home, append(os.Environ(), "GOPROXY=off")
	return c.Run()
}

func (g GoProgram) install(ctx context.Context, home string) error {
	files := map[string]string{"go.mod": g.Mod, "go.sum": g.Sum}
	maps.Copy(files, g.Files)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return installer(ctx, home, "go", "mod", "download")
}

// compile compiles the Go programs among tools. It has the time of an
// installation, not the judge's.
func (h *Hearing) compile(ctx context.Context, tools []Tool) error {
	ctx, cancel := context.WithTimeout(ctx, installTime)
	defer cancel()
	for _, t := range tools {
		if _, isGo := t.(GoProgram); !isGo {
			continue
		}
		c := exec.CommandContext(ctx, "go", "build", "-o", "program", ".")
		c.Dir = h.Home(t)
		group(c)
		if _, err := h.Output(c); err != nil {
			return err
		}
	}
	return nil
}
