package localdynamo

// describeTable is DescribeTable.
type describeTable struct{ tableRef }

func (d *describeTable) access() []access {
	return []access{{action: "DescribeTable", table: d.name()}}
}
func (d *describeTable) key(*store) string { return d.name() }
func (d *describeTable) check() error      { return d.checkOwnTable() }

func (d *describeTable) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	t := s.store.find(d.name())
	if t == nil {
		return nil, noTableNamed(d.name())
	}
	return struct{ Table description }{s.describe(t)}, nil
}
