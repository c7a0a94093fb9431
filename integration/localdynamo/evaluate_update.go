package localdynamo

import (
	"maps"
	"slices"
)

// assignment is the outcome of one action of an update.
type assignment struct {
	path   path
	value  value
	remove bool
}

// apply computes the item an update makes of old. Every right side sees old as
// it was; old itself stays untouched.
//
// List positions are those of old, too: values are set in the order of their
// index, so that indexes past the end append in that order, and removals come
// last, from the back.
func (u *update) apply(old item) (item, error) {
	assignments := make([]assignment, 0, len(u.actions))
	for _, a := range u.actions {
		outcome, skip, err := a.outcome(old)
		if err != nil {
			return nil, err
		}
		if !skip {
			assignments = append(assignments, outcome)
		}
	}
	slices.SortStableFunc(assignments, func(a, b assignment) int {
		switch {
		case a.remove && b.remove:
			return b.path.compare(a.path)
		case a.remove:
			return 1
		case b.remove:
			return -1
		}
		return a.path.compare(b.path)
	})
	root := value{kind: kindMap, fields: old}
	for _, a := range assignments {
		next, err := root.with(a.path, a)
		if err != nil {
			return nil, err
		}
		root = next
	}
	if root.depth() > maxNesting+1 {
		return nil, invalid("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit")
	}
	return item(root.fields), nil
}

// outcome computes what one action does; skip when it does nothing.
func (a updateAction) outcome(old item) (outcome assignment, skip bool, err error) {
	outcome.path = a.path
	switch a.section {
	case "REMOVE":
		outcome.remove = true
		return outcome, false, nil
	case "SET":
		outcome.value, err = a.value.computed(old)
		return outcome, false, err
	}
	operand := a.value.value
	have, ok := a.path.in(old)
	switch {
	case ok && have.kind != operand.kind && a.legacy:
		return outcome, false, invalid("Type mismatch for attribute to update")
	case ok && have.kind != operand.kind:
		return outcome, false, wrongOperand()
	case a.section == "DELETE" && !ok:
		_, err := value{kind: kindMap, fields: old}.with(a.path, assignment{remove: true})
		return outcome, true, err
	case a.section == "DELETE":
		outcome.value = have.without(operand)
		outcome.remove = len(outcome.value.set) == 0
	case !ok:
		outcome.value = operand
	case operand.kind == kindNumber:
		outcome.value.kind = kindNumber
		outcome.value.text, err = addNumbers(have.text, operand.text)
	case operand.kind == kindList:
		outcome.value = listValue(slices.Concat(have.list, operand.list))
	default:
		outcome.value = have.union(operand)
	}
	return outcome, false, err
}

func wrongOperand() error {
	return invalid("An operand in the update expression has an incorrect data type")
}

// computed is an operand's value on the right side of SET.
func (o *operand) computed(old item) (value, error) {
	switch {
	case o.placeholder != "":
		return o.value, nil
	case o.path != nil:
		if v, ok := o.path.in(old); ok {
			return v, nil
		}
		return value{}, invalid("The provided expression refers to an attribute that does not exist in the item")
	case o.function == "if_not_exists":
		if v, ok := o.args[0].path.in(old); ok {
			return v, nil
		}
		return o.args[1].computed(old)
	}
	left, err := o.args[0].computed(old)
	if err != nil {
		return value{}, err
	}
	right, err := o.args[1].computed(old)
	if err != nil {
		return value{}, err
	}
	if o.function == "list_append" {
		if left.kind != kindList || right.kind != kindList {
			return value{}, wrongOperand()
		}
		return listValue(slices.Concat(left.list, right.list)), nil
	}
	if left.kind != kindNumber || right.kind != kindNumber {
		return value{}, wrongOperand()
	}
	if o.sign == "-" {
		right.text = negateNumber(right.text)
	}
	sum, err := addNumbers(left.text, right.text)
	return value{kind: kindNumber, text: sum}, err
}

// with is v with one assignment made somewhere inside it. Only what lies on
// the path is copied.
func (v value) with(way path, a assignment) (value, error) {
	s := way[0]
	if s.isIndex != (v.kind == kindList) || !s.isIndex && v.kind != kindMap {
		return value{}, wrongPath()
	}
	replacement := a.value
	if len(way) > 1 {
		inner, ok := v.child(s)
		if !ok {
			return value{}, wrongPath()
		}
		var err error
		if replacement, err = inner.with(way[1:], a); err != nil {
			return value{}, err
		}
	}
	if s.isIndex {
		v.list = changedList(v.list, s.index, replacement, a.remove && len(way) == 1)
		return v, nil
	}
	v.fields = maps.Clone(v.fields)
	if v.fields == nil {
		v.fields = map[string]value{}
	}
	if a.remove && len(way) == 1 {
		delete(v.fields, s.name)
	} else {
		v.fields[s.name] = replacement
	}
	return v, nil
}

// changedList is a copy of a list with one element replaced, appended when its
// index lies past the end, or removed.
func changedList(list []value, index int, v value, remove bool) []value {
	list = slices.Clone(list)
	switch {
	case index >= len(list) && remove:
		return list
	case index >= len(list):
		return append(list, v)
	case remove:
		return slices.Delete(list, index, index+1)
	}
	list[index] = v
	return list
}

func wrongPath() error {
	return invalid("The document path provided in the update expression is invalid for update")
}

// depth is how many levels of lists and maps lie between a value and the
// deepest one inside it.
func (v value) depth() int {
	deepest := 0
	for _, w := range v.list {
		deepest = max(deepest, 1+w.depth())
	}
	for _, w := range v.fields {
		deepest = max(deepest, 1+w.depth())
	}
	return deepest
}
