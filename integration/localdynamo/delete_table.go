package localdynamo

// deleteTable is DeleteTable. The items are gone at once; the table shows as
// DELETING for Options.DeleteDelay and keeps its name that long.
type deleteTable struct{ tableRef }

func (d *deleteTable) access() []access  { return []access{{"DeleteTable", d.name()}} }
func (d *deleteTable) key(*store) string { return d.name() }
func (d *deleteTable) check() error      { return d.checkTable() }

func (d *deleteTable) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	name := d.name()
	t := s.store.find(name)
	if t == nil {
		return nil, noTableNamed(name)
	}
	now := s.options.Now()
	switch t.status(now) {
	case "CREATING":
		return nil, inUse("Table is being created: " + name)
	case "DELETING":
		return nil, inUse("Table is being deleted: " + name)
	}
	if err := s.store.commit(change{Drop: name}); err != nil {
		return nil, err
	}
	remains := newTable(t.definition)
	remains.gone = now.Add(s.options.DeleteDelay)
	if s.options.DeleteDelay > 0 {
		s.store.tables[name] = remains
	}
	return struct{ TableDescription description }{s.describe(remains)}, nil
}
