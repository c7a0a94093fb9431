package catalog

import (
	"strconv"
	"strings"
)

// Names of the column types that tables here can have.
const (
	Number       = "NUMBER"
	Float        = "FLOAT"
	Varchar      = "VARCHAR"
	Boolean      = "BOOLEAN"
	Binary       = "BINARY"
	Date         = "DATE"
	Time         = "TIME"
	TimestampNTZ = "TIMESTAMP_NTZ"
	TimestampLTZ = "TIMESTAMP_LTZ"
	TimestampTZ  = "TIMESTAMP_TZ"
	Variant      = "VARIANT"
	Object       = "OBJECT"
	Array        = "ARRAY"
	Map          = "MAP"
	Geography    = "GEOGRAPHY"
	Geometry     = "GEOMETRY"
	Vector       = "VECTOR"
)

// Bounds of the types (docs.snowflake.com/sql-reference/intro-summary-data-types).
const (
	MaxPrecision     = 38        // digits of a NUMBER
	MaxFraction      = 9         // digits of a second
	MaxVarcharLength = 134217728 // characters
	MaxBinaryLength  = 67108864  // bytes
	DefaultLength    = 16777216  // characters of a VARCHAR without length
	DefaultBytes     = 8388608   // bytes of a BINARY without length
)

// Type is a column type. The zero fields of a name mean nothing for it.
type Type struct {
	Name      string  // one of the constants above
	Precision int     `json:",omitempty"` // NUMBER: digits; TIME and TIMESTAMP_*: digits of the second's fraction
	Scale     int     `json:",omitempty"` // NUMBER: digits after the point
	Length    int     `json:",omitempty"` // VARCHAR: characters; BINARY: bytes; VECTOR: elements
	Fields    []Field `json:",omitempty"` // structured OBJECT; nil is a plain OBJECT
	Element   *Type   `json:",omitempty"` // structured ARRAY, MAP (value) and VECTOR
	Key       *Type   `json:",omitempty"` // MAP
}

// Field is a member of a structured OBJECT.
type Field struct {
	Name    string
	Type    Type
	NotNull bool `json:",omitempty"`
}

// IntegerType is NUMBER(38,0), the type of every integer name.
func IntegerType() Type { return Type{Name: Number, Precision: MaxPrecision} }

// TextType is VARCHAR without a given length.
func TextType() Type { return Type{Name: Varchar, Length: DefaultLength} }

// Semistructured reports whether values are JSON: VARIANT, OBJECT, ARRAY or MAP.
func (t Type) Semistructured() bool {
	return t.Name == Variant || t.Name == Object || t.Name == Array || t.Name == Map
}

// String is the type as DESC TABLE shows it, e.g. "NUMBER(38,0)".
func (t Type) String() string {
	switch t.Name {
	case Number:
		return "NUMBER(" + strconv.Itoa(t.Precision) + "," + strconv.Itoa(t.Scale) + ")"
	case Varchar, Binary:
		return t.Name + "(" + strconv.Itoa(t.Length) + ")"
	case Time, TimestampNTZ, TimestampLTZ, TimestampTZ:
		return t.Name + "(" + strconv.Itoa(t.Precision) + ")"
	case Object:
		return t.object()
	case Array:
		if t.Element != nil {
			return "ARRAY(" + t.Element.String() + ")"
		}
	case Map:
		if t.Key != nil && t.Element != nil {
			return "MAP(" + t.Key.String() + ", " + t.Element.String() + ")"
		}
	case Vector:
		if t.Element != nil {
			return "VECTOR(" + t.Element.Name + ", " + strconv.Itoa(t.Length) + ")"
		}
	}
	return t.Name
}

func (t Type) object() string {
	if t.Fields == nil {
		return Object
	}
	var b strings.Builder
	b.WriteString("OBJECT(")
	for i, f := range t.Fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(Quote(f.Name) + " " + f.Type.String())
		if f.NotNull {
			b.WriteString(" NOT NULL")
		}
	}
	return b.String() + ")"
}
