package localdynamo

// deleteItem is DeleteItem. The documented policy does not allow it, so the
// product never sends it.
type deleteItem struct {
	deleteWrite
	expecting
	returned
	meter
	collection
}

// deleteWrite is the part of DeleteItem that a transaction has, too.
type deleteWrite struct {
	guarded
	Key item
}

func (d *deleteWrite) access() []access    { return []access{{action: "DeleteItem", table: d.name()}} }
func (d *deleteWrite) key(s *store) string { return s.keyText(d.name(), d.Key) }

func (d *deleteWrite) check() error {
	if err := d.constraints(present("key", d.Key != nil)); err != nil {
		return err
	}
	_, err := d.prepare(nil, labelCondition)
	return err
}

func (d *deleteWrite) write() write {
	return write{
		guarded: &d.guarded,
		key:     func(s schema) (item, error) { return d.Key, s.checkKey(d.Key) },
		next:    func(item, item) (item, error) { return nil, nil },
	}
}

func (d *deleteItem) check() error {
	if err := d.constraints(present("key", d.Key != nil), d.checkReturned(), d.checkMeter(), d.checkCollection()); err != nil {
		return err
	}
	if err := d.checkOldOnly(); err != nil {
		return err
	}
	if err := refuseMixed(d.expecting.present(), d.expressions(nil)); err != nil {
		return err
	}
	if err := d.deleteWrite.check(); err != nil {
		return err
	}
	return d.expect(d.expecting)
}

func (d *deleteItem) serve(s *Server) (any, error) {
	o, err := s.store.write(d.write())
	if err != nil {
		return nil, err
	}
	answer := written{ConsumedCapacity: d.wrote(d.name(), []outcome{o}, 1), ItemCollectionMetrics: d.collected(o)}
	if d.ReturnValues == "ALL_OLD" {
		answer.Attributes = o.old
	}
	return answer, nil
}
