package sql

import (
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

var jsonFunctions = map[string]function{
	"PARSE_JSON":       {1, 1, jsonParser(false)},
	"TRY_PARSE_JSON":   {1, 1, jsonParser(true)},
	"CHECK_JSON":       simple(1, 1, textType, checkJSON, textType),
	"TO_JSON":          {1, 1, toJSON},
	"TO_VARIANT":       {1, 1, func(s *scope, a []compiled) (compiled, error) { return s.as(a[0], variantType) }},
	"TO_ARRAY":         {1, 1, func(s *scope, a []compiled) (compiled, error) { return s.as(a[0], arrayType) }},
	"TO_OBJECT":        {1, 1, func(s *scope, a []compiled) (compiled, error) { return s.as(a[0], objectType) }},
	"TYPEOF":           simple(1, 1, textType, func(v []Value) (Value, error) { return v[0].(JSON).typeName(), nil }, variantType),
	"GET":              {2, 2, get},
	"GET_PATH":         {2, 2, getPath},
	"ARRAY_SIZE":       {1, 1, arraySize},
	"OBJECT_KEYS":      simple(1, 1, arrayType, objectKeys, objectType),
	"ARRAY_CONSTRUCT":  {0, -1, arrayConstruct},
	"OBJECT_CONSTRUCT": {0, -1, objectConstruct},
	"ARRAY_CONTAINS":   simple(2, 2, booleanType, arrayContains, variantType, arrayType),
	"ARRAY_TO_STRING":  {2, 2, arrayToString},
	"IS_OBJECT":        shapeTest(shapeObject),
	"IS_ARRAY":         shapeTest(shapeArray),
	"IS_VARCHAR":       shapeTest(shapeText),
	"IS_DECIMAL":       shapeTest(shapeNumber),
	"IS_INTEGER":       simple(1, 1, booleanType, func(v []Value) (Value, error) { return v[0].(JSON).typeName() == "INTEGER", nil }, variantType),
	"IS_BOOLEAN":       shapeTest(shapeTrue, shapeFalse),
	"STRIP_NULL_VALUE": simple(1, 1, variantType, stripNull, variantType),
}

func jsonParser(try bool) func(*scope, []compiled) (compiled, error) {
	return func(s *scope, args []compiled) (compiled, error) {
		if args[0].typ.Semistructured() {
			return s.as(args[0], variantType)
		}
		converted, err := s.as(args[0], textType)
		if err != nil {
			return compiled{}, err
		}
		out := strict(variantType, func(v []Value) (Value, error) {
			text := strings.TrimSpace(v[0].(string))
			if text == "" {
				return nil, nil
			}
			if j, ok := parseJSON(text); ok {
				return j, nil
			}
			if try {
				return nil, nil
			}
			return nil, runtimeError(100069, "22P02", "Error parsing JSON: %s", shorten(text))
		}, converted)
		out.nullable = true
		return out, nil
	}
}

func checkJSON(v []Value) (Value, error) {
	if _, ok := parseJSON(v[0].(string)); ok {
		return nil, nil
	}
	return "Error parsing JSON: " + shorten(v[0].(string)), nil
}

func toJSON(s *scope, args []compiled) (compiled, error) {
	c, err := s.as(args[0], variantType)
	if err != nil {
		return compiled{}, err
	}
	return strict(textType, func(v []Value) (Value, error) { return string(v[0].(JSON)), nil }, c), nil
}

func get(s *scope, args []compiled) (compiled, error) {
	if t := args[0].typ; !t.Semistructured() && t.Name != "NULL" {
		return compiled{}, compileError(1044, "42P13", "Invalid argument types for function 'GET': %s", signatureOf(t, args[1].typ))
	}
	out := strict(variantType, func(v []Value) (Value, error) { return getJSON(v[0], v[1]), nil }, args...)
	out.nullable = true
	return out, nil
}

// getPath follows a path given as text, e.g. 'a.b[0]."c d"'.
func getPath(s *scope, args []compiled) (compiled, error) {
	text, err := s.as(args[1], textType)
	if err != nil {
		return compiled{}, err
	}
	if t := args[0].typ; !t.Semistructured() && t.Name != "NULL" {
		return compiled{}, compileError(1044, "42P13", "Invalid argument types for function 'GET_PATH': %s", signatureOf(t, args[1].typ))
	}
	out := strict(variantType, func(v []Value) (Value, error) {
		keys, ok := pathKeys(v[1].(string))
		if !ok {
			return nil, runtimeError(100073, "22000", "Invalid extraction path '%s'", shorten(v[1].(string)))
		}
		found := v[0]
		for _, key := range keys {
			if found = getJSON(found, key); found == nil {
				return nil, nil
			}
		}
		return found, nil
	}, args[0], text)
	out.nullable = true
	return out, nil
}

// pathKeys reads a path as text: names, quoted names and indexes.
func pathKeys(text string) ([]Value, bool) {
	tokens, err := lex(text)
	if err != nil {
		return nil, false
	}
	var keys []Value
	for i := 0; tokens[i].kind != tokenEnd; {
		switch t := tokens[i]; {
		case t.kind == tokenWord && wantsName(tokens, i):
			keys = append(keys, text[t.start:t.end])
			i++
		case t.kind == tokenQuoted && wantsName(tokens, i):
			keys = append(keys, t.text)
			i++
		case t.is(".") && i+1 < len(tokens) && (tokens[i+1].kind == tokenWord || tokens[i+1].kind == tokenQuoted):
			i++
		case t.is("[") && i+2 < len(tokens) && tokens[i+2].is("]"):
			inner := tokens[i+1]
			if n, err := strconv.Atoi(inner.text); inner.kind == tokenNumber && err == nil {
				keys = append(keys, number(int64(n)))
			} else if inner.kind == tokenString || inner.kind == tokenQuoted {
				keys = append(keys, inner.text)
			} else {
				return nil, false
			}
			i += 3
		default:
			return nil, false
		}
	}
	return keys, len(keys) > 0
}

func wantsName(tokens []token, i int) bool { return i == 0 || tokens[i-1].is(".") }

func arraySize(s *scope, args []compiled) (compiled, error) {
	if t := args[0].typ; !t.Semistructured() && t.Name != "NULL" {
		return compiled{}, compileError(1044, "42P13", "Invalid argument types for function 'ARRAY_SIZE': %s", signatureOf(t))
	}
	out := strict(countType, func(v []Value) (Value, error) {
		if j, ok := v[0].(JSON); ok && j.shape() == shapeArray {
			return number(int64(j.length())), nil
		}
		return nil, nil
	}, args[0])
	out.nullable = true
	return out, nil
}

func objectKeys(v []Value) (Value, error) {
	var keys []JSON
	v[0].(JSON).members(func(k string, _ JSON) bool {
		keys = append(keys, quoteJSON(k))
		return true
	})
	return makeArray(keys), nil
}

func arrayConstruct(s *scope, args []compiled) (compiled, error) {
	return compiled{typ: arrayType, eval: func(f *frame) (Value, error) {
		elements := make([]JSON, len(args))
		for i, a := range args {
			v, err := a.eval(f)
			if err != nil {
				return nil, err
			}
			elements[i] = asJSON(v, a.typ, s.env.zone)
		}
		return makeArray(elements), nil
	}}, nil
}

// objectConstruct leaves out members whose key or value is NULL.
func objectConstruct(s *scope, args []compiled) (compiled, error) {
	if len(args)%2 != 0 {
		return compiled{}, compileError(938, "22023", "not enough arguments for function [OBJECT_CONSTRUCT], expected an even number, got %d", len(args))
	}
	return compiled{typ: objectType, eval: func(f *frame) (Value, error) {
		var members []jsonMember
		for i := 0; i < len(args); i += 2 {
			k, err := args[i].eval(f)
			if err != nil {
				return nil, err
			}
			v, err := args[i+1].eval(f)
			if err != nil {
				return nil, err
			}
			if key, ok := asText(k, args[i].typ, s.env.zone).(string); ok && v != nil {
				members = append(members, jsonMember{key, asJSON(v, args[i+1].typ, s.env.zone)})
			}
		}
		return makeObject(members), nil
	}}, nil
}

// wholeRow is OBJECT_CONSTRUCT(*): every column that * stands for, by its name.
func (s *scope) wholeRow() (compiled, error) {
	var args []compiled
	for i, c := range s.columns {
		if c.hidden || c.joined {
			continue
		}
		value, err := s.place(&slotRef{i: i})
		if err != nil {
			return compiled{}, err
		}
		name := c.name
		args = append(args, compiled{typ: textType, constant: name, eval: func(*frame) (Value, error) { return name, nil }}, value)
	}
	return objectConstruct(s, args)
}

func arrayContains(v []Value) (Value, error) {
	want, found := v[0].(JSON).canonical(), false
	v[1].(JSON).elements(func(_ int, e JSON) bool {
		found = e.canonical() == want
		return !found
	})
	return found, nil
}

func arrayToString(s *scope, args []compiled) (compiled, error) {
	return simple(2, 2, textType, func(v []Value) (Value, error) {
		var parts []string
		v[0].(JSON).elements(func(_ int, e JSON) bool {
			parts = append(parts, e.text())
			return true
		})
		return strings.Join(parts, v[1].(string)), nil
	}, arrayType, textType).build(s, args)
}

func shapeTest(shapes ...shape) function {
	return function{1, 1, func(s *scope, args []compiled) (compiled, error) {
		if t := args[0].typ; !t.Semistructured() {
			return compiled{}, compileError(1044, "42P13", "Invalid argument types: %s, VARIANT expected", catalog.Type(t))
		}
		return strict(booleanType, func(v []Value) (Value, error) {
			for _, want := range shapes {
				if v[0].(JSON).shape() == want {
					return true, nil
				}
			}
			return false, nil
		}, args[0]), nil
	}}
}

func stripNull(v []Value) (Value, error) {
	if v[0].(JSON).shape() == shapeNull {
		return nil, nil
	}
	return v[0], nil
}
