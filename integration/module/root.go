package module

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Path is this module's.
const Path = "github.com/kinesnow/kinesnow"

// Root is the folder of this module's go.mod, wherever inside of it the
// process runs. An error means that it runs elsewhere, or that there is no go.
func Root(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", Path).Output()
	dir := strings.TrimSpace(string(out))
	var said *exec.ExitError
	switch {
	case errors.As(err, &said):
		return "", fmt.Errorf("run this inside the source of %s: %w: %s", Path, err, strings.TrimSpace(string(said.Stderr)))
	case err != nil:
		return "", fmt.Errorf("folder of %s: %w", Path, err)
	case dir == "":
		return "", fmt.Errorf("run this inside the source of %s: it has no folder here", Path)
	}
	return dir, nil
}
