package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// answerWithin bounds how long a process may take to say how it is.
const answerWithin = 5 * time.Second

// Found is a process that answered.
type Found struct {
	Folder   string // under data_dir
	Socket   string
	Snapshot *Snapshot
}

// Silent is a socket that somebody listens on without an answer, or that this
// user may not open. A socket that nobody listens on is no process.
type Silent struct {
	Socket string
	Err    error
}

// Find asks every process under a data_dir, folder by folder in alphabetical
// order. A folder that does not exist holds none.
func Find(ctx context.Context, dataDir string) (found []Found, silent []Silent, err error) {
	entries, err := os.ReadDir(dataDir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, nil
	case err != nil:
		return nil, nil, fmt.Errorf("data_dir: %w", err)
	}
	seen := map[string]bool{}
	for _, e := range entries {
		folder := filepath.Join(dataDir, e.Name())
		socket := locate(folder)
		if socket == "" || seen[socket] {
			continue
		}
		seen[socket] = true
		snapshot, err := Inspect(ctx, socket)
		switch {
		case err == nil:
			found = append(found, Found{folder, socket, snapshot})
		case nobody(err):
		default:
			silent = append(silent, Silent{socket, err})
		}
	}
	return found, silent, ctx.Err()
}

// Inspect asks the process behind a socket how it is.
func Inspect(ctx context.Context, socket string) (*Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	client, err := Dial(ctx, socket)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return client.Inspect(ctx)
}

// locate is the socket of a folder: its own, or the one that its process.json
// points at; "" where there is neither. The own one comes first: seen from
// outside a container, the paths in process.json may mean nothing.
func locate(folder string) string {
	own := filepath.Join(folder, socketName)
	if _, err := os.Lstat(own); err == nil {
		return own
	}
	text, err := os.ReadFile(filepath.Join(folder, infoName))
	if err != nil {
		return ""
	}
	var info Info
	if json.Unmarshal(text, &info) != nil {
		return ""
	}
	return info.Socket
}
