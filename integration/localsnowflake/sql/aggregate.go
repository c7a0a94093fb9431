package sql

import (
	"maps"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// aggregateCall is one aggregate of a query.
type aggregateCall struct {
	typ      catalog.Type
	nullable bool
	start    func() accumulator
}

// accumulator folds the rows of one group.
type accumulator interface {
	add(f *frame) error
	result() (Value, error)
}

// aggregates by name: how to compile a call's arguments. Filled by init,
// because compiling may come back here.
var aggregates map[string]func(s *scope, n *call, args []compiled) (aggregateCall, error)

func init() {
	aggregates = map[string]func(s *scope, n *call, args []compiled) (aggregateCall, error){
		"COUNT":                 count,
		"COUNT_IF":              countIf,
		"APPROX_COUNT_DISTINCT": countDistinct,
		"SUM":                   sum,
		"AVG":                   avg,
		"MIN":                   picker(-1),
		"MAX":                   picker(1),
		"ANY_VALUE":             picker(0),
		"LISTAGG":               listAgg,
		"ARRAY_AGG":             arrayAgg,
		"BOOLAND_AGG":           boolAgg(false),
		"BOOLOR_AGG":            boolAgg(true),
	}
	maps.Copy(aggregates, furtherAggregates())
}

func (s *scope) compileAggregate(n *call) (aggregateCall, error) {
	for _, x := range n.args {
		if hasAggregate(x) {
			return aggregateCall{}, compileError(2037, "42601", "Aggregate functions cannot be nested: [%s]", n.name)
		}
	}
	if n.star && n.name != "COUNT" {
		return aggregateCall{}, compileError(1003, "42000", "%s(*) is not a function", n.name)
	}
	if len(n.args) == 0 && !n.star {
		return aggregateCall{}, compileError(938, "22023", "not enough arguments for function [%s], expected 1, got 0", n.name)
	}
	if most := map[string]int{"COUNT": 100, "APPROX_COUNT_DISTINCT": 100, "LISTAGG": 2, "APPROX_PERCENTILE": 2, "MAX_BY": 2, "MIN_BY": 2, "OBJECT_AGG": 2}[n.name]; len(n.args) > max(most, 1) {
		return aggregateCall{}, compileError(939, "22023", "too many arguments for function [%s] expected %d, got %d", n.name, max(most, 1), len(n.args))
	}
	args, err := s.compileAll(n.args)
	if err != nil {
		return aggregateCall{}, err
	}
	a, err := aggregates[n.name](s, n, args)
	if err != nil || !n.distinct || n.name == "MIN" || n.name == "MAX" {
		return a, err
	}
	if n.name == "LISTAGG" {
		args = args[:1]
	}
	start := a.start
	a.start = func() accumulator { return &distinct{args: args, seen: map[string]bool{}, inner: start()} }
	return a, nil
}

// distinct lets each combination of arguments through once.
type distinct struct {
	args  []compiled
	seen  map[string]bool
	inner accumulator
}

func (d *distinct) add(f *frame) error {
	_, name, err := evaluateKeys(d.args, f)
	if err != nil || d.seen[name] {
		return err
	}
	d.seen[name] = true
	return d.inner.add(f)
}

func (d *distinct) result() (Value, error) { return d.inner.result() }

// fold is an accumulator over the values of one argument, NULLs left out.
type fold struct {
	arg  compiled
	each func(Value) error
	done func() (Value, error)
}

func (a *fold) add(f *frame) error {
	v, err := a.arg.eval(f)
	if v == nil || err != nil {
		return err
	}
	return a.each(v)
}

func (a *fold) result() (Value, error) { return a.done() }

// counter counts rows in which no argument is NULL.
type counter struct {
	args []compiled
	n    int64
}

func (c *counter) add(f *frame) error {
	for _, a := range c.args {
		if v, err := a.eval(f); v == nil || err != nil {
			return err
		}
	}
	c.n++
	return nil
}

func (c *counter) result() (Value, error) { return number(c.n), nil }

func count(_ *scope, _ *call, args []compiled) (aggregateCall, error) {
	return aggregateCall{typ: countType, start: func() accumulator { return &counter{args: args} }}, nil
}

func countDistinct(s *scope, n *call, args []compiled) (aggregateCall, error) {
	return aggregateCall{typ: countType, start: func() accumulator {
		return &distinct{args: args, seen: map[string]bool{}, inner: &counter{args: args}}
	}}, nil
}

func countIf(s *scope, _ *call, args []compiled) (aggregateCall, error) {
	c, err := s.as(args[0], booleanType)
	return aggregateCall{typ: countType, start: func() accumulator {
		var n int64
		return &fold{arg: c, each: func(v Value) error {
			if v == true {
				n++
			}
			return nil
		}, done: func() (Value, error) { return number(n), nil }}
	}}, err
}

// adder sums NUMBERs exactly and FLOATs as floats.
type adder struct {
	total *apd.Decimal
	float float64
	n     int64
}

func (a *adder) add(v Value) error {
	a.n++
	switch v := v.(type) {
	case *apd.Decimal:
		if a.total == nil {
			a.total = new(apd.Decimal)
		}
		if _, err := exact.Add(a.total, a.total, v); err != nil {
			return runtimeError(100039, "22003", "Numeric value is out of range: %s", err)
		}
	case float64:
		a.float += v
	}
	return nil
}

func sum(s *scope, _ *call, args []compiled) (aggregateCall, error) {
	c, err := s.summable("SUM", args[0])
	if err != nil {
		return aggregateCall{}, err
	}
	typ := c.typ
	if typ.Name == catalog.Number {
		typ.Precision = catalog.MaxPrecision
	}
	return aggregateCall{typ: typ, nullable: true, start: func() accumulator {
		a := &adder{}
		return &fold{arg: c, each: a.add, done: func() (Value, error) {
			switch {
			case a.n == 0:
				return nil, nil
			case typ.Name == catalog.Number:
				return toNumber(new(apd.Decimal).Set(a.total), typ) // the total may go on growing
			}
			return a.float, nil
		}}
	}}, nil
}

func avg(s *scope, _ *call, args []compiled) (aggregateCall, error) {
	c, err := s.summable("AVG", args[0])
	if err != nil {
		return aggregateCall{}, err
	}
	typ := c.typ
	if typ.Name == catalog.Number {
		typ = catalog.Type{Name: catalog.Number, Precision: catalog.MaxPrecision, Scale: max(typ.Scale, min(typ.Scale+6, 12))}
	}
	return aggregateCall{typ: typ, nullable: true, start: func() accumulator {
		a := &adder{}
		return &fold{arg: c, each: a.add, done: func() (Value, error) {
			switch {
			case a.n == 0:
				return nil, nil
			case typ.Name == catalog.Number:
				return calculate("/", a.total, number(a.n), typ)
			}
			return a.float / float64(a.n), nil
		}}
	}}, nil
}

func (s *scope) summable(name string, c compiled) (compiled, error) {
	switch {
	case isNumeric(c.typ), c.typ.Name == catalog.Varchar, c.typ.Name == catalog.Variant, c.typ.Name == "NULL":
		return s.anyNumber(c)
	}
	return compiled{}, compileError(1044, "42P13", "Invalid argument types for function '%s': %s", name, signatureOf(c.typ))
}

// picker keeps the smallest (-1), greatest (1) or first (0) value.
func picker(want int) func(*scope, *call, []compiled) (aggregateCall, error) {
	return func(_ *scope, _ *call, args []compiled) (aggregateCall, error) {
		return aggregateCall{typ: args[0].typ, nullable: true, start: func() accumulator {
			var best Value
			return &fold{arg: args[0], each: func(v Value) error {
				if best == nil || want != 0 && compare(v, best)*want > 0 {
					best = v
				}
				return nil
			}, done: func() (Value, error) { return best, nil }}
		}}, nil
	}
}

func boolAgg(decides bool) func(*scope, *call, []compiled) (aggregateCall, error) {
	return func(s *scope, _ *call, args []compiled) (aggregateCall, error) {
		c, err := s.as(args[0], booleanType)
		return aggregateCall{typ: booleanType, nullable: true, start: func() accumulator {
			var out Value
			return &fold{arg: c, each: func(v Value) error {
				if out == nil || v == decides {
					out = v
				}
				return nil
			}, done: func() (Value, error) { return out, nil }}
		}}, err
	}
}
