package sql

import (
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// comparable brings two expressions to values that compare can order. NUMBERs
// keep all their digits; a VARIANT becomes what the other side is.
func (s *scope) comparable(l, r compiled) (compiled, compiled, error) {
	switch {
	case l.typ.Semistructured() && r.typ.Semistructured(), l.typ.Name == "NULL", r.typ.Name == "NULL":
		return l, r, nil
	case l.typ.Name == catalog.Varchar && r.typ.Name == catalog.Varchar:
		return l, r, nil
	}
	typ, err := unify(l.typ, r.typ)
	switch {
	case l.typ.Semistructured():
		typ, err = r.typ, nil
	case r.typ.Semistructured():
		typ, err = l.typ, nil
	}
	if err != nil {
		return l, r, err
	}
	if typ.Name == catalog.Varchar {
		typ = textType
	}
	convertSide := func(c compiled) (compiled, error) {
		if typ.Name == catalog.Number {
			return s.exactNumber(c), nil
		}
		return s.as(c, typ)
	}
	cl, e := convertSide(l)
	if e != nil {
		return l, r, e
	}
	cr, e := convertSide(r)
	return cl, cr, e
}

// exactNumber converts to a NUMBER without rounding to a scale.
func (s *scope) exactNumber(c compiled) compiled {
	if c.typ.Name == catalog.Number {
		return c
	}
	return compiled{typ: integerType, nullable: true, eval: func(f *frame) (Value, error) {
		v, err := c.eval(f)
		if v == nil || err != nil {
			return nil, err
		}
		return exactly(v)
	}}
}

func exactly(v Value) (Value, error) {
	switch x := plain(v).(type) {
	case nil:
		return nil, nil
	case *apd.Decimal, float64:
		return x, nil
	case bool:
		if x {
			return number(1), nil
		}
		return number(0), nil
	case string:
		if d, ok := parseDecimal(x); ok {
			return d, nil
		}
		if _, ok := v.(JSON); !ok {
			return nil, runtimeError(100038, "22018", "Numeric value '%s' is not recognized", shorten(x))
		}
	}
	text, _ := asText(v, variantType, time.UTC).(string)
	return nil, runtimeError(100071, "22000", "Failed to cast variant value %s to FIXED", shorten(text))
}

// order compiles a comparison whose result is decided by test; NULL on either
// side gives NULL.
func (s *scope) order(l, r compiled, test func(int) bool) (compiled, error) {
	l, r, err := s.comparable(l, r)
	if err != nil {
		return compiled{}, err
	}
	return compiled{typ: booleanType, nullable: l.nullable || r.nullable, eval: func(f *frame) (Value, error) {
		a, err := l.eval(f)
		if a == nil || err != nil {
			return nil, err
		}
		b, err := r.eval(f)
		if b == nil || err != nil {
			return nil, err
		}
		return test(compare(a, b)), nil
	}}, nil
}

var tests = map[string]func(int) bool{
	"=":  func(c int) bool { return c == 0 },
	"<>": func(c int) bool { return c != 0 },
	"!=": func(c int) bool { return c != 0 },
	"<":  func(c int) bool { return c < 0 },
	"<=": func(c int) bool { return c <= 0 },
	">":  func(c int) bool { return c > 0 },
	">=": func(c int) bool { return c >= 0 },
}

func (s *scope) between(n *between) (compiled, error) {
	var both expression = &binary{op: "AND", span: n.span,
		l: &binary{op: ">=", l: n.x, r: n.low, span: n.span}, r: &binary{op: "<=", l: n.x, r: n.high, span: n.span}}
	if n.not {
		both = &unary{op: "NOT", x: both, span: n.span}
	}
	return s.compile(both)
}

func (s *scope) isNull(n *isNull) (compiled, error) {
	c, err := s.compile(n.x)
	if err != nil {
		return compiled{}, err
	}
	return compiled{typ: booleanType, eval: func(f *frame) (Value, error) {
		v, err := c.eval(f)
		return (v == nil) != n.not, err
	}}, nil
}

func (s *scope) isBool(n *isBool) (compiled, error) {
	c, err := s.compileAs(n.x, booleanType)
	if err != nil {
		return compiled{}, err
	}
	return compiled{typ: booleanType, eval: func(f *frame) (Value, error) {
		v, err := c.eval(f)
		return (v == n.want) != n.not, err
	}}, nil
}

func (s *scope) distinctFrom(n *distinctFrom) (compiled, error) {
	l, err := s.compile(n.l)
	if err != nil {
		return compiled{}, err
	}
	r, err := s.compile(n.r)
	if err != nil {
		return compiled{}, err
	}
	if l, r, err = s.comparable(l, r); err != nil {
		return compiled{}, err
	}
	return compiled{typ: booleanType, eval: func(f *frame) (Value, error) {
		a, err := l.eval(f)
		if err != nil {
			return nil, err
		}
		b, err := r.eval(f)
		if err != nil {
			return nil, err
		}
		same := a == nil && b == nil || a != nil && b != nil && compare(a, b) == 0
		return same == n.not, nil
	}}, nil
}

// in compiles x IN (...): NULL when nothing matched and a NULL was among it.
func (s *scope) in(n *in) (compiled, error) {
	x, err := s.compile(n.x)
	if err != nil {
		return compiled{}, err
	}
	if n.query != nil {
		return s.inQuery(n, x)
	}
	items := make([]compiled, len(n.list))
	for i, item := range n.list {
		c, err := s.compile(item)
		if err != nil {
			return compiled{}, err
		}
		if items[i], err = s.order(x, c, tests["="]); err != nil {
			return compiled{}, err
		}
	}
	return compiled{typ: booleanType, nullable: true, eval: func(f *frame) (Value, error) {
		var unknown bool
		for _, item := range items {
			v, err := item.eval(f)
			if err != nil {
				return nil, err
			}
			if v == true {
				return !n.not, nil
			}
			unknown = unknown || v == nil
		}
		if unknown {
			return nil, nil
		}
		return n.not, nil
	}}, nil
}
