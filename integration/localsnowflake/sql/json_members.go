package sql

import (
	"slices"
	"strings"
)

// jsonMember is one member of an object.
type jsonMember struct {
	key   string
	value JSON
}

// sortedMembers are an object's members by key.
func (j JSON) sortedMembers() []jsonMember {
	var list []jsonMember
	j.members(func(k string, v JSON) bool {
		list = append(list, jsonMember{k, v})
		return true
	})
	slices.SortStableFunc(list, func(a, b jsonMember) int { return strings.Compare(a.key, b.key) })
	return list
}

// length counts an array's elements or an object's members.
func (j JSON) length() int {
	n := 0
	switch j.shape() {
	case shapeArray:
		j.elements(func(int, JSON) bool { n++; return true })
	case shapeObject:
		j.members(func(string, JSON) bool { n++; return true })
	}
	return n
}

// typeName is what TYPEOF says.
func (j JSON) typeName() string {
	switch j.shape() {
	case shapeObject:
		return "OBJECT"
	case shapeArray:
		return "ARRAY"
	case shapeText:
		return "VARCHAR"
	case shapeTrue, shapeFalse:
		return "BOOLEAN"
	case shapeNull:
		return "NULL_VALUE"
	}
	if d, ok := j.decimal(); ok && !strings.ContainsAny(string(j), "eE") {
		if d.Exponent >= 0 {
			return "INTEGER"
		}
		return "DECIMAL"
	}
	return "DOUBLE"
}

// makeArray writes an array of elements. One that is too large ends as a panic
// of *Error.
func makeArray(elements []JSON) JSON {
	if err := fitsAll(elements, 1); err != nil {
		panic(err)
	}
	texts := make([]string, len(elements))
	for i, e := range elements {
		texts[i] = string(e)
	}
	return JSON("[" + strings.Join(texts, ",") + "]")
}

// makeObject writes an object; members with an empty value are left out.
// One that is too large ends as makeArray's.
func makeObject(members []jsonMember) JSON {
	var b strings.Builder
	b.WriteByte('{')
	for _, m := range members {
		if m.value == "" {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		if err := fits(b.Len() + len(m.key) + len(m.value)); err != nil {
			panic(err)
		}
		b.WriteString(string(quoteJSON(m.key)) + ":" + string(m.value))
	}
	return JSON(b.String() + "}")
}
