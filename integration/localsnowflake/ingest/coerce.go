package ingest

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// Codes of row errors, as Snowflake numbers them.
const (
	CodeJSON    = 100069 // error parsing JSON
	CodeCast    = 100071 // failed to cast variant value
	CodeNull    = 100072 // NULL result in a non-nullable column
	CodeTooLong = 100078 // string too long and would be truncated
)

// CoerceError says why a value does not fit a type. It never holds the value.
type CoerceError struct {
	Code int // CodeCast or CodeTooLong
	Type catalog.Type
}

func (e *CoerceError) Error() string {
	if e.Code == CodeTooLong {
		return "String is too long and would be truncated for " + e.Type.String()
	}
	return "Failed to cast variant value to " + e.Type.String()
}

func castError(t catalog.Type) error { return &CoerceError{Code: CodeCast, Type: t} }

// Coerce turns a JSON value into a value of a column type as the default pipe
// does (spec 3.4). raw must be valid JSON,
// or empty for a missing value. JSON null is NULL for every type
// but VARIANT, where it is the JSON value null. The error is a *CoerceError.
func Coerce(t catalog.Type, raw []byte) (Value, error) {
	if t.Name == catalog.Variant {
		return Value{Kind: JSON, Text: compact(raw)}, nil
	}
	if len(raw) == 0 || raw[0] == 'n' {
		return Value{}, nil
	}
	switch t.Name {
	case catalog.Number:
		return coerceNumber(t, raw)
	case catalog.Float:
		return coerceFloat(t, raw)
	case catalog.Varchar:
		return coerceText(t, raw)
	case catalog.Boolean:
		return coerceBoolean(t, raw)
	case catalog.Binary:
		return coerceBinary(t, raw)
	case catalog.Date:
		return coerceDate(t, raw)
	case catalog.Time:
		return coerceTime(t, raw)
	case catalog.TimestampNTZ, catalog.TimestampLTZ, catalog.TimestampTZ:
		return coerceTimestamp(t, raw)
	case catalog.Object, catalog.Map:
		return coerceObject(t, raw)
	case catalog.Array:
		return coerceArray(t, raw)
	case catalog.Vector:
		return coerceVector(t, raw)
	}
	return Value{}, castError(t) // GEOGRAPHY, GEOMETRY: no row was ever seen to land (spec 3.4)
}

// text returns the content of a JSON string; ok is false for another kind.
func text(raw []byte) (s string, ok bool) {
	if raw[0] != '"' {
		return "", false
	}
	inner := raw[1 : len(raw)-1]
	for _, c := range inner {
		if c == '\\' {
			return string(unescape(raw)), true
		}
	}
	return string(inner), true
}

func isNumber(raw []byte) bool { return raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' }

func coerceText(t catalog.Type, raw []byte) (Value, error) {
	s, ok := text(raw)
	if !ok {
		s = compact(raw) // numbers keep their digits, objects and arrays become JSON text
	}
	if t.Length > 0 && len(s) > t.Length && utf8.RuneCountInString(s) > t.Length {
		return Value{}, &CoerceError{Code: CodeTooLong, Type: t}
	}
	return Value{Kind: Text, Text: s}, nil
}

func coerceFloat(t catalog.Type, raw []byte) (Value, error) {
	s, quoted := text(raw)
	switch {
	case quoted:
		s = strings.TrimSpace(s)
		switch strings.ToLower(s) {
		case "nan":
			return Value{Kind: Float, Float: math.NaN()}, nil
		case "inf", "infinity":
			return Value{Kind: Float, Float: math.Inf(1)}, nil
		case "-inf", "-infinity":
			return Value{Kind: Float, Float: math.Inf(-1)}, nil
		}
		if strings.ContainsAny(s, "xXpP_nN") {
			return Value{}, castError(t)
		}
	case isNumber(raw):
		s = string(raw)
	default:
		return Value{}, castError(t)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return Value{}, castError(t)
	}
	return Value{Kind: Float, Float: f}, nil
}

func coerceBoolean(t catalog.Type, raw []byte) (Value, error) {
	switch raw[0] {
	case 't':
		return Value{Kind: Bool, Bool: true}, nil
	case 'f':
		return Value{Kind: Bool}, nil
	}
	s, _ := text(raw)
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "yes", "on":
		return Value{Kind: Bool, Bool: true}, nil
	case "false", "no", "off":
		return Value{Kind: Bool}, nil
	}
	return Value{}, castError(t) // numbers, 0 and 1 included
}

// coerceBinary decodes base64: the default pipe's BINARY_INPUT_FORMAT is fixed.
func coerceBinary(t catalog.Type, raw []byte) (Value, error) {
	s, ok := text(raw)
	if !ok {
		return Value{}, castError(t)
	}
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		return Value{}, castError(t)
	}
	if t.Length > 0 && len(b) > t.Length {
		return Value{}, &CoerceError{Code: CodeTooLong, Type: t}
	}
	return Value{Kind: Binary, Bytes: b}, nil
}
