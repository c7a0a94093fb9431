package sql

import (
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// Value is one SQL value; nil is NULL. Otherwise it is, by type:
//
//	NUMBER            *apd.Decimal, finite, never changed once made
//	FLOAT             float64
//	VARCHAR           string
//	BOOLEAN           bool
//	BINARY            Bytes
//	DATE              Day
//	TIME              Clock
//	TIMESTAMP_*       time.Time, see Instant's flavours below
//	VARIANT, OBJECT,  JSON
//	ARRAY, MAP, ...
//
// A TIMESTAMP_NTZ is a time.Time in UTC whose date and clock are the value; a
// TIMESTAMP_LTZ a moment; a TIMESTAMP_TZ a moment in a zone of fixed offset.
type Value any

// Bytes is a BINARY.
type Bytes string

// Day is a DATE: days since 1970-01-01.
type Day int64

// Clock is a TIME: nanoseconds since midnight.
type Clock int64

// JSON is the text of a semi-structured value, compact, its numbers as they
// arrived.
type JSON string

const jsonNull JSON = "null"

// nullType is the type of a bare NULL: it fits every other type.
var nullType = catalog.Type{Name: "NULL"}

var (
	booleanType = catalog.Type{Name: catalog.Boolean}
	floatType   = catalog.Type{Name: catalog.Float}
	variantType = catalog.Type{Name: catalog.Variant}
	arrayType   = catalog.Type{Name: catalog.Array}
	objectType  = catalog.Type{Name: catalog.Object}
	dateType    = catalog.Type{Name: catalog.Date}
	countType   = catalog.Type{Name: catalog.Number, Precision: 18}
	integerType = catalog.IntegerType()
	textType    = catalog.TextType()
	ltzType     = catalog.Type{Name: catalog.TimestampLTZ, Precision: 9}
	ntzType     = catalog.Type{Name: catalog.TimestampNTZ, Precision: 9}
)

func textLiteral(s string) catalog.Type {
	return catalog.Type{Name: catalog.Varchar, Length: max(1, len(s))}
}

// exact is for arithmetic on NUMBER: 38 digits and room for the rounding.
var exact = apd.Context{Precision: 120, MaxExponent: 100000, MinExponent: -100000, Rounding: apd.RoundHalfUp, Traps: apd.InvalidOperation | apd.DivisionByZero | apd.Overflow}

func number(n int64) *apd.Decimal { return apd.New(n, 0) }

// numberLiteral reads a number as written; with an exponent it is a FLOAT
// unless all its digits fit a NUMBER.
func numberLiteral(text string) (Value, catalog.Type) {
	if len(text) > maxDigits {
		return parseFloat(text), floatType
	}
	d, _, err := apd.NewFromString(strings.TrimSuffix(text, "."))
	if err != nil {
		return parseFloat(text), floatType
	}
	digits, scale := int(d.NumDigits()), 0
	if d.Exponent < 0 {
		scale = int(-d.Exponent)
	} else {
		digits += int(d.Exponent)
	}
	precision := max(digits, scale, 1)
	if precision > catalog.MaxPrecision {
		return parseFloat(text), floatType
	}
	if d.Exponent > 0 {
		exact.Quantize(d, d, 0)
	}
	return d, catalog.Type{Name: catalog.Number, Precision: precision, Scale: scale}
}

var epoch = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)

func dayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (d Day) time() time.Time { return epoch.AddDate(0, 0, int(d)) }

func clockOf(t time.Time) Clock {
	h, m, s := t.Clock()
	return Clock(int64(h*3600+m*60+s)*1e9 + int64(t.Nanosecond()))
}

func lower(s string) string { return strings.ToLower(s) }

func upper(s string) string { return strings.ToUpper(s) }
