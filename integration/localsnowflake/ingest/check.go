package ingest

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// Rules are what does not follow from the table.
type Rules struct {
	// Evolve reports what the table lacks instead of dropping unknown keys
	// and refusing rows without a NOT NULL column.
	Evolve bool
	// RejectFractions makes digits lost to NUMBER's scale a row error. By
	// default they are rounded (spec 3.4, not proven).
	RejectFractions bool
}

// Report is what became of the lines of one append.
type Report struct {
	Parsed    int      // lines that are not blank
	Good      [][]byte // rows to commit, in order; they share the body's memory
	Errors    []RowError
	Evolution Evolution // wanted; empty unless Rules.Evolve
}

// Content says what the payload of a row error is (error_data_content_type).
type Content string

// The contents of spec 3.5.
const (
	ContentJSON    Content = "json"
	ContentInvalid Content = "json-invalid"
	ContentBinary  Content = "binary-base64" // not even text
)

// RowError is a line that does not become a row.
type RowError struct {
	Raw     []byte // the line
	Content Content
	Code    int
	Column  string // "" where the line as a whole is wrong
	Message string // never holds a value
}

// checkLines reads lines one after the other.
func (c *Columns) checkLines(body []byte, rules Rules) *Report {
	r := &Report{Good: make([][]byte, 0, bytes.Count(body, []byte{'\n'})+1)}
	values := make([][]byte, 0, len(c.table.Columns))
	for line, rest := Line(body); line != nil; line, rest = Line(rest) {
		r.Parsed++
		var err error
		if values, err = c.Project(line, values[:0]); err != nil {
			r.Errors = append(r.Errors, lineError(line, err))
			continue
		}
		if rules.Evolve {
			r.Evolution.note(c, values)
		}
		if bad := c.checkRow(line, values, rules); bad != nil {
			r.Errors = append(r.Errors, *bad)
			continue
		}
		r.Good = append(r.Good, line)
	}
	return r
}

// Line is the first line of an append body that is not blank, without its end,
// and what follows it; nil when there is none.
func Line(body []byte) (line, rest []byte) {
	for len(body) > 0 {
		line := body
		if end := bytes.IndexByte(body, '\n'); end >= 0 {
			line, body = body[:end:end], body[end+1:]
		} else {
			body = nil
		}
		if line = bytes.Trim(line, " \t\r"); len(line) > 0 {
			return line, body
		}
	}
	return nil, nil
}

// Malformed is the error of a line that is not one JSON object, or nil.
func Malformed(line []byte) *RowError {
	if _, err := scanObject(line, nil); err != nil {
		e := lineError(line, err)
		return &e
	}
	return nil
}

func lineError(line []byte, err error) RowError {
	e := RowError{Raw: line, Content: ContentInvalid, Code: CodeJSON, Message: "Error parsing JSON: " + err.Error()}
	switch {
	case errors.Is(err, errNotObject):
		e.Content = ContentJSON
	case !utf8.Valid(line):
		e.Content = ContentBinary
	}
	return e
}

// checkRow returns nil for a good row.
func (c *Columns) checkRow(line []byte, values [][]byte, rules Rules) *RowError {
	for i := range values {
		column := &c.table.Columns[i]
		raw := values[i]
		if raw == nil || raw[0] == 'n' && c.kinds[i] != kindVariant {
			filled := raw == nil && (column.Default != "" || column.Identity || rules.Evolve)
			if !column.Nullable && !filled {
				return &RowError{Raw: line, Content: ContentJSON, Code: CodeNull, Column: column.Name,
					Message: "NULL result in a non-nullable column: " + catalog.Quote(column.Name)}
			}
			continue
		}
		if c.kinds[i].surelyFits(&column.Type, raw) {
			continue
		}
		v, err := Coerce(column.Type, raw)
		if err == nil && v.Rounded && rules.RejectFractions {
			err = castError(column.Type)
		}
		var bad *CoerceError
		if errors.As(err, &bad) {
			return &RowError{Raw: line, Content: ContentJSON, Code: bad.Code, Column: column.Name,
				Message: bad.Error() + " in column " + catalog.Quote(column.Name)}
		}
	}
	return nil
}
