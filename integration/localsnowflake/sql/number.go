package sql

import (
	"math"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// maxExponent bounds the powers of ten that decimals here may have, so that
// writing one out stays cheap.
const maxExponent = 4096

// maxDigits bounds the text of a decimal for the same reason: reading a million
// digits takes seconds.
const maxDigits = 2 * maxExponent

// parseDecimal reads a finite number of up to maxDigits digits.
func parseDecimal(s string) (*apd.Decimal, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxDigits || strings.Trim(s, "0123456789+-.eE") != "" {
		return nil, false
	}
	d, _, err := apd.NewFromString(s)
	if err != nil || d.Form != apd.Finite || d.Exponent > maxExponent || d.Exponent < -maxExponent {
		return nil, false
	}
	return d, true
}

// rescale brings a decimal to NUMBER(precision, scale), rounding half away
// from zero; ok is false when it has too many digits.
func rescale(d *apd.Decimal, precision, scale int) (*apd.Decimal, bool) {
	if d.IsZero() {
		return apd.New(0, int32(-scale)), true
	}
	if int(d.NumDigits())+int(d.Exponent) > precision-scale {
		return nil, false
	}
	if d.Exponent == int32(-scale) {
		return d, true
	}
	out := new(apd.Decimal)
	wide := exact
	wide.Precision = uint32(max(120, d.NumDigits()+int64(scale)+2))
	if int(d.NumDigits())+int(d.Exponent) < -scale { // far below the last digit
		return apd.New(0, int32(-scale)), true
	}
	if _, err := wide.Quantize(out, d, int32(-scale)); err != nil {
		return nil, false
	}
	if int(out.NumDigits()) > precision {
		return nil, false
	}
	if out.IsZero() {
		out.Negative = false
	}
	return out, true
}

// toNumber rescales to a type or fails as the service does.
func toNumber(d *apd.Decimal, t catalog.Type) (Value, error) {
	out, ok := rescale(d, t.Precision, t.Scale)
	if !ok {
		return nil, runtimeError(100039, "22003", "Numeric value '%s' is out of range", shorten(d.String()))
	}
	return out, nil
}

func floatToNumber(f float64, t catalog.Type) (Value, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, runtimeError(100039, "22003", "Numeric value '%s' is out of range", floatText(f))
	}
	d := new(apd.Decimal)
	if _, err := d.SetFloat64(f); err != nil {
		return nil, runtimeError(100038, "22018", "Numeric value '%s' is not recognized", floatText(f))
	}
	return toNumber(d, t)
}

func toFloat(d *apd.Decimal) float64 { return parseFloat(d.String()) }

func numberText(d *apd.Decimal) string { return d.Text('f') }

// asInt is a number's integer part when it fits.
func asInt(v Value) (int64, bool) {
	switch v := v.(type) {
	case *apd.Decimal:
		if r, ok := rescale(v, 18, 0); ok {
			n, err := r.Int64()
			return n, err == nil
		}
	case float64:
		if math.Abs(v) < 1e18 {
			return int64(math.Round(v)), true
		}
	}
	return 0, false
}

func shorten(s string) string {
	if len(s) > 100 {
		return s[:100] + "..."
	}
	return s
}

// arithmeticType is the result type of an operator on two NUMBERs
// (docs.snowflake.com/sql-reference/operators-arithmetic).
func arithmeticType(op string, a, b catalog.Type) catalog.Type {
	wholeA, wholeB := a.Precision-a.Scale, b.Precision-b.Scale
	whole, scale := max(wholeA, wholeB)+1, max(a.Scale, b.Scale)
	switch op {
	case "*":
		whole, scale = wholeA+wholeB, min(a.Scale+b.Scale, max(a.Scale, b.Scale, 12))
	case "/":
		whole, scale = wholeA+b.Scale, max(a.Scale, min(a.Scale+6, 12))
	case "%":
		whole = max(wholeA, wholeB)
	}
	scale = min(scale, 37)
	return catalog.Type{Name: catalog.Number, Precision: max(1, min(catalog.MaxPrecision, whole+scale)), Scale: scale}
}

// calculate applies an operator to two decimals and rounds to the type.
func calculate(op string, a, b *apd.Decimal, t catalog.Type) (Value, error) {
	out := new(apd.Decimal)
	var err error
	switch op {
	case "+":
		_, err = exact.Add(out, a, b)
	case "-":
		_, err = exact.Sub(out, a, b)
	case "*":
		_, err = exact.Mul(out, a, b)
	case "/", "%":
		if b.IsZero() {
			return nil, runtimeError(100051, "22012", "Division by zero")
		}
		if op == "/" {
			_, err = exact.Quo(out, a, b)
		} else {
			_, err = exact.Rem(out, a, b)
		}
	}
	if err != nil {
		return nil, runtimeError(100039, "22003", "Numeric value is out of range: %s", err)
	}
	t.Precision = catalog.MaxPrecision
	return toNumber(out, t)
}
