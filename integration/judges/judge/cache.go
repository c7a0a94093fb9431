package judge

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockTime is how long another run may hold the cache: it installs one tool at
// a time under the lock, and lets others in between.
const lockTime = 3 * installTime

// cache is where tools are kept between runs.
type cache struct{ dir string }

// take returns the folder of a tool, installing it if need be. Only one process
// at a time does so in a cache.
func (c cache) take(ctx context.Context, t Tool) (string, error) {
	unlock, err := c.lock(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(ctx, installTime)
	defer cancel()
	for _, needed := range t.needs() {
		if err := needed.have(ctx); err != nil {
			return "", err
		}
	}
	if _, onMachine := t.(Program); onMachine {
		return "", nil
	}
	home := filepath.Join(c.dir, t.key())
	done := filepath.Join(home, "installed") // written last
	if _, err := os.Stat(done); err == nil && t.works(ctx, home) == nil {
		return home, nil
	}
	if err := os.RemoveAll(home); err != nil {
		return "", err
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return "", err
	}
	if err := t.install(ctx, home); err != nil {
		return "", err
	}
	return home, os.WriteFile(done, nil, 0o644)
}

// lock waits for the cache.
func (c cache) lock(ctx context.Context) (unlock func(), err error) {
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lockTime)
	defer cancel()
	file := flock.New(filepath.Join(c.dir, "lock"))
	if _, err := file.TryLockContext(ctx, 100*time.Millisecond); err != nil {
		return nil, fmt.Errorf("another run installs into %s: %w", c.dir, err)
	}
	return func() { _ = file.Unlock() }, nil // closing it unlocks it as well
}

// toolbox takes each tool once in a session, however many judges need it. What
// could not be had for one judge is not tried again for the next.
type toolbox struct {
	cache cache
	taken map[string]taken // by Tool.key
}

type taken struct {
	home string
	err  error
}

func newToolbox(dir string) *toolbox { return &toolbox{cache{dir}, map[string]taken{}} }

// open returns the folders of tools by their keys.
func (b *toolbox) open(ctx context.Context, tools []Tool) (map[string]string, error) {
	homes := map[string]string{}
	for _, t := range tools {
		had, ok := b.taken[t.key()]
		if !ok {
			had.home, had.err = b.cache.take(ctx, t)
			b.taken[t.key()] = had
		}
		if had.err != nil {
			return nil, had.err
		}
		homes[t.key()] = had.home
	}
	return homes, nil
}
