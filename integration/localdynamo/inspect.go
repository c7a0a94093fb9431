package localdynamo

import (
	"encoding/json"
	"maps"
	"slices"
)

// Item returns an item as plain Go values, or nil when there is none. key are
// the key values in schema order as text (numbers in any form, binaries as raw
// bytes). S is a string, N a json.Number, B a []byte, BOOL a bool, NULL nil, M
// a map[string]any, L a []any; SS, NS and BS are slices of strings,
// json.Numbers and byte slices. It reads past policy and faults.
func (s *Server) Item(table string, key ...string) map[string]any {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	t := s.store.tables[table]
	if t == nil || len(key) != len(t.schema) {
		return nil
	}
	wanted := item{}
	for i, part := range t.schema {
		text := key[i]
		if part.kind == kindNumber {
			number, err := parseNumber(text)
			if err != nil {
				return nil
			}
			text = number
		}
		wanted[part.name] = value{kind: part.kind, text: text}
	}
	found, ok := t.find(wanted)
	if !ok {
		return nil
	}
	return found.item.plain()
}

// Items returns all items of a table as Item does: in range key order within
// a hash key value, hash key values in no particular order. It is empty when
// there is no such table.
func (s *Server) Items(table string) []map[string]any {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	t := s.store.tables[table]
	if t == nil {
		return nil
	}
	var all []map[string]any
	for _, p := range t.content.rows.partitions {
		for _, r := range p.rows {
			all = append(all, r.item.plain())
		}
	}
	return all
}

// Tables lists the tables by name, those that are being made or deleted included.
func (s *Server) Tables() []string {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.store.tables))
}

// Writes counts the item writes to a table that took effect since the server
// started or the table was created. Refused and failed ones do not count; a
// transaction counts each of its items.
func (s *Server) Writes(table string) int64 {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	if t := s.store.tables[table]; t != nil {
		return t.writes
	}
	return 0
}

func (it item) plain() map[string]any {
	fields := make(map[string]any, len(it))
	for name, v := range it {
		fields[name] = v.plain()
	}
	return fields
}

func (v value) plain() any {
	switch v.kind {
	case kindString:
		return v.text
	case kindNumber:
		return json.Number(v.text)
	case kindBinary:
		return []byte(v.text)
	case kindBool:
		return v.truth
	case kindMap:
		return item(v.fields).plain()
	case kindList:
		list := make([]any, len(v.list))
		for i, w := range v.list {
			list[i] = w.plain()
		}
		return list
	case kindStringSet:
		return slices.Clone(v.set)
	case kindNumberSet:
		return plainSet(v.set, func(e string) json.Number { return json.Number(e) })
	case kindBinarySet:
		return plainSet(v.set, func(e string) []byte { return []byte(e) })
	}
	return nil
}

func plainSet[E any](set []string, plain func(string) E) []E {
	elements := make([]E, len(set))
	for i, e := range set {
		elements[i] = plain(e)
	}
	return elements
}
