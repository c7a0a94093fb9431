package sql

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// page is the setup page's statements in their order, with its two
// placeholders filled in.
func page(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/openflow_setup.sql")
	if err != nil {
		t.Fatal(err)
	}
	filled := strings.NewReplacer("<DESTINATION_TABLE_NAME>", "QUAKES", "<DESTINATION_TABLE>", "QUAKES").Replace(string(text))
	list, err := Parse(filled)
	if err != nil {
		t.Fatal(err)
	}
	var statements []string
	for _, s := range list {
		statements = append(statements, s.Text)
	}
	if len(statements) != 16 {
		t.Fatalf("%d statements", len(statements))
	}
	return statements
}

// find is the page's statement that begins so, after nth others that do.
func find(t *testing.T, statements []string, nth int, prefix string) string {
	t.Helper()
	for _, s := range statements {
		if strings.HasPrefix(s, prefix) {
			if nth == 0 {
				return s
			}
			nth--
		}
	}
	t.Fatalf("the page has no %s", prefix)
	return ""
}

const connectorRole = "openflow_kinesis_connector_role_1"

// account is what the page takes to be there: database, schema and volumes.
func accountOfThePage(t *testing.T) *desk {
	d := newDesk(t)
	volume := "STORAGE_LOCATIONS = ((NAME = 'local' STORAGE_PROVIDER = 'S3' STORAGE_BASE_URL = 's3://bucket/' STORAGE_AWS_ROLE_ARN = 'arn:aws:iam::1:role/r' ENCRYPTION = (TYPE = 'NONE')))"
	d.run("CREATE DATABASE kinesis_db", "CREATE SCHEMA kinesis_schema", "CREATE EXTERNAL VOLUME kinesis_external_volume "+volume, "CREATE EXTERNAL VOLUME my_volume "+volume)
	return d
}

