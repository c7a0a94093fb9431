package sql

import (
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// compile turns an expression into something that runs over rows. Types are
// settled here, once for all rows. Places of errors are added on the way out.
func (s *scope) compile(x expression) (compiled, error) {
	if err := s.env.compiling(); err != nil {
		return compiled{}, err
	}
	if s.group != nil {
		if c, ok := s.group.key(s, x); ok {
			return c, nil
		}
	}
	switch n := x.(type) {
	case *literal:
		return compiled{typ: n.typ, nullable: n.value == nil, constant: n.value, eval: func(*frame) (Value, error) { return n.value, nil }}, nil
	case *column:
		return s.column(n)
	case *slotRef:
		return s.place(n)
	case *bind:
		return s.bind(n)
	case *variableRef:
		return s.variable(n)
	case *interval:
		return compiled{}, unsupported("INTERVAL other than added to or taken from a date or time")
	case *path:
		return s.path(n)
	case *cast:
		return s.cast(n)
	case *unary:
		return s.unary(n)
	case *binary:
		return s.binary(n)
	case *between:
		return s.between(n)
	case *in:
		return s.in(n)
	case *like:
		return s.like(n)
	case *isNull:
		return s.isNull(n)
	case *isBool:
		return s.isBool(n)
	case *distinctFrom:
		return s.distinctFrom(n)
	case *caseWhen:
		return s.caseWhen(n)
	case *call:
		return s.call(n)
	case *subquery:
		return s.scalar(n)
	case *exists:
		return s.exists(n)
	case *object:
		return s.object(n)
	case *list:
		return s.list(n)
	}
	return compiled{}, unsupported("* in an expression")
}

func (s *scope) compileAll(list []expression) ([]compiled, error) {
	out := make([]compiled, len(list))
	for i, x := range list {
		c, err := s.compile(x)
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}

// as converts a compiled expression to a type.
func (s *scope) as(c compiled, to catalog.Type) (compiled, error) {
	if c.typ.Name == to.Name && c.typ.String() == to.String() {
		return c, nil
	}
	change, err := convert(c.typ, to, s.env.zone)
	if err != nil {
		return compiled{}, err
	}
	nullable := c.nullable || c.typ.Semistructured()
	return compiled{typ: to, nullable: nullable, eval: func(f *frame) (Value, error) {
		v, err := c.eval(f)
		if v == nil || err != nil {
			return nil, err
		}
		return change(v)
	}}, nil
}

func (s *scope) compileAs(x expression, to catalog.Type) (compiled, error) {
	c, err := s.compile(x)
	if err != nil {
		return compiled{}, err
	}
	return s.as(c, to)
}

func (s *scope) bind(n *bind) (compiled, error) {
	v, typ, err := s.env.binds.value(n.n)
	if err != nil {
		return compiled{}, err
	}
	return compiled{typ: typ, nullable: true, eval: func(*frame) (Value, error) { return v, nil }}, nil
}

func (s *scope) cast(n *cast) (compiled, error) {
	c, err := s.compile(n.x)
	if err != nil {
		return compiled{}, err
	}
	if n.try && c.typ.Name != catalog.Varchar && c.typ.Name != "NULL" {
		return compiled{}, compileError(1065, "22023", "Function TRY_CAST cannot be used with arguments of types %s and %s", c.typ, n.to)
	}
	out, err := s.as(c, n.to)
	if err != nil || !n.try {
		return out, err
	}
	return attempt(out), nil
}

// attempt turns run-time errors of an expression into NULL.
func attempt(c compiled) compiled {
	eval := c.eval
	c.nullable = true
	c.eval = func(f *frame) (Value, error) {
		v, err := eval(f)
		if err != nil {
			return nil, nil
		}
		return v, nil
	}
	return c
}

// unified brings several expressions to their common type.
func (s *scope) unified(list []compiled) ([]compiled, catalog.Type, error) {
	typ := nullType
	for _, c := range list {
		t, err := unify(typ, c.typ)
		if err != nil {
			return nil, typ, err
		}
		typ = t
	}
	out := make([]compiled, len(list))
	for i, c := range list {
		converted, err := s.as(c, typ)
		if err != nil {
			return nil, typ, err
		}
		out[i] = converted
	}
	return out, typ, nil
}

func (s *scope) caseWhen(n *caseWhen) (compiled, error) {
	conds := make([]compiled, len(n.whens))
	var results []compiled
	for i, w := range n.whens {
		cond := w.cond
		if n.operand != nil {
			cond = &binary{op: "=", l: n.operand, r: w.cond, span: w.cond.where()}
		}
		c, err := s.compileAs(cond, booleanType)
		if err != nil {
			return compiled{}, err
		}
		conds[i] = c
		r, err := s.compile(w.then)
		if err != nil {
			return compiled{}, err
		}
		results = append(results, r)
	}
	otherwise := expression(&literal{typ: nullType})
	if n.otherwise != nil {
		otherwise = n.otherwise
	}
	r, err := s.compile(otherwise)
	if err != nil {
		return compiled{}, err
	}
	results, typ, err := s.unified(append(results, r))
	if err != nil {
		return compiled{}, err
	}
	return compiled{typ: typ, nullable: true, eval: func(f *frame) (Value, error) {
		for i, c := range conds {
			v, err := c.eval(f)
			if err != nil {
				return nil, err
			}
			if v == true {
				return results[i].eval(f)
			}
		}
		return results[len(results)-1].eval(f)
	}}, nil
}

func (s *scope) object(n *object) (compiled, error) {
	values, err := s.compileAll(n.values)
	if err != nil {
		return compiled{}, err
	}
	return compiled{typ: objectType, eval: func(f *frame) (Value, error) {
		members := make([]jsonMember, len(values))
		for i, c := range values {
			v, err := c.eval(f)
			if err != nil {
				return nil, err
			}
			members[i].key = n.keys[i]
			if v != nil { // a NULL leaves its key out, as OBJECT_CONSTRUCT does
				members[i].value = asJSON(v, c.typ, s.env.zone)
			}
		}
		return makeObject(members), nil
	}}, nil
}

func (s *scope) list(n *list) (compiled, error) {
	items, err := s.compileAll(n.items)
	if err != nil {
		return compiled{}, err
	}
	return compiled{typ: arrayType, eval: func(f *frame) (Value, error) {
		elements := make([]JSON, len(items))
		for i, c := range items {
			v, err := c.eval(f)
			if err != nil {
				return nil, err
			}
			elements[i] = asJSON(v, c.typ, s.env.zone)
		}
		return makeArray(elements), nil
	}}, nil
}
