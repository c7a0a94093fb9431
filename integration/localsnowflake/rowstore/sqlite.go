package rowstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the driver "sqlite"; pure Go
)

// FileName is the database inside a store's directory. The lock beside it
// ends with its process, however that ends.
const (
	FileName = "snowflake.db"
	lockName = "snowflake.lock"
)

// SQLite is a Store in one file. Each table's rows are a table of their own
// (rows_<id>), so that dropping and truncating cost nothing. What the rows of
// one append have in common stands once, in the table batches.
//
// The write-ahead log is not synced at every commit: everything committed
// survives a kill of the process, the last moments may be lost with the
// machine's power.
type SQLite struct {
	db     *sql.DB // readers
	writer *sql.DB // the one connection that writes
	lock   *flock.Flock

	mu   sync.Mutex      // held by the writing method
	next map[int64]int64 // ID of the next row of each table that has storage
}

var _ Store = (*SQLite)(nil)

const schema = `
CREATE TABLE IF NOT EXISTS tables (id INTEGER PRIMARY KEY, next_id INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS batches (id INTEGER PRIMARY KEY, committed_at INTEGER NOT NULL,
	channel TEXT NOT NULL, start_token TEXT NOT NULL, end_token TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS errors (id INTEGER PRIMARY KEY, table_id INTEGER NOT NULL, at INTEGER NOT NULL,
	query_id TEXT NOT NULL, code INTEGER NOT NULL, metadata BLOB NOT NULL, data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS errors_of ON errors (table_id, id);
CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
`

// OpenSQLite opens the store in dir, which is created if missing. Only one
// store at a time may have it open: IDs are counted in memory.
func OpenSQLite(dir string) (*SQLite, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("row store: %w", err)
	}
	lock := flock.New(filepath.Join(dir, lockName))
	held, err := lock.TryLock()
	if err == nil && !held {
		err = errors.New("another process has it open; stop it, or choose another directory")
	}
	if err != nil {
		return nil, fmt.Errorf("row store %s: %w", dir, err)
	}
	s, err := openLocked(filepath.Join(dir, FileName))
	if err != nil {
		lock.Close()
		return nil, err
	}
	s.lock = lock
	return s, nil
}

func openLocked(path string) (*SQLite, error) {
	writer, err := openDatabase(path, 1)
	if err != nil {
		return nil, err
	}
	s := &SQLite{writer: writer, next: map[int64]int64{}}
	if err := s.prepare(); err != nil {
		writer.Close()
		return nil, fmt.Errorf("row store %s: %w", path, err)
	}
	if s.db, err = openDatabase(path, 4); err != nil {
		writer.Close()
		return nil, err
	}
	return s, nil
}

func openDatabase(path string, connections int) (*sql.DB, error) {
	options := url.Values{"_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", "temp_store(MEMORY)", "cache_size(-16000)",
	}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+options.Encode())
	if err != nil {
		return nil, fmt.Errorf("row store %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func (s *SQLite) prepare() error {
	ctx := context.Background()
	if _, err := s.writer.ExecContext(ctx, schema); err != nil {
		return err
	}
	rows, err := s.writer.QueryContext(ctx, "SELECT id, next_id FROM tables")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, next int64
		if err := rows.Scan(&id, &next); err != nil {
			return err
		}
		s.next[id] = next
	}
	return rows.Err()
}

// Close implements Store.
func (s *SQLite) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.db.Close()
	if e := s.writer.Close(); err == nil {
		err = e
	}
	if e := s.lock.Close(); err == nil {
		err = e
	}
	return err
}

// NextID implements Store.
func (s *SQLite) NextID(table int64) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if next, ok := s.next[table]; ok {
		return next, nil
	}
	return 1, nil
}

// rowsTable names a table's rows.
func rowsTable(table int64) string { return fmt.Sprintf("rows_%d", table) }

// hasRows reports whether a table has storage.
func (s *SQLite) hasRows(table int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.next[table]
	return ok
}
