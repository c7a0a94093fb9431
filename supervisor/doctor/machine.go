package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

// checkDataDir looks whether journal and dead letters can be written. Nothing is.
func (d *Doctor) checkDataDir(_ context.Context, found *findings) {
	dir := d.host.DataDir
	if dir == "" {
		found.add(OK, "no data_dir: the journal is kept in memory, and there is no control socket")
		return
	}
	there, err := existing(dir)
	switch {
	case err != nil:
		found.add(Missing, "data_dir %s: %s", dir, words(err)).todo("name a folder that this user may write to")
		return
	case !writable(there):
		found.add(Missing, "data_dir %s: this user may not write to %s", dir, there).todo("name another folder, or change its owner")
		return
	}
	text := "data_dir " + dir + " can be written"
	if there != dir {
		text = "data_dir " + dir + " will be made"
	}
	free, known := freeBytes(there)
	need := uint64(max(0, int64(d.cfg.Journal.MaxBytes)))
	switch {
	case known && free < need:
		found.add(Warn, "%s; %s are free, and the journal may take %s", text, size(free), size(need)).
			todo("make room, or set journal.max_bytes")
	case known:
		found.add(OK, "%s; %s free", text, size(free))
	default:
		found.add(OK, "%s", text)
	}
}

// existing is a folder, or the nearest one above it that there is.
func existing(dir string) (string, error) {
	for {
		info, err := os.Stat(dir)
		switch {
		case err == nil && !info.IsDir():
			return "", errors.New(dir + " is not a folder")
		case err == nil:
			return dir, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		}
		dir = filepath.Dir(dir)
	}
}

// checkProcesses finds the processes that run here, by their sockets.
func (d *Doctor) checkProcesses(ctx context.Context, found *findings) {
	if d.host.DataDir == "" {
		return
	}
	running, silent, err := control.Find(ctx, d.host.DataDir)
	if err != nil {
		return // checkDataDir has said so
	}
	for _, p := range running {
		info := p.Snapshot.Process
		found.add(OK, "process %d runs here as %s, since %s", info.PID, filepath.Base(p.Folder), when(info.Started))
	}
	for _, s := range silent {
		found.add(Warn, "a process listens on %s and does not answer: %s", s.Socket, words(s.Err)).todo("look at its log")
	}
}

// checkProxies tells of proxies, which a service without them may not expect.
func (d *Doctor) checkProxies(_ context.Context, found *findings) {
	var told []string
	if p := d.cfg.Snowflake.Proxy.Reveal(); p != "" {
		told = append(told, "snowflake.proxy "+hostOf(p))
	}
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"} {
		for _, variable := range []string{name, strings.ToLower(name)} {
			if value := os.Getenv(variable); value != "" {
				if name != "NO_PROXY" {
					value = hostOf(value)
				}
				told = append(told, variable+" "+value)
				break
			}
		}
	}
	if len(told) > 0 {
		found.add(OK, "proxies: %s", strings.Join(told, "; "))
	}
}

// hostOf is a proxy without what may be a password.
func hostOf(proxy string) string {
	u, err := url.Parse(proxy)
	if err != nil || u.Host == "" {
		return "(set)"
	}
	return u.Host
}

// size writes bytes as people do.
func size(n uint64) string {
	const kib = 1024
	for _, u := range []struct {
		name string
		size uint64
	}{{"TiB", kib * kib * kib * kib}, {"GiB", kib * kib * kib}, {"MiB", kib * kib}} {
		if n >= u.size {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.size), u.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
