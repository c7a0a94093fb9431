package sql

import (
	"bytes"
	"encoding/json"
)

// AppendRowset appends a result's rows as the wire wants them: an array of
// arrays of strings, NULL as null.
func (r *Result) AppendRowset(b []byte) []byte {
	b = append(b, '[')
	for i, row := range r.Rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		for k, v := range row {
			if k > 0 {
				b = append(b, ',')
			}
			cell, ok := r.Columns[k].Encode(v)
			if !ok {
				b = append(b, "null"...)
				continue
			}
			if _, isJSON := v.(JSON); isJSON {
				cell = printed(cell)
			}
			b = append(b, quoteJSON(cell)...)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

// printed lays a semi-structured value out as the service does in results
// (seen in snowflake-cli issue 2393): one member a line, two blanks a level. A
// cast to VARCHAR stays on one line.
func printed(cell string) string {
	if cell[0] != '{' && cell[0] != '[' {
		return cell
	}
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(cell), "", "  "); err != nil {
		return cell
	}
	return b.String()
}

// RowTypes describes all columns for the wire.
func (r *Result) RowTypes() []RowType {
	types := make([]RowType, len(r.Columns))
	for i, c := range r.Columns {
		types[i] = c.RowType()
	}
	return types
}
