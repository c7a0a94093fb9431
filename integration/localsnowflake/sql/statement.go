package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// statement is one parsed statement.
type statement any

type (
	selectStatement struct{ query *query }

	insertStatement struct {
		table     objectName
		columns   []string
		rows      [][]expression // VALUES; nil with query
		query     *query
		overwrite bool
	}
	deleteStatement struct {
		table  objectName
		alias  string
		using  source // nil without USING
		filter expression
	}
	updateStatement struct {
		table  objectName
		alias  string
		sets   []assignment
		from   source // nil without FROM
		filter expression
	}
	// mergeStatement is MERGE INTO table USING source ON on WHEN ....
	mergeStatement struct {
		table   objectName
		alias   string
		source  source
		on      expression
		clauses []mergeClause
	}
	truncateStatement struct {
		table    objectName
		errors   bool
		ifExists bool
	}

	createDatabase struct {
		name     objectName
		existing catalog.Existing
	}
	createSchema struct {
		name     objectName
		existing catalog.Existing
	}
	createTable struct {
		name      objectName
		existing  catalog.Existing
		kind      catalog.Kind
		columns   []columnDef
		keys      []keyDef
		props     []property
		query     *query // AS SELECT
		text      string // of query
		like      *objectName
		transient bool
	}
	createView struct {
		name     objectName
		existing catalog.Existing
		columns  []string
		props    []property
		query    *query
		text     string // of query
		whole    string // of the statement
	}
	createPipe struct {
		name     objectName
		existing catalog.Existing
		props    []property
		copy     copyInto
		text     string // of the COPY statement
	}
	createVolume struct {
		name      objectName
		existing  catalog.Existing
		locations []string // each as JSON
		props     []property
	}
	createUser struct {
		name     objectName
		existing catalog.Existing
		props    []property
	}
	createRole struct {
		name     objectName
		existing catalog.Existing
		props    []property
	}
	createWarehouse struct {
		name     objectName
		existing catalog.Existing
		props    []property
	}

	alterTable struct {
		name     objectName
		ifExists bool
		actions  []alterAction
	}
	alterPipe struct {
		name     objectName
		ifExists bool
		set      []property
		unset    []string
	}
	alterUser struct {
		name  objectName
		set   []property
		unset []string
	}
	// alterToken is ALTER USER ... ADD, ROTATE and REMOVE PROGRAMMATIC ACCESS TOKEN.
	alterToken struct {
		user        *objectName // nil: the session's own
		verb        string      // ADD, ROTATE, REMOVE
		token       string
		ifExists    bool
		ifNotExists bool
		props       []property
	}
	alterSession struct {
		set   []property
		unset []string
	}
	dropStatement struct {
		kind     string // DATABASE, SCHEMA, TABLE, VIEW, PIPE, USER, ROLE, WAREHOUSE, EXTERNAL VOLUME
		name     objectName
		ifExists bool
	}

	describeStatement struct {
		kind string // TABLE, VIEW, PIPE, USER, EXTERNAL VOLUME
		name objectName
	}
	showStatement struct {
		what       string // e.g. "ICEBERG TABLES"
		terse      bool
		like       expression
		inKind     string // "", ACCOUNT, DATABASE, SCHEMA, TABLE, PIPE
		in         *objectName
		startsWith expression
		limit      expression
		grants     *grantTarget
	}
	useStatement struct {
		kind string // "", DATABASE, SCHEMA, ROLE, WAREHOUSE
		name objectName
	}
	grantStatement struct {
		revoke     bool
		privileges []string
		target     grantTarget
		toKind     string // ROLE or USER
		to         objectName
		option     bool
		current    string // COPY or REVOKE [CURRENT GRANTS] of GRANT OWNERSHIP
	}
	commentStatement struct {
		kind     string // TABLE, VIEW, COLUMN, SCHEMA, DATABASE, PIPE, ROLE, ...
		name     objectName
		ifExists bool
		text     string
	}
	transactionStatement struct{ do string } // BEGIN, COMMIT or ROLLBACK

	// setStatement is SET x = 1, SET (a, b) = (1, 2), or with no values UNSET.
	setStatement struct {
		names  []string
		values []expression
	}
	// acceptedStatement does nothing here: USE SECONDARY ROLES.
	acceptedStatement struct {
		message string
		id      int
	}
)

type assignment struct {
	column string
	x      expression
}

type columnDef struct {
	name     string
	typ      catalog.Type
	notNull  bool
	def      string // SQL text of DEFAULT
	identity bool
	comment  string
	keys     []keyDef // PRIMARY KEY, UNIQUE and REFERENCES behind the type
}

// keyDef is a constraint of CREATE TABLE or ALTER TABLE ... ADD.
type keyDef struct {
	name    string
	kind    catalog.KeyKind
	columns []string
	to      *objectName // of a foreign key
	refers  []string
}

// copyInto is the COPY statement of a pipe.
type copyInto struct {
	table   objectName
	columns []string
	query   *query // nil for FROM TABLE(DATA_SOURCE(...))
	files   bool   // FROM @stage
	text    string // of query
	props   []property
}

// mergeClause is one WHEN [NOT] MATCHED [AND when] THEN ....
type mergeClause struct {
	matched bool
	when    expression
	do      string // UPDATE, DELETE or INSERT
	sets    []assignment
	columns []string
	values  []expression // nil elements are DEFAULT
}

// property is NAME = value; words among values are in upper case.
type property struct {
	span
	name  string
	value string
	text  bool     // value was a string
	list  []string // value was (a, b)
}

// alterAction is one thing that ALTER TABLE does.
type alterAction struct {
	kind    string // ADD, DROP, DROP NOT NULL, SET NOT NULL, TYPE, COMMENT, DROP DEFAULT, SET, UNSET, RENAME, RENAME COLUMN, CLUSTER, ADD KEY, DROP KEY
	column  columnDef
	ifExist bool // ADD IF NOT EXISTS, DROP IF EXISTS
	set     []property
	unset   []string
	to      objectName
	rename  string // of a column, its new name
	key     keyDef
}

// grantTarget is what a privilege is granted on, or SHOW GRANTS asks about.
type grantTarget struct {
	kind   catalog.ObjectKind
	name   *objectName
	each   string // ALL or FUTURE, with in
	inKind catalog.ObjectKind
	direct string // SHOW GRANTS: ON, TO or OF
}
