package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

var conditionalFunctions = map[string]function{
	"COALESCE":      {1, -1, coalesce},
	"NVL":           {2, 2, coalesce},
	"IFNULL":        {2, 2, coalesce},
	"NVL2":          {3, 3, nvl2},
	"IFF":           {3, 3, iff},
	"NULLIF":        {2, 2, nullIf},
	"ZEROIFNULL":    {1, 1, func(s *scope, a []compiled) (compiled, error) { return coalesce(s, append(a, constantInt(0))) }},
	"EQUAL_NULL":    {2, 2, equalNull},
	"GREATEST":      {1, -1, extreme(1)},
	"LEAST":         {1, -1, extreme(-1)},
	"DECODE":        {3, -1, decode},
	"IS_NULL_VALUE": {1, 1, isNullValue},
}

func coalesce(s *scope, args []compiled) (compiled, error) {
	args, typ, err := s.unified(args)
	if err != nil {
		return compiled{}, err
	}
	nullable := true
	for _, a := range args {
		nullable = nullable && a.nullable
	}
	return compiled{typ: typ, nullable: nullable, eval: func(f *frame) (Value, error) {
		for _, a := range args {
			if v, err := a.eval(f); v != nil || err != nil {
				return v, err
			}
		}
		return nil, nil
	}}, nil
}

// choose evaluates only the branch that test picks.
func (s *scope) choose(test func(*frame) (bool, error), yes, no compiled) (compiled, error) {
	both, typ, err := s.unified([]compiled{yes, no})
	if err != nil {
		return compiled{}, err
	}
	return compiled{typ: typ, nullable: true, eval: func(f *frame) (Value, error) {
		ok, err := test(f)
		if err != nil {
			return nil, err
		}
		if ok {
			return both[0].eval(f)
		}
		return both[1].eval(f)
	}}, nil
}

func iff(s *scope, args []compiled) (compiled, error) {
	cond, err := s.as(args[0], booleanType)
	if err != nil {
		return compiled{}, err
	}
	return s.choose(func(f *frame) (bool, error) {
		v, err := cond.eval(f)
		return v == true, err
	}, args[1], args[2])
}

func nvl2(s *scope, args []compiled) (compiled, error) {
	return s.choose(func(f *frame) (bool, error) {
		v, err := args[0].eval(f)
		return v != nil, err
	}, args[1], args[2])
}

func nullIf(s *scope, args []compiled) (compiled, error) {
	same, err := s.order(args[0], args[1], tests["="])
	if err != nil {
		return compiled{}, err
	}
	return compiled{typ: args[0].typ, nullable: true, eval: func(f *frame) (Value, error) {
		v, err := same.eval(f)
		if err != nil || v == true {
			return nil, err
		}
		return args[0].eval(f)
	}}, nil
}

func equalNull(s *scope, args []compiled) (compiled, error) {
	l, r, err := s.comparable(args[0], args[1])
	if err != nil {
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
		return a == nil && b == nil || a != nil && b != nil && compare(a, b) == 0, nil
	}}, nil
}

func extreme(want int) func(*scope, []compiled) (compiled, error) {
	return func(s *scope, args []compiled) (compiled, error) {
		args, typ, err := s.unified(args)
		if err != nil {
			return compiled{}, err
		}
		return strict(typ, func(v []Value) (Value, error) {
			best := v[0]
			for _, x := range v[1:] {
				if compare(x, best)*want > 0 {
					best = x
				}
			}
			return best, nil
		}, args...), nil
	}
}

// decode is DECODE(x, search, result, ..., default); NULL matches NULL.
func decode(s *scope, args []compiled) (compiled, error) {
	out := compiled{typ: nullType, nullable: true, eval: func(*frame) (Value, error) { return nil, nil }}
	last := len(args)
	if last%2 == 0 {
		last--
		out = args[last]
	}
	for i := last - 2; i >= 1; i -= 2 {
		same, err := equalNull(s, []compiled{args[0], args[i]})
		if err != nil {
			return compiled{}, err
		}
		if out, err = iff(s, []compiled{same, args[i+1], out}); err != nil {
			return compiled{}, err
		}
	}
	return out, nil
}

func isNullValue(s *scope, args []compiled) (compiled, error) {
	if args[0].typ.Name != catalog.Variant {
		return compiled{}, compileError(1044, "42P13", "Invalid argument types for function 'IS_NULL_VALUE': %s", signatureOf(args[0].typ))
	}
	return strict(booleanType, func(v []Value) (Value, error) { return v[0].(JSON).shape() == shapeNull, nil }, args[0]), nil
}
