package rowstore

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"strings"
)

// insertWidth is how many rows one INSERT carries: the cost of a statement is
// then spread, and a statement stays far below SQLite's bound on parameters.
const insertWidth = 64

// Commit implements Store.
func (s *SQLite) Commit(t Transaction) error {
	return s.write(func(tx *sql.Tx, next map[int64]int64) error {
		for _, part := range t.Gone { // first: they are of rows that are there
			if err := removeRows(tx, next, part.Table, part.IDs); err != nil {
				return err
			}
		}
		for _, part := range t.Rows {
			if err := insertRows(tx, next, part.Table, part.Rows); err != nil {
				return err
			}
		}
		for _, part := range t.Errors {
			if err := insertErrors(tx, part.Table, part.Rows); err != nil {
				return err
			}
		}
		for _, state := range t.State {
			if err := putState(tx, state); err != nil {
				return err
			}
		}
		return nil
	})
}

// write runs one transaction. It works on a copy of the next IDs, which
// counts only once the transaction is in.
func (s *SQLite) write(work func(*sql.Tx, map[int64]int64) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx, err := s.writer.BeginTx(context.Background(), nil)
	if err != nil {
		return fmt.Errorf("row store: %w", err)
	}
	next := maps.Clone(s.next)
	if err := work(tx, next); err != nil {
		tx.Rollback()
		return fmt.Errorf("row store: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("row store: %w", err)
	}
	s.next = next
	return nil
}

// insertRows gives each run of rows with the same origin one batch.
func insertRows(tx *sql.Tx, next map[int64]int64, table int64, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	if _, ok := next[table]; !ok {
		next[table] = 1
		if _, err := tx.Exec("CREATE TABLE " + rowsTable(table) + " (id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, json BLOB NOT NULL)"); err != nil {
			return err
		}
	}
	for len(rows) > 0 {
		run := 1
		for run < len(rows) && sameOrigin(&rows[0], &rows[run]) {
			run++
		}
		if err := insertRun(tx, next, table, rows[:run]); err != nil {
			return err
		}
		rows = rows[run:]
	}
	_, err := tx.Exec("INSERT OR REPLACE INTO tables (id, next_id) VALUES (?, ?)", table, next[table])
	return err
}

func sameOrigin(a, b *Row) bool {
	return a.Channel == b.Channel && a.EndToken == b.EndToken && a.StartToken == b.StartToken && a.CommittedAt.Equal(b.CommittedAt)
}

func insertRun(tx *sql.Tx, next map[int64]int64, table int64, rows []Row) error {
	first := &rows[0]
	result, err := tx.Exec("INSERT INTO batches (committed_at, channel, start_token, end_token) VALUES (?, ?, ?, ?)",
		first.CommittedAt.UnixNano(), first.Channel, first.StartToken, first.EndToken)
	if err != nil {
		return err
	}
	batch, err := result.LastInsertId()
	if err != nil {
		return err
	}
	insert := "INSERT INTO " + rowsTable(table) + " (id, batch, json) VALUES (?,?,?)"
	wide, err := tx.Prepare(insert + strings.Repeat(",(?,?,?)", insertWidth-1))
	if err != nil {
		return err
	}
	defer wide.Close()
	single, err := tx.Prepare(insert)
	if err != nil {
		return err
	}
	defer single.Close()
	id := next[table]
	values := make([]any, 0, 3*insertWidth)
	for len(rows) > 0 {
		statement, n := single, 1
		if len(rows) >= insertWidth {
			statement, n = wide, insertWidth
		}
		values = values[:0]
		for i := range rows[:n] {
			rows[i].ID = id
			values = append(values, id, batch, rows[i].JSON)
			id++
		}
		if _, err := statement.Exec(values...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	next[table] = id
	return nil
}

func insertErrors(tx *sql.Tx, table int64, rows []ErrorRow) error {
	for _, r := range rows {
		if _, err := tx.Exec("INSERT INTO errors (table_id, at, query_id, code, metadata, data) VALUES (?, ?, ?, ?, ?, ?)",
			table, r.Timestamp.UnixNano(), r.QueryID, r.Code, r.Metadata, r.Data); err != nil {
			return err
		}
	}
	return nil
}

func putState(tx *sql.Tx, s State) error {
	if s.Value == nil {
		_, err := tx.Exec("DELETE FROM state WHERE key = ?", s.Key)
		return err
	}
	_, err := tx.Exec("INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", s.Key, s.Value)
	return err
}

// Append implements Store.
func (s *SQLite) Append(table int64, rows []Row) error { return s.Commit(rowsOnly(table, rows)) }

// AppendErrors implements Store.
func (s *SQLite) AppendErrors(table int64, rows []ErrorRow) error {
	return s.Commit(errorsOnly(table, rows))
}

// SaveState implements Store.
func (s *SQLite) SaveState(key string, value []byte) error { return s.Commit(stateOnly(key, value)) }

// Delete implements Store.
func (s *SQLite) Delete(table int64, ids []int64) error { return s.Commit(goneOnly(table, ids)) }

func removeRows(tx *sql.Tx, next map[int64]int64, table int64, ids []int64) error {
	if _, ok := next[table]; !ok || len(ids) == 0 {
		return nil
	}
	statement, err := tx.Prepare("DELETE FROM " + rowsTable(table) + " WHERE id = ?")
	if err != nil {
		return err
	}
	defer statement.Close()
	for _, id := range ids {
		if _, err := statement.Exec(id); err != nil {
			return err
		}
	}
	return nil
}

// Truncate implements Store.
func (s *SQLite) Truncate(table int64) error {
	return s.write(func(tx *sql.Tx, next map[int64]int64) error {
		if _, ok := next[table]; !ok {
			return nil
		}
		_, err := tx.Exec("DELETE FROM " + rowsTable(table))
		return err
	})
}

// TruncateErrors implements Store.
func (s *SQLite) TruncateErrors(table int64) error {
	return s.write(func(tx *sql.Tx, _ map[int64]int64) error {
		_, err := tx.Exec("DELETE FROM errors WHERE table_id = ?", table)
		return err
	})
}

// Drop implements Store. A Scan that is under way keeps its snapshot.
func (s *SQLite) Drop(table int64) error {
	return s.write(func(tx *sql.Tx, next map[int64]int64) error {
		delete(next, table)
		for _, statement := range []string{
			"DROP TABLE IF EXISTS " + rowsTable(table),
			fmt.Sprintf("DELETE FROM errors WHERE table_id = %d", table),
			fmt.Sprintf("DELETE FROM tables WHERE id = %d", table),
		} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
}
