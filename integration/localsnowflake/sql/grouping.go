package sql

// grouping collects what a query computes per group while its expressions are
// compiled: the keys are known first, aggregates are found on the way. A
// group's frame holds the keys and then the aggregates.
type grouping struct {
	input      *scope // of the rows that are grouped
	keys       []compiled
	byKey      map[string]int // signature -> slot
	aggregates []aggregateCall
	byCall     map[string]int // signature -> index in aggregates
	seen       map[expression]string
}

func newGrouping(input *scope, keys []expression) (*grouping, error) {
	g := &grouping{input: input, byKey: map[string]int{}, byCall: map[string]int{}, seen: map[expression]string{}}
	for _, x := range keys {
		if hasAggregate(x) {
			return nil, compileError(2003, "42601", "Invalid GROUP BY: aggregate functions are not allowed in it")
		}
		c, err := input.compile(x)
		if err != nil {
			return nil, err
		}
		sig := input.signature(x)
		if _, ok := g.byKey[sig]; !ok {
			g.byKey[sig] = len(g.keys)
			g.keys = append(g.keys, c)
		}
	}
	return g, nil
}

// key finds an expression among the keys.
func (g *grouping) key(s *scope, x expression) (compiled, bool) {
	if len(g.keys) == 0 {
		return compiled{}, false
	}
	sig, ok := g.seen[x]
	if !ok {
		sig = s.signature(x)
		g.seen[x] = sig
	}
	i, ok := g.byKey[sig]
	if !ok {
		return compiled{}, false
	}
	return compiled{typ: g.keys[i].typ, nullable: g.keys[i].nullable, eval: func(f *frame) (Value, error) { return f.row[i], nil }}, true
}

// aggregate compiles an aggregate call into its slot of the group's frame.
func (s *scope) aggregate(n *call) (compiled, error) {
	g := s.group
	if g == nil {
		return compiled{}, compileError(2035, "42601", "Invalid aggregate function [%s] in this place", n.name)
	}
	sig := g.input.signature(n)
	i, ok := g.byCall[sig]
	if !ok {
		a, err := g.input.compileAggregate(n)
		if err != nil {
			return compiled{}, err
		}
		i = len(g.aggregates)
		g.aggregates = append(g.aggregates, a)
		g.byCall[sig] = i
	}
	slot := len(g.keys) + i
	return compiled{typ: g.aggregates[i].typ, nullable: g.aggregates[i].nullable, eval: func(f *frame) (Value, error) { return f.row[slot], nil }}, nil
}

// run groups the frames that feed yields and returns one frame per group, in
// the order in which their first rows came. Without keys there is one group.
func (g *grouping) run(feed func(yield func(*frame) error) error) ([]*frame, error) {
	type bucket struct {
		keys   []Value
		states []accumulator
	}
	index := map[string]*bucket{}
	var order []*bucket
	open := func(name string, keys []Value) *bucket {
		b := &bucket{keys: keys}
		for _, a := range g.aggregates {
			b.states = append(b.states, a.start())
		}
		index[name] = b
		order = append(order, b)
		return b
	}
	if len(g.keys) == 0 {
		open("", nil)
	}
	err := feed(func(f *frame) error {
		keys, name, err := evaluateKeys(g.keys, f)
		if err != nil {
			return err
		}
		b := index[name]
		if b == nil {
			b = open(name, keys)
		}
		for _, state := range b.states {
			if err := state.add(f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	frames := make([]*frame, len(order))
	for i, b := range order {
		row := append([]Value{}, b.keys...)
		for _, state := range b.states {
			v, err := state.result()
			if err != nil {
				return nil, err
			}
			row = append(row, v)
		}
		frames[i] = &frame{row: row}
	}
	return frames, nil
}

// evaluateKeys computes values and a text that is equal for equal values.
func evaluateKeys(list []compiled, f *frame) (values []Value, name string, err error) {
	var text []byte
	for _, c := range list {
		v, err := c.eval(f)
		if err != nil {
			return nil, "", err
		}
		values = append(values, v)
		text = appendKey(text, v)
	}
	return values, string(text), nil
}

// appendKey writes a value so that keys of several values never run together.
func appendKey(text []byte, v Value) []byte {
	s := canonical(v)
	n := len(s)
	text = append(text, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	return append(text, s...)
}
