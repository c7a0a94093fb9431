package warehouse

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/kinesnow/kinesnow/messages"
)

// MaxRows bounds the answer of one Query.
const MaxRows = 100_000

// Query runs one statement and returns its columns' names and its rows, each
// cell as the text that the driver makes of it, or NULL. args stand for the
// question marks in it. More than MaxRows rows are an error.
//
// Errors are *messages.Fault. A statement that Snowflake will not run has
// ReasonRefused and Complete.
func (w *Warehouse) Query(ctx context.Context, statement string, args ...any) (columns []string, rows [][]sql.NullString, err error) {
	answer, err := w.db.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, nil, w.fault("query", err)
	}
	defer answer.Close()
	if columns, err = answer.Columns(); err != nil {
		return nil, nil, w.fault("query", err)
	}
	for answer.Next() {
		if len(rows) == MaxRows {
			return nil, nil, &messages.Fault{
				Class: messages.Transient, Reason: messages.ReasonRefused, Op: op("query"), Complete: true,
				Err: fmt.Errorf("more than %d rows", MaxRows), Hint: "add a LIMIT",
			}
		}
		row := make([]sql.NullString, len(columns))
		cells := make([]any, len(columns))
		for i := range row {
			cells[i] = &row[i]
		}
		if err := answer.Scan(cells...); err != nil {
			return nil, nil, w.fault("query", err)
		}
		rows = append(rows, row)
	}
	if err := answer.Err(); err != nil {
		return nil, nil, w.fault("query", err)
	}
	return columns, rows, nil
}

// listing is a SHOW or DESC answer by column name.
type listing struct {
	at   map[string]int
	rows [][]sql.NullString
}

// list runs a statement of our own.
func (w *Warehouse) list(ctx context.Context, statement string) (*listing, error) {
	ctx, cancel := context.WithTimeout(ctx, statementLimit)
	defer cancel()
	columns, rows, err := w.Query(ctx, statement)
	if err != nil {
		return nil, err
	}
	l := &listing{make(map[string]int, len(columns)), rows}
	for i, name := range columns {
		l.at[name] = i
	}
	return l, nil
}

// in is a row of it by column name.
func (l *listing) in(row []sql.NullString) record { return record{l, row} }

// record is one row of a listing.
type record struct {
	*listing
	row []sql.NullString
}

// has reports whether there is such a column. Which ones SHOW and DESC have
// changes over time.
func (r record) has(column string) bool {
	_, ok := r.at[column]
	return ok
}

// cell is the text in the named column; "" where there is none or NULL.
func (r record) cell(column string) string {
	if i, ok := r.at[column]; ok {
		return r.row[i].String
	}
	return ""
}

// show returns the row of SHOW TABLES, PIPES and their like for the object of
// exactly that name in the configured schema; nil if there is none.
func (w *Warehouse) show(ctx context.Context, what, name string) (*record, error) {
	shown, err := w.list(ctx, "SHOW "+what+" LIKE '"+pattern(name)+"' IN SCHEMA "+w.scope)
	if err != nil {
		return nil, err
	}
	for _, row := range shown.rows {
		if r := shown.in(row); r.cell("name") == name {
			return &r, nil
		}
	}
	return nil, nil
}
