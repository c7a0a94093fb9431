package sql

import (
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// conversion turns a value other than NULL into another type's value; it may
// return NULL.
type conversion func(Value) (Value, error)

// convert finds the conversion between two types. The error is a compilation
// error: these types never convert. zone is the session's time zone.
func convert(from, to catalog.Type, zone *time.Location) (conversion, *Error) {
	if from.Semistructured() && !to.Semistructured() {
		return fromJSON(to, zone)
	}
	impossible := compileError(1065, "22023", "Function CAST cannot be used with arguments of types %s and %s", from, to)
	switch to.Name {
	case catalog.Number:
		return convertNumber(from, to, impossible)
	case catalog.Float:
		return convertFloat(from, impossible)
	case catalog.Varchar:
		return func(v Value) (Value, error) { return fitText(asText(v, from, zone), to) }, nil
	case catalog.Boolean:
		return convertBoolean(from, impossible)
	case catalog.Binary:
		return convertBinary(from, to, impossible)
	case catalog.Date, catalog.Time, catalog.TimestampNTZ, catalog.TimestampLTZ, catalog.TimestampTZ:
		return convertMoment(from, to, zone, impossible)
	case catalog.Variant:
		return func(v Value) (Value, error) { return asJSON(v, from, zone), nil }, nil
	case catalog.Object, catalog.Map, catalog.Array:
		return convertJSON(from, to, zone, impossible)
	case "NULL":
		return func(v Value) (Value, error) { return v, nil }, nil
	}
	if from.Name == to.Name || from.Name == "NULL" {
		return func(v Value) (Value, error) { return v, nil }, nil
	}
	return nil, impossible
}

func convertNumber(from, to catalog.Type, impossible *Error) (conversion, *Error) {
	switch from.Name {
	case catalog.Number, catalog.Float, catalog.Varchar, catalog.Boolean, "NULL":
	default:
		return nil, impossible
	}
	return func(v Value) (Value, error) {
		switch v := v.(type) {
		case *apd.Decimal:
			return toNumber(v, to)
		case float64:
			return floatToNumber(v, to)
		case bool:
			if v {
				return toNumber(number(1), to)
			}
			return toNumber(number(0), to)
		case string:
			d, ok := parseDecimal(v)
			if !ok {
				return nil, runtimeError(100038, "22018", "Numeric value '%s' is not recognized", shorten(v))
			}
			return toNumber(d, to)
		}
		return nil, impossible
	}, nil
}

func convertFloat(from catalog.Type, impossible *Error) (conversion, *Error) {
	switch from.Name {
	case catalog.Number, catalog.Float, catalog.Varchar, catalog.Boolean, "NULL":
	default:
		return nil, impossible
	}
	return func(v Value) (Value, error) {
		switch v := v.(type) {
		case *apd.Decimal:
			return toFloat(v), nil
		case float64:
			return v, nil
		case bool:
			if v {
				return 1.0, nil
			}
			return 0.0, nil
		case string:
			if f, ok := floatFromText(v); ok {
				return f, nil
			}
			return nil, runtimeError(100038, "22018", "Numeric value '%s' is not recognized", shorten(v))
		}
		return nil, impossible
	}, nil
}

func floatFromText(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	switch lower(s) {
	case "nan", "inf", "-inf", "+inf", "infinity", "-infinity":
		return parseFloat(s), true
	}
	if len(s) > maxDigits {
		return 0, false
	}
	if _, _, err := apd.NewFromString(s); err != nil || strings.Trim(s, "0123456789+-.eE") != "" {
		return 0, false
	}
	return parseFloat(s), true
}

func convertBoolean(from catalog.Type, impossible *Error) (conversion, *Error) {
	switch from.Name {
	case catalog.Number, catalog.Float, catalog.Varchar, catalog.Boolean, "NULL":
	default:
		return nil, impossible
	}
	return func(v Value) (Value, error) {
		switch v := v.(type) {
		case *apd.Decimal:
			return !v.IsZero(), nil
		case float64:
			return v != 0, nil
		case bool:
			return v, nil
		case string:
			switch lower(strings.TrimSpace(v)) {
			case "true", "t", "yes", "y", "on", "1":
				return true, nil
			case "false", "f", "no", "n", "off", "0":
				return false, nil
			}
			return nil, runtimeError(100037, "22018", "Boolean value '%s' is not recognized", shorten(v))
		}
		return nil, impossible
	}, nil
}

func convertBinary(from, to catalog.Type, impossible *Error) (conversion, *Error) {
	if from.Name != catalog.Binary && from.Name != catalog.Varchar && from.Name != "NULL" {
		return nil, impossible
	}
	return func(v Value) (Value, error) {
		b, ok := v.(Bytes)
		if !ok {
			raw, err := hex.DecodeString(v.(string))
			if err != nil {
				return nil, runtimeError(100115, "22000", "The following string is not a legal hex-encoded value: '%s'", shorten(v.(string)))
			}
			b = Bytes(raw)
		}
		if len(b) > to.Length && to.Length > 0 {
			return nil, runtimeError(100145, "22000", "Binary value '%s' is too long and would be truncated", shorten(hex.EncodeToString([]byte(b))))
		}
		return b, nil
	}, nil
}

func convertJSON(from, to catalog.Type, zone *time.Location, impossible *Error) (conversion, *Error) {
	if from.Semistructured() {
		return fromJSON(to, zone)
	}
	if from.Name == "NULL" {
		return func(v Value) (Value, error) { return v, nil }, nil
	}
	if to.Name == catalog.Array {
		return func(v Value) (Value, error) { return "[" + asJSON(v, from, zone) + "]", nil }, nil
	}
	return nil, impossible
}

// fitText refuses a string longer than the type allows.
func fitText(v Value, to catalog.Type) (Value, error) {
	s, ok := v.(string)
	if ok && to.Length > 0 && len(s) > to.Length && utf8.RuneCountInString(s) > to.Length {
		return nil, runtimeError(100078, "22000", "String '%s' is too long and would be truncated", shorten(s))
	}
	return v, nil
}
