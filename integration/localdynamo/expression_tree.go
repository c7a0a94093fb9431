package localdynamo

import (
	"slices"
	"strconv"
	"strings"
)

// step is one part of a document path: an attribute's name or a list index.
type step struct {
	name    string // "" for an index
	index   int
	isIndex bool
}

// path leads to an attribute or into one: a.b[0].
type path []step

// operand is something that has a value: exactly one of path, placeholder,
// function and sign is set.
type operand struct {
	path        path
	placeholder string // ":v"
	value       value  // what the placeholder stands for, once resolved
	function    string
	sign        string     // "+" or "-", between two args
	args        []*operand // of the function or the sign
}

// condition is something that holds or does not.
type condition struct {
	op       string // AND OR NOT, = <> < <= > >=, BETWEEN IN, or a function's name
	parts    []*condition
	operands []*operand
}

// updateAction is one step of an update: SET path = value, REMOVE path, ADD or DELETE path value.
type updateAction struct {
	section string
	path    path
	value   *operand // nil for REMOVE
	legacy  bool     // out of AttributeUpdates, where ADD takes lists, too
}

// update is a parsed UpdateExpression.
type update struct{ actions []updateAction }

// computes tells whether the update sets an attribute to what it works out,
// and not to a value of the request.
func (u *update) computes(name string) bool {
	if u == nil {
		return false
	}
	for _, a := range u.actions {
		if a.section == "SET" && len(a.path) == 1 && a.path[0].name == name {
			return a.value.placeholder == ""
		}
	}
	return false
}

// text writes a path as error messages do: [a, b, [0]].
func (p path) text() string {
	parts := make([]string, len(p))
	for i, s := range p {
		parts[i] = s.text()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (s step) text() string {
	if s.isIndex {
		return "[" + strconv.Itoa(s.index) + "]"
	}
	return s.name
}

// compare orders paths step by step, list indexes by number.
func (p path) compare(q path) int {
	return slices.CompareFunc(p, q, func(a, b step) int {
		if a.index != b.index {
			return a.index - b.index
		}
		return strings.Compare(a.name, b.name)
	})
}

// clash tells how two paths of one expression exclude each other: one leads
// into the other ("overlap"), or they disagree on what a document is ("conflict").
func (p path) clash(q path) string {
	for i := range min(len(p), len(q)) {
		if p[i] == q[i] {
			continue
		}
		if p[i].isIndex != q[i].isIndex {
			return "conflict"
		}
		return ""
	}
	return "overlap"
}

// checkClashes refuses a set of paths of which two exclude each other.
func checkClashes(label string, paths []path) error {
	for i, q := range paths {
		for _, p := range paths[:i] {
			if how := p.clash(q); how != "" {
				return invalid("Invalid %s: Two document paths %s with each other; must remove or rewrite one of these paths; path one: %s, path two: %s",
					label, how, p.text(), q.text())
			}
		}
	}
	return nil
}
