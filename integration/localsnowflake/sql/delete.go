package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// delete runs DELETE FROM t [USING sources] [WHERE ...].
func (e *environment) delete(s *deleteStatement) (*Result, error) {
	t, err := e.changing(s.table, "DELETE", catalog.Delete)
	if err != nil {
		return nil, err
	}
	rows, err := e.targets(t, s.alias, s.using, s.filter)
	if err != nil {
		return nil, err
	}
	var ids []int64
	seen := map[int64]bool{}
	err = rows.each(func(row []Value) error {
		if id := row[len(t.Columns)].(rowID); !seen[int64(id)] {
			seen[int64(id)] = true
			ids = append(ids, int64(id))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := e.changeRows(t.ID, nil, ids); err != nil {
		return nil, err
	}
	return affected(typeDelete, deleteCounts, int64(len(ids))), nil
}

// truncate runs TRUNCATE TABLE t and TRUNCATE ERROR_TABLE(t).
func (e *environment) truncate(s *truncateStatement) (*Result, error) {
	t, err := e.findTable(s.table, "Table", "TRUNCATE")
	if err != nil {
		if s.ifExists && AsError(err).Code == 2003 {
			return status(statusExecuted, typeDefinition), nil
		}
		return nil, err
	}
	if err := e.may(t, catalog.Truncate); err != nil {
		return nil, err
	}
	clear := e.engine.Rows.Truncate
	if s.errors {
		if !t.ErrorLogging {
			return nil, compileError(2003, "02000", "Error table of '%s' does not exist: ERROR_LOGGING is not set on the table.", t.Path())
		}
		clear = e.engine.Rows.TruncateErrors
	} else if err := e.lock(t.ID); err != nil {
		return nil, err
	}
	if err := clear(t.ID); err != nil {
		return nil, err
	}
	return status(statusExecuted, typeDefinition), nil
}
