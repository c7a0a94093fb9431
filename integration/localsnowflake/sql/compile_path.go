package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// path compiles base:key[index]. What is not there is NULL. The fields of a
// structured OBJECT have their own types; everything else is VARIANT.
func (s *scope) path(n *path) (compiled, error) {
	c, err := s.compile(n.base)
	if err != nil {
		return compiled{}, err
	}
	for _, st := range n.steps {
		if c, err = s.step(c, st); err != nil {
			return compiled{}, err
		}
	}
	return c, nil
}

func (s *scope) step(base compiled, st step) (compiled, error) {
	if !base.typ.Semistructured() && base.typ.Name != "NULL" && base.typ.Name != catalog.Vector {
		return compiled{}, compileError(1044, "42P13", "Invalid argument types for function 'GET': (%s, VARCHAR)", base.typ)
	}
	if st.index == nil {
		return s.typedMember(base, st.key, memberOf(base, st.key))
	}
	index, err := s.compile(st.index)
	if err != nil {
		return compiled{}, err
	}
	if l, ok := st.index.(*literal); ok {
		if key, ok := l.value.(string); ok {
			return s.typedMember(base, key, memberOf(base, key))
		}
	}
	found := compiled{typ: variantType, nullable: true, eval: func(f *frame) (Value, error) {
		v, err := base.eval(f)
		if v == nil || err != nil {
			return nil, err
		}
		key, err := index.eval(f)
		if err != nil {
			return nil, err
		}
		return getJSON(v, key), nil
	}}
	if base.typ.Name == catalog.Array && base.typ.Element != nil {
		return s.as(found, *base.typ.Element)
	}
	return found, nil
}

func memberOf(base compiled, key string) compiled {
	return compiled{typ: variantType, nullable: true, eval: func(f *frame) (Value, error) {
		v, err := base.eval(f)
		if v == nil || err != nil {
			return nil, err
		}
		return getJSON(v, key), nil
	}}
}

// typedMember gives the field of a structured OBJECT, or a MAP's value, its
// declared type. Field names match in any case.
func (s *scope) typedMember(base compiled, key string, found compiled) (compiled, error) {
	if base.typ.Name == catalog.Map && base.typ.Element != nil {
		return s.as(found, *base.typ.Element)
	}
	for _, f := range base.typ.Fields {
		if upper(f.Name) == upper(key) {
			return s.as(memberOf(base, f.Name), f.Type)
		}
	}
	if base.typ.Fields != nil {
		return compiled{}, compileError(904, "42000", "invalid identifier '%s' in %s", key, base.typ)
	}
	return found, nil
}

// getJSON is GET(v, key): a member by name or an element by number.
func getJSON(v, key Value) Value {
	j, ok := v.(JSON)
	if !ok {
		return nil
	}
	key = plain(key)
	if name, ok := key.(string); ok {
		if found, ok := j.member(name); ok {
			return found
		}
		return nil
	}
	if n, ok := asInt(key); ok {
		if found, ok := j.element(int(n)); ok {
			return found
		}
	}
	return nil
}
