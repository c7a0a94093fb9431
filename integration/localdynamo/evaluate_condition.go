package localdynamo

import "strings"

// operators are the conditions that are no functions.
var operators = map[string]func(*condition, item) bool{
	"=":       func(c *condition, it item) bool { return c.compares(it, value.equal) },
	"<":       func(c *condition, it item) bool { return c.orders(it, func(n int) bool { return n < 0 }) },
	"<=":      func(c *condition, it item) bool { return c.orders(it, func(n int) bool { return n <= 0 }) },
	">":       func(c *condition, it item) bool { return c.orders(it, func(n int) bool { return n > 0 }) },
	">=":      func(c *condition, it item) bool { return c.orders(it, func(n int) bool { return n >= 0 }) },
	"<>":      func(c *condition, it item) bool { return !c.compares(it, value.equal) },
	"BETWEEN": (*condition).between,
	"IN":      (*condition).among,
	"AND":     nil,
	"OR":      nil,
	"NOT":     nil,
}

// holds evaluates a checked condition against an item, nil for none. What
// refers to a missing attribute or compares different types does not hold;
// only "<>" then does.
func (c *condition) holds(it item) bool {
	switch c.op {
	case "AND":
		return c.parts[0].holds(it) && c.parts[1].holds(it)
	case "OR":
		return c.parts[0].holds(it) || c.parts[1].holds(it)
	case "NOT":
		return !c.parts[0].holds(it)
	case "attribute_exists":
		_, ok := c.operands[0].path.in(it)
		return ok
	case "attribute_not_exists":
		_, ok := c.operands[0].path.in(it)
		return !ok
	case "attribute_type":
		return c.compares(it, func(v, name value) bool { return v.kind == kind(name.text) })
	case "contains":
		return c.compares(it, value.contains)
	case "begins_with":
		return c.compares(it, value.beginsWith)
	}
	return operators[c.op](c, it)
}

// compares applies a test to the values of both operands, if both exist.
func (c *condition) compares(it item, test func(v, w value) bool) bool {
	v, ok := c.operands[0].seen(it)
	w, ok2 := c.operands[1].seen(it)
	return ok && ok2 && test(v, w)
}

func (c *condition) orders(it item, test func(int) bool) bool {
	return c.compares(it, func(v, w value) bool {
		return v.kind == w.kind && v.kind.isOrdered() && test(v.compare(w))
	})
}

func (c *condition) between(it item) bool {
	low := &condition{operands: c.operands[:2]}
	high := &condition{operands: []*operand{c.operands[0], c.operands[2]}}
	return low.orders(it, func(n int) bool { return n >= 0 }) && high.orders(it, func(n int) bool { return n <= 0 })
}

func (c *condition) among(it item) bool {
	for _, one := range c.operands[1:] {
		if (&condition{operands: []*operand{c.operands[0], one}}).compares(it, value.equal) {
			return true
		}
	}
	return false
}

func (v value) beginsWith(w value) bool {
	return v.kind == w.kind && (v.kind == kindString || v.kind == kindBinary) && strings.HasPrefix(v.text, w.text)
}

// seen is an operand's value in a condition. Only size computes anything there.
func (o *operand) seen(it item) (value, bool) {
	switch {
	case o.placeholder != "":
		return o.value, true
	case o.path != nil:
		return o.path.in(it)
	}
	v, ok := o.args[0].seen(it)
	if !ok {
		return value{}, false
	}
	n, ok := v.size()
	return numberValue(n), ok
}

// in finds what a path leads to.
func (p path) in(it item) (value, bool) {
	v, ok := it[p[0].name]
	for _, s := range p[1:] {
		if !ok {
			return value{}, false
		}
		v, ok = v.child(s)
	}
	return v, ok
}

// child is a member of a map or an element of a list.
func (v value) child(s step) (value, bool) {
	switch {
	case s.isIndex && v.kind == kindList && s.index < len(v.list):
		return v.list[s.index], true
	case !s.isIndex && v.kind == kindMap:
		w, ok := v.fields[s.name]
		return w, ok
	}
	return value{}, false
}
