package localdynamo

import (
	"slices"
	"sort"
)

// query is Query: rows of one hash key value in range key order.
type query struct {
	reading
	KeyConditionExpression *string
	ScanIndexForward       *bool

	tests []keyTest // parsed by check
}

func (q *query) access() []access  { return []access{{"Query", q.name()}} }
func (q *query) key(*store) string { return q.name() }

func (q *query) check() error {
	if err := q.checkTable(); err != nil {
		return err
	}
	present := q.present(q.KeyConditionExpression)
	if err := q.refuseLegacy(present...); err != nil {
		return err
	}
	if len(present) > 0 && !takesValues(present) && q.ExpressionAttributeValues != nil {
		return invalid("ExpressionAttributeValues can only be specified when using expressions: FilterExpression and KeyConditionExpression are null")
	}
	names, err := q.scope(len(present) > 0, labelFilter, labelKey)
	if err != nil {
		return err
	}
	if q.KeyConditionExpression == nil {
		return invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	if q.tests, err = parseKeyCondition(*q.KeyConditionExpression, names); err != nil {
		return err
	}
	if err := q.prepare(names); err != nil {
		return err
	}
	return names.checkUsed()
}

func (q *query) serve(s *Server) (any, error) {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	t, err := s.store.ready(q.name())
	if err != nil {
		return nil, err
	}
	within, err := t.schema.keyRange(q.tests)
	if err != nil {
		return nil, err
	}
	if err := q.checkFilter(t.schema); err != nil {
		return nil, err
	}
	rows, err := q.rows(t, within)
	if err != nil {
		return nil, err
	}
	p := q.newPage()
	for _, r := range rows {
		if !q.add(p, t.schema, r) {
			break
		}
	}
	p.ConsumedCapacity = q.consumed(q.name(), readUnits(p.bytes, q.ConsistentRead))
	return p, nil
}

// rows are those the query has yet to read, in its direction.
func (q *query) rows(t *table, within keyRange) ([]row, error) {
	if q.ExclusiveStartKey != nil {
		if err := q.checkStart(t.schema, within); err != nil {
			return nil, err
		}
	}
	p := t.byHash[within.hash.text]
	if p == nil {
		return nil, nil
	}
	from := sort.Search(len(p.rows), func(i int) bool { return within.place(p.rows[i].sort) >= 0 })
	to := sort.Search(len(p.rows), func(i int) bool { return within.place(p.rows[i].sort) > 0 })
	forward := q.ScanIndexForward == nil || *q.ScanIndexForward
	if q.ExclusiveStartKey != nil {
		at, found := p.search(t.schema.rangeOf(q.ExclusiveStartKey))
		if forward && found {
			at++
		}
		if forward {
			from = max(from, at)
		} else {
			to = min(to, at)
		}
	}
	rows := p.rows[from:max(from, to)]
	if !forward {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	return rows, nil
}

func (q *query) checkStart(s schema, within keyRange) error {
	switch start := q.ExclusiveStartKey; {
	case !s.fits(start):
		return invalid("The provided starting key is invalid: The provided key element does not match the schema")
	case !start[s.hash().name].equal(within.hash):
		return invalid("The provided starting key is outside query boundaries based on provided conditions")
	case within.place(s.rangeOf(start)) != 0:
		return invalid("The provided starting key does not match the range key predicate")
	}
	return nil
}
