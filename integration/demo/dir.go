package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kinesnow/kinesnow/integration/localcloud"
)

// marker is the file that says that a folder is a demo's and may be replaced
// by the next one.
const marker = "kinesnow-demo"

// claimDir makes the folder anew. One that is not empty and not an earlier
// demo's is left alone: a *UsageError. "" needs no folder.
func claimDir(dir string) error {
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return &UsageError{"--dir: " + err.Error()}
	case len(entries) > 0:
		if _, err := os.Stat(filepath.Join(dir, marker)); err != nil {
			return &UsageError{fmt.Sprintf("--dir %s: is not empty and not of an earlier demo; name another folder", dir)}
		}
		if localcloud.InUse(dir) {
			return &UsageError{fmt.Sprintf("--dir %s: kinesnow dev or another demo uses it; end that, or name another folder", dir)}
		}
		for _, e := range entries {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &UsageError{"--dir: " + err.Error()}
	}
	return os.WriteFile(filepath.Join(dir, marker), []byte("Made by kinesnow demo, which replaces this folder when it runs again.\n"), 0o600)
}
