package localdynamo

import (
	"slices"
	"sort"
	"strings"
)

// query is Query: rows of one hash key value in range key order, in a table or
// an index.
type query struct {
	reading
	KeyConditionExpression *string
	KeyConditions          map[string]legacyCondition
	QueryFilter            map[string]legacyCondition
	ScanIndexForward       *bool

	tests []keyTest // parsed by check
}

func (q *query) access() []access {
	return []access{{action: "Query", table: q.name(), index: q.IndexName}}
}
func (q *query) key(*store) string { return q.name() }

func (q *query) check() error {
	if err := q.checkTable(); err != nil {
		return err
	}
	present := q.present(q.KeyConditionExpression)
	legacy := q.legacyPresent("QueryFilter", len(q.QueryFilter) > 0)
	if q.KeyConditions != nil && q.KeyConditionExpression != nil {
		legacy = append(legacy, "KeyConditions") // a FilterExpression may go with them
	}
	if err := refuseMixed(legacy, present); err != nil {
		return err
	}
	if len(present) > 0 && !takesValues(present) && q.ExpressionAttributeValues != nil {
		return invalid("ExpressionAttributeValues can only be specified when using expressions: FilterExpression and KeyConditionExpression are null")
	}
	names, err := q.scope(len(present) > 0, labelFilter, labelKey)
	if err != nil {
		return err
	}
	if err := q.prepareKey(names); err != nil {
		return err
	}
	filter, err := q.legacyFilter("queryFilter", q.QueryFilter)
	if err != nil {
		return err
	}
	if err := q.prepare(names, filter); err != nil {
		return err
	}
	return names.checkUsed()
}

func (q *query) prepareKey(names *scope) (err error) {
	switch {
	case q.KeyConditionExpression != nil:
		q.tests, err = parseKeyCondition(*q.KeyConditionExpression, names)
	case q.KeyConditions != nil:
		q.tests, err = legacyKeyTests(q.KeyConditions)
	default:
		err = invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	return err
}

func (q *query) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	from, err := q.source(s)
	if err != nil {
		return nil, err
	}
	within, err := from.schema().keyRange(q.tests)
	if err != nil {
		return nil, err
	}
	if err := q.checkFilter(from); err != nil {
		return nil, err
	}
	if err := from.table.reachable(); err != nil {
		return nil, err
	}
	rows, err := q.rows(from, within)
	if err != nil {
		return nil, err
	}
	p := q.newPage()
	for _, r := range rows {
		if !q.add(p, from, r) {
			break
		}
	}
	p.ConsumedCapacity = q.read(q.name(), from, p, q.ConsistentRead)
	return p, nil
}

// checkFilter refuses a filter on the key, for which KeyConditionExpression is
// there, and on what an index does not hold.
func (q *query) checkFilter(from *source) error {
	if q.filter == nil {
		return nil
	}
	name := "Filter Expression"
	if q.FilterExpression == nil {
		name = "QueryFilter"
	}
	var missing []string
	for _, way := range q.filter.paths() {
		if from.schema().has(way[0].name) {
			return invalid("%s can only contain non-primary key attributes: Primary key attribute: %s", name, way[0].name)
		}
		if from.index != nil && !from.index.projects(way[0].name) && !slices.Contains(missing, way[0].name) {
			missing = append(missing, way[0].name)
		}
	}
	if len(missing) > 0 {
		return invalid("One or more parameter values were invalid: Secondary index %s does not project one or more filter attributes: [%s]", from.name(), strings.Join(missing, ", "))
	}
	return nil
}

// rows are those the query has yet to read, in its direction.
func (q *query) rows(from *source, within keyRange) ([]row, error) {
	if q.ExclusiveStartKey != nil {
		if err := q.checkStart(from, within); err != nil {
			return nil, err
		}
	}
	p := from.rows.byHash[within.hash.text]
	if p == nil {
		return nil, nil
	}
	first := sort.Search(len(p.rows), func(i int) bool { return within.place(p.rows[i].sort) >= 0 })
	end := sort.Search(len(p.rows), func(i int) bool { return within.place(p.rows[i].sort) > 0 })
	forward := q.ScanIndexForward == nil || *q.ScanIndexForward
	if q.ExclusiveStartKey != nil {
		at, found := p.search(from.rows.place(q.ExclusiveStartKey))
		if forward && found {
			at++
		}
		if forward {
			first = max(first, at)
		} else {
			end = min(end, at)
		}
	}
	rows := p.rows[first:max(first, end)]
	if !forward {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	return rows, nil
}

func (q *query) checkStart(from *source, within keyRange) error {
	s := from.schema()
	switch start := q.ExclusiveStartKey; {
	case !from.names(start):
		return invalid("The provided starting key is invalid")
	case !from.fits(start):
		return invalid("The provided key element does not match the schema")
	case !start[s.hash().name].equal(within.hash):
		return invalid("The provided starting key is outside query boundaries based on provided conditions")
	case within.place(s.rangeOf(start)) != 0:
		return invalid("The provided starting key does not match the range key predicate")
	}
	return nil
}
