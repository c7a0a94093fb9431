package sql

import (
	"math"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

var numberFunctions = map[string]function{
	"ABS":      {1, 1, abs},
	"SIGN":     {1, 1, sign},
	"ROUND":    {1, 2, rounder(apd.RoundHalfUp, math.Round)},
	"TRUNC":    {1, 2, rounder(apd.RoundDown, math.Trunc)},
	"TRUNCATE": {1, 2, rounder(apd.RoundDown, math.Trunc)},
	"FLOOR":    {1, 2, rounder(apd.RoundFloor, math.Floor)},
	"CEIL":     {1, 2, rounder(apd.RoundCeiling, math.Ceil)},
	"CEILING":  {1, 2, rounder(apd.RoundCeiling, math.Ceil)},
	"MOD":      {2, 2, func(s *scope, a []compiled) (compiled, error) { return s.arithmetic("%", a[0], a[1]) }},
	"DIV0":     {2, 2, div0},
	"SQRT":     simple(1, 1, floatType, sqrt, floatType),
	"POWER":    simple(2, 2, floatType, func(v []Value) (Value, error) { return math.Pow(v[0].(float64), v[1].(float64)), nil }, floatType),
	"POW":      simple(2, 2, floatType, func(v []Value) (Value, error) { return math.Pow(v[0].(float64), v[1].(float64)), nil }, floatType),
	"LN":       simple(1, 1, floatType, logarithm, floatType),
	"EXP":      simple(1, 1, floatType, func(v []Value) (Value, error) { return math.Exp(v[0].(float64)), nil }, floatType),
}

func abs(s *scope, args []compiled) (compiled, error) {
	c, err := s.anyNumber(args[0])
	if err != nil {
		return compiled{}, err
	}
	return strict(c.typ, func(v []Value) (Value, error) {
		if d, ok := v[0].(*apd.Decimal); ok {
			return new(apd.Decimal).Abs(d), nil
		}
		return math.Abs(v[0].(float64)), nil
	}, c), nil
}

func sign(s *scope, args []compiled) (compiled, error) {
	c, err := s.anyNumber(args[0])
	if err != nil {
		return compiled{}, err
	}
	return strict(catalog.Type{Name: catalog.Number, Precision: 1}, func(v []Value) (Value, error) {
		if d, ok := v[0].(*apd.Decimal); ok {
			return number(int64(d.Sign())), nil
		}
		return number(int64(compareFloats(v[0].(float64), 0))), nil
	}, c), nil
}

// rounder rounds to a number of digits after the point; the type keeps no more
// digits than a constant asks for.
func rounder(mode apd.Rounder, whole func(float64) float64) func(*scope, []compiled) (compiled, error) {
	return func(s *scope, args []compiled) (compiled, error) {
		c, err := s.anyNumber(args[0])
		if err != nil {
			return compiled{}, err
		}
		digits := constantInt(0)
		typ := c.typ
		if len(args) == 2 {
			if digits, err = s.as(args[1], integerType); err != nil {
				return compiled{}, err
			}
			if n, ok := asInt(args[1].constant); ok {
				typ.Scale = min(typ.Scale, int(max(n, 0)))
			}
		} else {
			typ.Scale = 0
		}
		if typ.Name == catalog.Number {
			typ.Precision = min(catalog.MaxPrecision, typ.Precision+1)
		}
		return strict(typ, func(v []Value) (Value, error) {
			n, ok := asInt(v[1])
			n = min(max(n, -38), 38)
			d, exactly := v[0].(*apd.Decimal)
			if !ok || !exactly {
				f, _ := v[0].(float64)
				shift := math.Pow(10, float64(n))
				return whole(f*shift) / shift, nil
			}
			if int32(-n) <= d.Exponent {
				return toNumber(d, typ)
			}
			wide, out := exact, new(apd.Decimal)
			wide.Rounding = mode
			if _, err := wide.Quantize(out, d, int32(-n)); err != nil {
				return nil, runtimeError(100039, "22003", "Numeric value '%s' is out of range", shorten(d.String()))
			}
			return toNumber(out, typ)
		}, c, digits), nil
	}
}

func constantInt(n int64) compiled {
	v := number(n)
	return compiled{typ: integerType, eval: func(*frame) (Value, error) { return v, nil }}
}

// div0 is a division that gives 0 for a divisor of 0.
func div0(s *scope, args []compiled) (compiled, error) {
	quotient, err := s.arithmetic("/", args[0], args[1])
	if err != nil {
		return compiled{}, err
	}
	eval := quotient.eval
	quotient.eval = func(f *frame) (Value, error) {
		v, err := eval(f)
		if err != nil && AsError(err).Code == 100051 {
			if quotient.typ.Name == catalog.Float {
				return 0.0, nil
			}
			return toNumber(number(0), quotient.typ)
		}
		return v, err
	}
	return quotient, nil
}

func sqrt(v []Value) (Value, error) {
	if v[0].(float64) < 0 {
		return nil, runtimeError(100057, "2201F", "Invalid floating point operation: sqrt(%s)", floatText(v[0].(float64)))
	}
	return math.Sqrt(v[0].(float64)), nil
}

func logarithm(v []Value) (Value, error) {
	if v[0].(float64) <= 0 {
		return nil, runtimeError(100057, "2201E", "Invalid floating point operation: log(%s)", floatText(v[0].(float64)))
	}
	return math.Log(v[0].(float64)), nil
}
