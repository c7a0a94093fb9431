package sql

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// Statement types, as drivers read them in statementTypeId (spec 4.3).
const (
	typeSelect      = 0x1000
	typeInsert      = 0x3100
	typeUpdate      = 0x3200
	typeDelete      = 0x3300
	typeMerge       = 0x3400
	typeSession     = 0x4000
	typeTransaction = 0x5000
	typeDefinition  = 0x6000
	typeShow        = 0x6100
)

// Result is what a statement gives.
type Result struct {
	Columns       []ResultColumn
	Rows          [][]Value
	StatementType int  // statementTypeId
	Binds         int  // binding variables in the statement
	ArrayBind     bool // of a description: the statement takes arrays of bound values
}

// ResultColumn is one column of a result.
type ResultColumn struct {
	Name     string
	Type     catalog.Type
	Nullable bool
}

// RowType is a column as the wire describes it.
type RowType struct {
	Name       string    `json:"name"`
	Type       string    `json:"type"`
	Nullable   bool      `json:"nullable"`
	Length     *int      `json:"length"`
	ByteLength *int      `json:"byteLength"`
	Precision  *int      `json:"precision"`
	Scale      *int      `json:"scale"`
	Database   string    `json:"database"`
	Schema     string    `json:"schema"`
	Table      string    `json:"table"`
	Collation  *string   `json:"collation"`
	Fields     []RowType `json:"fields,omitempty"`
}

// RowType describes the column for the wire.
func (c ResultColumn) RowType() RowType {
	t := RowType{Name: c.Name, Type: wireType(c.Type), Nullable: c.Nullable}
	switch t.Type {
	case "fixed":
		t.Precision, t.Scale = new(int), new(int)
		*t.Precision, *t.Scale = c.Type.Precision, c.Type.Scale
	case "text":
		length := c.Type.Length
		if length == 0 {
			length = catalog.DefaultLength
		}
		bytes := min(length*4, catalog.MaxVarcharLength)
		t.Length, t.ByteLength = &length, &bytes
	case "binary":
		length := c.Type.Length
		t.Length, t.ByteLength = &length, &length
	case "time", "timestamp_ntz", "timestamp_ltz", "timestamp_tz":
		t.Precision, t.Scale = new(int), new(int)
		*t.Scale = c.Type.Precision
	}
	for _, f := range c.Type.Fields {
		t.Fields = append(t.Fields, ResultColumn{Name: f.Name, Type: f.Type, Nullable: !f.NotNull}.RowType())
	}
	return t
}

// Encode writes a value as a cell of a rowset; ok is false for NULL.
func (c ResultColumn) Encode(v Value) (cell string, ok bool) {
	switch v := v.(type) {
	case nil:
		return "", false
	case string:
		return v, true
	case JSON:
		return string(v), true
	case *apd.Decimal:
		return numberText(v), true
	case float64:
		return floatText(v), true
	case bool:
		if v {
			return "1", true
		}
		return "0", true
	case Bytes:
		return upper(hex.EncodeToString([]byte(v))), true
	case Day:
		return strconv.FormatInt(int64(v), 10), true
	case Clock:
		return seconds(int64(v)/1e9, int64(v)%1e9, c.Type.Precision), true
	case time.Time:
		cell = seconds(v.Unix(), int64(v.Nanosecond()), c.Type.Precision)
		if c.Type.Name == catalog.TimestampTZ {
			_, offset := v.Zone()
			cell += " " + strconv.Itoa(offset/60+1440)
		}
		return cell, true
	}
	return "", false
}

// seconds writes a moment as one decimal number with so many digits after the
// point; before 1970 the whole number is negative.
func seconds(s, nanos int64, digits int) string {
	sign := ""
	if s < 0 {
		sign = "-"
		s = -s
		if nanos > 0 {
			s, nanos = s-1, 1e9-nanos
		}
	}
	text := sign + strconv.FormatInt(s, 10)
	if digits > 0 {
		fraction := strconv.FormatInt(nanos+1e9, 10)[1:]
		text += "." + fraction[:min(digits, 9)]
	}
	return text
}

func resultColumns(columns []scopeColumn) []ResultColumn {
	out := make([]ResultColumn, len(columns))
	for i, c := range columns {
		out[i] = ResultColumn{Name: c.name, Type: c.typ, Nullable: c.nullable}
	}
	return out
}

// Names of the counts that changing rows gives.
var (
	insertCounts = []string{"number of rows inserted"}
	deleteCounts = []string{"number of rows deleted"}
	updateCounts = []string{"number of rows updated", "number of multi-joined rows updated"}
)

const statusExecuted = "Statement executed successfully."

// status is the result of a statement that gives no rows.
func status(message string, id int) *Result {
	return &Result{Columns: []ResultColumn{{Name: "status", Type: textType, Nullable: true}}, Rows: [][]Value{{message}}, StatementType: id}
}

// Message is a result of one text.
func Message(column, text string) *Result {
	return &Result{Columns: []ResultColumn{{Name: column, Type: textType, Nullable: true}}, Rows: [][]Value{{text}}}
}

// affected is the result of INSERT, UPDATE and DELETE.
func affected(id int, names []string, counts ...int64) *Result {
	r := &Result{StatementType: id, Rows: [][]Value{nil}}
	for i, n := range counts {
		r.Columns = append(r.Columns, ResultColumn{Name: names[i], Type: catalog.Type{Name: catalog.Number, Precision: 19}})
		r.Rows[0] = append(r.Rows[0], number(n))
	}
	return r
}
