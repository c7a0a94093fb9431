package judge

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// GoProgram is a Go program with a module of its own, for what must not come
// into this module's go.mod. It is built as home/program.
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

func (g GoProgram) install(ctx context.Context, home string) error {
	files := maps.Clone(g.Files)
	files["go.mod"], files["go.sum"] = g.Mod, g.Sum
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return installer(ctx, home, "go", "build", "-o", "program", ".")
}
