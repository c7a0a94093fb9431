package judge

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Module is the folder of this module. Judges run inside it, by `go run`.
func (h *Hearing) Module(ctx context.Context) (string, error) {
	c := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}")
	out, err := h.Output(c)
	if err != nil {
		return "", fmt.Errorf("start this inside the module: %w", err)
	}
	return strings.TrimSpace(out), nil
}

// Build builds a command of this module, named by its folder ("./cmd/kinesnow").
func (h *Hearing) Build(ctx context.Context, folder string) (string, error) {
	root, err := h.Module(ctx)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(h.Dir, filepath.Base(folder))
	c := exec.CommandContext(ctx, "go", "build", "-o", binary, folder)
	c.Dir, c.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	_, err = h.Output(c)
	return binary, err
}
