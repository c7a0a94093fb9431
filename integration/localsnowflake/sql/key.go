package sql

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// addKeys notes constraints on a table. A primary key's columns are NOT NULL.
func (e *environment) addKeys(t *catalog.Table, defs []keyDef) error {
	for _, d := range defs {
		k := catalog.Key{Name: d.name, Kind: d.kind, Columns: d.columns}
		if k.Name == "" {
			k.Name = "SYS_CONSTRAINT_" + uuid.NewString()
		}
		for _, name := range d.columns {
			i, ok := t.Column(name)
			if !ok {
				return compileError(904, "42000", "invalid identifier '%s'", catalog.Quote(name))
			}
			if d.kind == catalog.PrimaryKey {
				t.Columns[i].Nullable = false
			}
		}
		if d.kind == catalog.PrimaryKey && slices.ContainsFunc(t.Keys, isPrimary) {
			return compileError(2208, "42601", "a primary key already exists for table '%s'", t.Name)
		}
		if d.to != nil {
			if err := e.refer(t, &k, d); err != nil {
				return err
			}
		}
		t.Keys = append(t.Keys, k)
	}
	return nil
}

func isPrimary(k catalog.Key) bool { return k.Kind == catalog.PrimaryKey }

// refer completes a foreign key with the table it names; without columns those
// of that table's primary key.
func (e *environment) refer(t *catalog.Table, k *catalog.Key, d keyDef) error {
	database, schema, name, err := e.place(*d.to, "REFERENCES")
	if err != nil {
		return err
	}
	to := t
	if database != t.Database || schema != t.Schema || name != t.Name {
		if to, err = e.findTable(*d.to, "Table", "REFERENCES"); err != nil {
			return err
		}
	}
	k.ToDatabase, k.ToSchema, k.ToTable, k.ToColumns = database, schema, name, d.refers
	if i := slices.IndexFunc(to.Keys, isPrimary); k.ToColumns == nil && i >= 0 {
		k.ToColumns = to.Keys[i].Columns
	}
	for _, column := range k.ToColumns {
		if _, ok := to.Column(column); !ok {
			return compileError(904, "42000", "invalid identifier '%s'", catalog.Quote(column))
		}
	}
	if len(k.ToColumns) != len(k.Columns) {
		return compileError(2209, "42601", "the foreign key of table '%s' has %d columns, table '%s' offers %d", t.Name, len(k.Columns), name, len(k.ToColumns))
	}
	return nil
}

// dropKey removes the constraints that ALTER TABLE ... DROP means.
func dropKey(t *catalog.Table, d keyDef) error {
	n := len(t.Keys)
	t.Keys = slices.DeleteFunc(t.Keys, func(k catalog.Key) bool {
		if d.name != "" {
			return k.Name == d.name
		}
		return k.Kind == d.kind && (d.columns == nil || slices.Equal(k.Columns, d.columns))
	})
	if len(t.Keys) == n {
		return compileError(2210, "42704", "the constraint to drop does not exist on table '%s'", t.Name)
	}
	return nil
}

// inKey tells whether a column is in a constraint of a kind.
func inKey(t *catalog.Table, kind catalog.KeyKind, column string) bool {
	return slices.ContainsFunc(t.Keys, func(k catalog.Key) bool { return k.Kind == kind && slices.Contains(k.Columns, column) })
}

// showKeys lists the columns of the constraints of a kind.
func (e *environment) showKeys(s *showStatement, kind catalog.KeyKind) (*listing, error) {
	names := []string{"created_on", "database_name", "schema_name", "table_name", "column_name", "key_sequence", "constraint_name", "rely", "comment"}
	if kind == catalog.ForeignKey {
		names = []string{"created_on", "pk_database_name", "pk_schema_name", "pk_table_name", "pk_column_name", "fk_database_name", "fk_schema_name",
			"fk_table_name", "fk_column_name", "key_sequence", "update_rule", "delete_rule", "fk_name", "pk_name", "deferrability", "rely", "comment"}
	}
	l := newListing(names...)
	tables, err := e.tablesFor(s)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		for _, k := range t.Keys {
			for i, column := range k.Columns {
				switch place := number(int64(i + 1)); {
				case k.Kind != kind:
				case kind == catalog.ForeignKey:
					l.add(t.CreatedOn, k.ToDatabase, k.ToSchema, k.ToTable, k.ToColumns[i], t.Database, t.Schema, t.Name, column, place,
						"NO ACTION", "NO ACTION", k.Name, e.primaryOf(k), "NOT DEFERRABLE", "false", nil)
				default:
					l.add(t.CreatedOn, t.Database, t.Schema, t.Name, column, place, k.Name, "false", nil)
				}
			}
		}
	}
	return l, nil
}

func (e *environment) primaryOf(k catalog.Key) Value {
	if t, ok := e.engine.Catalog.Table(k.ToDatabase, k.ToSchema, k.ToTable); ok {
		if i := slices.IndexFunc(t.Keys, isPrimary); i >= 0 {
			return t.Keys[i].Name
		}
	}
	return nil
}

// tablesFor are the visible tables that SHOW ... IN means.
func (e *environment) tablesFor(s *showStatement) ([]*catalog.Table, error) {
	if s.inKind == "TABLE" && s.in != nil {
		t, err := e.findTable(*s.in, "Table", fmt.Sprintf("SHOW %s", s.what))
		return []*catalog.Table{t}, err
	}
	database, schema, err := e.where(s)
	if err != nil {
		return nil, err
	}
	return e.visible(database, schema), nil
}
