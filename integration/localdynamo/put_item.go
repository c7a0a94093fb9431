package localdynamo

// putItem is PutItem: a whole item in place of the one with its key.
type putItem struct {
	putWrite
	expecting
	returned
	meter
	collection
}

// putWrite is the part of PutItem that a transaction has, too.
type putWrite struct {
	guarded
	Item item
}

func (p *putWrite) access() []access    { return []access{{action: "PutItem", table: p.name()}} }
func (p *putWrite) key(s *store) string { return s.keyText(p.name(), p.Item) }

func (p *putWrite) check() error {
	if err := p.constraints(present("item", p.Item != nil)); err != nil {
		return err
	}
	if _, err := p.prepare(nil, labelCondition); err != nil {
		return err
	}
	if err := p.Item.checkNames(); err != nil {
		return err
	}
	if p.Item.bytes() > maxItem {
		return invalid("Item size has exceeded the maximum allowed size")
	}
	return nil
}

func (p *putWrite) write() write {
	return write{
		guarded: &p.guarded,
		key:     func(s schema) (item, error) { return s.keyOf(p.Item), s.checkItem(p.Item) },
		next:    func(item, item) (item, error) { return p.Item, nil },
	}
}

func (p *putItem) check() error {
	if err := p.constraints(present("item", p.Item != nil), p.checkReturned(), p.checkMeter(), p.checkCollection()); err != nil {
		return err
	}
	if err := p.checkOldOnly(); err != nil {
		return err
	}
	if err := refuseMixed(p.expecting.present(), p.expressions(nil)); err != nil {
		return err
	}
	if err := p.putWrite.check(); err != nil {
		return err
	}
	return p.expect(p.expecting)
}

func (p *putItem) serve(s *Server) (any, error) {
	o, err := s.store.write(p.write())
	if err != nil {
		return nil, err
	}
	answer := written{ConsumedCapacity: p.wrote(p.name(), []outcome{o}, 1), ItemCollectionMetrics: p.collected(o)}
	if p.ReturnValues == "ALL_OLD" {
		answer.Attributes = o.old
	}
	return answer, nil
}

// checkNames refuses attributes without a name.
func (it item) checkNames() error {
	if _, ok := it[""]; ok {
		return invalid("One or more parameter values were invalid: Empty attribute name")
	}
	return nil
}
