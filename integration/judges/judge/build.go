package judge

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/kinesnow/kinesnow/integration/module"
)

// Build builds a command of this module, named by its folder ("./cmd/kinesnow"),
// once for all hearings of the session.
func (h *Hearing) Build(ctx context.Context, folder string) (string, error) {
	h.builds.mu.Lock()
	defer h.builds.mu.Unlock()
	binary := filepath.Join(h.builds.dir, filepath.Base(folder))
	if h.builds.done[folder] {
		return binary, nil
	}
	root, err := module.Root(ctx)
	if err != nil {
		return "", err
	}
	c := exec.CommandContext(ctx, "go", "build", "-o", binary, folder)
	c.Dir, c.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if _, err := h.Output(c); err != nil {
		return "", err
	}
	h.builds.done[folder] = true
	return binary, nil
}

// builds are the binaries of a session.
type builds struct {
	mu   sync.Mutex
	dir  string
	done map[string]bool
}
