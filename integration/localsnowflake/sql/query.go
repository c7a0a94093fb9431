package sql

// query is SELECT with everything around it.
type query struct {
	span
	with   []commonTable
	body   queryBody
	order  []ordering
	limit  expression
	offset expression
}

// queryBody is a selectCore, a union or a nested query.
type queryBody interface{ where() span }

type commonTable struct {
	name    string
	columns []string
	query   *query
}

// union is l UNION [ALL] r, EXCEPT or INTERSECT.
type union struct {
	span
	op   string // "UNION ALL", "UNION", "EXCEPT", "INTERSECT"
	l, r queryBody
}

// selectCore is one SELECT without ORDER BY and LIMIT.
type selectCore struct {
	span
	distinct bool
	items    []selectItem
	from     source // nil without FROM
	filter   expression
	groupBy  []expression
	groupAll bool
	having   expression
	qualify  expression
	top      expression // TOP n
}

type selectItem struct {
	x     expression
	alias string
	text  string // as written, for the column's name
}

// source is what FROM reads.
type source interface{ where() span }

type (
	tableSource struct {
		span
		name   objectName
		alias  string
		errors bool // ERROR_TABLE(name)
	}
	querySource struct {
		span
		query   *query
		alias   string
		columns []string
		lateral bool
	}
	valuesSource struct {
		span
		rows    [][]expression
		alias   string
		columns []string
	}
	// streamSource is TABLE(DATA_SOURCE(TYPE => 'STREAMING')).
	streamSource struct {
		span
		alias string
	}
	// generatorSource is TABLE(GENERATOR(ROWCOUNT => n)).
	generatorSource struct {
		span
		rows  expression
		alias string
	}
	// resultSource is TABLE(RESULT_SCAN(id)).
	resultSource struct {
		span
		id    expression
		alias string
	}
	// flattenSource is LATERAL FLATTEN(input => x, ...) or TABLE(FLATTEN(...)).
	flattenSource struct {
		span
		input     expression
		path      expression
		outer     bool
		recursive bool
		mode      string
		alias     string
	}
	joinSource struct {
		span
		kind  string // "INNER", "LEFT", "RIGHT", "FULL", "CROSS"
		l, r  source
		on    expression
		using []string
	}
)

// objectName is a dotted name, or identifier(x) with x known when it runs.
type objectName struct {
	span
	parts   []string
	dynamic expression
}
