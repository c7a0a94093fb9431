//go:build unix

package control

import (
	"errors"
	"io/fs"
	"syscall"
)

// nobody reports whether an error of Dial means that no process is there.
func nobody(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, fs.ErrNotExist)
}
