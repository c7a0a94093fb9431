package sql

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// parts describes a node without its children, and lists the children. Two
// nodes with equal labels and equal children mean the same.
func parts(x expression) (label string, kids []expression) {
	switch n := x.(type) {
	case *literal:
		return fmt.Sprintf("literal %s %s", n.typ.Name, canonical(n.value)), nil
	case *column:
		return "column " + strings.Join(n.parts, "\x00"), nil
	case *star:
		return "star " + n.table, nil
	case *bind:
		return fmt.Sprintf("bind %d", n.n), nil
	case *variableRef:
		return "variable " + n.name, nil
	case *interval:
		return fmt.Sprintf("interval %v", n.parts), nil
	case *path:
		label, kids = "path", []expression{n.base}
		for _, st := range n.steps {
			label += "\x00" + st.key
			if st.index != nil {
				label += "\x00[]"
				kids = append(kids, st.index)
			}
		}
		return label, kids
	case *cast:
		return fmt.Sprintf("cast %s %v", n.to, n.try), []expression{n.x}
	case *unary:
		return "unary " + n.op, []expression{n.x}
	case *binary:
		return "binary " + n.op, []expression{n.l, n.r}
	case *between:
		return fmt.Sprintf("between %v", n.not), []expression{n.x, n.low, n.high}
	case *in:
		if n.query != nil {
			return fmt.Sprintf("in %p", n), []expression{n.x}
		}
		return fmt.Sprintf("in %v", n.not), append([]expression{n.x}, n.list...)
	case *like:
		kids = []expression{n.x, n.pattern}
		if n.escape != nil {
			kids = append(kids, n.escape)
		}
		return fmt.Sprintf("like %v %v %v", n.fold, n.not, n.regexp), kids
	case *isNull:
		return fmt.Sprintf("null %v", n.not), []expression{n.x}
	case *isBool:
		return fmt.Sprintf("bool %v %v", n.want, n.not), []expression{n.x}
	case *distinctFrom:
		return fmt.Sprintf("distinct %v", n.not), []expression{n.l, n.r}
	case *caseWhen:
		return caseParts(n)
	case *call:
		return callParts(n)
	case *object:
		return "object " + strings.Join(n.keys, "\x00"), n.values
	case *list:
		return "list", n.items
	}
	return fmt.Sprintf("query %p", x), nil
}

func caseParts(n *caseWhen) (string, []expression) {
	var kids []expression
	label := fmt.Sprintf("case %d %v %v", len(n.whens), n.operand != nil, n.otherwise != nil)
	for _, w := range n.whens {
		kids = append(kids, w.cond, w.then)
	}
	if n.operand != nil {
		kids = append(kids, n.operand)
	}
	if n.otherwise != nil {
		kids = append(kids, n.otherwise)
	}
	return label, kids
}

func callParts(n *call) (string, []expression) {
	label := fmt.Sprintf("call %s %v %v %v %d", n.name, n.star, n.distinct, n.ignoreNulls, len(n.args))
	kids := append([]expression{}, n.args...)
	order := func(list []ordering) {
		for _, o := range list {
			label += fmt.Sprintf(" by %v %s", o.desc, o.nulls)
			kids = append(kids, o.x)
		}
	}
	order(n.within)
	if n.over != nil {
		label += fmt.Sprintf(" over %d %p", len(n.over.partition), n.over.frame)
		kids = append(kids, n.over.partition...)
		order(n.over.order)
	}
	for name := range n.named {
		label += fmt.Sprintf(" %s %p", name, n)
	}
	return label, kids
}

// signature is equal for expressions that mean the same in a scope. Its size
// does not depend on the expression's. Too many of them end as a panic of
// *Error, as a parser's errors do.
func (s *scope) signature(x expression) string {
	if err := s.env.compiling(); err != nil {
		panic(AsError(err))
	}
	label, kids := parts(x)
	if r, ok := x.(*slotRef); ok {
		label = fmt.Sprintf("slot %d", r.i)
	}
	if c, ok := x.(*column); ok {
		i := s.find(c.parts)
		if alias, ok := s.aliases[c.parts[0]]; ok && i == -1 && len(c.parts) == 1 && !s.busy[c.parts[0]] {
			s.busy[c.parts[0]] = true
			defer delete(s.busy, c.parts[0])
			return s.signature(alias)
		}
		if label = fmt.Sprintf("slot %d", i); i < 0 {
			label = "column " + strings.Join(c.parts, "\x00")
		}
	}
	h := sha256.New()
	h.Write([]byte(label))
	for _, k := range kids {
		h.Write([]byte(s.signature(k)))
	}
	return string(h.Sum(nil))
}

// anyNode reports whether test holds for a node of the tree; nodes under one
// that stop holds for are not visited.
func anyNode(x expression, test func(expression) bool) bool {
	if x == nil {
		return false
	}
	if test(x) {
		return true
	}
	_, kids := parts(x)
	for _, k := range kids {
		if anyNode(k, test) {
			return true
		}
	}
	return false
}

// hasAggregate reports whether an expression needs groups.
func hasAggregate(x expression) bool {
	return anyNode(x, func(n expression) bool {
		c, ok := n.(*call)
		return ok && c.over == nil && aggregates[c.name] != nil && !(len(c.args) > 1 && (c.name == "MIN" || c.name == "MAX"))
	})
}
