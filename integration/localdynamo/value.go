package localdynamo

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// value is one attribute value. A value is never changed once built, so it is
// shared freely between items, answers and goroutines.
type value struct {
	kind   kind
	text   string           // S; N in its canonical form; B as raw bytes
	truth  bool             // BOOL
	list   []value          // L
	fields map[string]value // M
	set    []string         // SS, NS, BS in order, each element as text
}

// item is one row: attribute name to value. It is never changed once stored.
type item map[string]value

func numberValue(n int) value { return value{kind: kindNumber, text: strconv.Itoa(n)} }

func listValue(vs []value) value { return value{kind: kindList, list: vs} }

// setValue builds a set out of elements in any order.
func setValue(k kind, elements []string) value {
	slices.SortFunc(elements, func(a, b string) int { return compareText(k.element(), a, b) })
	return value{kind: k, set: elements}
}

// equal is DynamoDB's "=": the same type and the same content, sets without
// regard to order, numbers by worth.
func (v value) equal(w value) bool {
	return v.kind == w.kind && v.text == w.text && v.truth == w.truth &&
		slices.EqualFunc(v.list, w.list, value.equal) &&
		maps.EqualFunc(v.fields, w.fields, value.equal) &&
		slices.Equal(v.set, w.set)
}

// compare orders two values of one ordered kind: numbers by worth, strings by
// their UTF-8 bytes, binaries by unsigned bytes.
func (v value) compare(w value) int { return compareText(v.kind, v.text, w.text) }

func compareText(k kind, a, b string) int {
	if k == kindNumber {
		return compareNumbers(a, b)
	}
	return cmp.Compare(a, b)
}

// size is what size() says: bytes of a string or binary, elements of a set,
// list or map. Other kinds have no size.
func (v value) size() (int, bool) {
	switch v.kind {
	case kindString:
		return len(utf16Units(v.text)), true
	case kindBinary:
		return len(v.text), true
	case kindList:
		return len(v.list), true
	case kindMap:
		return len(v.fields), true
	case kindStringSet, kindNumberSet, kindBinarySet:
		return len(v.set), true
	}
	return 0, false
}

// contains is contains(): a part of a string or binary, an element of a set or list.
func (v value) contains(w value) bool {
	switch {
	case v.kind == kindList:
		return slices.ContainsFunc(v.list, w.equal)
	case v.kind.isSet():
		return v.kind.element() == w.kind && slices.Contains(v.set, w.text)
	case v.kind == kindString || v.kind == kindBinary:
		return v.kind == w.kind && strings.Contains(v.text, w.text)
	}
	return false
}

// union and without are ADD and DELETE on two sets of one kind.
func (v value) union(w value) value {
	elements := slices.Clone(v.set)
	for _, e := range w.set {
		if !slices.Contains(v.set, e) {
			elements = append(elements, e)
		}
	}
	return setValue(v.kind, elements)
}

func (v value) without(w value) value {
	left := slices.DeleteFunc(slices.Clone(v.set), func(e string) bool { return slices.Contains(w.set, e) })
	return value{kind: v.kind, set: left}
}