// TestThePageWorksWordForWord runs every statement of the setup page as the
// role that the page says, with the two grants that it leaves out.
func TestThePageWorksWordForWord(t *testing.T) {
	d := accountOfThePage(t)
	statements := page(t)
	d.run(statements[:4]...)
	// "Grant access to users ...: should be granted the role created in step 2."
	d.fails(statements[4], 3013, "Requested role 'OPENFLOW_KINESIS_CONNECTOR_ROLE_1' is not assigned to the executing user")
	d.run("GRANT ROLE "+connectorRole+" TO USER u", statements[4])
	// Its list of privileges has no CREATE TABLE, which the connector's "create the destination table" takes.
	d.fails(statements[5], 3001, "SQL access control error:\nInsufficient privileges to operate on schema 'KINESIS_SCHEMA'")
	d.run("USE ROLE accountadmin", "GRANT CREATE TABLE, CREATE INTERACTIVE TABLE, CREATE ICEBERG TABLE, CREATE PIPE ON SCHEMA kinesis_schema TO ROLE "+connectorRole, statements[4])
	d.run(statements[5:8]...)
	d.run(statements[4], statements[8])
	d.run(statements[9:11]...)
	d.run(statements[4])
	d.fails(statements[11], 2003, "External volume 'MY_VOLUME' does not exist or not authorized")
	d.run("USE ROLE accountadmin", "GRANT USAGE ON EXTERNAL VOLUME my_volume TO ROLE "+connectorRole, statements[4])
	d.run(statements[11:14]...)
	d.fails(statements[14], 2002, "Object 'KINESIS_DB.KINESIS_SCHEMA.ORDERS' already exists")
	d.run("DROP TABLE orders")
	d.run(statements[14:]...)

	for query, want := range map[string]string{
		"SHOW TABLES LIKE 'quakes'":             "QUAKES|KINESIS_DB|KINESIS_SCHEMA|TABLE|||0|-|OPENFLOW_KINESIS_CONNECTOR_ROLE_1|1|OFF|OFF|Y|ROLE|N|N|N|N|N|ON|ON",
		"SHOW TABLES LIKE 'REALTIME%'":          "REALTIME_METRICS|KINESIS_DB|KINESIS_SCHEMA|TABLE||LINEAR(metric_name)|0|-|OPENFLOW_KINESIS_CONNECTOR_ROLE_1|1|ON|OFF|N|ROLE|N|N|N|N|Y|OFF|OFF",
		"SHOW ICEBERG TABLES IN ACCOUNT":        "MY_ICEBERG_TABLE|KINESIS_DB|KINESIS_SCHEMA|OPENFLOW_KINESIS_CONNECTOR_ROLE_1|MY_VOLUME|SNOWFLAKE|MANAGED|-|-|my_location/my_iceberg_table|Y||ROLE|3|[{\"spec-id\":0,\"fields\":[]}]|0",
		"SHOW EXTERNAL VOLUMES LIKE 'kinesis%'": "KINESIS_EXTERNAL_VOLUME|true|",
	} {
		if got := dateless(d.run(query).cells()); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
	if got := d.run("DESC TABLE my_iceberg_table").cells(); !strings.Contains(got, `KINESISMETADATA|OBJECT("stream" VARCHAR(16777216), "shardId" VARCHAR(16777216),`) {
		t.Errorf("DESC TABLE: %s", got)
	}
	got := dateless(d.run("SHOW PIPES LIKE 'orders'").cells())
	if want := "ORDERS|KINESIS_DB|KINESIS_SCHEMA|COPY INTO ORDERS\nFROM (\n  SELECT\n    $1:order_id::STRING,\n    $1:customer_name,\n    $1:order_total::STRING,\n    $1:isPaid::STRING\n  FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING'))\n)|OPENFLOW_KINESIS_CONNECTOR_ROLE_1|-||-|-|-|ROLE|-|STREAMING"; got != want {
		t.Errorf("SHOW PIPES\n got %s\nwant %s", got, want)
	}
}

// dateless leaves out the first cell, created_on, if it is a moment.
func dateless(cells string) string {
	if first, rest, ok := strings.Cut(cells, "|"); ok && strings.Trim(first, "0123456789.") == "" {
		return rest
	}
	return cells
}

// TestEachDocumentedPrivilegeIsNeeded takes away one of the page's privileges
// at a time and looks at what the connector's statements then meet.
func TestEachDocumentedPrivilegeIsNeeded(t *testing.T) {
	d := accountOfThePage(t)
	statements := page(t)
	d.run(statements[:4]...)
	d.run("USE ROLE accountadmin", "GRANT ROLE "+connectorRole+" TO USER u", "CREATE ROLE bystander", "GRANT ROLE bystander TO USER u")
	d.run(find(t, statements, 0, "CREATE TABLE kinesis_db"), find(t, statements, 0, "GRANT OWNERSHIP"))
	as := func(role, statement string) { d.t.Helper(); d.run("USE ROLE "+role, statement) }
	refused := func(code int, part string) {
		d.t.Helper()
		d.run("USE ROLE " + connectorRole)
		d.fails("DESC TABLE kinesis_db.kinesis_schema.quakes", code, part)
		d.fails("ALTER TABLE kinesis_db.kinesis_schema.quakes ADD COLUMN x INT", code, part)
	}
	as(connectorRole, "DESC TABLE quakes")
	as("accountadmin", "REVOKE USAGE ON DATABASE kinesis_db FROM ROLE "+connectorRole)
	refused(2003, "Database 'KINESIS_DB' does not exist or not authorized.")
	as("accountadmin", "GRANT USAGE ON DATABASE kinesis_db TO ROLE "+connectorRole)
	as("accountadmin", "REVOKE USAGE ON SCHEMA kinesis_db.kinesis_schema FROM ROLE "+connectorRole)
	refused(2003, "Schema 'KINESIS_DB.KINESIS_SCHEMA' does not exist or not authorized.")
	as("accountadmin", "GRANT USAGE ON SCHEMA kinesis_db.kinesis_schema TO ROLE "+connectorRole)
	as("accountadmin", "GRANT OWNERSHIP ON TABLE quakes TO ROLE bystander")
	refused(2003, "Table 'KINESIS_DB.KINESIS_SCHEMA.QUAKES' does not exist or not authorized.")

	// Inherited, SQL is satisfied; the connector's own grants are not there.
	as("accountadmin", "GRANT ROLE bystander TO ROLE "+connectorRole)
	as(connectorRole, "ALTER TABLE quakes ADD COLUMN x INT")
	table, _ := d.Catalog.Table("KINESIS_DB", "KINESIS_SCHEMA", "QUAKES")
	role := strings.ToUpper(connectorRole)
	if !d.Catalog.Can(role, catalog.Insert, table) || d.Catalog.CanDirectly(role, catalog.Insert, table) {
		t.Error("an inherited ownership counts as direct, or not at all")
	}
	if got := d.run("SHOW GRANTS ON TABLE quakes").cells(); strings.Contains(got, role) {
		t.Errorf("SHOW GRANTS shows an inherited privilege: %s", got)
	}
	as("accountadmin", find(t, statements, 0, "GRANT OWNERSHIP"))
	if table, _ = d.Catalog.Table("KINESIS_DB", "KINESIS_SCHEMA", "QUAKES"); !d.Catalog.CanDirectly(role, catalog.Ownership, table) {
		t.Error("ownership granted directly is not direct")
	}
}

// TestNamesFoldAsThePageSays follows the page's words on upper and lower case.
func TestNamesFoldAsThePageSays(t *testing.T) {
	for statement, want := range map[string]string{
		"CREATE SCHEMA SCHEMA_NAME": "SCHEMA_NAME", "CREATE SCHEMA schema_name": "SCHEMA_NAME",
		`CREATE SCHEMA "schema_name"`: "schema_name", `CREATE SCHEMA "SCHEMA_NAME"`: "SCHEMA_NAME",
	} {
		d := newDesk(t)
		d.run(statement)
		var names []string
		for _, s := range d.Catalog.Schemas("DB") {
			names = append(names, s.Name)
		}
		if !slices.Contains(names, want) {
			t.Errorf("%s made %q", statement, names)
		}
	}
}

// TestPipesTransformRows runs rows through the page's pipe, its interactive
// table and one with a WHERE.
func TestPipesTransformRows(t *testing.T) {
	d := accountOfThePage(t)
	statements := page(t)
	d.run(find(t, statements, 1, "CREATE TABLE ORDERS"), find(t, statements, 0, "CREATE PIPE"), find(t, statements, 0, "CREATE INTERACTIVE TABLE"))
	d.run("CREATE TABLE big (id NUMBER NOT NULL, at TIMESTAMP_LTZ DEFAULT CURRENT_TIMESTAMP(), note VARCHAR(5))")
	d.run("CREATE PIPE big AS COPY INTO big (note, id) FROM (SELECT UPPER(s.$1:note), s.$1:id FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) s WHERE s.$1:id > 10) ON_ERROR = CONTINUE")
	pipe := func(name string) *catalog.Pipe {
		p, err := d.Catalog.EnsureDefaultPipe("KINESIS_DB", "KINESIS_SCHEMA", name)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, test := range []struct{ pipe, row, stored, err string }{
		{"ORDERS", `{"order_id":12345,"customer_name":"John","order_total":100.00,"isPaid":true}`, `{"ORDER_ID":"12345","CUSTOMER_NAME":"John","ORDER_TOTAL":"100.00","ISPAID":"true"}`, ""},
		{"ORDERS", `{"Order_id":1}`, `{"ORDER_ID":null,"CUSTOMER_NAME":null,"ORDER_TOTAL":null,"ISPAID":null}`, ""},
		{"REALTIME_METRICS-STREAMING", `{"M_NAME":"cpu","M_VALUE":"7","RECORD_METADATA":{"topic":"t","timestamp":"2026-01-02T03:04:05"}}`,
			`{"METRIC_NAME":"cpu","METRIC_VALUE":7,"SOURCE_TOPIC":"t","TIMESTAMP":"2026-01-02T03:04:05"}`, ""},
		{"REALTIME_METRICS-STREAMING", `{"M_VALUE":"seven"}`, "", "Failed to cast variant value"},
		{"BIG", `{"id":11,"note":"abc"}`, `{"ID":11,"AT":"2026-03-04T05:06:07.123456789Z","NOTE":"ABC"}`, ""},
		{"BIG", `{"id":9}`, "", ""},
		{"BIG", `{"id":11,"note":"too long"}`, "", "too long"},
		{"BIG", `[`, "", "JSON"},
	} {
		tr, err := d.Transformation(pipe(test.pipe))
		if err != nil {
			t.Fatal(err)
		}
		stored, err := tr.Apply([]byte(test.row))
		if string(stored) != test.stored || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s of %s\n got %s, %v\nwant %s, %s", test.pipe, test.row, stored, err, test.stored, test.err)
		}
	}
	for statement, want := range map[string]string{
		"CREATE PIPE p AS COPY INTO big FROM (SELECT $1:a FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))":                                    "expecting 3 but got 1",
		"CREATE PIPE p AS COPY INTO big (id) FROM (SELECT COUNT(*) FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))":                           "Unsupported feature 'a pipe's query",
		"CREATE PIPE p AS COPY INTO big (id) FROM (SELECT $1:a FROM TABLE(DATA_SOURCE(TYPE => 'FILES')))":                                   "unexpected 'FILES'",
		"CREATE TABLE x (a INT) PARTITION BY (a)":                                                                                           "invalid property 'PARTITION BY'",
		"CREATE PIPE p AS COPY INTO big FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) CLUSTER_AT_INGEST_TIME = TRUE":                         "needs clustering keys",
		"CREATE PIPE p AS COPY INTO big FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING'))":                                                       "needs MATCH_BY_COLUMN_NAME",
		`CREATE PIPE "BIG-STREAMING" AS COPY INTO big FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE`: "managed by Snowflake",
		`DROP PIPE "REALTIME_METRICS-STREAMING"`:                                                                                            "managed by Snowflake",
		"SELECT * FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING'))":                                                                             "outside of a pipe",
		"CREATE TABLE x (a INT) AS SELECT $1:a::INT FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING'))":                                           "an interactive table or a pipe",
	} {
		if _, err := d.Execute(t.Context(), d.session, statement, Bindings{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", statement, err, want)
		}
	}
	d.run("CREATE PIPE files AS COPY INTO big FROM @raw.stage/path FILE_FORMAT = (TYPE = JSON)")
	if got := d.run("DESC PIPE files").cells(); !strings.HasSuffix(got, "|STAGE") {
		t.Errorf("DESC PIPE of a pipe from files: %s", got)
	}
	d.run("CREATE OR REPLACE PIPE big AS COPY INTO big FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE", "ALTER PIPE big SET COMMENT = 'now by name'")
	p := pipe("BIG")
	if tr, err := d.Transformation(p); tr != nil || err != nil || !p.Copy.ByName || p.Comment != "now by name" {
		t.Errorf("pipe by name: %+v, %v, %v", p, tr, err)
	}
	d.want("SELECT SYSTEM$PIPE_STATUS('big')", `{"executionState":"RUNNING"}`)
	d.run("DROP PIPE big", "DROP PIPE IF EXISTS big")
	d.fails("DESC PIPE big", 2003, "Pipe 'KINESIS_DB.KINESIS_SCHEMA.BIG'")
}

// TestPipesAskForTheirPrivileges walks through who may do what with a pipe.
func TestPipesAskForTheirPrivileges(t *testing.T) {
	d := newDesk(t)
	d.run("CREATE TABLE t (a INT)", "CREATE ROLE loader", "GRANT ROLE loader TO USER u", "GRANT USAGE ON DATABASE db TO ROLE loader", "GRANT USAGE ON SCHEMA db.public TO ROLE loader")
	const create = "CREATE PIPE p AS COPY INTO t FROM (SELECT $1:a FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))"
	as := func(statements ...string) {
		d.t.Helper()
		d.run("USE ROLE accountadmin")
		d.run(statements...)
		d.run("USE ROLE loader")
	}
	as()
	d.fails(create, 3001, "schema 'PUBLIC'")
	as("GRANT CREATE PIPE ON SCHEMA public TO ROLE loader")
	d.fails(create, 2003, "Table 'DB.PUBLIC.T'")
	as("GRANT SELECT ON TABLE t TO ROLE loader")
	d.fails(create, 3001, "table 'T'")
	as("GRANT INSERT ON TABLE t TO ROLE loader")
	d.run(create, "DESC PIPE p")
	as("GRANT OWNERSHIP ON PIPE p TO ROLE sysadmin")
	d.fails("DESC PIPE p", 2003, "Pipe 'DB.PUBLIC.P'")
	as("GRANT OPERATE ON PIPE p TO ROLE loader")
	d.run("DESC PIPE p")
	d.fails("DROP PIPE p", 3001, "pipe 'P'")
	if got := d.run("SHOW GRANTS ON PIPE p").cells(); !strings.Contains(got, "|OPERATE|PIPE|DB.PUBLIC.P|ROLE|LOADER|") {
		t.Errorf("SHOW GRANTS ON PIPE: %s", got)
	}
}
