package localdynamo

import (
	"slices"
	"strings"
)

// source is what a Query or Scan reads: a table, or one of its indexes.
type source struct {
	table   *table
	index   *index // nil for the table
	rows    *rows
	fetches bool // goes on to the table for what a local index does not hold
}

// source finds what the request reads and checks that it can be read so. The
// caller holds the lock for writing.
func (r *reading) source(s *Server) (*source, error) {
	t, err := s.store.ready(r.name())
	if err != nil {
		return nil, err
	}
	if r.IndexName == nil {
		return &source{table: t, rows: t.seen(r.ConsistentRead, s.options.Now()).rows}, nil
	}
	name, now := *r.IndexName, s.options.Now()
	x := t.content.index(name)
	switch {
	case x == nil:
		return nil, invalid("The table does not have the specified index: %s", name)
	case x.global && t.indexStatus(name, now) == "CREATING":
		return nil, invalid("Cannot read from backfilling global secondary index: %s", name)
	case x.global && r.ConsistentRead:
		return nil, invalid("Consistent reads are not supported on global secondary indexes")
	}
	seen := t.seen(r.ConsistentRead, now).index(name)
	from := &source{table: t, index: seen, rows: seen.rows}
	return from, r.checkProjected(from)
}

// checkProjected refuses attributes that a global index does not hold, and
// has those that a local one does not hold fetched from the table.
func (r *reading) checkProjected(from *source) error {
	x := from.index
	if x.definition.Projection.ProjectionType == "ALL" {
		return nil
	}
	if r.Select == "ALL_ATTRIBUTES" {
		if from.fetches = !x.global; x.global {
			return invalid("One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type is not ALL", x.definition.IndexName)
		}
	}
	var missing []string
	for _, way := range r.projection {
		if !x.projects(way[0].name) {
			missing = append(missing, way[0].name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if from.fetches = !x.global; x.global {
		slices.Sort(missing)
		return invalid("One or more parameter values were invalid: Global secondary index %s does not project [%s]", x.definition.IndexName, strings.Join(missing, ", "))
	}
	return nil
}

// schema is the key by which the source is read.
func (f *source) schema() schema { return f.rows.schema }

// visible is the part of an item that the read sees.
func (f *source) visible(it item) item {
	if f.index == nil || f.fetches {
		return it
	}
	return f.index.projected(it)
}

// keyOf is what continues a read behind an item.
func (f *source) keyOf(it item) item {
	if f.index == nil {
		return f.schema().keyOf(it)
	}
	return f.index.keyOf(it)
}

// fits tells whether a starting key has the attributes it should.
func (f *source) fits(key item) bool {
	if f.index == nil {
		return f.schema().fits(key)
	}
	return f.index.fits(key)
}

// names tells whether a starting key names the attributes it should, whatever
// their types are.
func (f *source) names(key item) bool {
	wanted := map[string]bool{}
	for _, part := range f.schema() {
		wanted[part.name] = true
	}
	if f.index != nil {
		for _, part := range f.index.base {
			wanted[part.name] = true
		}
	}
	for name := range wanted {
		if _, ok := key[name]; !ok {
			return false
		}
	}
	return len(key) == len(wanted)
}

// name tells what the source is called, for capacity: "" for the table.
func (f *source) name() string {
	if f.index == nil {
		return ""
	}
	return f.index.definition.IndexName
}
