package ingest

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// columnKind picks the quick test of a column type.
type columnKind uint8

const (
	kindOther columnKind = iota // only Coerce knows
	kindVariant
	kindText
	kindNumber
	kindFloat
	kindBoolean
	kindObject // plain OBJECT
	kindArray  // plain ARRAY
)

func kindOf(t catalog.Type) columnKind {
	switch t.Name {
	case catalog.Variant:
		return kindVariant
	case catalog.Varchar:
		return kindText
	case catalog.Number:
		return kindNumber
	case catalog.Float:
		return kindFloat
	case catalog.Boolean:
		return kindBoolean
	case catalog.Object:
		if t.Fields == nil {
			return kindObject
		}
	case catalog.Array:
		if t.Element == nil {
			return kindArray
		}
	}
	return kindOther
}

// surelyFits answers for the usual values without making any. false means
// that Coerce must decide. raw is valid JSON and not null.
func (k columnKind) surelyFits(t *catalog.Type, raw []byte) bool {
	switch k {
	case kindVariant, kindArray:
		return true
	case kindText: // bytes are never fewer than characters
		return t.Length == 0 || len(raw) <= t.Length
	case kindNumber:
		digits := raw
		if digits[0] == '-' {
			digits = digits[1:]
		}
		return len(digits) <= t.Precision-t.Scale && skipDigits(digits, 0) == len(digits)
	case kindFloat: // neither a string nor an exponent that could overflow
		return len(raw) < 300 && isNumber(raw) && plainNumber(raw)
	case kindBoolean:
		return raw[0] == 't' || raw[0] == 'f'
	case kindObject:
		return raw[0] == '{'
	}
	return false
}

func plainNumber(raw []byte) bool {
	for _, c := range raw {
		if c|0x20 == 'e' {
			return false
		}
	}
	return true
}
