package demo

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/kinesnow/kinesnow/integration/exact"
	"github.com/kinesnow/kinesnow/integration/localcloud"
)

// comparePage is how many rows are asked for with all their columns at a time:
// the local server answers a query in one piece.
const comparePage = 250_000

// compare asks Snowflake, through its own driver, for every row, and holds
// them against what was put. The local server gives rows in the order of their
// commits where none is asked for.
func compare(ctx context.Context, cloud *localcloud.Cloud, in *input, log *putLog) (*exact.Result, error) {
	db, err := localcloud.Open(cloud.Login())
	if err != nil {
		return nil, err
	}
	defer db.Close()
	c := newComparison(in, log)
	number := `"` + in.column() + `"`
	err = query(ctx, db, "SELECT "+number+" FROM "+table, nil, func(cells []sql.NullString) { c.row(cells[0]) })
	if err != nil {
		return nil, err
	}
	for from := 0; from < log.len(); from += comparePage {
		page := fmt.Sprintf("SELECT * FROM %s WHERE %s >= %d AND %s < %d", table, number, from, number, from+comparePage)
		if err := query(ctx, db, page, c.columns, c.values); err != nil {
			return nil, err
		}
	}
	return c.end(), nil
}

// query runs a statement and hands on its columns, if asked for, and its rows.
// Cells are good until row returns.
func query(ctx context.Context, db *sql.DB, statement string, columns func(names, kinds []string) error, row func([]sql.NullString)) error {
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	var names, kinds []string
	for _, t := range types {
		names, kinds = append(names, t.Name()), append(kinds, t.DatabaseTypeName())
	}
	if columns != nil {
		if err := columns(names, kinds); err != nil {
			return err
		}
	}
	cells := make([]sql.NullString, len(types))
	into := make([]any, len(types))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row(cells)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
