package rowstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Scan implements Store.
func (s *SQLite) Scan(table, fromID int64, yield func(Row) bool) error {
	if !s.hasRows(table) {
		return nil
	}
	rows, err := s.db.QueryContext(context.Background(), `SELECT r.id, r.json, b.committed_at, b.channel, b.start_token, b.end_token
		FROM `+rowsTable(table)+` r JOIN batches b ON b.id = r.batch WHERE r.id >= ? ORDER BY r.id`, fromID)
	if err != nil {
		return scanError(err)
	}
	defer rows.Close()
	for rows.Next() {
		var r Row
		var at int64
		if err := rows.Scan(&r.ID, &r.JSON, &at, &r.Channel, &r.StartToken, &r.EndToken); err != nil {
			return scanError(err)
		}
		r.CommittedAt = time.Unix(0, at).UTC()
		if !yield(r) {
			return nil
		}
	}
	return scanError(rows.Err())
}

// scanError hides that a table's storage went while it was read: a dropped
// table has no rows.
func scanError(err error) error {
	if err == nil || strings.Contains(err.Error(), "no such table") {
		return nil
	}
	return fmt.Errorf("row store: %w", err)
}

// Count implements Store.
func (s *SQLite) Count(table int64) (n int64, err error) {
	if !s.hasRows(table) {
		return 0, nil
	}
	err = s.db.QueryRowContext(context.Background(), "SELECT count(*) FROM "+rowsTable(table)).Scan(&n)
	return n, scanError(err)
}

// ScanErrors implements Store.
func (s *SQLite) ScanErrors(table int64, yield func(ErrorRow) bool) error {
	rows, err := s.db.QueryContext(context.Background(),
		"SELECT at, query_id, code, metadata, data FROM errors WHERE table_id = ? ORDER BY id", table)
	if err != nil {
		return scanError(err)
	}
	defer rows.Close()
	for rows.Next() {
		var r ErrorRow
		var at int64
		if err := rows.Scan(&at, &r.QueryID, &r.Code, &r.Metadata, &r.Data); err != nil {
			return scanError(err)
		}
		r.Timestamp = time.Unix(0, at).UTC()
		if !yield(r) {
			return nil
		}
	}
	return scanError(rows.Err())
}

// LoadState implements Store.
func (s *SQLite) LoadState(key string) (value []byte, err error) {
	err = s.db.QueryRowContext(context.Background(), "SELECT value FROM state WHERE key = ?", key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return value, scanError(err)
}

// States implements Store.
func (s *SQLite) States(prefix string, yield func(string, []byte) bool) error {
	rows, err := s.db.QueryContext(context.Background(),
		"SELECT key, value FROM state WHERE substr(key, 1, ?) = ? ORDER BY key", len([]rune(prefix)), prefix)
	if err != nil {
		return scanError(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var value []byte
		if err := rows.Scan(&key, &value); err != nil {
			return scanError(err)
		}
		if !yield(key, value) {
			return nil
		}
	}
	return scanError(rows.Err())
}
