package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// maxFileSize bounds the configuration and every file it names, in bytes.
const maxFileSize = 1 << 20

var errTooLarge = errors.New("larger than 1 MiB")

// readFile reads a small file.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFileSize {
		return nil, errTooLarge
	}
	return text, nil
}

// reason is the cause alone: the path in an error may be a key that was
// pasted into the wrong place.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
