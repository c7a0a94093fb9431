package localcloud

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// Output is how rows are printed; the value of a flag.
type Output string

// The outputs.
const (
	AsTable Output = "table" // aligned columns, and the number of rows
	AsJSON  Output = "json"  // one object a line
	AsCSV   Output = "csv"   // RFC 4180 with a header line; NULL is empty
)

// String implements pflag.Value.
func (o *Output) String() string { return string(*o) }

// Type implements pflag.Value.
func (o *Output) Type() string { return "FORMAT" }

// Set implements pflag.Value.
func (o *Output) Set(text string) error {
	switch Output(text) {
	case AsTable, AsJSON, AsCSV:
		*o = Output(text)
		return nil
	}
	return fmt.Errorf("%q is none of table, json and csv", text)
}

// Print runs a statement and writes its rows.
func Print(ctx context.Context, db *sql.DB, statement string, w io.Writer, o Output) error {
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	p := newPrinter(w, o, columns)
	cells := make([]sql.NullString, len(columns))
	scan := make([]any, len(columns))
	for i := range cells {
		scan[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(scan...); err != nil {
			return err
		}
		if err := p.row(cells); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return p.end()
}

// printer writes rows in one format.
type printer interface {
	row(cells []sql.NullString) error
	end() error
}

func newPrinter(w io.Writer, o Output, columns []*sql.ColumnType) printer {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name()
	}
	switch o {
	case AsJSON:
		types := make([]string, len(columns))
		for i, c := range columns {
			types[i] = c.DatabaseTypeName()
		}
		return &jsonPrinter{w: w, names: names, types: types}
	case AsCSV:
		p := &csvPrinter{csv.NewWriter(w)}
		_ = p.w.Write(names) // Flush tells
		return p
	}
	p := &tablePrinter{w: w, table: tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	fmt.Fprintln(p.table, strings.Join(names, "\t"))
	return p
}

// tablePrinter aligns columns.
type tablePrinter struct {
	w     io.Writer
	table *tabwriter.Writer
	rows  int
}

// maxCell keeps a table readable, in characters.
const maxCell = 80

func (p *tablePrinter) row(cells []sql.NullString) error {
	texts := make([]string, len(cells))
	for i, c := range cells {
		texts[i] = cellText(c)
	}
	p.rows++
	_, err := fmt.Fprintln(p.table, strings.Join(texts, "\t"))
	return err
}

func cellText(c sql.NullString) string {
	if !c.Valid {
		return "NULL"
	}
	text := []rune(strings.Join(strings.Fields(c.String), " "))
	if len(text) > maxCell {
		return string(text[:maxCell-3]) + "..."
	}
	return string(text)
}

func (p *tablePrinter) end() error {
	if err := p.table.Flush(); err != nil {
		return err
	}
	noun := "rows"
	if p.rows == 1 {
		noun = "row"
	}
	_, err := fmt.Fprintf(p.w, "(%d %s)\n", p.rows, noun)
	return err
}

type csvPrinter struct{ w *csv.Writer }

func (p *csvPrinter) row(cells []sql.NullString) error {
	texts := make([]string, len(cells))
	for i, c := range cells {
		texts[i] = c.String
	}
	return p.w.Write(texts)
}

func (p *csvPrinter) end() error {
	p.w.Flush()
	return p.w.Error()
}

// jsonPrinter writes an object a line, its members in the order of the columns.
type jsonPrinter struct {
	w     io.Writer
	names []string
	types []string
	line  bytes.Buffer
}

func (p *jsonPrinter) row(cells []sql.NullString) error {
	p.line.Reset()
	for i, c := range cells {
		p.line.WriteByte("{,"[min(i, 1)])
		p.text(p.names[i])
		p.line.WriteByte(':')
		p.value(p.types[i], c)
	}
	p.line.WriteString("}\n")
	_, err := p.w.Write(p.line.Bytes())
	return err
}

func (p *jsonPrinter) end() error { return nil }

// value writes numbers, booleans and semi-structured values as what they are,
// and everything else as text.
func (p *jsonPrinter) value(kind string, c sql.NullString) {
	switch {
	case !c.Valid:
		p.line.WriteString("null")
		return
	case kind == "BOOLEAN":
		if is, err := strconv.ParseBool(c.String); err == nil { // the driver hands on 1 and 0
			p.line.WriteString(strconv.FormatBool(is))
			return
		}
	case kind == "FIXED", kind == "REAL", kind == "VARIANT", kind == "OBJECT", kind == "ARRAY":
		if json.Valid([]byte(c.String)) && json.Compact(&p.line, []byte(c.String)) == nil {
			return
		}
	}
	p.text(c.String)
}

func (p *jsonPrinter) text(s string) {
	encoder := json.NewEncoder(&p.line)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string always can be
	p.line.Truncate(p.line.Len() - 1)
}
