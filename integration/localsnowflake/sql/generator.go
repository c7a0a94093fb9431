package sql

import (
	"math/rand/v2"

	"github.com/google/uuid"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// generator compiles TABLE(GENERATOR(ROWCOUNT => n)): rows without columns.
func (e *environment) generator(n *generatorSource) (*relation, error) {
	rows, err := e.rowCount(n.rows, 0)
	if err != nil {
		return nil, err
	}
	return &relation{run: func(yield func([]Value) error) error {
		for i := range rows {
			if i%1024 == 0 {
				if err := e.alive(); err != nil {
					return err
				}
			}
			if err := yield(nil); err != nil {
				return err
			}
		}
		return nil
	}}, nil
}

// resultScan compiles TABLE(RESULT_SCAN(id)).
func (e *environment) resultScan(n *resultSource) (*relation, error) {
	v, _, err := e.evaluate(n.id)
	if err != nil {
		return nil, err
	}
	id, _ := v.(string)
	var found *Result
	ok := false
	if e.engine.Results != nil {
		found, ok = e.engine.Results.Result(e.session, id)
	}
	if !ok {
		return nil, runtimeError(709, "02000", "Statement %s not found", shorten(id))
	}
	r := &relation{run: func(yield func([]Value) error) error {
		for _, row := range found.Rows {
			if err := yield(row); err != nil {
				return err
			}
		}
		return nil
	}}
	for _, c := range found.Columns {
		r.columns = append(r.columns, scopeColumn{name: c.Name, typ: c.Type, nullable: c.Nullable})
	}
	return r.rename(n.alias, nil)
}

var generatorFunctions = map[string]function{
	"SEQ1": sequence(3), "SEQ2": sequence(5), "SEQ4": sequence(10), "SEQ8": sequence(19),
	"RANDOM":        {0, 1, random},
	"UNIFORM":       {3, 3, uniform},
	"UUID_STRING":   {0, 0, uuidString},
	"LAST_QUERY_ID": {0, 1, lastQueryID},
}

// sequence counts the rows it is asked for, from 0. Every use counts by itself.
func sequence(digits int) function {
	return function{0, 1, func(*scope, []compiled) (compiled, error) {
		next := int64(-1)
		return compiled{typ: catalog.Type{Name: catalog.Number, Precision: digits}, eval: func(*frame) (Value, error) {
			next++
			return number(next), nil
		}}, nil
	}}
}

// random is a 64-bit number; a constant seed gives the same ones again.
func random(_ *scope, args []compiled) (compiled, error) {
	next := rand.Int64
	if len(args) == 1 {
		seed, ok := asInt(args[0].constant)
		if !ok {
			return compiled{}, compileError(1015, "22023", "argument 1 to function RANDOM needs to be constant")
		}
		next = rand.New(rand.NewPCG(uint64(seed), 0)).Int64
	}
	return compiled{typ: catalog.Type{Name: catalog.Number, Precision: 19}, eval: func(*frame) (Value, error) { return number(next()), nil }}, nil
}

// uniform spreads its third argument, usually RANDOM(), between two constants.
func uniform(s *scope, args []compiled) (compiled, error) {
	source, err := s.as(args[2], integerType)
	if err != nil {
		return compiled{}, err
	}
	low, ok1 := asInt(args[0].constant)
	high, ok2 := asInt(args[1].constant)
	if !ok1 || !ok2 || high < low {
		return compiled{}, unsupported("UNIFORM other than between two constant integers")
	}
	return strict(integerType, func(v []Value) (Value, error) {
		n, _ := asInt(v[0])
		return number(low + int64(uint64(n)%uint64(high-low+1))), nil
	}, source), nil
}

func uuidString(*scope, []compiled) (compiled, error) {
	return compiled{typ: textType, eval: func(*frame) (Value, error) { return uuid.NewString(), nil }}, nil
}

// lastQueryID is the ID of the session's last statement, or of the n-th last
// (-1 is the last, 1 would be the session's first, which is not kept).
func lastQueryID(s *scope, args []compiled) (compiled, error) {
	n := int64(-1)
	if len(args) == 1 {
		v, err := args[0].eval(&frame{})
		if err != nil {
			return compiled{}, err
		}
		var ok bool
		if n, ok = asInt(v); !ok || n >= 0 {
			return compiled{}, unsupported("LAST_QUERY_ID of a number from 0")
		}
	}
	var id Value
	if text := s.env.session.lastQuery(int(-n)); text != "" {
		id = text
	}
	return compiled{typ: textType, nullable: true, eval: func(*frame) (Value, error) { return id, nil }}, nil
}
