package localdynamo

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// store holds the tables. One lock orders everything: a write sees the item
// as the write before left it, a transaction sees all its items at once.
type store struct {
	mu      sync.RWMutex
	tables  map[string]*table
	formers map[string]schema // of deleted tables, by name
	journal *journal          // nil without a directory
	now     func() time.Time
	lag     time.Duration // of reads that are not consistent
}

// change is one committed step: exactly one of its members is set.
type change struct {
	Create *definition   `json:",omitempty"`
	Alter  *definition   `json:",omitempty"` // of the table with its name
	Drop   string        `json:",omitempty"`
	Write  []writeChange `json:",omitempty"` // all or none
}

// writeChange puts an item or deletes the one with a key.
type writeChange struct {
	Table  string
	Put    item `json:",omitempty"`
	Delete item `json:",omitempty"`
}

// openStore returns a store with what dir holds; dir "" keeps nothing.
func openStore(dir string, now func() time.Time, lag time.Duration) (*store, error) {
	s := &store{tables: map[string]*table{}, formers: map[string]schema{}, now: now, lag: lag}
	if dir == "" {
		return s, nil
	}
	j, err := openJournal(dir, s.apply)
	if err != nil {
		return nil, err
	}
	s.journal = j
	if err := j.compact(s.snapshot()); err != nil {
		j.close()
		return nil, err
	}
	for _, t := range s.tables {
		t.writes = 0
	}
	return s, nil
}

// find returns a table that exists, in whatever state. It drops tables whose
// deletion is over, so the caller holds the lock for writing.
func (s *store) find(name string) *table {
	t := s.tables[name]
	if t != nil && !t.gone.IsZero() && !s.now().Before(t.gone) {
		delete(s.tables, name)
		return nil
	}
	return t
}

// ready returns a table that items can be read from and written to. While the
// name still leads to the table that had it before, that one's ghost is
// returned: check keys against it, then ask whether it is reachable.
func (s *store) ready(name string) (*table, error) {
	t, now := s.tables[name], s.now()
	if t == nil {
		return nil, noTable()
	}
	if status := t.status(now); status != "ACTIVE" && status != "UPDATING" {
		return nil, noTable()
	}
	if t.former != nil && now.Before(t.former.until) {
		return t.ghost(), nil
	}
	t.former = nil
	return t, nil
}

// commit makes a change durable, then visible. On an error nothing changed.
// The caller holds the lock for writing.
func (s *store) commit(c change) error {
	if s.journal != nil {
		if err := s.journal.append(c); err != nil {
			return internal(fmt.Errorf("nothing was written: %w", err))
		}
	}
	if err := s.apply(c); err != nil {
		return internal(err)
	}
	if s.journal != nil && s.journal.isBloated(s.liveBytes()) {
		if err := s.journal.compact(s.snapshot()); err != nil {
			return internal(err)
		}
	}
	return nil
}

// apply changes the tables.
func (s *store) apply(c change) error {
	switch {
	case c.Create != nil:
		s.tables[c.Create.TableName] = newTable(*c.Create, s.lag)
	case c.Alter != nil:
		t := s.tables[c.Alter.TableName]
		if t == nil {
			return fmt.Errorf("change of table %s, which does not exist", c.Alter.TableName)
		}
		t.define(*c.Alter)
	case c.Drop != "":
		delete(s.tables, c.Drop)
	}
	for _, w := range c.Write {
		t := s.tables[w.Table]
		if t == nil {
			return fmt.Errorf("write to table %s, which does not exist", w.Table)
		}
		t.content.apply(w)
		t.replica.note(w, s.now())
		t.writes++
	}
	return nil
}

// snapshot is the shortest list of changes that leads to the present state.
func (s *store) snapshot() []change {
	var changes []change
	for _, name := range slices.Sorted(maps.Keys(s.tables)) {
		t := s.tables[name]
		if !t.gone.IsZero() {
			continue
		}
		changes = append(changes, change{Create: &t.definition})
		for _, p := range t.content.rows.partitions {
			for _, r := range p.rows {
				changes = append(changes, change{Write: []writeChange{{Table: name, Put: r.item}}})
			}
		}
	}
	return changes
}

func (s *store) liveBytes() int64 {
	var n int64
	for _, t := range s.tables {
		n += t.content.rows.bytes
	}
	return n
}

// keyText is what a fault.Call says of an item: the table and the key values,
// or the table alone when the key does not fit it.
func (s *store) keyText(name string, key item) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.keyTextLocked(name, key)
}

func (s *store) keyTextLocked(name string, key item) string {
	if t := s.tables[name]; t != nil {
		if text, ok := t.schema.keyText(key); ok {
			return name + "/" + text
		}
	}
	return name
}

// isHeld tells whether a transaction under way writes the item of a key.
func (s *store) isHeld(name string, key item) bool {
	t := s.tables[name]
	if t == nil {
		return false
	}
	text, _ := t.schema.keyText(key)
	return t.held[text]
}

// close ends writing: later commits fail when there is a journal.
func (s *store) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.journal == nil {
		return nil
	}
	return s.journal.close()
}
