package sql

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
			b = append(b, quoteJSON(cell)...)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

// RowTypes describes all columns for the wire.
func (r *Result) RowTypes() []RowType {
	types := make([]RowType, len(r.Columns))
	for i, c := range r.Columns {
		types[i] = c.RowType()
	}
	return types
}
