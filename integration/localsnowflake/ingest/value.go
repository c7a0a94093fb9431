package ingest

import "time"

// Kind says which fields of a Value count.
type Kind uint8

// The kinds of values. Every column type maps to one of them.
const (
	Null      Kind = iota
	Number         // Text: plain decimal digits with exactly the column's scale, e.g. "-1.50"
	Float          // Float; NaN and infinities occur
	Text           // Text
	Bool           // Bool
	Binary         // Bytes
	Date           // Days since 1970-01-01
	Time           // Nanos since midnight
	Timestamp      // Instant; see its comment for the three flavours
	JSON           // Text: JSON text, compact, numbers as they arrived (VARIANT, OBJECT, ARRAY, VECTOR)
)

// Value is one column's value of one row. The zero Value is SQL NULL.
type Value struct {
	Kind  Kind
	Text  string
	Float float64
	Bool  bool
	Bytes []byte
	Days  int64
	Nanos int64
	// Instant is in UTC for TIMESTAMP_NTZ, where its date and clock are the
	// value; a moment in UTC for TIMESTAMP_LTZ; a moment in a fixed zone with
	// the value's offset for TIMESTAMP_TZ.
	Instant time.Time
	Rounded bool // digits were lost to fit NUMBER's scale
}
