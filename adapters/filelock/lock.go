// Package filelock keeps two processes from working on one folder.
package filelock

import (
	"errors"
	"fmt"
	"os"
)

// ErrHeld is the error of a lock that another process has.
var ErrHeld = errors.New("another process works on it")

// Lock is held until Close, or until the process ends, however it ends.
type Lock struct{ file *os.File }

// Take takes the lock of a file, which it makes where it is absent. Errors name
// the file; one is ErrHeld.
func Take(path string) (*Lock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(file); err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", path, ErrHeld)
	}
	return &Lock{file}, nil
}

// Close gives it back.
func (l *Lock) Close() error { return l.file.Close() }
