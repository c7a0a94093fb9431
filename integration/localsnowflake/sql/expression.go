package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// span is a node's place in the statement, in bytes.
type span struct{ start, end int }

func (s span) where() span { return s }

// expression is a node of an expression tree.
type expression interface{ where() span }

type (
	// literal is a constant.
	literal struct {
		span
		value Value
		typ   catalog.Type
	}
	// column is a possibly qualified name: [[[db.]schema.]table.]name.
	column struct {
		span
		parts []string
	}
	// star is * or t.* in a select list.
	star struct {
		span
		table   string
		exclude []string
	}
	// bind is ? (numbered from 1) or :n.
	bind struct {
		span
		n int
	}
	// variableRef is $name.
	variableRef struct {
		span
		name string
	}
	// interval is INTERVAL '1 year, 3 days'.
	interval struct {
		span
		parts []intervalPart
	}
	// path is base:key.key[index].
	path struct {
		span
		base  expression
		steps []step
	}
	// cast is x::T, CAST(x AS T) or TRY_CAST(x AS T).
	cast struct {
		span
		x   expression
		to  catalog.Type
		try bool
	}
	unary struct {
		span
		op string // "-", "+", "NOT"
		x  expression
	}
	binary struct {
		span
		op   string
		l, r expression
	}
	between struct {
		span
		x, low, high expression
		not          bool
	}
	in struct {
		span
		x     expression
		list  []expression
		query *query // instead of list
		not   bool
	}
	like struct {
		span
		x, pattern, escape expression
		fold, not          bool // ILIKE, NOT
		regexp             bool // RLIKE: the pattern is a regular expression
	}
	isNull struct {
		span
		x   expression
		not bool
	}
	isBool struct {
		span
		x         expression
		want, not bool
	}
	distinctFrom struct {
		span
		l, r expression
		not  bool
	}
	caseWhen struct {
		span
		operand   expression // nil for the searched form
		whens     []when
		otherwise expression
	}
	call struct {
		span
		name        string
		args        []expression
		named       map[string]expression
		star        bool // COUNT(*)
		distinct    bool
		within      []ordering // WITHIN GROUP (ORDER BY ...)
		ignoreNulls bool
		over        *window
	}
	subquery struct {
		span
		query *query
	}
	exists struct {
		span
		query *query
	}
	// object and list are the literals { 'k': x } and [ x, y ].
	object struct {
		span
		keys   []string
		values []expression
	}
	list struct {
		span
		items []expression
	}
)

// step is one step of a path: a key, or an index expression in brackets.
type step struct {
	key   string
	index expression
}

type when struct{ cond, then expression }

// ordering is one item of ORDER BY. nulls is "" for the default: last when
// ascending, first when descending.
type ordering struct {
	x     expression
	desc  bool
	nulls string
}

// window is the OVER clause.
type window struct {
	partition []expression
	order     []ordering
	frame     *frameClause
}

// frameClause is ROWS BETWEEN ...; nil bounds are unbounded.
type frameClause struct {
	rows     bool
	from, to *int64 // relative to the current row
}
