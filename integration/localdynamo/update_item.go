package localdynamo

import "maps"

// updateItem is UpdateItem. A key without an item gets one.
type updateItem struct {
	updateWrite
	returned
	meter
	collection
}

// updateWrite is the part of UpdateItem that a transaction has, too.
type updateWrite struct {
	guarded
	Key              item
	UpdateExpression *string

	update *update // parsed by check; nil without an expression
}

func (u *updateWrite) access() []access    { return []access{{"UpdateItem", u.name()}} }
func (u *updateWrite) key(s *store) string { return s.keyText(u.name(), u.Key) }

func (u *updateWrite) check() (err error) {
	if u.Key == nil {
		return required("key")
	}
	u.update, err = u.prepare(u.UpdateExpression, labelUpdate, labelCondition)
	return err
}

func (u *updateWrite) write() write {
	return write{guarded: &u.guarded, key: u.keyIn, next: u.next}
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
	if err := u.checkReturned(); err != nil {
		return err
	}
	if err := u.checkMeter(); err != nil {
		return err
	}
	if err := u.checkCollection(); err != nil {
		return err
	}
	return u.updateWrite.check()
}

func (u *updateItem) serve(s *Server) (any, error) {
	o, err := s.store.write(u.write())
	if err != nil {
		return nil, err
	}
	return written{
		Attributes:       u.attributes(o),
		ConsumedCapacity: u.consumed(u.name(), writeUnits(o.old, o.next)),
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

// touched are the attributes, whole, in which a path of the update leads to something.
func (u *updateItem) touched(it item) item {
	if u.update == nil {
		return nil
	}
	part := item{}
	for _, way := range u.update.paths() {
		if _, ok := way.in(it); ok {
			part[way[0].name] = it[way[0].name]
		}
	}
	return part
}
