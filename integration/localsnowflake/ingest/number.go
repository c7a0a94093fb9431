package ingest

import (
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// coerceNumber works on digits, never on floats: 38 digits do not fit one.
func coerceNumber(t catalog.Type, raw []byte) (Value, error) {
	s, quoted := text(raw)
	if quoted {
		s = strings.TrimSpace(s)
	} else if isNumber(raw) {
		s = string(raw)
	} else {
		return Value{}, castError(t)
	}
	out, rounded, ok := fixed(s, t.Precision, t.Scale)
	if !ok {
		return Value{}, castError(t)
	}
	return Value{Kind: Number, Text: out, Rounded: rounded}, nil
}

// fixed writes a decimal text with exactly scale digits after the point,
// rounding half away from zero. ok is false for what is not a number or needs
// more than precision digits.
func fixed(s string, precision, scale int) (out string, rounded, ok bool) {
	digits, exponent, negative, ok := decimal(s)
	if !ok {
		return "", false, false
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return zero(scale), false, true
	}
	// The value is 0.<digits> * 10^point.
	point := len(digits) + exponent
	if point > precision-scale {
		return "", false, false
	}
	keep := point + scale // digits that stay
	switch {
	case keep < 0:
		return zero(scale), true, true
	case keep < len(digits):
		rounded = strings.Trim(digits[keep:], "0") != ""
		up := digits[keep] >= '5'
		digits = digits[:keep]
		if up {
			digits = increment(digits)
		}
	default:
		digits += strings.Repeat("0", keep-len(digits))
	}
	digits = strings.TrimLeft(digits, "0")
	if len(digits) > precision {
		return "", false, false
	}
	if digits == "" {
		return zero(scale), rounded, true
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	if scale > 0 {
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if negative {
		digits = "-" + digits
	}
	return digits, rounded, true
}

func zero(scale int) string {
	if scale == 0 {
		return "0"
	}
	return "0." + strings.Repeat("0", scale)
}

func increment(digits string) string {
	b := []byte(digits)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] < '9' {
			b[i]++
			return string(b)
		}
		b[i] = '0'
	}
	return "1" + string(b)
}

// decimal splits [sign] digits [. digits] [e exponent] into the digits without
// point and the power of ten they are multiplied by.
func decimal(s string) (digits string, exponent int, negative, ok bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative, s = s[0] == '-', s[1:]
	}
	if e := strings.IndexAny(s, "eE"); e >= 0 {
		n, err := strconv.Atoi(s[e+1:])
		if err != nil || n > 1e6 || n < -1e6 {
			return "", 0, false, false
		}
		exponent, s = n, s[:e]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	digits = whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", 0, false, false
	}
	return digits, exponent - len(fraction), negative, true
}
