package sql

// set runs SET and UNSET of session variables.
func (e *environment) set(s *setStatement) (*Result, error) {
	values := make([]*variable, len(s.names))
	for i, x := range s.values {
		v, typ, err := e.evaluate(x)
		if err != nil {
			return nil, err
		}
		if typ.Semistructured() {
			return nil, unsupported("a session variable of type %s", typ)
		}
		values[i] = &variable{value: v, typ: typ}
	}
	for i, name := range s.names {
		e.session.setVariable(name, values[i])
	}
	return status(statusExecuted, typeSession), nil
}

// variable compiles $name.
func (s *scope) variable(n *variableRef) (compiled, error) {
	v, ok := s.env.session.variable(n.name)
	if !ok {
		return compiled{}, compileError(2211, "02000", "Error: Session variable '$%s' does not exist", n.name)
	}
	return compiled{typ: v.typ, nullable: v.value == nil, constant: v.value, eval: func(*frame) (Value, error) { return v.value, nil }}, nil
}
