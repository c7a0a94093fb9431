package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// function is a scalar function.
type function struct {
	min, max int // arguments; max -1 is any number
	build    func(s *scope, args []compiled) (compiled, error)
}

// functions by name. The files function_*.go fill it.
var functions = map[string]function{}

func register(groups ...map[string]function) {
	for _, group := range groups {
		for name, f := range group {
			functions[name] = f
		}
	}
}

func init() {
	register(textFunctions, numberFunctions, conditionalFunctions, jsonFunctions, conversionFunctions, timeFunctions, contextFunctions, digestFunctions, generatorFunctions, systemFunctions,
		calendarFunctions, patternFunctions, memberFunctions)
}

// call compiles a function call of any kind.
func (s *scope) call(n *call) (compiled, error) {
	switch {
	case n.over != nil:
		return s.windowCall(n)
	case aggregates[n.name] != nil && !(len(n.args) > 1 && (n.name == "MIN" || n.name == "MAX")):
		return s.aggregate(n)
	case n.star && n.name == "OBJECT_CONSTRUCT":
		return s.wholeRow()
	case windowOnly[n.name]:
		return compiled{}, compileError(2303, "42601", "Window function [%s] requires an OVER clause", n.name)
	}
	f, ok := functions[n.name]
	if !ok {
		return compiled{}, compileError(2140, "42601", "Unknown function %s", n.name)
	}
	if n.star || n.distinct || n.within != nil {
		return compiled{}, compileError(1003, "42000", "function %s takes neither *, DISTINCT nor WITHIN GROUP", n.name)
	}
	if len(n.named) > 0 {
		return compiled{}, unsupported("named arguments of %s", n.name)
	}
	if len(n.args) < f.min {
		return compiled{}, compileError(938, "22023", "not enough arguments for function [%s], expected %d, got %d", n.name, f.min, len(n.args))
	}
	if f.max >= 0 && len(n.args) > f.max {
		return compiled{}, compileError(939, "22023", "too many arguments for function [%s] expected %d, got %d", n.name, f.max, len(n.args))
	}
	in := s
	if n.name == "LAST_QUERY_ID" { // it is settled before there are rows
		in = &scope{env: s.env}
	}
	args, err := in.compileAll(n.args)
	if err != nil {
		return compiled{}, err
	}
	return f.build(s, args)
}

// convertAll brings arguments to the given types; the last type repeats.
func (s *scope) convertAll(args []compiled, types ...catalog.Type) ([]compiled, error) {
	out := make([]compiled, len(args))
	for i, a := range args {
		c, err := s.as(a, types[min(i, len(types)-1)])
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}

// simple is a function of values of fixed types; with a NULL among them it is
// NULL.
func simple(min, max int, result catalog.Type, apply func([]Value) (Value, error), types ...catalog.Type) function {
	return function{min, max, func(s *scope, args []compiled) (compiled, error) {
		converted, err := s.convertAll(args, types...)
		if err != nil {
			return compiled{}, err
		}
		return strict(result, apply, converted...), nil
	}}
}

// anyNumber brings an argument to NUMBER or FLOAT, whichever it can be exactly.
func (s *scope) anyNumber(c compiled) (compiled, error) {
	if c.typ.Name == catalog.Number {
		return c, nil
	}
	if c.typ.Name == "NULL" {
		c.typ = integerType
		return c, nil
	}
	return s.as(c, floatType)
}
