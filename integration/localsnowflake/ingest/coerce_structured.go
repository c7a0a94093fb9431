package ingest

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

func coerceObject(t catalog.Type, raw []byte) (Value, error) {
	if s, ok := text(raw); ok {
		raw = []byte(strings.TrimSpace(s)) // a string may hold an object
	}
	members, err := scanObject(raw, nil)
	if err != nil {
		return Value{}, castError(t)
	}
	switch {
	case t.Name == catalog.Map:
		err = checkMap(t, members)
	case t.Fields != nil:
		err = checkFields(t, members)
	}
	if err != nil {
		return Value{}, err
	}
	return Value{Kind: JSON, Text: compact(raw)}, nil
}

// checkFields holds an object against a structured OBJECT: no other keys than
// the declared ones (spec 3.7), each fitting its type.
func checkFields(t catalog.Type, members []member) error {
	present := make(map[string][]byte, len(members))
	for _, m := range members {
		present[string(m.key)] = m.raw
	}
	for _, f := range t.Fields {
		raw, ok := present[f.Name]
		delete(present, f.Name)
		if !ok || raw[0] == 'n' {
			if f.NotNull {
				return castError(t)
			}
			continue
		}
		if _, err := Coerce(f.Type, raw); err != nil {
			return castError(t)
		}
	}
	if len(present) > 0 {
		return castError(t)
	}
	return nil
}

func checkMap(t catalog.Type, members []member) error {
	for _, m := range members {
		key, err := json.Marshal(string(m.key))
		if err != nil {
			return castError(t)
		}
		if t.Key != nil {
			if _, err := Coerce(*t.Key, key); err != nil {
				return castError(t)
			}
		}
		if t.Element != nil {
			if _, err := Coerce(*t.Element, m.raw); err != nil {
				return castError(t)
			}
		}
	}
	return nil
}

func coerceArray(t catalog.Type, raw []byte) (Value, error) {
	if raw[0] != '[' {
		if t.Element != nil {
			return Value{}, castError(t)
		}
		return Value{Kind: JSON, Text: "[" + compact(raw) + "]"}, nil
	}
	if t.Element != nil {
		for _, element := range elements(raw) {
			if _, err := Coerce(*t.Element, element); err != nil {
				return Value{}, castError(t)
			}
		}
	}
	return Value{Kind: JSON, Text: compact(raw)}, nil
}

func coerceVector(t catalog.Type, raw []byte) (Value, error) {
	if raw[0] != '[' {
		return Value{}, castError(t)
	}
	list := elements(raw)
	if len(list) != t.Length {
		return Value{}, castError(t)
	}
	for _, element := range list {
		whole := t.Element != nil && t.Element.Name == catalog.Number
		if !isNumber(element) || whole && strings.ContainsAny(string(element), ".eE") {
			return Value{}, castError(t)
		}
	}
	return Value{Kind: JSON, Text: compact(raw)}, nil
}

// elements splits a valid JSON array.
func elements(raw []byte) (list [][]byte) {
	i := skipSpace(raw, 1)
	for i < len(raw) && raw[i] != ']' {
		end, err := skipValue(raw, i)
		if err != nil {
			panic(fmt.Sprintf("ingest: elements of unvalidated JSON: %v", err))
		}
		list = append(list, raw[i:end])
		if i = skipSpace(raw, end); i < len(raw) && raw[i] == ',' {
			i = skipSpace(raw, i+1)
		}
	}
	return list
}
