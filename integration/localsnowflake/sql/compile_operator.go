package sql

import (
	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

func (s *scope) unary(n *unary) (compiled, error) {
	if n.op == "NOT" {
		c, err := s.compileAs(n.x, booleanType)
		if err != nil {
			return compiled{}, err
		}
		return compiled{typ: booleanType, nullable: c.nullable, eval: func(f *frame) (Value, error) {
			v, err := c.eval(f)
			if v == nil || err != nil {
				return nil, err
			}
			return v != true, nil
		}}, nil
	}
	c, err := s.compile(n.x)
	if err != nil {
		return compiled{}, err
	}
	if c.typ.Name != catalog.Number {
		if c, err = s.as(c, floatType); err != nil {
			return compiled{}, err
		}
	}
	if n.op == "+" {
		return c, nil
	}
	return compiled{typ: c.typ, nullable: c.nullable, eval: func(f *frame) (Value, error) {
		v, err := c.eval(f)
		switch v := v.(type) {
		case *apd.Decimal:
			if v.IsZero() {
				return v, err
			}
			return new(apd.Decimal).Neg(v), err
		case float64:
			return -v, err
		}
		return nil, err
	}}, nil
}

func (s *scope) binary(n *binary) (compiled, error) {
	if n.op == "AND" || n.op == "OR" {
		return s.logic(n)
	}
	if c, ok, err := s.moved(n); ok {
		return c, err
	}
	l, err := s.compile(n.l)
	if err != nil {
		return compiled{}, err
	}
	r, err := s.compile(n.r)
	if err != nil {
		return compiled{}, err
	}
	if test, ok := tests[n.op]; ok {
		return s.order(l, r, test)
	}
	if n.op == "||" {
		return s.concat(l, r)
	}
	return s.arithmetic(n.op, l, r)
}

// logic is AND and OR with three values.
func (s *scope) logic(n *binary) (compiled, error) {
	l, err := s.compileAs(n.l, booleanType)
	if err != nil {
		return compiled{}, err
	}
	r, err := s.compileAs(n.r, booleanType)
	if err != nil {
		return compiled{}, err
	}
	decides := n.op == "OR"
	return compiled{typ: booleanType, nullable: l.nullable || r.nullable, eval: func(f *frame) (Value, error) {
		a, err := l.eval(f)
		if err != nil || a == decides {
			return a, err
		}
		b, err := r.eval(f)
		if err != nil || b == decides {
			return b, err
		}
		if a == nil || b == nil {
			return nil, nil
		}
		return !decides, nil
	}}, nil
}

func (s *scope) concat(l, r compiled) (compiled, error) {
	cl, err := s.as(l, textType)
	if err != nil {
		return compiled{}, err
	}
	cr, err := s.as(r, textType)
	if err != nil {
		return compiled{}, err
	}
	return strict(textType, concat, cl, cr), nil
}

// strict is a function of values none of which is NULL; with a NULL it is NULL.
func strict(typ catalog.Type, apply func([]Value) (Value, error), args ...compiled) compiled {
	nullable := false
	for _, a := range args {
		nullable = nullable || a.nullable
	}
	return compiled{typ: typ, nullable: nullable, eval: func(f *frame) (Value, error) {
		values := make([]Value, len(args))
		for i, a := range args {
			v, err := a.eval(f)
			if v == nil || err != nil {
				return nil, err
			}
			values[i] = v
		}
		return apply(values)
	}}
}

// arithmetic is + - * / %. Two NUMBERs stay exact; dates move by days; all
// else is FLOAT.
func (s *scope) arithmetic(op string, l, r compiled) (compiled, error) {
	if l.typ.Name == "NULL" {
		l.typ = integerType
	}
	if r.typ.Name == "NULL" {
		r.typ = integerType
	}
	switch {
	case l.typ.Name == catalog.Number && r.typ.Name == catalog.Number:
		typ := arithmeticType(op, l.typ, r.typ)
		return strict(typ, func(v []Value) (Value, error) {
			return calculate(op, v[0].(*apd.Decimal), v[1].(*apd.Decimal), typ)
		}, l, r), nil
	case l.typ.Name == catalog.Date && r.typ.Name == catalog.Date && op == "-":
		return strict(catalog.Type{Name: catalog.Number, Precision: 9}, func(v []Value) (Value, error) {
			return number(int64(v[0].(Day) - v[1].(Day))), nil
		}, l, r), nil
	case l.typ.Name == catalog.Date && isNumeric(r.typ) && (op == "+" || op == "-"):
		return strict(dateType, func(v []Value) (Value, error) {
			days, ok := asInt(v[1])
			if op == "-" {
				days = -days
			}
			if moved := v[0].(Day) + Day(days); ok && moved > -800000 && moved < 2932897 {
				return moved, nil
			}
			return nil, runtimeError(100040, "22007", "Date is out of range")
		}, l, r), nil
	case r.typ.Name == catalog.Date && isNumeric(l.typ) && op == "+":
		return s.arithmetic(op, r, l)
	}
	for _, t := range []catalog.Type{l.typ, r.typ} {
		if !isNumeric(t) && t.Name != catalog.Varchar && t.Name != catalog.Variant {
			return compiled{}, compileError(1044, "42P13", "Invalid argument types for function '%s': %s", op, signatureOf(l.typ, r.typ))
		}
	}
	cl, err := s.as(l, floatType)
	if err != nil {
		return compiled{}, err
	}
	cr, err := s.as(r, floatType)
	if err != nil {
		return compiled{}, err
	}
	return strict(floatType, func(v []Value) (Value, error) { return calculateFloat(op, v[0].(float64), v[1].(float64)) }, cl, cr), nil
}
