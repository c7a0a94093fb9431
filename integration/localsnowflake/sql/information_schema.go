package sql

import (
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

const informationSchema = "INFORMATION_SCHEMA"

// factView is one view of the INFORMATION_SCHEMA: its columns in their order
// and its rows. What a row does not name is NULL.
type factView struct {
	columns string
	rows    func(e *environment, database string, add func(fact)) error
}

// fact is a row, by column.
type fact map[string]Value

// Columns of these views that are no texts.
var (
	factNumbers = strings.Fields("ROW_COUNT BYTES RETENTION_TIME ORDINAL_POSITION CHARACTER_MAXIMUM_LENGTH CHARACTER_OCTET_LENGTH NUMERIC_PRECISION NUMERIC_PRECISION_RADIX NUMERIC_SCALE DATETIME_PRECISION INTERVAL_PRECISION MAXIMUM_CARDINALITY")
	factMoments = strings.Fields("CREATED LAST_ALTERED LAST_DDL CREATED_ON")
)

// factViews by name, with the service's columns
// (docs.snowflake.com/sql-reference/info-schema).
var factViews map[string]factView

func init() { // listing views compiles their queries, which may come back here
	factViews = map[string]factView{
		"TABLES": {"TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_OWNER TABLE_TYPE IS_TRANSIENT CLUSTERING_KEY ROW_COUNT BYTES RETENTION_TIME " +
			"SELF_REFERENCING_COLUMN_NAME REFERENCE_GENERATION USER_DEFINED_TYPE_CATALOG USER_DEFINED_TYPE_SCHEMA USER_DEFINED_TYPE_NAME IS_INSERTABLE_INTO IS_TYPED COMMIT_ACTION " +
			"CREATED LAST_ALTERED LAST_DDL LAST_DDL_BY AUTO_CLUSTERING_ON COMMENT IS_TEMPORARY IS_ICEBERG IS_DYNAMIC IS_IMMUTABLE IS_HYBRID", tableFacts},
		"VIEWS": {"TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_OWNER VIEW_DEFINITION CHECK_OPTION IS_UPDATABLE INSERTABLE_INTO IS_SECURE CREATED LAST_ALTERED LAST_DDL LAST_DDL_BY COMMENT", viewFacts},
		"COLUMNS": {"TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION COLUMN_DEFAULT IS_NULLABLE DATA_TYPE CHARACTER_MAXIMUM_LENGTH CHARACTER_OCTET_LENGTH " +
			"NUMERIC_PRECISION NUMERIC_PRECISION_RADIX NUMERIC_SCALE DATETIME_PRECISION INTERVAL_TYPE INTERVAL_PRECISION CHARACTER_SET_CATALOG CHARACTER_SET_SCHEMA CHARACTER_SET_NAME " +
			"COLLATION_CATALOG COLLATION_SCHEMA COLLATION_NAME DOMAIN_CATALOG DOMAIN_SCHEMA DOMAIN_NAME UDT_CATALOG UDT_SCHEMA UDT_NAME SCOPE_CATALOG SCOPE_SCHEMA SCOPE_NAME " +
			"MAXIMUM_CARDINALITY DTD_IDENTIFIER IS_SELF_REFERENCING IS_IDENTITY IDENTITY_GENERATION IDENTITY_START IDENTITY_INCREMENT IDENTITY_MAXIMUM IDENTITY_MINIMUM IDENTITY_CYCLE " +
			"IDENTITY_ORDERED DATA_TYPE_ALIAS SCHEMA_EVOLUTION_RECORD COMMENT", columnFacts},
		"SCHEMATA": {"CATALOG_NAME SCHEMA_NAME SCHEMA_OWNER IS_TRANSIENT IS_MANAGED_ACCESS RETENTION_TIME DEFAULT_CHARACTER_SET_CATALOG DEFAULT_CHARACTER_SET_SCHEMA DEFAULT_CHARACTER_SET_NAME SQL_PATH " +
			"CREATED LAST_ALTERED COMMENT", schemaFacts},
		"DATABASES":         {"DATABASE_NAME DATABASE_OWNER IS_TRANSIENT COMMENT CREATED LAST_ALTERED RETENTION_TIME TYPE OWNER_ROLE_TYPE", databaseFacts},
		"PIPES":             {"PIPE_CATALOG PIPE_SCHEMA PIPE_NAME PIPE_OWNER DEFINITION IS_AUTOINGEST_ENABLED NOTIFICATION_CHANNEL_NAME CREATED LAST_ALTERED COMMENT PATTERN", pipeFacts},
		"TABLE_CONSTRAINTS": {"CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME CONSTRAINT_TYPE IS_DEFERRABLE INITIALLY_DEFERRED ENFORCED COMMENT CREATED LAST_ALTERED RELY", keyFacts},
		"TABLE_PRIVILEGES":  {"GRANTOR GRANTEE GRANTED_TO TABLE_CATALOG TABLE_SCHEMA TABLE_NAME PRIVILEGE_TYPE IS_GRANTABLE WITH_HIERARCHY CREATED_ON", privilegeFacts},
		"ENABLED_ROLES":     {"ROLE_NAME ROLE_OWNER", roleFacts},
		"INFORMATION_SCHEMA_CATALOG_NAME": {"CATALOG_NAME", func(_ *environment, database string, add func(fact)) error {
			add(fact{"CATALOG_NAME": database})
			return nil
		}},
		// There is nothing of these kinds here.
		"SEQUENCES":  {"SEQUENCE_CATALOG SEQUENCE_SCHEMA SEQUENCE_NAME SEQUENCE_OWNER DATA_TYPE START_VALUE INCREMENT COMMENT", noFacts},
		"STAGES":     {"STAGE_CATALOG STAGE_SCHEMA STAGE_NAME STAGE_URL STAGE_REGION STAGE_TYPE STAGE_OWNER COMMENT", noFacts},
		"FUNCTIONS":  {"FUNCTION_CATALOG FUNCTION_SCHEMA FUNCTION_NAME FUNCTION_OWNER ARGUMENT_SIGNATURE DATA_TYPE FUNCTION_LANGUAGE FUNCTION_DEFINITION COMMENT", noFacts},
		"PROCEDURES": {"PROCEDURE_CATALOG PROCEDURE_SCHEMA PROCEDURE_NAME PROCEDURE_OWNER ARGUMENT_SIGNATURE DATA_TYPE PROCEDURE_LANGUAGE PROCEDURE_DEFINITION COMMENT", noFacts},
	}
}

func noFacts(*environment, string, func(fact)) error { return nil }

// informationSchema compiles a view of a database's INFORMATION_SCHEMA. It
// shows what the role can see.
func (e *environment) informationSchema(database, name string) (*relation, error) {
	if !e.engine.Catalog.CanUse(e.session.Role, database, "") {
		return nil, absent("Database", catalog.Quote(database))
	}
	view, ok := factViews[name]
	if !ok {
		return nil, absent("Object", quoteParts([]string{database, informationSchema, name}))
	}
	names := strings.Fields(view.columns)
	r := &relation{}
	for _, column := range names {
		c := scopeColumn{path: []string{database, informationSchema, name}, name: column, typ: textType, nullable: true}
		switch {
		case slices.Contains(factNumbers, column):
			c.typ = integerType
		case slices.Contains(factMoments, column):
			c.typ = catalog.Type{Name: catalog.TimestampLTZ, Precision: 3}
		}
		r.columns = append(r.columns, c)
	}
	r.run = func(yield func([]Value) error) error {
		var rows [][]Value
		err := view.rows(e, database, func(f fact) {
			row := make([]Value, len(names))
			for i, column := range names {
				row[i] = f[column]
			}
			rows = append(rows, row)
		})
		for _, row := range rows {
			if err == nil {
				err = yield(row)
			}
		}
		return err
	}
	return r, nil
}
