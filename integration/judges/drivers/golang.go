package drivers

import (
	"context"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// goSource is a file of the Go program.
func goSource(name string) string {
	text, err := fs.ReadFile(goSources, "gosnowflake/"+name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

// driver1 is the Go program with version 1 of the driver: the same sources but
// for the import path and version.go.
func driver1() judge.GoProgram {
	g := judge.GoProgram{Mod: goSource("go.mod.txt"), Sum: goSource("go.sum.txt"), Files: map[string]string{"version.go": goSource("version1.go.txt")}}
	for _, name := range []string{"doc.go", "main.go", "operations.go", "queries.go", "sessions.go", "values.go"} {
		g.Files[name] = strings.ReplaceAll(goSource(name), "gosnowflake/v2", "gosnowflake")
	}
	return g
}

func goVersion1(ctx context.Context, h *judge.Hearing) error {
	return hear(h, func() (*exec.Cmd, error) { return h.Command(ctx, filepath.Join(h.Home(goDriver1), "program")), nil })
}

// goVersion2 is built in this module, whose go.mod has the driver anyway.
func goVersion2(ctx context.Context, h *judge.Hearing) error {
	return hear(h, func() (*exec.Cmd, error) {
		program, err := h.Build(ctx, "./integration/judges/drivers/gosnowflake")
		if err != nil {
			return nil, err
		}
		return h.Command(ctx, program), nil
	})
}
