package sql

import (
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// createTable runs the CREATE TABLE forms: with columns, LIKE and AS SELECT.
func (e *environment) createTable(s *createTable) (*Result, error) {
	database, schema, name, err := e.placeFor(s.name, "CREATE TABLE", creates[s.kind])
	if err != nil {
		return nil, err
	}
	t := catalog.Table{Database: database, Schema: schema, Name: name, Kind: s.kind, Transient: s.transient, Owner: e.session.Role}
	if err := e.columnsFor(&t, s); err != nil {
		return nil, err
	}
	iceberg, err := setTable(&t, s.props)
	if err != nil {
		return nil, err
	}
	var source *relation
	if s.query != nil {
		if source, err = e.columnsFromQuery(&t, s); err != nil {
			return nil, err
		}
	}
	if err := e.addKeys(&t, s.keys); err != nil {
		return nil, err
	}
	if err := e.checkIceberg(&t, iceberg); err != nil {
		return nil, err
	}
	if len(t.Columns) == 0 {
		return nil, compileError(2080, "42601", "Table '%s' has no columns", name)
	}
	table, made, err := e.engine.Catalog.CreateTable(t, s.existing)
	if err != nil {
		return nil, fromCatalog(err)
	}
	if made && source != nil {
		if err := e.fill(table, source); err != nil {
			return nil, err
		}
	}
	return created("Table", name, made), nil
}

// creates is what a role needs on the schema to create a table of each kind.
var creates = map[catalog.Kind]catalog.Privilege{catalog.Standard: catalog.CreateTable, catalog.Iceberg: catalog.CreateIceberg, catalog.Interactive: catalog.CreateInteractive}

// columnsFor takes the columns from the statement or from LIKE's table.
func (e *environment) columnsFor(t *catalog.Table, s *createTable) error {
	if s.like != nil {
		from, err := e.findTable(*s.like, "Table", "CREATE TABLE")
		if err != nil {
			return err
		}
		for _, c := range from.Columns {
			c.Since, c.Evolved = 0, false
			t.Columns = append(t.Columns, c)
		}
		t.Evolution, t.ErrorLogging, t.RowTimestamp, t.ClusterBy = from.Evolution, from.ErrorLogging, from.RowTimestamp, from.ClusterBy
		return nil
	}
	for _, d := range s.columns {
		if _, ok := t.Column(d.name); ok {
			return compileError(2025, "42S21", "duplicate column name '%s'", d.name)
		}
		c, err := e.columnFrom(d)
		if err != nil {
			return err
		}
		t.Columns = append(t.Columns, c)
	}
	return nil
}

// columnFrom makes a column of its definition; a default must fit its type.
func (e *environment) columnFrom(d columnDef) (catalog.Column, error) {
	c := catalog.Column{Name: d.name, Type: d.typ, Nullable: !d.notNull, Default: d.def, Identity: d.identity, Comment: d.comment}
	if d.identity && (d.def != "" || d.typ.Name != catalog.Number) {
		return c, compileError(2023, "42601", "Column '%s': AUTOINCREMENT needs a NUMBER without DEFAULT", d.name)
	}
	if d.def == "" {
		return c, nil
	}
	x, err := parseExpression(d.def)
	if err != nil {
		return c, err
	}
	compiled, err := (&scope{env: e}).compileAs(x, d.typ)
	if err != nil {
		return c, compileError(2262, "22000", "Default value data type does not match data type for column %s", d.name)
	}
	if _, err := compiled.eval(&frame{}); err != nil {
		return c, compileError(2262, "22000", "Default value data type does not match data type for column %s", d.name)
	}
	return c, nil
}

// columnsFromQuery gives a table without columns those of AS SELECT.
// Those of a table that is defined AS SELECT from a stream are filled as rows
// arrive, by the table's default pipe; source is nil then.
func (e *environment) columnsFromQuery(t *catalog.Table, s *createTable) (source *relation, err error) {
	streams := false
	if core, ok := s.query.innermost().body.(*selectCore); ok {
		_, streams = core.from.(*streamSource)
	}
	if streams && t.Kind != catalog.Interactive {
		return nil, unsupported("%s AS SELECT ... FROM TABLE(DATA_SOURCE(...)): an interactive table or a pipe takes it", t.Kind)
	}
	if streams {
		e.stream = rawRow
	}
	r, err := e.query(s.query, nil)
	if err != nil {
		return nil, err
	}
	if len(t.Columns) == 0 {
		for _, c := range r.columns {
			if _, ok := t.Column(c.name); ok {
				return nil, compileError(2025, "42S21", "duplicate column name '%s'", c.name)
			}
			typ := c.typ
			if typ.Name == "NULL" {
				typ = textType
			}
			t.Columns = append(t.Columns, catalog.Column{Name: c.name, Type: typ, Nullable: true})
		}
	}
	if len(t.Columns) != len(r.columns) {
		return nil, mismatchedColumns(len(t.Columns), len(r.columns))
	}
	if streams {
		t.Copy = &catalog.Copy{Query: s.text}
		for _, c := range t.Columns {
			t.Copy.Columns = append(t.Copy.Columns, c.Name)
		}
		_, err := e.transformation(t.Copy, t)
		return nil, err
	}
	columns := make([]scopeColumn, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = scopeColumn{typ: c.Type}
	}
	return e.reshape(r, columns)
}

// fill writes the rows of AS SELECT.
func (e *environment) fill(t *catalog.Table, source *relation) error {
	w := &rowWriter{env: e, table: t}
	err := source.each(func(row []Value) error {
		values, given := w.blank()
		copy(values, row)
		for i := range given {
			given[i] = true
		}
		return w.add(values, given)
	})
	if err == nil && len(w.rows) > 0 {
		err = e.engine.Rows.Append(t.ID, w.rows)
	}
	if err != nil { // a table without its rows would be a lie
		_ = e.engine.Catalog.DropTable(t.Database, t.Schema, t.Name)
	}
	return err
}
