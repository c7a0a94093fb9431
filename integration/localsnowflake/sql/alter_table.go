package sql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// alterTable applies all actions of one ALTER TABLE, or none.
func (e *environment) alterTable(s *alterTable) (*Result, error) {
	for {
		t, err := e.findTable(s.name, "Table", "ALTER TABLE")
		if err != nil {
			if s.ifExists && AsError(err).Code == 2003 {
				return status(statusExecuted, typeDefinition), nil
			}
			return nil, err
		}
		if err := e.may(t, catalog.Ownership); err != nil {
			return nil, err
		}
		if s.actions[0].kind == "RENAME" {
			return e.renameTable(t, s.actions[0])
		}
		next := t.Clone()
		for _, a := range s.actions {
			if err := e.alter(next, a); err != nil {
				return nil, err
			}
		}
		if e.engine.Catalog.SwapTable(t, next) {
			return status(statusExecuted, typeDefinition), nil
		} // schema evolution was faster: look again
	}
}

func (e *environment) renameTable(t *catalog.Table, a alterAction) (*Result, error) {
	parts, err := e.resolve(a.to)
	if err != nil {
		return nil, err
	}
	full := append([]string{t.Database, t.Schema}[:max(0, 3-len(parts))], parts...)
	if !e.engine.Catalog.CanIn(e.session.Role, catalog.CreateTable, full[0], full[1]) {
		return nil, denied("schema '%s'", full[1])
	}
	if err := e.engine.Catalog.RenameTable(t.ID, full[0], full[1], full[2]); err != nil {
		return nil, fromCatalog(err)
	}
	return status(statusExecuted, typeDefinition), nil
}

// alter applies one action to a copy of the table.
func (e *environment) alter(t *catalog.Table, a alterAction) error {
	switch a.kind {
	case "SET", "CLUSTER":
		if a.kind == "CLUSTER" {
			t.ClusterBy = nil
		}
		options, err := setTable(t, a.set)
		if err == nil && len(options.given) > 0 {
			err = badProperty(property{name: options.given[0]}, "TABLE")
		}
		return err
	case "UNSET":
		return unsetTable(t, a.unset)
	case "ADD KEY":
		return e.addKeys(t, []keyDef{a.key})
	case "DROP KEY":
		return dropKey(t, a.key)
	case "ADD":
		return e.addColumn(t, a)
	}
	i, ok := t.Column(a.column.name)
	if !ok {
		if a.ifExist {
			return nil
		}
		return compileError(904, "42000", "invalid identifier '%s'", catalog.Quote(a.column.name))
	}
	c := &t.Columns[i]
	switch a.kind {
	case "DROP":
		if len(t.Columns) == 1 {
			return compileError(2067, "42601", "Cannot drop the only column '%s' of table '%s'", c.Name, t.Name)
		}
		t.Columns = slices.Delete(t.Columns, i, i+1)
	case "RENAME COLUMN":
		return renameColumn(t, i, a.rename)
	case "DROP NOT NULL":
		c.Nullable = true
	case "SET NOT NULL":
		return e.forbidNull(t, i)
	case "DROP DEFAULT":
		c.Default = ""
	case "COMMENT":
		c.Comment = a.column.comment
	case "TYPE":
		return changeType(c, a.column.typ)
	}
	return nil
}

// addColumn adds a column whose values begin with the table's next row.
func (e *environment) addColumn(t *catalog.Table, a alterAction) error {
	if _, ok := t.Column(a.column.name); ok {
		if a.ifExist {
			return nil
		}
		return compileError(1430, "42601", "column '%s' already exists", a.column.name)
	}
	c, err := e.columnFrom(a.column)
	if err != nil {
		return err
	}
	rows, err := e.engine.Rows.Count(t.ID)
	if err != nil {
		return err
	}
	if rows > 0 && (!c.Nullable && c.Default == "" || c.Identity) {
		return compileError(2264, "22000", "Non-nullable column '%s' cannot be added to non-empty table '%s' unless it has a non-null default value.", c.Name, t.Name)
	}
	if c.Since, err = e.engine.Rows.NextID(t.ID); err != nil {
		return err
	}
	t.Columns = append(t.Columns, c)
	if err := e.addKeys(t, a.column.keys); err != nil {
		return err
	}
	return lakeRules(t).check(t)
}

// lakeRules are the rules that a table was made under.
func lakeRules(t *catalog.Table) icebergOptions {
	if t.Lake != nil {
		return icebergOptions{version: strconv.Itoa(t.Lake.Version)}
	}
	return icebergOptions{version: "3"}
}

// renameColumn gives a column another case: rows are kept as they came, and their
// keys are matched with columns in any case, so that nothing of them changes.
func renameColumn(t *catalog.Table, i int, to string) error {
	c := &t.Columns[i]
	switch _, there := t.Column(to); {
	case there && to != c.Name:
		return compileError(1430, "42601", "column '%s' already exists", to)
	case !strings.EqualFold(c.Name, to):
		return unsupported("RENAME COLUMN to a name that differs in more than case")
	case len(t.Keys) > 0 || len(t.ClusterBy) > 0:
		return unsupported("RENAME COLUMN of a table with keys")
	}
	c.Name = to
	return nil
}

// forbidNull sets NOT NULL if no row has a NULL there.
func (e *environment) forbidNull(t *catalog.Table, i int) error {
	r := e.rowsOf(t)
	*r.columns[i].used = true
	err := e.scan(t, r.columns, func(_ rowstore.Row, values []Value) error {
		if values[i] == nil {
			return runtimeError(100072, "22000", "NULL result in a non-nullable column: %s", catalog.Quote(t.Columns[i].Name))
		}
		return nil
	})
	if err == nil {
		t.Columns[i].Nullable = false
	}
	return err
}

// changeType widens a VARCHAR, BINARY or NUMBER; other changes would touch
// values (docs.snowflake.com/sql-reference/sql/alter-table-column).
func changeType(c *catalog.Column, to catalog.Type) error {
	from := c.Type
	wider := from.Name == to.Name
	switch from.Name {
	case catalog.Varchar, catalog.Binary:
		wider = wider && to.Length >= from.Length
	case catalog.Number:
		wider = wider && to.Scale == from.Scale && to.Precision >= from.Precision
	default:
		wider = from.String() == to.String()
	}
	if !wider {
		return compileError(2108, "22000", "cannot change column %s from type %s to %s", c.Name, from, to)
	}
	c.Type = to
	return nil
}
