package leasefile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gofrs/flock"

	"github.com/kinesnow/kinesnow/messages"
)

// Table is the lease table of one folder. Safe for concurrent use.
type Table struct {
	dir  string
	lock *flock.Flock

	mu     sync.Mutex
	stream *messages.StreamRow
	rows   map[messages.ShardID]*messages.ShardRow
	nodes  map[string]*messages.NodeRow
}

const (
	streamFile = "stream.json"
	lockFile   = "lock"
)

// ErrHeld is the error of a lock that another process has.
var ErrHeld = errors.New("another process works on it")

// Lock takes the lock of a file, which it makes where it is absent. It is held
// until Close, or until the process ends, however it ends. Errors name the file;
// one is ErrHeld.
func Lock(path string) (*flock.Flock, error) {
	lock := flock.New(path, flock.SetPermissions(0o600))
	switch held, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case !held:
		return nil, fmt.Errorf("%s: %w", path, ErrHeld)
	}
	return lock, nil
}

// Open takes a folder for this process, and makes it where it is absent. Errors
// name the folder; one is ErrHeld.
func Open(dir string) (*Table, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("leasefile: %w", err)
	}
	lock, err := Lock(filepath.Join(dir, lockFile))
	if err != nil {
		return nil, fmt.Errorf("leasefile: %w", err)
	}
	t := &Table{dir: dir, lock: lock, rows: map[messages.ShardID]*messages.ShardRow{}, nodes: map[string]*messages.NodeRow{}}
	if err := t.load(); err != nil {
		lock.Close()
		return nil, err
	}
	return t, nil
}

// Close lets other processes have the folder.
func (t *Table) Close() error { return t.lock.Close() }

// load reads what an earlier process left. Its leases are free.
func (t *Table) load() error {
	entries, err := os.ReadDir(t.dir)
	if err != nil {
		return fmt.Errorf("leasefile: %w", err)
	}
	for _, e := range entries {
		name, isRow := strings.CutSuffix(e.Name(), ".json")
		switch {
		case e.Name() == streamFile:
			t.stream = &messages.StreamRow{}
			err = t.read(e.Name(), t.stream)
		case isRow:
			row := &messages.ShardRow{}
			err = t.read(e.Name(), row)
			row.Owner, row.Expiry, row.Handoff, row.WriteNo = "", 0, "", 0
			if err == nil && string(row.Shard) != name {
				err = fmt.Errorf("leasefile: %s is of shard %q", filepath.Join(t.dir, e.Name()), row.Shard)
			}
			t.rows[row.Shard] = row
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *Table) read(name string, into any) error {
	text, err := os.ReadFile(filepath.Join(t.dir, name))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("leasefile: %s: %w", filepath.Join(t.dir, name), err)
	}
	return nil
}

// keep replaces a file. With sure it is on the disk when that returns.
func (t *Table) keep(name string, value any, sure bool) error {
	text, err := json.Marshal(value)
	if err == nil {
		err = replace(filepath.Join(t.dir, name), text, sure)
	}
	if err != nil {
		return &messages.Fault{
			Class: messages.Transient, Reason: messages.ReasonUnavailable, Op: "leasefile.write", Err: err, Complete: true,
			Hint: "is the disk full?",
		}
	}
	return nil
}

// replace gives a path another content, never a part of it.
func replace(path string, content []byte, sure bool) error {
	file, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil && sure {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	if d, err := os.Open(filepath.Dir(path)); sure && err == nil { // the name, too, where the system can
		_ = d.Sync()
		d.Close()
	}
	return nil
}

// keepRow replaces a shard's file, and then the row.
func (t *Table) keepRow(row messages.ShardRow, sure bool) error {
	if err := t.keep(string(row.Shard)+".json", &row, sure); err != nil {
		return err
	}
	t.rows[row.Shard] = &row
	return nil
}

// Rows implements actors.LeaseTable.
func (t *Table) Rows(context.Context) (all messages.TableRows, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stream != nil {
		row := *t.stream
		all.Stream = &row
	}
	for _, r := range t.rows {
		all.Shards = append(all.Shards, *r)
	}
	for _, n := range t.nodes {
		all.Nodes = append(all.Nodes, *n)
	}
	slices.SortFunc(all.Shards, func(a, b messages.ShardRow) int { return strings.Compare(string(a.Shard), string(b.Shard)) })
	slices.SortFunc(all.Nodes, func(a, b messages.NodeRow) int { return strings.Compare(a.Node, b.Node) })
	return all, nil
}

// lost says that the row names somebody else, or another epoch.
func lost(op string, shard messages.ShardID) *messages.Fault {
	return &messages.Fault{
		Class: messages.Fenced, Reason: messages.ReasonLeaseLost, Op: "leasefile." + op, Shard: shard,
		Err: errors.New("the row names somebody else"), Complete: true,
	}
}
