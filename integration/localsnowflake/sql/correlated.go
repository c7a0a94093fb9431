package sql

// boundary is the scope between a subquery and the query around it: every
// column of an outer row that the subquery reads is noted there.
func (s *scope) boundary() *scope {
	return &scope{env: s.env, tables: s.tables, outer: s, captures: new([]compiled)}
}

// captured compiles a column that only an outer query has; ok is false when
// none has it. Its value is that of the outer row that is being looked at.
func (s *scope) captured(c *column) (found compiled, ok bool, err error) {
	for o := s.outer; o != nil; o = o.outer {
		i := o.find(c.parts)
		if i == -1 {
			continue
		}
		outer, err := o.compile(c)
		if err != nil {
			return compiled{}, true, err
		}
		found = compiled{typ: outer.typ, nullable: true, eval: func(*frame) (Value, error) { return outer.eval(o.current) }}
		for between := s; between != o; between = between.outer {
			if between.captures != nil {
				*between.captures = append(*between.captures, found)
			}
		}
		return found, true, nil
	}
	return compiled{}, false, nil
}

// maxRemembered bounds the answers that a subquery keeps by outer values.
const maxRemembered = 100_000

// perOuterRow makes get run for each outer row that differs in what the
// subquery reads of it, or a single time when it reads nothing. b is the
// subquery's boundary; the value must not change afterwards.
func (s *scope) perOuterRow(b *scope, get func() (Value, error)) func(f *frame) (Value, error) {
	type answer struct {
		value Value
		err   error
	}
	remembered := map[string]answer{}
	return func(f *frame) (Value, error) {
		before := s.current
		s.current = f
		defer func() { s.current = before }()
		_, key, err := evaluateKeys(*b.captures, f)
		if err != nil {
			return nil, err
		}
		a, ok := remembered[key]
		if !ok {
			a.value, a.err = get()
			if len(remembered) < maxRemembered {
				remembered[key] = a
			}
		}
		return a.value, a.err
	}
}
