package sql

import "slices"

func (e *environment) showViews(s *showStatement) (*listing, error) {
	database, schema, err := e.where(s)
	if err != nil {
		return nil, err
	}
	l := newListing("created_on", "name", "reserved", "database_name", "schema_name", "owner", "comment", "text", "is_secure", "is_materialized", "owner_role_type", "change_tracking")
	for _, v := range e.visibleViews(database, schema) {
		l.add(v.CreatedOn, v.Name, "", v.Database, v.Schema, v.Owner, v.Comment, v.Text, "false", "false", "ROLE", "OFF")
	}
	return l, nil
}

// showAll lists tables and views together.
func (e *environment) showAll(s *showStatement) (*listing, error) {
	database, schema, err := e.where(s)
	if err != nil {
		return nil, err
	}
	l := newListing("created_on", "name", "database_name", "schema_name", "kind", "comment", "cluster_by", "rows", "bytes", "owner", "retention_time", "owner_role_type")
	for _, t := range e.visible(database, schema) {
		rows, err := e.engine.Rows.Count(t.ID)
		if err != nil {
			return nil, err
		}
		l.add(t.CreatedOn, t.Name, t.Database, t.Schema, "TABLE", t.Comment, clusteringKey(t), number(rows), nil, t.Owner, "1", "ROLE")
	}
	for _, v := range e.visibleViews(database, schema) {
		l.add(v.CreatedOn, v.Name, v.Database, v.Schema, "VIEW", v.Comment, "", nil, nil, v.Owner, "", "ROLE")
	}
	return l, nil
}

func (e *environment) showVariables() *listing {
	l := newListing("session_id", "created_on", "updated_on", "name", "value", "type", "comment")
	e.session.mu.Lock()
	defer e.session.mu.Unlock()
	for name, v := range e.session.variables {
		l.add(e.session.ID, e.now, asText(e.now, ltzType, e.zone), name, asText(v.value, v.typ, e.zone), lower(castName(v.typ)), "")
	}
	slices.SortFunc(l.Rows, func(a, b []Value) int { return compare(a[3], b[3]) })
	return l
}
