package localdynamo

// getItem is GetItem.
type getItem struct {
	getting
	meter
	Key            item
	ConsistentRead bool
}

// getting are the request members that name what to get of an item.
type getting struct {
	tableRef
	choosing
	ExpressionAttributeNames map[string]string
	ProjectionExpression     *string

	projection []path // parsed by prepare; nil for the whole item
}

// prepare checks the members and parses the projection.
func (g *getting) prepare() error {
	var present, legacy []string
	if g.ProjectionExpression != nil {
		present = append(present, labelProjection)
	}
	if g.AttributesToGet != nil {
		legacy = append(legacy, "AttributesToGet")
	}
	if err := refuseMixed(legacy, present); err != nil {
		return err
	}
	names, err := placeholders{ExpressionAttributeNames: g.ExpressionAttributeNames}.scope(len(present) > 0)
	if err != nil {
		return err
	}
	if g.projection, err = g.chosen(); err != nil {
		return err
	}
	if g.ProjectionExpression != nil {
		if g.projection, err = parseProjection(*g.ProjectionExpression, names); err != nil {
			return err
		}
	}
	return names.checkUsed()
}

type gotItem struct {
	Item             item      `json:",omitzero"`
	ConsumedCapacity *capacity `json:",omitempty"`
}

func (g *getItem) access() []access    { return []access{{action: "GetItem", table: g.name()}} }
func (g *getItem) key(s *store) string { return s.keyText(g.name(), g.Key) }

func (g *getItem) check() error {
	if err := constraints(g.checkTable(), present("key", g.Key != nil), g.checkMeter()); err != nil {
		return err
	}
	return g.prepare()
}

func (g *getItem) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	found, err := s.store.get(g.name(), g.Key, g.ConsistentRead)
	if err != nil {
		return nil, err
	}
	return gotItem{
		Item:             found.item.project(g.projection),
		ConsumedCapacity: g.consumed(g.name(), readUnits(found.bytes, g.ConsistentRead)),
	}, nil
}

// get reads one row, the zero one where there is none. The caller holds the
// lock for writing: a read may move the replica on.
func (s *store) get(name string, key item, consistent bool) (row, error) {
	t, err := s.ready(name)
	if err != nil {
		return row{}, err
	}
	if err := t.schema.checkKey(key); err != nil {
		return row{}, err
	}
	if err := t.reachable(); err != nil {
		return row{}, err
	}
	found, _ := t.seen(consistent, s.now()).rows.find(key)
	return found, nil
}
