package sql

import (
	"math"
	"slices"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// furtherAggregates are those beyond counts, sums, extremes and lists.
func furtherAggregates() map[string]func(*scope, *call, []compiled) (aggregateCall, error) {
	return map[string]func(*scope, *call, []compiled) (aggregateCall, error){
		"STDDEV": spread(1, math.Sqrt), "STDDEV_SAMP": spread(1, math.Sqrt), "STDDEV_POP": spread(0, math.Sqrt),
		"VARIANCE": spread(1, same), "VAR_SAMP": spread(1, same), "VARIANCE_SAMP": spread(1, same), "VAR_POP": spread(0, same), "VARIANCE_POP": spread(0, same),
		"MEDIAN": median, "APPROX_PERCENTILE": percentile, "MAX_BY": pickBy(1), "MIN_BY": pickBy(-1), "OBJECT_AGG": objectAgg,
	}
}

func same(x float64) float64 { return x }

// spread is the mean squared distance from the mean (Welford's way), over n or
// n-1 values.
func spread(less int, finish func(float64) float64) func(*scope, *call, []compiled) (aggregateCall, error) {
	return func(s *scope, n *call, args []compiled) (aggregateCall, error) {
		if _, err := s.summable(n.name, args[0]); err != nil {
			return aggregateCall{}, err
		}
		c, err := s.as(args[0], floatType)
		return aggregateCall{typ: floatType, nullable: true, start: func() accumulator {
			var count int
			var mean, squares float64
			return &fold{arg: c, each: func(v Value) error {
				count++
				d := v.(float64) - mean
				mean += d / float64(count)
				squares += d * (v.(float64) - mean)
				return nil
			}, done: func() (Value, error) {
				if count <= less {
					return nil, nil
				}
				return finish(squares / float64(count-less)), nil
			}}
		}}, err
	}
}

// median is the middle value, or the mean of the two in the middle.
func median(s *scope, _ *call, args []compiled) (aggregateCall, error) {
	c, err := s.summable("MEDIAN", args[0])
	if err != nil {
		return aggregateCall{}, err
	}
	typ := c.typ
	if typ.Name == catalog.Number {
		typ = catalog.Type{Name: catalog.Number, Precision: catalog.MaxPrecision, Scale: min(typ.Scale+3, catalog.MaxPrecision-1)}
	}
	return aggregateCall{typ: typ, nullable: true, start: func() accumulator {
		var values []Value
		return &fold{arg: c, each: func(v Value) error { values = append(values, v); return nil }, done: func() (Value, error) {
			if len(values) == 0 {
				return nil, nil
			}
			sorted := slices.Clone(values) // more may come in a window
			slices.SortFunc(sorted, compare)
			low, high := sorted[(len(sorted)-1)/2], sorted[len(sorted)/2]
			total := &adder{}
			for _, v := range []Value{low, high} {
				if err := total.add(v); err != nil {
					return nil, err
				}
			}
			if typ.Name != catalog.Number {
				return total.float / 2, nil
			}
			return calculate("/", total.total, number(2), typ)
		}}
	}}, nil
}

// percentile is APPROX_PERCENTILE(x, p): here the exact one, between two values
// as far from each as p is.
func percentile(s *scope, n *call, args []compiled) (aggregateCall, error) {
	if len(args) != 2 {
		return aggregateCall{}, compileError(938, "22023", "function [%s] takes 2 arguments, got %d", n.name, len(args))
	}
	if _, err := s.summable(n.name, args[0]); err != nil {
		return aggregateCall{}, err
	}
	x, err := s.as(args[0], floatType)
	if err != nil {
		return aggregateCall{}, err
	}
	at, err := (&scope{env: s.env}).compileAs(n.args[1], floatType) // settled before there are rows
	if err != nil {
		return aggregateCall{}, err
	}
	p, err := at.eval(&frame{})
	share, ok := p.(float64)
	if err != nil || !ok || share < 0 || share > 1 {
		return aggregateCall{}, compileError(1015, "22023", "argument 2 to function %s needs to be a constant between 0 and 1", n.name)
	}
	return aggregateCall{typ: floatType, nullable: true, start: func() accumulator {
		var values []float64
		return &fold{arg: x, each: func(v Value) error { values = append(values, v.(float64)); return nil }, done: func() (Value, error) {
			if len(values) == 0 {
				return nil, nil
			}
			sorted := slices.Sorted(slices.Values(values))
			place := share * float64(len(sorted)-1)
			low := int(place)
			high := min(low+1, len(sorted)-1)
			return sorted[low] + (place-float64(low))*(sorted[high]-sorted[low]), nil
		}}
	}}, nil
}

// pickBy is MAX_BY(x, by) and MIN_BY(x, by): the x of the row with the greatest
// or smallest by.
func pickBy(want int) func(*scope, *call, []compiled) (aggregateCall, error) {
	return func(_ *scope, n *call, args []compiled) (aggregateCall, error) {
		if len(args) != 2 {
			return aggregateCall{}, compileError(938, "22023", "function [%s] takes 2 arguments, got %d", n.name, len(args))
		}
		return aggregateCall{typ: args[0].typ, nullable: true, start: func() accumulator { return &picked{value: args[0], by: args[1], want: want} }}, nil
	}
}

// picked keeps the value of the best row so far.
type picked struct {
	value, by compiled
	want      int
	best, of  Value
}

func (p *picked) add(f *frame) error {
	by, err := p.by.eval(f)
	if by == nil || err != nil || p.best != nil && compare(by, p.best)*p.want <= 0 {
		return err
	}
	p.best = by
	p.of, err = p.value.eval(f)
	return err
}

func (p *picked) result() (Value, error) { return p.of, nil }

// objectAgg makes an object of keys and values; a key may come once.
func objectAgg(s *scope, n *call, args []compiled) (aggregateCall, error) {
	if len(args) != 2 {
		return aggregateCall{}, compileError(938, "22023", "function [OBJECT_AGG] takes 2 arguments, got %d", len(args))
	}
	key, err := s.as(args[0], textType)
	if err != nil {
		return aggregateCall{}, err
	}
	value, err := s.as(args[1], variantType)
	return aggregateCall{typ: objectType, start: func() accumulator { return &gathered{key: key, value: value, seen: map[string]bool{}} }}, err
}

// gathered are the members of an object so far.
type gathered struct {
	key, value compiled
	members    []jsonMember
	seen       map[string]bool
}

func (g *gathered) add(f *frame) error {
	k, err := g.key.eval(f)
	if k == nil || err != nil {
		return err
	}
	v, err := g.value.eval(f)
	if v == nil || err != nil {
		return err
	}
	if g.seen[k.(string)] {
		return runtimeError(100104, "22000", "Duplicate field key '%s' in OBJECT_AGG", shorten(k.(string)))
	}
	g.seen[k.(string)] = true
	g.members = append(g.members, jsonMember{k.(string), v.(JSON)})
	return nil
}

func (g *gathered) result() (Value, error) { return makeObject(g.members), nil }
