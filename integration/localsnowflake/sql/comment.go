package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// comment runs COMMENT ON TABLE, COLUMN and PIPE. Others keep their comment in
// CREATE alone.
func (e *environment) comment(s *commentStatement) (*Result, error) {
	err := e.commentOn(s)
	if err != nil && !(s.ifExists && AsError(err).Code == 2003) {
		return nil, err
	}
	return status(statusExecuted, typeDefinition), nil
}

func (e *environment) commentOn(s *commentStatement) error {
	switch s.kind {
	case "PIPE":
		p, err := e.ownPipe(s.name)
		if err != nil {
			return err
		}
		return e.engine.Catalog.CommentPipe(p.Database, p.Schema, p.Name, s.text)
	case "TABLE", "COLUMN":
	default:
		return unsupported("COMMENT ON %s", s.kind)
	}
	parts, err := e.resolve(s.name)
	if err != nil {
		return err
	}
	column := ""
	if s.kind == "COLUMN" {
		if len(parts) < 2 {
			return compileError(904, "42000", "invalid identifier '%s'", quoteParts(parts))
		}
		column, parts = parts[len(parts)-1], parts[:len(parts)-1]
	}
	t, err := e.findTable(objectName{parts: parts}, "Table", "COMMENT")
	if err != nil {
		return err
	}
	if err := e.may(t, catalog.Ownership); err != nil {
		return err
	}
	return e.engine.Catalog.UpdateTable(t.ID, func(t *catalog.Table) error {
		if s.kind == "TABLE" {
			t.Comment = s.text
			return nil
		}
		i, ok := t.Column(column)
		if !ok {
			return compileError(904, "42000", "invalid identifier '%s'", catalog.Quote(column))
		}
		t.Columns[i].Comment = s.text
		return nil
	})
}
