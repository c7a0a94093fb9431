package localdynamo

import "maps"

// updateItem is UpdateItem. A key without an item gets one.
type updateItem struct {
	updateWrite
	expecting
	returned
	meter
	collection
	AttributeUpdates map[string]attributeUpdate
}

// updateWrite is the part of UpdateItem that a transaction has, too.
type updateWrite struct {
	guarded
	Key              item
	UpdateExpression *string

	update *update // parsed by check; nil without an expression
}

func (u *updateWrite) access() []access    { return []access{{action: "UpdateItem", table: u.name()}} }
func (u *updateWrite) key(s *store) string { return s.keyText(u.name(), u.Key) }

func (u *updateWrite) check() (err error) {
	if err := u.constraints(present("key", u.Key != nil)); err != nil {
		return err
	}
	u.update, err = u.prepare(u.UpdateExpression, labelUpdate, labelCondition)
	return err
}

func (u *updateWrite) write() write {
	w := write{guarded: &u.guarded, key: u.keyIn, next: u.next}
	if u.UpdateExpression != nil {
		w.expression = u.update
	}
	return w
}

// keyIn checks the key, and that the update leaves it alone.
func (u *updateWrite) keyIn(s schema) (item, error) {
	if u.update != nil {
		for _, way := range u.update.paths() {
			if s.has(way[0].name) {
				return nil, invalid("One or more parameter values were invalid: Cannot update attribute %s. This attribute is part of the key", way[0].name)
			}
		}
	}
	return u.Key, s.checkKey(u.Key)
}

func (u *updateWrite) next(key, old item) (item, error) {
	next := old
	if next == nil {
		next = maps.Clone(key)
	}
	if u.update == nil {
		return next, nil
	}
	next, err := u.update.apply(next)
	if err != nil {
		return nil, err
	}
	if next.bytes() > maxItem {
		return nil, invalid("Item size to update has exceeded the maximum allowed size")
	}
	return next, nil
}

func (u *updateItem) check() error {
	if err := u.constraints(present("key", u.Key != nil), u.checkReturned(), u.checkMeter(), u.checkCollection()); err != nil {
		return err
	}
	var legacy []string
	if len(u.AttributeUpdates) > 0 {
		legacy = append(legacy, "AttributeUpdates")
	}
	if err := refuseMixed(append(legacy, u.expecting.present()...), u.expressions(u.UpdateExpression)); err != nil {
		return err
	}
	if err := u.updateWrite.check(); err != nil {
		return err
	}
	if len(u.AttributeUpdates) > 0 {
		var err error
		if u.update, err = legacyUpdate(u.AttributeUpdates); err != nil {
			return err
		}
	}
	return u.expect(u.expecting)
}

func (u *updateItem) serve(s *Server) (any, error) {
	o, err := s.store.write(u.write())
	if err != nil {
		return nil, err
	}
	return written{
		Attributes:       u.attributes(o),
		ConsumedCapacity: u.wrote(u.name(), []outcome{o}, 1), ItemCollectionMetrics: u.collected(o),
	}, nil
}

// attributes are the ones ReturnValues asks for.
func (u *updateItem) attributes(o outcome) item {
	switch u.ReturnValues {
	case "ALL_OLD":
		return o.old
	case "ALL_NEW":
		return o.next
	case "UPDATED_OLD":
		return u.touched(o.old)
	case "UPDATED_NEW":
		return u.touched(o.next)
	}
	return nil
}

// touched is what the paths of the update lead to, nested as in the item.
func (u *updateItem) touched(it item) item {
	if u.update == nil {
		return nil
	}
	return it.project(u.update.paths())
}
