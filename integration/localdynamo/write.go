package localdynamo

// guarded are the request members that every conditional write shares.
type guarded struct {
	tableRef
	placeholders
	ConditionExpression                 *string
	ReturnValuesOnConditionCheckFailure string

	condition *condition // parsed by prepare
}

// prepare checks the members and parses the condition, and the update where
// the request has one.
func (g *guarded) prepare(updateExpression *string, takers ...string) (*update, error) {
	present := g.expressions(updateExpression)
	names, err := g.scope(len(present) > 0, takers...)
	if err != nil {
		return nil, err
	}
	var changes *update
	if updateExpression != nil {
		if changes, err = parseUpdate(*updateExpression, names); err != nil {
			return nil, err
		}
	}
	if g.ConditionExpression != nil {
		if g.condition, err = parseCondition(labelCondition, *g.ConditionExpression, names); err != nil {
			return nil, err
		}
	}
	return changes, names.checkUsed()
}

// constraints checks the constraints on the members, those of a request with
// it among them.
func (g *guarded) constraints(more ...error) error {
	return constraints(append([]error{g.checkTable(),
		oneOf("returnValuesOnConditionCheckFailure", g.ReturnValuesOnConditionCheckFailure, "ALL_OLD", "NONE")}, more...)...)
}

// expressions names those the request has.
func (g *guarded) expressions(updateExpression *string) []string {
	var present []string
	if updateExpression != nil {
		present = append(present, labelUpdate)
	}
	if g.ConditionExpression != nil {
		present = append(present, labelCondition)
	}
	return present
}

// expect adds the legacy condition of a request to it, once it is prepared.
func (g *guarded) expect(e expecting) error {
	expected, err := e.condition()
	if expected != nil {
		g.condition = expected
	}
	return err
}

// write is one conditional change of one item, alone or in a transaction.
type write struct {
	guarded *guarded
	// key checks what the request says of the key and gives the key.
	key func(schema) (item, error)
	// next computes the new item from the old one (nil for none); nil deletes.
	next func(key, old item) (item, error)
	// checks is true for a ConditionCheck, which changes nothing.
	checks bool
	// expression is the update of an UpdateExpression, about which errors have
	// words of their own; nil for other writes.
	expression *update
}

// outcome is a write that may happen: its condition holds.
type outcome struct {
	table     *table
	key       item
	old, next item
	change    *writeChange // nil when there is nothing to do
}

// try evaluates a write against the present state without any effect. The
// caller holds the lock for writing.
func (s *store) try(w write) (outcome, error) {
	t, err := s.ready(w.guarded.name())
	if err != nil {
		return outcome{}, err
	}
	key, err := w.key(t.schema)
	if err != nil {
		return outcome{}, err
	}
	if err := t.reachable(); err != nil {
		return outcome{}, err
	}
	found, exists := t.find(key)
	o := outcome{table: t, key: key, old: found.item}
	if text, _ := t.schema.keyText(key); t.held[text] {
		return o, transactionConflict()
	}
	if w.guarded.condition != nil && !w.guarded.condition.holds(o.old) {
		if w.guarded.ReturnValuesOnConditionCheckFailure == "ALL_OLD" {
			return o, conditionFailed(o.old)
		}
		return o, conditionFailed(nil)
	}
	if w.checks {
		o.next = o.old
		return o, nil
	}
	if o.next, err = w.next(key, o.old); err != nil {
		return o, err
	}
	if err := t.content.checkItem(o.next, w.expression); err != nil {
		return o, err
	}
	switch {
	case o.next != nil:
		o.change = &writeChange{Table: t.definition.TableName, Put: o.next}
	case exists:
		o.change = &writeChange{Table: t.definition.TableName, Delete: key}
	}
	return o, nil
}

// write tries and commits one write.
func (s *store) write(w write) (outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.try(w)
	if err != nil || o.change == nil {
		return o, err
	}
	return o, s.commit(change{Write: []writeChange{*o.change}})
}

// written is the answer to PutItem, UpdateItem and DeleteItem.
type written struct {
	Attributes            item               `json:",omitempty"`
	ConsumedCapacity      *capacity          `json:",omitempty"`
	ItemCollectionMetrics *collectionMetrics `json:",omitempty"`
}

// returned is the request member that asks for the item before or after.
type returned struct{ ReturnValues string }

func (r returned) checkReturned() error {
	return oneOf("returnValues", r.ReturnValues, "ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW")
}

// checkOldOnly is for the writes that return at most the old item.
func (r returned) checkOldOnly() error {
	if err := r.checkReturned(); err != nil {
		return err
	}
	if r.ReturnValues != "" && r.ReturnValues != "NONE" && r.ReturnValues != "ALL_OLD" {
		return invalid("ReturnValues can only be ALL_OLD or NONE")
	}
	return nil
}
