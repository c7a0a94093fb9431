package sql

// collector keeps the values of a group for LISTAGG and ARRAY_AGG, with the
// keys that WITHIN GROUP orders them by.
type collector struct {
	arg    compiled
	order  []sortKey
	values []sortable
	done   func([]Value) (Value, error)
}

func (c *collector) add(f *frame) error {
	v, err := c.arg.eval(f)
	if v == nil || err != nil {
		return err
	}
	keys, err := evaluateSort(c.order, f)
	c.values = append(c.values, sortable{keys: keys, row: []Value{v}})
	return err
}

func (c *collector) result() (Value, error) {
	sortRows(c.order, c.values)
	values := make([]Value, len(c.values))
	for i, s := range c.values {
		values[i] = s.row[0]
	}
	return c.done(values)
}

// listAgg joins texts; its separator is a constant, and no rows give ”.
func listAgg(s *scope, n *call, args []compiled) (aggregateCall, error) {
	separator := ""
	if len(args) == 2 {
		var ok bool
		if separator, ok = args[1].constant.(string); !ok {
			return aggregateCall{}, compileError(1015, "22023", "argument 2 to function LISTAGG needs to be constant")
		}
	}
	text, err := s.as(args[0], textType)
	if err != nil {
		return aggregateCall{}, err
	}
	order, err := s.sortKeys(n.within, nil)
	if err != nil {
		return aggregateCall{}, err
	}
	return aggregateCall{typ: textType, start: func() accumulator {
		return &collector{arg: text, order: order, done: func(values []Value) (Value, error) {
			parts := make([]string, len(values))
			for i, v := range values {
				parts[i] = v.(string)
			}
			return joined(parts, separator)
		}}
	}}, nil
}

func arrayAgg(s *scope, n *call, args []compiled) (aggregateCall, error) {
	order, err := s.sortKeys(n.within, nil)
	if err != nil {
		return aggregateCall{}, err
	}
	return aggregateCall{typ: arrayType, start: func() accumulator {
		return &collector{arg: args[0], order: order, done: func(values []Value) (Value, error) {
			elements := make([]JSON, len(values))
			for i, v := range values {
				elements[i] = asJSON(v, args[0].typ, s.env.zone)
			}
			return makeArray(elements), nil
		}}
	}}, nil
}
