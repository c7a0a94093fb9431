package rowstore

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
)

// Memory is a Store without a disk. A table is a list of chunks, one per
// commit; a chunk never changes once it is in, so that readers need the lock
// only to pick up the list.
type Memory struct {
	mu     sync.RWMutex
	tables map[int64]*memoryTable
	state  map[string][]byte
}

type memoryTable struct {
	chunks [][]Row // none empty, ordered by ID
	next   int64   // ID of the next row
	count  int64
	errors []ErrorRow
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{tables: map[int64]*memoryTable{}, state: map[string][]byte{}}
}

func (m *Memory) table(id int64) *memoryTable {
	t := m.tables[id]
	if t == nil {
		t = &memoryTable{next: 1}
		m.tables[id] = t
	}
	return t
}

// Commit implements Store; it never fails.
func (m *Memory) Commit(tx Transaction) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, part := range tx.Gone { // first: they are of rows that are there
		m.table(part.Table).remove(part.IDs)
	}
	for _, part := range tx.Rows {
		m.table(part.Table).append(part.Rows)
	}
	for _, part := range tx.Errors {
		t := m.table(part.Table)
		t.errors = append(t.errors, part.Rows...)
	}
	for _, s := range tx.State {
		if s.Value == nil {
			delete(m.state, s.Key)
		} else {
			m.state[s.Key] = slices.Clone(s.Value)
		}
	}
	return nil
}

func (t *memoryTable) append(rows []Row) {
	if len(rows) == 0 {
		return
	}
	for i := range rows {
		rows[i].ID = t.next
		t.next++
	}
	t.chunks = append(t.chunks, rows)
	t.count += int64(len(rows))
}

// Append implements Store.
func (m *Memory) Append(table int64, rows []Row) error { return m.Commit(rowsOnly(table, rows)) }

// NextID implements Store.
func (m *Memory) NextID(table int64) (int64, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if t := m.tables[table]; t != nil {
		return t.next, nil
	}
	return 1, nil
}

// Scan implements Store.
func (m *Memory) Scan(table, fromID int64, yield func(Row) bool) error {
	for _, chunk := range m.chunks(table) {
		if chunk[len(chunk)-1].ID < fromID {
			continue
		}
		first := sort.Search(len(chunk), func(i int) bool { return chunk[i].ID >= fromID })
		for _, row := range chunk[first:] {
			if !yield(row) {
				return nil
			}
		}
	}
	return nil
}

func (m *Memory) chunks(table int64) [][]Row {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if t := m.tables[table]; t != nil {
		return t.chunks[:len(t.chunks):len(t.chunks)]
	}
	return nil
}

// Count implements Store.
func (m *Memory) Count(table int64) (int64, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if t := m.tables[table]; t != nil {
		return t.count, nil
	}
	return 0, nil
}

// Delete implements Store.
func (m *Memory) Delete(table int64, ids []int64) error { return m.Commit(goneOnly(table, ids)) }

// remove replaces chunks and does not change them, because a reader may hold
// them.
func (t *memoryTable) remove(ids []int64) {
	if len(ids) == 0 {
		return
	}
	gone := make(map[int64]bool, len(ids))
	for _, id := range ids {
		gone[id] = true
	}
	var kept [][]Row
	t.count = 0
	for _, chunk := range t.chunks {
		if slices.ContainsFunc(chunk, func(r Row) bool { return gone[r.ID] }) {
			rest := make([]Row, 0, len(chunk))
			for _, r := range chunk {
				if !gone[r.ID] {
					rest = append(rest, r)
				}
			}
			chunk = rest
		}
		if len(chunk) > 0 {
			kept = append(kept, chunk)
			t.count += int64(len(chunk))
		}
	}
	t.chunks = kept
}

// Truncate implements Store.
func (m *Memory) Truncate(table int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.table(table)
	t.chunks, t.count = nil, 0
	return nil
}

// Drop implements Store.
func (m *Memory) Drop(table int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.tables, table)
	return nil
}

// AppendErrors implements Store.
func (m *Memory) AppendErrors(table int64, rows []ErrorRow) error {
	return m.Commit(errorsOnly(table, rows))
}

// ScanErrors implements Store.
func (m *Memory) ScanErrors(table int64, yield func(ErrorRow) bool) error {
	m.mu.RLock()
	var rows []ErrorRow
	if t := m.tables[table]; t != nil {
		rows = t.errors[:len(t.errors):len(t.errors)]
	}
	m.mu.RUnlock()
	for _, row := range rows {
		if !yield(row) {
			return nil
		}
	}
	return nil
}

// TruncateErrors implements Store.
func (m *Memory) TruncateErrors(table int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.table(table).errors = nil
	return nil
}

// SaveState implements Store.
func (m *Memory) SaveState(key string, value []byte) error { return m.Commit(stateOnly(key, value)) }

// LoadState implements Store.
func (m *Memory) LoadState(key string) ([]byte, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Clone(m.state[key]), nil
}

// States implements Store.
func (m *Memory) States(prefix string, yield func(string, []byte) bool) error {
	m.mu.RLock()
	state := maps.Clone(m.state)
	m.mu.RUnlock()
	for _, key := range slices.Sorted(maps.Keys(state)) {
		if strings.HasPrefix(key, prefix) && !yield(key, state[key]) {
			return nil
		}
	}
	return nil
}

// Close implements Store.
func (m *Memory) Close() error { return nil }
