package sql

import (
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// TestRowsSurviveBeingWritten inserts one value of every type and reads it
// back.
func TestRowsSurviveBeingWritten(t *testing.T) {
	d := newDesk(t)
	d.run(`CREATE TABLE t (n NUMBER(38,4), f FLOAT, s VARCHAR(10), b BOOLEAN, x BINARY, d DATE, c TIME, ntz TIMESTAMP_NTZ, ltz TIMESTAMP_LTZ, tz TIMESTAMP_TZ, v VARIANT, o OBJECT, a ARRAY)`)
	r := d.run(`INSERT INTO t SELECT 1234567890123456789012345678901234.5678, 'NaN', 'é"\\', TRUE, TO_BINARY('00ff'), '2026-02-28', '23:59:59.999999999',
		'0001-01-01 00:00:00.5', '2026-02-28 01:02:03 -0800', '2026-02-28 01:02:03.123456789 +0530', PARSE_JSON('1.60'), {'k': [1]}, [1, NULL]
		UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`)
	if r.cells() != "2" || r.StatementType != 12544 {
		t.Errorf("inserted %s, statement type %d", r.cells(), r.StatementType)
	}
	d.want(`SELECT * EXCLUDE (ntz, ltz, tz) FROM t WHERE n IS NOT NULL`,
		`1234567890123456789012345678901234.5678|NaN|é"\|1|00FF|20512|86399.999999999|1.60|{"k":[1]}|[1,null]`)
	d.want(`SELECT ntz::VARCHAR, ltz::VARCHAR, tz FROM t LIMIT 1`, "0001-01-01 00:00:00.500|2026-02-28 09:02:03.000 +0000|1772220723.123456789 1770")
	d.want(`SELECT COUNT(*) FROM t WHERE n IS NULL AND v IS NULL AND o IS NULL AND tz IS NULL`, "1")
}

// TestDefaultsFillWhatIsNotGiven covers DEFAULT, IDENTITY and NOT NULL for
// inserted and for streamed rows.
func TestDefaultsFillWhatIsNotGiven(t *testing.T) {
	d := newDesk(t)
	d.run(`CREATE TABLE t (id INT AUTOINCREMENT, a VARCHAR NOT NULL DEFAULT 'none', at TIMESTAMP_NTZ DEFAULT SYSDATE(), b INT NOT NULL DEFAULT -1)`,
		`INSERT INTO t (b) VALUES (1), (DEFAULT)`, `INSERT INTO t (a, b) VALUES ('x', 2)`)
	d.rows("T", `{"A":"streamed"}`, `{"a":"loose","B":7}`)
	d.want(`SELECT id, a, at::VARCHAR, b FROM t ORDER BY id`, strings.Join([]string{
		"1|none|2026-03-04 05:06:07.123|1", "2|none|2026-03-04 05:06:07.123|-1", "3|x|2026-03-04 05:06:07.123|2",
		"4|streamed|2026-03-04 05:06:07.123|-1", "5|loose|2026-03-04 05:06:07.123|7"}, "\n"))
	d.fails(`INSERT INTO t (a) VALUES (NULL)`, 100072, "NULL result in a non-nullable column: A")
	d.fails(`INSERT INTO t (a) VALUES (1, 2)`, 1757, "expecting 1 but got 2")
	d.fails(`CREATE TABLE u (a INT DEFAULT 'x')`, 2262, "column A")
}

// TestAColumnGetsAnotherCase, as the fix for a metadata column that has to be
// quoted wants it; its values stay.
func TestAColumnGetsAnotherCase(t *testing.T) {
	d := newDesk(t)
	d.run(`CREATE TABLE t ("kinesisMetadata" OBJECT, b INT)`)
	d.rows("T", `{"KINESISMETADATA":{"stream":"s"},"b":1}`)
	d.run(`ALTER TABLE t RENAME COLUMN "kinesisMetadata" TO KINESISMETADATA`)
	d.rows("T", `{"kinesismetadata":{"stream":"r"},"b":2}`)
	d.want(`SELECT kinesismetadata:stream::STRING, b FROM t ORDER BY b`, "s|1\nr|2")
	d.fails(`ALTER TABLE t RENAME COLUMN b TO KINESISMETADATA`, 1430, "already exists")
	d.fails(`ALTER TABLE t RENAME COLUMN nope TO NOPE`, 904, "NOPE")
	d.fails(`ALTER TABLE t RENAME COLUMN b TO c`, 2, "differs in more than case")
}

// TestColumnsAreAddedAndDropped checks that a column has no values in rows
// from before it.
func TestColumnsAreAddedAndDropped(t *testing.T) {
	d := newDesk(t)
	d.run(`CREATE TABLE t (a INT)`)
	d.rows("T", `{"a":1,"b":"early"}`)
	d.run(`ALTER TABLE t ADD COLUMN b VARCHAR, IF NOT EXISTS a INT, COLUMN c INT NOT NULL DEFAULT 5`)
	d.rows("T", `{"a":2,"b":"late","c":6}`)
	d.want(`SELECT a, b, c FROM t ORDER BY a`, "1|-|5\n2|late|6")
	d.run(`ALTER TABLE t DROP COLUMN b`, `ALTER TABLE t ADD b VARCHAR(3)`)
	d.want(`SELECT a, b FROM t ORDER BY a`, "1|-\n2|-")
	d.run(`ALTER TABLE t ALTER c DROP NOT NULL, COLUMN b TYPE VARCHAR(9), b COMMENT 'note'`, `ALTER TABLE t SET ENABLE_SCHEMA_EVOLUTION = TRUE, ROW_TIMESTAMP = TRUE COMMENT = 'x'`)
	table, _ := d.Catalog.Table("DB", "PUBLIC", "T")
	if !table.Evolution || !table.RowTimestamp || table.Comment != "x" || !table.Columns[1].Nullable || table.Columns[2].Type.Length != 9 || table.Columns[2].Comment != "note" {
		t.Errorf("table %+v", table)
	}
	d.want(`SELECT METADATA$ROW_LAST_COMMIT_TIME::VARCHAR FROM t LIMIT 1`, "2026-03-04 05:06:07.123 +0000")
	d.fails(`ALTER TABLE t ADD COLUMN d INT NOT NULL`, 2264, "Non-nullable column 'D'")
	d.fails(`ALTER TABLE t ADD COLUMN a INT`, 1430, "column 'A' already exists")
	d.fails(`ALTER TABLE t ALTER b TYPE INT`, 2108, "cannot change column B")
	d.fails(`ALTER TABLE t ALTER b SET NOT NULL`, 100072, "B")
	d.run(`ALTER TABLE t UNSET ROW_TIMESTAMP, COMMENT`, `ALTER TABLE t RENAME TO "t 2"`)
	d.want(`SELECT COUNT(*) FROM "t 2"`, "2")
	d.fails(`SELECT METADATA$ROW_LAST_COMMIT_TIME FROM "t 2"`, 904, "METADATA$ROW_LAST_COMMIT_TIME")
}

// TestRowsAreChangedAndRemoved covers UPDATE, DELETE, TRUNCATE and INSERT
// OVERWRITE.
func TestRowsAreChangedAndRemoved(t *testing.T) {
	d := newDesk(t)
	d.run(`CREATE TABLE t (a INT, v VARIANT) ERROR_LOGGING = TRUE`, `INSERT INTO t SELECT column1, column1 FROM VALUES (1), (2), (3), (4)`)
	d.want(`UPDATE t x SET v = PARSE_JSON('null'), a = x.a * 10 WHERE a > 2`, "2|0")
	d.want(`SELECT a, v FROM t ORDER BY a`, "1|1\n2|2\n30|null\n40|null")
	d.want(`DELETE FROM t WHERE a IN (SELECT 1) OR a = 40`, "2")
	d.want(`DELETE FROM t WHERE a = 99`, "0")
	d.want(`SELECT a FROM t ORDER BY a`, "2\n30")
	d.run(`INSERT OVERWRITE INTO t (a) VALUES (7)`)
	d.want(`SELECT a FROM t`, "7")
	table, _ := d.Catalog.Table("DB", "PUBLIC", "T")
	if err := d.Rows.AppendErrors(table.ID, []rowstore.ErrorRow{{Timestamp: testClock, Code: 100071, Metadata: []byte(`{"service":"snowpipe_streaming"}`), Data: []byte(`{"$1": "bad"}`)}}); err != nil {
		t.Fatal(err)
	}
	d.want(`SELECT error_code, error_metadata:service, error_data:"$1"::VARCHAR FROM ERROR_TABLE(t)`, `100071|"snowpipe_streaming"|bad`)
	d.run(`TRUNCATE ERROR_TABLE(t)`, `TRUNCATE TABLE IF EXISTS t`, `TRUNCATE TABLE IF EXISTS nope`)
	d.want(`SELECT COUNT(*) FROM ERROR_TABLE(t)`, "0")
	d.want(`SELECT COUNT(*) FROM t`, "0")
	d.run(`ALTER TABLE t SET ERROR_LOGGING = FALSE`)
	d.fails(`SELECT * FROM ERROR_TABLE(t)`, 2003, "ERROR_LOGGING is not set")
}

// TestTablesOfEachKind creates an Iceberg table, an interactive one, and tables
// from others.
func TestTablesOfEachKind(t *testing.T) {
	d := accountOfThePage(t)
	d.run("USE SCHEMA db.public", find(t, page(t), 0, "CREATE OR REPLACE ICEBERG TABLE"))
	d.rows("MY_ICEBERG_TABLE", `{"kinesisMetadata":{"stream":"s","shardId":"0","subSequenceNumber":3},"options":{"can_walk":true,"can_talk":false},"approved_coffee_types":["Espresso","Doppio"]}`)
	d.want(`SELECT kinesisMetadata:shardId, kinesisMetadata:subSequenceNumber + 1, options:can_walk, approved_coffee_types[1] FROM my_iceberg_table`, "0|4|1|Doppio")
	got := d.run("DESC TABLE my_iceberg_table").cells()
	if !strings.HasPrefix(got, `KINESISMETADATA|OBJECT("stream" VARCHAR(16777216), "shardId" VARCHAR(16777216), "approximateArrival" VARCHAR(16777216), "partitionKey"`) {
		t.Errorf("DESC TABLE: %s", got)
	}
	d.run(`CREATE TABLE IF NOT EXISTS my_iceberg_table (x INT)`, `CREATE INTERACTIVE TABLE i (a INT) CLUSTER BY (a) ENABLE_SCHEMA_EVOLUTION = TRUE`, `CREATE TABLE copy LIKE i`, `CREATE TABLE made AS SELECT 1 AS a, 'x' AS "b"`)
	d.want(`SELECT "b" FROM made`, "x")
	if got := d.run("SHOW ICEBERG TABLES").cells(); strings.Count(got, "\n") != 0 || !strings.Contains(got, "|MY_ICEBERG_TABLE|") {
		t.Errorf("SHOW ICEBERG TABLES: %s", got)
	}
	d.fails(`ALTER TABLE i SET ROW_TIMESTAMP = TRUE`, 2, "interactive")
	d.fails(`CREATE TABLE x (a INT) CATALOG = 'SNOWFLAKE'`, 1420, "CATALOG")
}

// TestNamesAreFolded covers quoted names, identifier() and USE.
func TestNamesAreFolded(t *testing.T) {
	d := newDesk(t)
	d.run(`CREATE SCHEMA "low"`, `CREATE TABLE "t.x" ("a b" INT, A INT, "a" INT)`, `INSERT INTO db."low"."t.x" VALUES (1, 2, 3)`)
	d.want(`SELECT "a b", a, "a" FROM IDENTIFIER('db."low"."t.x"')`, "1|2|3")
	d.want(`SELECT CURRENT_SCHEMA()`, "low")
	d.run(`USE SCHEMA public`)
	d.fails(`SELECT * FROM "t.x"`, 2003, `DB.PUBLIC."t.x"`)
	d.run(`USE DATABASE db`, `USE SCHEMA "low"`)
	bound := "low.\"t.x\""
	r, err := d.Execute(t.Context(), d.session, "SELECT COUNT(*), :2 FROM identifier(:1)", Bindings{Values: map[int]Binding{1: {Type: "TEXT", Value: new("\"low\".\"t.x\"")}, 2: {Type: "FIXED", Value: new("7")}}})
	if err != nil || r.cells() != "1|7" || r.Binds != 2 {
		t.Errorf("bound %s: %v, %v", bound, r, err)
	}
	d.run(`DROP SCHEMA "low"`)
	d.fails(`SELECT * FROM x`, 90106, "does not have a current schema")
	d.run(`DROP DATABASE db`, `DROP DATABASE IF EXISTS db`)
	d.fails(`SELECT * FROM x`, 90105, "does not have a current database")
}

// TestArraysOfValuesInsertOneRowEach is what executemany of drivers sends.
func TestArraysOfValuesInsertOneRowEach(t *testing.T) {
	d := newDesk(t)
	d.run(`CREATE TABLE t (a INT, b VARCHAR)`)
	binds := Bindings{Values: map[int]Binding{1: {Type: "FIXED", Batch: []*string{new("1"), new("2"), nil}}, 2: {Type: "TEXT", Batch: []*string{new("x"), nil, new("z")}}}}
	if _, err := d.Execute(t.Context(), d.session, "INSERT INTO t VALUES (?, ?)", binds); err != nil {
		t.Fatal(err)
	}
	d.want(`SELECT * FROM t ORDER BY a`, "1|x\n2|-\n-|z")
	if _, err := d.Execute(t.Context(), d.session, "SELECT ?", binds); err == nil {
		t.Error("SELECT took an array")
	}
	list, err := Parse("INSERT INTO t VALUES (?, ?)")
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Describe(t.Context(), d.session, list[0], Bindings{})
	if err != nil || r.Binds != 2 || !r.ArrayBind || len(r.Columns) != 1 {
		t.Errorf("description %+v, %v", r, err)
	}
	d.want(`SELECT COUNT(*) FROM t`, "3")
}

// TestRolesSeeWhatTheyAreGranted walks through privileges as one user with two
// roles.
func TestRolesSeeWhatTheyAreGranted(t *testing.T) {
	d := newDesk(t)
	d.run(`CREATE TABLE t (a INT)`, `INSERT INTO t VALUES (1)`, `CREATE ROLE reader`, `GRANT ROLE reader TO USER u`, `USE ROLE reader`)
	d.fails(`SELECT a FROM t`, 2003, "does not exist or not authorized")
	as := func(statements ...string) {
		d.run("USE ROLE accountadmin")
		d.run(statements...)
		d.run("USE ROLE reader")
	}
	as(`GRANT USAGE ON DATABASE db TO ROLE reader`, `GRANT ALL PRIVILEGES ON SCHEMA db.public TO ROLE reader`, `GRANT INSERT ON TABLE t TO ROLE reader`)
	d.fails(`SELECT a FROM t`, 3001, "Insufficient privileges to operate on table 'T'")
	d.run(`INSERT INTO t VALUES (2)`)
	d.fails(`DELETE FROM t`, 3001, "table 'T'")
	d.fails(`ALTER TABLE t SET ERROR_LOGGING = TRUE`, 3001, "table 'T'")
	d.fails(`GRANT SELECT ON TABLE t TO ROLE reader`, 3001, "table 'T'")
	d.fails(`CREATE ROLE other`, 3001, "account 'LOCAL'")
	as(`GRANT SELECT ON FUTURE TABLES IN SCHEMA public TO ROLE reader`, `CREATE TABLE later (b INT)`, `GRANT SELECT, EVOLVE SCHEMA ON ALL TABLES IN SCHEMA public TO ROLE reader`)
	d.want(`SELECT COUNT(*) FROM t UNION ALL SELECT COUNT(*) FROM later`, "2\n0")
	as(`REVOKE SELECT ON TABLE t FROM ROLE reader`)
	d.fails(`SELECT a FROM t`, 3001, "table 'T'")
	d.run(`USE ROLE accountadmin`)
	d.fails(`GRANT OWNERSHIP ON TABLE t TO ROLE reader`, 3036, "Dependent grant")
	as(`GRANT OWNERSHIP ON TABLE t TO ROLE reader REVOKE CURRENT GRANTS`)
	d.want(`SELECT COUNT(*) FROM t`, "2")
	if got := d.run(`SHOW GRANTS ON TABLE t`).cells(); got != "-|OWNERSHIP|TABLE|DB.PUBLIC.T|ROLE|READER|true|READER" {
		t.Errorf("SHOW GRANTS: %s", got)
	}
	if got := d.run(`SHOW GRANTS TO ROLE reader`); len(got.Rows) != 12 {
		t.Errorf("SHOW GRANTS TO ROLE: %s", got.cells())
	}
	d.run(`CREATE TABLE mine (a INT)`, `DROP TABLE mine`)
	d.fails(`USE ROLE nobody`, 2043, "Object does not exist")
	d.fails(`USE ROLE securityadmin2`, 2043, "Object does not exist")
	if _, err := d.Catalog.CreateRole("FOREIGN", catalog.AccountAdmin, "", catalog.Refuse); err != nil {
		t.Fatal(err)
	}
	d.fails(`USE ROLE "FOREIGN"`, 3013, "is not assigned to the executing user")
}

// TestUsersKeepKeysAndNoSecretIsShown covers CREATE USER and DESC USER.
func TestUsersKeepKeysAndNoSecretIsShown(t *testing.T) {
	d := newDesk(t)
	d.run(`CREATE USER w PASSWORD = 'secret-word' DEFAULT_ROLE = reader DEFAULT_NAMESPACE = db.public COMMENT = 'c'`, `ALTER USER w SET DISABLED = TRUE, DEFAULT_WAREHOUSE = 'wh'`)
	u, _ := d.Catalog.User("W")
	if !u.CheckPassword("secret-word") || u.CheckPassword("x") || u.DefaultRole != "READER" || u.DefaultNamespace != "DB.PUBLIC" || !u.Disabled || u.DefaultWarehouse != "WH" {
		t.Errorf("user %+v", u)
	}
	if got := d.run(`DESC USER w`).cells() + d.run(`SHOW USERS`).cells(); strings.Contains(got, "secret") {
		t.Error("the password is shown")
	}
	_, err := d.Execute(t.Context(), d.session, `ALTER USER w SET RSA_PUBLIC_KEY = 'bm9rZXk='`, Bindings{})
	if err == nil || strings.Contains(err.Error(), "bm9rZXk") {
		t.Errorf("a bad key: %v", err)
	}
	d.run(`ALTER USER w UNSET PASSWORD`)
	if u, _ = d.Catalog.User("W"); u.CheckPassword("secret-word") || u.CheckPassword("") {
		t.Error("the password still works")
	}
}

// TestSessionsHaveAZone shows TIMESTAMP_LTZ in the session's zone.
func TestSessionsHaveAZone(t *testing.T) {
	d := newDesk(t)
	d.run(`ALTER SESSION SET TIMEZONE = 'Asia/Kolkata', QUERY_TAG = 'x'`, `BEGIN`, `COMMIT`)
	d.want(`SELECT CURRENT_TIMESTAMP()::VARCHAR, '2026-01-01 00:00:00'::TIMESTAMP_LTZ, TO_DATE(CURRENT_TIMESTAMP())::VARCHAR`, "2026-03-04 10:36:07.123 +0530|1767205800.000000000|2026-03-04")
	d.fails(`ALTER SESSION SET TIMEZONE = 'Mars/Base'`, 1038, "Mars/Base")
	d.fails(`ALTER SESSION SET NOPE = 1`, 1006, "invalid parameter 'NOPE'")
}
