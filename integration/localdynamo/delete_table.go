package localdynamo

// deleteTable is DeleteTable. The items are gone at once; the table shows as
// DELETING for Options.DeleteDelay and keeps its name that long.
type deleteTable struct{ tableRef }

func (d *deleteTable) access() []access  { return []access{{action: "DeleteTable", table: d.name()}} }
func (d *deleteTable) key(*store) string { return d.name() }
func (d *deleteTable) check() error      { return d.checkOwnTable() }

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
	case "UPDATING":
		return nil, inUse("Table is being updated: " + name)
	}
	if t.definition.DeletionProtection {
		return nil, invalid("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
	}
	if err := s.store.commit(change{Drop: name}); err != nil {
		return nil, err
	}
	s.store.formers[name] = t.schema
	remains := newTable(t.definition, 0)
	remains.gone = now.Add(s.options.DeleteDelay)
	if s.options.DeleteDelay > 0 {
		s.store.tables[name] = remains
	}
	return struct{ TableDescription description }{s.describe(remains)}, nil
}
