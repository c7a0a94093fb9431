package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// update runs UPDATE t SET c = x, ... [FROM sources] [WHERE ...]. An updated
// row is a new row of the store, so it moves to the end. Of several source rows
// for one row the first counts, as ERROR_ON_NONDETERMINISTIC_UPDATE = FALSE
// says, the service's default.
func (e *environment) update(s *updateStatement) (*Result, error) {
	t, err := e.changing(s.table, "UPDATE", catalog.Update)
	if err != nil {
		return nil, err
	}
	rows, err := e.targets(t, s.alias, s.from, s.filter)
	if err != nil {
		return nil, err
	}
	sets, err := (&scope{env: e, columns: rows.columns}).settings(t, s.sets)
	if err != nil {
		return nil, err
	}
	rows.readAll(t)
	w := &rowWriter{env: e, table: t}
	times := map[int64]int{}
	multiple := int64(0)
	err = rows.each(func(row []Value) error {
		id := int64(row[len(t.Columns)].(rowID))
		if times[id]++; times[id] > 1 {
			if times[id] == 2 {
				multiple++
			}
			return nil
		}
		w.gone = append(w.gone, id)
		return w.changed(row[:len(t.Columns)], row, sets)
	})
	if err != nil {
		return nil, err
	}
	if err := e.changeRows(t.ID, w.rows, w.gone); err != nil {
		return nil, err
	}
	return affected(typeUpdate, updateCounts, int64(len(w.gone)), multiple), nil
}
