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

// cell is the text in a row's named column; "" where there is none or NULL.
// Which columns SHOW and DESC have changes over time.
func (l *listing) cell(row []sql.NullString, column string) string {
	if i, ok := l.at[column]; ok {
		return row[i].String
	}
	return ""
}
