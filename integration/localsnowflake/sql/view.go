package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// createView runs CREATE VIEW. The query is compiled once, so that a view that
// cannot work is refused.
func (e *environment) createView(s *createView) (*Result, error) {
	database, schema, name, err := e.placeFor(s.name, "CREATE VIEW", catalog.CreateView)
	if err != nil {
		return nil, err
	}
	v := catalog.View{Database: database, Schema: schema, Name: name, Columns: s.columns, Query: s.text, Text: s.whole, Owner: e.session.Role}
	for _, p := range s.props {
		if p.name != "COMMENT" {
			return nil, badProperty(p, "VIEW")
		}
		v.Comment = p.value
	}
	r, err := e.query(s.query, nil)
	if err != nil {
		return nil, err
	}
	if _, err := r.rename(name, s.columns); err != nil {
		return nil, err
	}
	made, err := e.engine.Catalog.CreateView(v, s.existing)
	if err != nil {
		return nil, fromCatalog(err)
	}
	return created("View", name, made), nil
}

// view compiles a view's query with the rights of the view's owner.
func (e *environment) view(v *catalog.View) (*relation, error) {
	st, err := parse(v.Query)
	if err != nil {
		return nil, err
	}
	s, ok := st.(*selectStatement)
	if !ok {
		return nil, unsupported("a view of anything but a query")
	}
	owner := *e
	owner.session = e.session.Fork()
	owner.session.Role, owner.session.Database, owner.session.Schema = v.Owner, v.Database, v.Schema
	owner.session.begin(e.session.transaction())
	r, err := owner.query(s.query, nil)
	if err != nil {
		return nil, err
	}
	return r.named(v)
}

// named gives a relation the full name of a view.
func (r *relation) named(v *catalog.View) (*relation, error) {
	out, err := r.rename(v.Name, v.Columns)
	if err != nil {
		return nil, err
	}
	for i := range out.columns {
		out.columns[i].path = []string{v.Database, v.Schema, v.Name}
	}
	return out, nil
}

// named compiles what FROM names and is no table: a view, or one of the
// INFORMATION_SCHEMA's. Nil when it is neither.
func (e *environment) named(n *tableSource) (*relation, error) {
	if n.errors {
		return nil, nil
	}
	database, schema, name, err := e.place(n.name, "SELECT")
	if err != nil {
		return nil, err
	}
	var r *relation
	if schema == informationSchema {
		if r, err = e.informationSchema(database, name); err != nil {
			return nil, err
		}
	} else {
		v, err := e.findView(database, schema, name)
		if v == nil || err != nil {
			return nil, err
		}
		if !e.engine.Catalog.CanOn(e.session.Role, catalog.Select, catalog.OnView, v.ID, v.Owner) {
			return nil, denied("view '%s'", v.Name)
		}
		if r, err = e.view(v); err != nil {
			return nil, err
		}
	}
	if n.alias != "" {
		return r.rename(n.alias, nil)
	}
	return r, nil
}

// findView finds a view that the role can see; nil when there is no view of
// that name at all.
func (e *environment) findView(database, schema, name string) (*catalog.View, error) {
	v, ok := e.engine.Catalog.View(database, schema, name)
	switch {
	case !ok:
		return nil, nil
	case !e.seesView(v):
		return nil, absent("Object", v.Path())
	}
	return v, nil
}

func (e *environment) seesView(v *catalog.View) bool {
	c := e.engine.Catalog
	return c.CanUse(e.session.Role, v.Database, v.Schema) && c.CanOn(e.session.Role, "", catalog.OnView, v.ID, v.Owner)
}

// visibleViews are the views in a place that the role can see.
func (e *environment) visibleViews(database, schema string) []*catalog.View {
	var list []*catalog.View
	for _, v := range e.engine.Catalog.Views(database, schema) {
		if e.seesView(v) {
			list = append(list, v)
		}
	}
	return list
}

// viewColumns are the columns of a view as a table would have them; none when
// what it reads is gone.
func (e *environment) viewColumns(v *catalog.View) []catalog.Column {
	env := *e
	env.work = &work{} // of each view
	r, err := env.view(v)
	if err != nil {
		return nil
	}
	var columns []catalog.Column
	for _, c := range r.columns {
		columns = append(columns, catalog.Column{Name: c.name, Type: c.typ, Nullable: c.nullable})
	}
	return columns
}
