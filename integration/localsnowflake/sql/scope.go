package sql

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// environment is what one statement runs in.
type environment struct {
	ctx     context.Context
	engine  *Engine
	session *Session
	now     time.Time // the statement's start: CURRENT_TIMESTAMP
	zone    *time.Location
	binds   Bindings
	depth   int       // of nested queries being compiled
	work    *work     // of the statement so far
	holder  *holder   // of locks, once the statement took one
	stream  *relation // what TABLE(DATA_SOURCE(...)) reads; nil outside of a pipe
}

// compiled is an expression ready to run over rows.
type compiled struct {
	typ      catalog.Type
	nullable bool
	constant Value // of a literal
	eval     func(f *frame) (Value, error)
}

// frame is the row that compiled expressions look at.
type frame struct {
	row []Value // input columns; after grouping keys and aggregates
	win []Value // results of window functions
}

// scopeColumn is a column that an expression can name.
type scopeColumn struct {
	path     []string // database, schema, table or alias; as much as is known
	name     string
	typ      catalog.Type
	nullable bool
	hidden   bool  // METADATA$...: not part of *
	used     *bool // set once an expression reads it; nil where nobody asks
	joined   bool  // the right side of USING: found only by its full name
}

// scope is where names are looked up.
type scope struct {
	env     *environment
	columns []scopeColumn
	tables  map[string]*relation  // common table expressions
	aliases map[string]expression // select items by alias
	busy    map[string]bool       // aliases being resolved, against cycles
	group   *grouping             // not nil once rows are groups
	windows *[]*windowCall        // nil where window functions are not allowed
	outer   *scope                // of the query around this one

	captures *[]compiled // at the edge of a subquery: what it reads of outer rows
	current  *frame      // the row that a subquery in this scope belongs to
}

// ambiguous marks a name that fits several columns.
const ambiguous = -2

// find looks a column up: its index, -1 or ambiguous.
func (s *scope) find(parts []string) int {
	name, path := parts[len(parts)-1], parts[:len(parts)-1]
	place := 0 // of $1, $2, ..., unless a column has that name
	if name[0] == '$' && !slices.ContainsFunc(s.columns, func(c scopeColumn) bool { return c.name == name }) {
		place, _ = strconv.Atoi(name[1:])
	}
	found := -1
	for i, c := range s.columns {
		if place > 0 && !c.hidden && (len(path) <= len(c.path) && sameStrings(c.path[len(c.path)-len(path):], path)) {
			if place--; place == 0 {
				return i
			}
		}
		if c.name != name || len(path) == 0 && c.joined || len(path) > len(c.path) {
			continue
		}
		if !sameStrings(c.path[len(c.path)-len(path):], path) {
			continue
		}
		if found >= 0 {
			return ambiguous
		}
		found = i
	}
	return found
}

func sameStrings(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// column compiles a column reference.
func (s *scope) column(c *column) (compiled, error) {
	name := c.parts[len(c.parts)-1]
	i := s.find(c.parts)
	if i == ambiguous {
		return compiled{}, compileError(2028, "42601", "ambiguous column name '%s'", name)
	}
	if i >= 0 && s.group == nil {
		return s.slot(i), nil
	}
	if x, ok := s.aliases[name]; ok && len(c.parts) == 1 && !s.busy[name] {
		s.busy[name] = true
		defer delete(s.busy, name)
		return s.compile(x)
	}
	if i >= 0 {
		return compiled{}, compileError(979, "42601", "[%s] is not a valid group by expression", dotted(s.columns[i]))
	}
	if found, ok, err := s.captured(c); ok {
		return found, err
	}
	return compiled{}, compileError(904, "42000", "invalid identifier '%s'", quoteParts(c.parts))
}

// place compiles a column that * stands for.
func (s *scope) place(n *slotRef) (compiled, error) {
	if s.group != nil {
		return compiled{}, compileError(979, "42601", "[%s] is not a valid group by expression", dotted(s.columns[n.i]))
	}
	return s.slot(n.i), nil
}

func dotted(c scopeColumn) string {
	if len(c.path) == 0 {
		return catalog.Quote(c.name)
	}
	return catalog.Quote(c.path[len(c.path)-1]) + "." + catalog.Quote(c.name)
}

func quoteParts(parts []string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = catalog.Quote(p)
	}
	return strings.Join(quoted, ".")
}

func (s *scope) slot(i int) compiled {
	c := s.columns[i]
	if c.used != nil {
		*c.used = true
	}
	return compiled{typ: c.typ, nullable: c.nullable, eval: func(f *frame) (Value, error) { return f.row[i], nil }}
}

// constant compiles an expression that sees no columns.
func (e *environment) constant(x expression) (compiled, error) {
	return (&scope{env: e}).compile(x)
}

// evaluate runs an expression that sees no columns.
func (e *environment) evaluate(x expression) (Value, catalog.Type, error) {
	c, err := e.constant(x)
	if err != nil {
		return nil, catalog.Type{}, err
	}
	v, err := c.eval(&frame{})
	return v, c.typ, err
}
