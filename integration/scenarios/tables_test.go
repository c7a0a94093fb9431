package scenarios

import (
	dbsql "database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// steve is the example record of Openflow's page, and order another one.
const (
	steve = `{"id": 1, "name": "Steve", "body_temperature": 36.6, "approved_coffee_types": ["Espresso", "Doppio", "Ristretto", "Lungo"],
  "animals_possessed": {"dogs": true, "cats": false}, "options": {"can_walk": true, "can_talk": false}, "date_added": "2024-10-15"}`
	order  = `{"order_id": 12345, "customer_name": "John", "order_total": 100.00, "isPaid": true}`
	metric = `{"M_NAME": "load", "M_VALUE": 7, "RECORD_METADATA": {"topic": "t", "timestamp": "2026-01-02 03:04:05"}}`
)

// icebergOf is the page's statement; for version 2 its one VARIANT is an OBJECT.
func icebergOf(version string) string {
	variant := "variant"
	if version == "2" {
		variant = "object(dogs boolean, cats boolean)" // VARIANT needs version 3
	}
	return `CREATE OR REPLACE ICEBERG TABLE my_iceberg_table (
  kinesisMetadata OBJECT(
    stream STRING,
    shardId STRING,
    approximateArrival STRING,
    partitionKey STRING,
    sequenceNumber STRING,
    subSequenceNumber INTEGER,
    shardedSequenceNumber STRING
  ),
  id INT,
  name string,
  body_temperature float,
  approved_coffee_types array(string),
  animals_possessed ` + variant + `,
  date_added date,
  options object(can_walk boolean, can_talk boolean)
)
EXTERNAL_VOLUME = 'my_volume'
CATALOG = 'SNOWFLAKE'
BASE_LOCATION = 'my_location/my_iceberg_table'
ICEBERG_VERSION = ` + version + `;`
}

const (
	pageOrders = `CREATE TABLE PAGE_ORDERS (
  order_id VARCHAR,
  customer_name VARCHAR,
  order_total VARCHAR,
  ispaid VARCHAR
);`
	pagePipe = `CREATE PIPE PAGE_ORDERS AS
COPY INTO PAGE_ORDERS
FROM (
  SELECT
    $1:order_id::STRING,
    $1:customer_name,
    $1:order_total::STRING,
    $1:isPaid::STRING
  FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING'))
);`
	pageMetrics = `CREATE INTERACTIVE TABLE REALTIME_METRICS (
  metric_name VARCHAR,
  metric_value NUMBER,
  source_topic VARCHAR,
  timestamp TIMESTAMP_NTZ
) CLUSTER BY (metric_name)
AS (SELECT
  $1:M_NAME::VARCHAR,
  $1:M_VALUE::NUMBER,
  $1:RECORD_METADATA.topic::VARCHAR,
  $1:RECORD_METADATA.timestamp::TIMESTAMP_NTZ
from TABLE(DATA_SOURCE(TYPE => 'STREAMING')));`
	steveRow = `SELECT id || '|' || name || '|' || body_temperature || '|' || TO_JSON(approved_coffee_types) || '|' || TO_JSON(animals_possessed) || '|' || date_added || '|' || TO_JSON(options) FROM MY_ICEBERG_TABLE`
	steveWas = `1|Steve|36.6|["Espresso","Doppio","Ristretto","Lungo"]|{"dogs":true,"cats":false}|2024-10-15|{"can_walk":true,"can_talk":false}`
	places   = `SELECT COUNT(DISTINCT KINESISMETADATA:sequenceNumber::text) || ' ' || MIN(KINESISMETADATA:subSequenceNumber) || ' ' || LENGTH(MIN(KINESISMETADATA:approximateArrival::text)) FROM `
)

// TestEveryKindOfTable puts three records into one of each kind, made as
// Openflow's page makes it, and audits what landed.
func TestEveryKindOfTable(t *testing.T) {
	for _, c := range []struct {
		name   string
		ddl    []string
		into   string // what the configuration says of it
		record string
		query  string
		want   string
		counts bool // rows cannot be told apart
	}{
		{"a standard table with the page's static schema", []string{`CREATE TABLE STATIC (kinesisMetadata OBJECT, order_id NUMBER, customer_name VARCHAR, order_total FLOAT, ispaid BOOLEAN)`},
			`table: "STATIC"`, order, `SELECT order_id || customer_name || order_total || ispaid FROM STATIC`, "12345John100true", false},
		{"a transient table that evolves", []string{`CREATE TRANSIENT TABLE T (kinesisMetadata OBJECT) ENABLE_SCHEMA_EVOLUTION = TRUE ERROR_LOGGING = TRUE ROW_TIMESTAMP = TRUE`},
			`table: "T"`, order, `SELECT order_id || customer_name || order_total || ispaid || (METADATA$ROW_LAST_COMMIT_TIME IS NOT NULL) FROM T`, "12345John100truetrue", false},
		{"a column that evolution adds", []string{`CREATE TABLE T (order_id NUMBER) ENABLE_SCHEMA_EVOLUTION = TRUE`},
			`table: "T"`, order, places + "T", "3 0 23", false},
		{"a column of another case", []string{`CREATE TABLE "t" ("kinesisMetadata" OBJECT, order_id NUMBER)`},
			`table: "t"`, order, `SELECT COUNT(DISTINCT "kinesisMetadata":sequenceNumber::text) FROM "t"`, "3", false},
		{"no column for metadata", []string{`CREATE TABLE BARE (order_id NUMBER)`},
			`table: "BARE"`, order, `SELECT order_id FROM BARE`, "12345", true},
		{"the page's pipe", []string{pageOrders, pagePipe},
			`table: "PAGE_ORDERS", pipe: "PAGE_ORDERS"`, order, `SELECT order_id || customer_name || order_total || ispaid FROM PAGE_ORDERS`, "12345John100.00true", true},
		{"a pipe that keeps the metadata in a column of its own", []string{`CREATE TABLE T (META OBJECT, ID NUMBER)`, `CREATE PIPE P AS COPY INTO T FROM (SELECT $1:KINESISMETADATA::OBJECT, $1:order_id FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))`},
			`table: "T", pipe: "P"`, order, `SELECT COUNT(DISTINCT META:sequenceNumber::text) FROM T`, "3", false},
		{"a pipe that keeps the whole row", []string{`CREATE TABLE T (ID NUMBER, RAW VARIANT)`, `CREATE PIPE P AS COPY INTO T (RAW) FROM (SELECT $1 FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))`},
			`table: "T", pipe: "P"`, order, `SELECT COUNT(DISTINCT RAW:KINESISMETADATA:sequenceNumber::text) FROM T`, "3", false},
		{"a pipe that matches by name", []string{`CREATE TABLE T (KINESISMETADATA VARIANT, ORDER_ID NUMBER)`, `CREATE PIPE P AS COPY INTO T FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE`},
			`table: "T", pipe: "P"`, order, places + "T", "3 0 23", false},
		{"the page's Iceberg table, version 3", []string{icebergOf("3")},
			`table: "MY_ICEBERG_TABLE"`, steve, steveRow, steveWas, false},
		{"the page's Iceberg table, version 2", []string{icebergOf("2")},
			`table: "MY_ICEBERG_TABLE"`, steve, steveRow, steveWas, false},
		{"an Iceberg table with a VARIANT for the metadata", []string{`CREATE ICEBERG TABLE T (kinesisMetadata VARIANT, id INT) CATALOG = 'SNOWFLAKE' ICEBERG_VERSION = 3`},
			`table: "T"`, steve, places + "T", "3 0 23", false},
		{"a partitioned Iceberg table", []string{`CREATE ICEBERG TABLE T (kinesisMetadata VARIANT, id INT) PARTITION BY (id) CATALOG = 'SNOWFLAKE' ICEBERG_VERSION = 3`},
			`table: "T"`, steve, places + "T", "3 0 23", false},
		{"the page's interactive table", []string{pageMetrics},
			`table: "REALTIME_METRICS"`, metric, `SELECT metric_name || metric_value || source_topic || timestamp::text FROM REALTIME_METRICS`, "load7t2026-01-02 03:04:05.000", true},
		{"an interactive table that evolves", []string{`CREATE INTERACTIVE TABLE T (kinesisMetadata OBJECT, M_NAME VARCHAR) CLUSTER BY (M_NAME) ENABLE_SCHEMA_EVOLUTION = TRUE`},
			`table: "T"`, metric, places + "T", "3 0 23", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.asAdmin("CREATE EXTERNAL VOLUME my_volume STORAGE_LOCATIONS = ((NAME = 'here' STORAGE_PROVIDER = 'S3' STORAGE_BASE_URL = 's3://here/'))",
				"GRANT USAGE ON EXTERNAL VOLUME my_volume TO ROLE KINESNOW")
			for _, statement := range c.ddl {
				w.execute(statement)
			}
			w.rewrite(`table: "ORDERS"`, c.into)
			for range 3 {
				w.putRaw(0, []byte(c.record))
			}
			w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
			if got := w.texts(c.query); len(got) == 0 || slices.ContainsFunc(got, func(s string) bool { return s != c.want }) {
				t.Errorf("%s: %q, want %q", c.query, got, c.want)
			}
			r := w.audit()
			if !r.Exact || (r.CountsOnly != "") != c.counts || r.Sources.Table == c.counts || len(r.Notes) > 0 {
				t.Errorf("audit: exact %v, counts only %q, table %v, notes %q, findings %+v %+v", r.Exact, r.CountsOnly, r.Sources.Table, r.Notes, r.Findings, r.Shards)
			}
			table := strings.Fields(strings.Trim(strings.SplitN(c.query, " FROM ", 2)[1], "; "))[0]
			w.execute("DELETE FROM " + table)
			if r := w.audit(); r.Exact || r.Sums.Missing != 3 {
				t.Errorf("audit of a table that was emptied: %+v", r.Sums)
			}
		})
	}
}

// asAdmin runs statements that the connector's role may not.
func (w *world) asAdmin(statements ...string) {
	w.t.Helper()
	session := &sql.Session{ID: "admin", Account: localcloud.Account, User: localcloud.User, Role: catalog.AccountAdmin, Database: localcloud.Database, Schema: localcloud.Schema}
	for _, statement := range statements {
		if _, err := w.Snowflake.SQL().Execute(w.t.Context(), session, statement, sql.Bindings{}); err != nil {
			w.t.Fatalf("%s: %v", statement, err)
		}
	}
}

// texts runs a query of one column; NULL is "-".
func (w *world) texts(query string) []string {
	w.t.Helper()
	rows, err := w.db.QueryContext(w.t.Context(), query)
	if err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var text dbsql.NullString
		if err := rows.Scan(&text); err != nil {
			w.t.Fatal(err)
		}
		if !text.Valid {
			text.String = "-"
		}
		found = append(found, text.String)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return found
}
