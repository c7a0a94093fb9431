package schema

import (
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// Kind is what sort of table it is, as far as DDL differs.
type Kind string

// The kinds.
const (
	Standard Kind = "TABLE"
	Iceberg  Kind = "ICEBERG TABLE"
)

// Table is a target as it was described.
type Table struct {
	Path    string // quoted, with database and schema: "DB"."S"."T"
	Kind    Kind
	Columns *messages.Columns
}

// MaxAdded is how many columns one statement adds: as many as server-side
// evolution adds at once.
const MaxAdded = 100

// Diff is what has to be done, in order, so that the table takes what was seen
// without a loss; nil where it does already. Every statement may be run again,
// and by several processes at once. A key that can be no column (messages.ColumnName)
// gets none.
func Diff(t Table, seen *messages.Unmatched) []messages.Alteration {
	var all []messages.Alteration
	added := added(t, seen)
	for len(added) > 0 {
		n := min(len(added), MaxAdded)
		all = append(all, t.add(added[:n]))
		added = added[n:]
	}
	if relaxed := relaxed(t, seen); len(relaxed) > 0 {
		all = append(all, t.change(relaxed, " DROP NOT NULL"))
	}
	for i := range seen.Keys {
		at := t.Columns.Find(seen.Keys[i].Name)
		if at < 0 {
			continue
		}
		column := &t.Columns.List()[at]
		if wider := widened(column, &seen.Keys[i]); wider != "" {
			all = append(all, t.change([]string{column.Name}, " SET DATA TYPE "+wider))
		}
	}
	return all
}

// column is a new one.
type column struct{ name, typ string }

// added are the columns that are not there, in the order in which their keys
// were seen. Keys that differ only in case share one.
func added(t Table, seen *messages.Unmatched) []column {
	var names []string
	merged := map[string]*messages.KeySeen{}
	for _, k := range seen.Keys {
		name, ok := messages.ColumnName(k.Name)
		if !ok || t.Columns.Find(k.Name) >= 0 {
			continue
		}
		if was := merged[name]; was != nil {
			was.Add(k)
			continue
		}
		names, merged[name] = append(names, name), &k
	}
	var list []column
	for _, name := range names {
		typ := Type(merged[name].Kinds, t.Kind, t.Columns.Nested())
		if name == Metadata && !t.Columns.Nested() {
			typ = MetadataObject
		}
		if typ != "" {
			list = append(list, column{name, typ})
		}
	}
	return list
}

// relaxed are the required columns that some row lacks.
func relaxed(t Table, seen *messages.Unmatched) (names []string) {
	for _, name := range seen.Lacking {
		for _, i := range t.Columns.Required() {
			if t.Columns.List()[i].Name == name {
				names = append(names, name)
			}
		}
	}
	return names
}

// quote writes a name as an identifier, exactly.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// add writes one statement for new columns. IF NOT EXISTS stands before each
// name: somebody may have added any of them in between.
func (t *Table) add(columns []column) messages.Alteration {
	a, parts := messages.Alteration{}, make([]string, len(columns))
	for i, c := range columns {
		parts[i] = "IF NOT EXISTS " + quote(c.name) + " " + c.typ
		a.Columns = append(a.Columns, c.name)
	}
	a.Statement = "ALTER " + string(t.Kind) + " " + t.Path + " ADD COLUMN " + strings.Join(parts, ", ")
	return a
}

// change writes one statement that changes columns the same way.
func (t *Table) change(names []string, how string) messages.Alteration {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = "COLUMN " + quote(name) + how
	}
	return messages.Alteration{Statement: "ALTER " + string(t.Kind) + " " + t.Path + " ALTER " + strings.Join(parts, ", "), Columns: names}
}

// Metadata is the key of a record's metadata (rows.Column).
const Metadata = "KINESISMETADATA"

// MetadataObject is the type of its column in an Iceberg table of version 2:
// exactly the seven fields (Snowflake's page on its own connector for Kinesis,
// Iceberg tables).

const MetadataObject = "OBJECT(stream STRING, shardId STRING, approximateArrival STRING, partitionKey STRING, sequenceNumber STRING, subSequenceNumber INTEGER, shardedSequenceNumber STRING)"
