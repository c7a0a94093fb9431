package localdynamo

// getItem is GetItem.
type getItem struct {
	tableRef
	legacy
	meter
	Key                      item
	ExpressionAttributeNames map[string]string
	ProjectionExpression     *string
	ConsistentRead           bool

	projection []path // parsed by check; nil for the whole item
}

type gotItem struct {
	Item             item      `json:",omitzero"`
	ConsumedCapacity *capacity `json:",omitempty"`
}

func (g *getItem) access() []access    { return []access{{"GetItem", g.name()}} }
func (g *getItem) key(s *store) string { return s.keyText(g.name(), g.Key) }

func (g *getItem) check() error {
	if err := g.checkTable(); err != nil {
		return err
	}
	if g.Key == nil {
		return required("key")
	}
	if err := g.checkMeter(); err != nil {
		return err
	}
	var present []string
	if g.ProjectionExpression != nil {
		present = append(present, labelProjection)
	}
	if err := g.refuseLegacy(present...); err != nil {
		return err
	}
	names, err := placeholders{ExpressionAttributeNames: g.ExpressionAttributeNames}.scope(len(present) > 0)
	if err != nil {
		return err
	}
	if g.ProjectionExpression != nil {
		if g.projection, err = parseProjection(*g.ProjectionExpression, names); err != nil {
			return err
		}
	}
	return names.checkUsed()
}

func (g *getItem) serve(s *Server) (any, error) {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	t, err := s.store.ready(g.name())
	if err != nil {
		return nil, err
	}
	if err := t.schema.checkKey(g.Key); err != nil {
		return nil, err
	}
	found, _ := t.find(g.Key)
	return gotItem{
		Item:             found.item.project(g.projection),
		ConsumedCapacity: g.consumed(g.name(), readUnits(found.bytes, g.ConsistentRead)),
	}, nil
}
