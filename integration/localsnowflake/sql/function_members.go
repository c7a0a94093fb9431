package sql

import (
	"slices"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// memberFunctions change arrays and objects; they give new ones.
var memberFunctions = map[string]function{
	"ARRAY_APPEND": simple(2, 2, arrayType, func(v []Value) (Value, error) { return makeArray(append(v[0].(JSON).list(), v[1].(JSON))), nil }, arrayType, variantType),
	"ARRAY_PREPEND": simple(2, 2, arrayType, func(v []Value) (Value, error) {
		return makeArray(append([]JSON{v[1].(JSON)}, v[0].(JSON).list()...)), nil
	}, arrayType, variantType),
	"ARRAY_CAT": simple(2, 2, arrayType, func(v []Value) (Value, error) {
		return makeArray(append(v[0].(JSON).list(), v[1].(JSON).list()...)), nil
	}, arrayType),
	"ARRAY_COMPACT": simple(1, 1, arrayType, func(v []Value) (Value, error) {
		return makeArray(slices.DeleteFunc(v[0].(JSON).list(), func(e JSON) bool { return e == jsonNull })), nil
	}, arrayType),
	"ARRAY_DISTINCT": simple(1, 1, arrayType, arrayDistinct, arrayType),
	"ARRAY_SLICE":    simple(3, 3, arrayType, arraySlice, arrayType, integerType),
	"ARRAY_POSITION": simple(2, 2, integerType, arrayPosition, variantType, arrayType),
	"OBJECT_DELETE":  simple(2, -1, objectType, objectPick(false), objectType, textType),
	"OBJECT_PICK":    simple(2, -1, objectType, objectPick(true), objectType, textType),
	"OBJECT_INSERT":  {3, 4, objectInsert},
}

// list are an array's elements.
func (j JSON) list() []JSON {
	var list []JSON
	j.elements(func(_ int, e JSON) bool { list = append(list, e); return true })
	return list
}

func arrayDistinct(v []Value) (Value, error) {
	seen := map[string]bool{}
	return makeArray(slices.DeleteFunc(v[0].(JSON).list(), func(e JSON) bool {
		key := canonical(e)
		was := seen[key]
		seen[key] = true
		return was
	})), nil
}

// arraySlice takes places from 0; negative ones count from the end.
func arraySlice(v []Value) (Value, error) {
	list := v[0].(JSON).list()
	n := int64(len(list))
	var at [2]int64
	for i := range at {
		p, _ := asInt(v[i+1])
		if p < 0 {
			p += n
		}
		at[i] = min(max(p, 0), n)
	}
	return makeArray(list[at[0]:max(at[0], at[1])]), nil
}

func arrayPosition(v []Value) (Value, error) {
	want := canonical(v[0])
	i := slices.IndexFunc(v[1].(JSON).list(), func(e JSON) bool { return canonical(e) == want })
	if i < 0 {
		return nil, nil
	}
	return number(int64(i)), nil
}

// objectPick keeps or leaves out the named members.
func objectPick(keep bool) func([]Value) (Value, error) {
	return func(v []Value) (Value, error) {
		names := map[string]bool{}
		for _, name := range v[1:] {
			names[name.(string)] = true
		}
		var members []jsonMember
		v[0].(JSON).members(func(k string, m JSON) bool {
			if names[k] == keep {
				members = append(members, jsonMember{k, m})
			}
			return true
		})
		return makeObject(members), nil
	}
}

// objectInsert adds a member; one that is there is an error unless the fourth
// argument is TRUE. A NULL value leaves it out.
func objectInsert(s *scope, args []compiled) (compiled, error) {
	types := []catalog.Type{objectType, textType, variantType, booleanType}
	converted := make([]compiled, len(args))
	for i, a := range args {
		c, err := s.as(a, types[i])
		if err != nil {
			return compiled{}, err
		}
		converted[i] = c
	}
	return compiled{typ: objectType, nullable: true, eval: func(f *frame) (Value, error) {
		v := make([]Value, 4)
		for i, c := range converted {
			var err error
			if v[i], err = c.eval(f); err != nil {
				return nil, err
			}
		}
		if v[0] == nil || v[1] == nil {
			return nil, nil
		}
		key := v[1].(string)
		var members []jsonMember
		found := false
		v[0].(JSON).members(func(k string, m JSON) bool {
			if k == key {
				found = true
			} else {
				members = append(members, jsonMember{k, m})
			}
			return true
		})
		if found && v[3] != true {
			return nil, runtimeError(100046, "22023", "Duplicate field key '%s'", shorten(key))
		}
		if v[2] != nil {
			members = append(members, jsonMember{key, v[2].(JSON)})
		}
		return makeObject(members), nil
	}}, nil
}
