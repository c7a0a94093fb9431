package localdynamo

import (
	"slices"
	"strings"
)

// index holds the items of a table that have its key attributes, by them.
type index struct {
	definition indexDefinition
	schema     schema
	base       schema // the table's
	global     bool
	rows       *rows
}

func newIndex(d definition, one indexDefinition, global bool) *index {
	s := d.keySchema(one.KeySchema)
	return &index{definition: one, schema: s, base: d.schema(), global: global, rows: newRows(s, d.schema())}
}

// holds tells whether an item belongs into the index: an index is sparse.
func (x *index) holds(it item) bool {
	for _, part := range x.schema {
		if v, ok := it[part.name]; !ok || v.kind != part.kind {
			return false
		}
	}
	return true
}

func (x *index) put(it item) {
	if x.holds(it) {
		x.rows.put(it, x.projected(it).bytes())
	}
}

func (x *index) remove(it item) {
	if x.holds(it) {
		x.rows.remove(it)
	}
}

// projected is the part of an item that the index holds.
func (x *index) projected(it item) item {
	if x.definition.Projection.ProjectionType == "ALL" {
		return it
	}
	part := item{}
	for name, v := range it {
		if x.projects(name) {
			part[name] = v
		}
	}
	return part
}

// projects tells whether the index holds an attribute.
func (x *index) projects(name string) bool {
	return x.definition.Projection.ProjectionType == "ALL" || x.schema.has(name) || x.base.has(name) ||
		slices.Contains(x.definition.Projection.NonKeyAttributes, name)
}

// keyOf is what continues a read of the index behind an item: the index's key
// and the table's.
func (x *index) keyOf(it item) item {
	key := x.base.keyOf(it)
	for _, part := range x.schema {
		key[part.name] = it[part.name]
	}
	return key
}

// fits tells whether key has exactly the key attributes of index and table.
func (x *index) fits(key item) bool {
	attributes := map[string]kind{}
	for _, part := range slices.Concat(x.schema, x.base) {
		attributes[part.name] = part.kind
	}
	for name, k := range attributes {
		if key[name].kind != k {
			return false
		}
	}
	return len(key) == len(attributes)
}

// checkItem refuses an item whose attributes cannot be keys of the index.
// by is the UpdateExpression that made it, which has its own words, or nil.
func (x *index) checkItem(it item, by *update) error {
	for i, part := range x.schema {
		v, ok := it[part.name]
		switch {
		case !ok:
			continue
		case v.kind != part.kind && by.computes(part.name):
			return invalid("The update expression attempted to update the secondary index key to unsupported type")
		case v.kind != part.kind:
			return invalid("One or more parameter values were invalid: Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s",
				part.name, part.kind, v.kind, x.definition.IndexName)
		case v.text == "" && by != nil:
			return invalid("One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. "+
				"The AttributeValue for a key attribute cannot contain an empty %s value.", strings.ToLower(longNames[part.kind]))
		case v.text == "":
			return invalid("One or more parameter values are not valid. A value specified for a secondary index key is not supported. "+
				"The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s",
				strings.ToLower(longNames[part.kind]), x.definition.IndexName, part.name)
		case i == 0 && len(v.text) > maxHashKey:
			return invalid("One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes")
		case i > 0 && len(v.text) > maxRangeKey:
			return invalid("One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
		}
	}
	return nil
}
