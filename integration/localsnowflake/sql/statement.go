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
		filter expression
	}
	updateStatement struct {
		table  objectName
		alias  string
		sets   []assignment
		filter expression
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
		name     objectName
		existing catalog.Existing
		kind     catalog.Kind
		columns  []columnDef
		props    []property
		query    *query // AS SELECT
		stream   bool   // AS SELECT ... FROM TABLE(DATA_SOURCE(...))
		like     *objectName
	}
	createPipe struct {
		name     objectName
		existing catalog.Existing
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
	alterUser struct {
		name  objectName
		set   []property
		unset []string
	}
	alterSession struct {
		set   []property
		unset []string
	}
	dropStatement struct {
		kind     string // DATABASE, SCHEMA, TABLE, PIPE, USER, ROLE, WAREHOUSE
		name     objectName
		ifExists bool
	}

	describeStatement struct {
		kind string // TABLE, PIPE, USER
		name objectName
	}
	showStatement struct {
		what       string // e.g. "ICEBERG TABLES"
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
	// acceptedStatement does nothing here: BEGIN, COMMIT, ROLLBACK, COMMENT.
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
	kind    string // ADD, DROP, DROP NOT NULL, SET NOT NULL, TYPE, COMMENT, DROP DEFAULT, SET, UNSET, RENAME, CLUSTER
	column  columnDef
	ifExist bool // ADD IF NOT EXISTS, DROP IF EXISTS
	set     []property
	unset   []string
	to      objectName
}

// grantTarget is what a privilege is granted on, or SHOW GRANTS asks about.
type grantTarget struct {
	kind   catalog.ObjectKind
	name   *objectName
	each   string // ALL or FUTURE, with in
	inKind catalog.ObjectKind
	direct string // SHOW GRANTS: ON, TO or OF
}
