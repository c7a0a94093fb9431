package localdynamo

import "time"

// table is one table. The store's lock guards it.
type table struct {
	definition definition
	schema     schema
	content    *content
	replica    *replica // nil when all reads are consistent
	writes     int64    // item writes that took effect

	active   time.Time            // CREATING before
	updated  time.Time            // UPDATING before
	gone     time.Time            // DELETING until; zero while nobody deleted it
	building map[string]time.Time // indexes that are CREATING, and until when
	leaving  map[string]leaving   // indexes that are DELETING
	former   *former              // what the name still leads to; nil mostly
	held     map[string]bool      // items of transactions under way, by key text
}

// leaving is an index that was deleted and still shows.
type leaving struct {
	definition indexDefinition
	until      time.Time
}

// former is the table that had the name before and that requests still reach.
type former struct {
	schema schema
	until  time.Time
}

func newTable(d definition, lag time.Duration) *table {
	return &table{
		definition: d, schema: d.schema(), content: newContent(d), replica: newReplica(d, lag),
		building: map[string]time.Time{}, leaving: map[string]leaving{}, held: map[string]bool{},
	}
}

// define changes what the table is. Its items stay.
func (t *table) define(d definition) {
	t.definition = d
	t.content.define(d)
	if t.replica != nil {
		t.replica.content.define(d)
	}
}

// find returns the row of a key, as the last write left it.
func (t *table) find(key item) (row, bool) { return t.content.rows.find(key) }

// seen is what a read sees: everything if it is consistent, and what the
// replica knows otherwise.
func (t *table) seen(consistent bool, now time.Time) *content {
	if consistent || t.replica == nil {
		return t.content
	}
	return t.replica.at(now)
}

// status is the table's state at a time.
func (t *table) status(now time.Time) string {
	switch {
	case !t.gone.IsZero():
		return "DELETING"
	case now.Before(t.active):
		return "CREATING"
	case now.Before(t.updated) || t.isIndexing(now):
		return "UPDATING"
	}
	return "ACTIVE"
}

// isIndexing tells whether an index is being created or deleted. It forgets
// what is over.
func (t *table) isIndexing(now time.Time) bool {
	busy := false
	for _, until := range t.building {
		busy = busy || now.Before(until)
	}
	for _, left := range t.leaving {
		busy = busy || now.Before(left.until)
	}
	return busy
}

// indexStatus is the state of one of the table's indexes.
func (t *table) indexStatus(name string, now time.Time) string {
	switch {
	case now.Before(t.building[name]):
		return "CREATING"
	case now.Before(t.updated):
		return "UPDATING"
	}
	return "ACTIVE"
}

// reachable refuses requests that are led to the table that had the name
// before: its key schema was right, so all that is wrong is that it is gone.
func (t *table) reachable() error {
	if t.former != nil {
		return noTable()
	}
	return nil
}

// ghost stands in for the table of the name that was deleted.
func (t *table) ghost() *table {
	return &table{definition: t.definition, schema: t.former.schema, content: newContent(definition{}), former: t.former}
}
