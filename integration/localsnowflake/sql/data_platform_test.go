package sql

import (
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// TestIntervalsMoveDatesAndTimes adds and takes intervals.
func TestIntervalsMoveDatesAndTimes(t *testing.T) {
	d := newDesk(t)
	for query, want := range map[string]string{
		"SELECT ('2026-01-31'::DATE + INTERVAL '1 month')::VARCHAR":                                       "2026-02-28",
		"SELECT ('2026-03-31'::DATE - INTERVAL '1 year, 1 mon, 2 d')::VARCHAR":                            "2025-02-26",
		"SELECT ('2026-01-31'::DATE + INTERVAL '90 minutes')::VARCHAR":                                    "2026-01-31 01:30:00.000",
		"SELECT (INTERVAL '2h' + '2026-01-31 23:00:00'::TIMESTAMP_NTZ)::VARCHAR":                          "2026-02-01 01:00:00.000",
		"SELECT ('12:00:00'::TIME - INTERVAL '3' HOUR)::VARCHAR":                                          "09:00:00",
		"SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 3)) WHERE SYSDATE() > SYSDATE() - INTERVAL '5'": "3",
		"SELECT X'00fF', x'' IS NULL":                                                                     "00FF|0",
	} {
		d.want(query, want)
	}
	d.fails("SELECT '2026-01-31'::DATE + INTERVAL 'soon'", 1040, "'soon' is not a valid")
	d.fails("SELECT X'0'", 1003, "unexpected '0'")
}

// TestInformationSchemaShowsWhatTheRoleSees reads the views that data tools
// begin with.
func TestInformationSchemaShowsWhatTheRoleSees(t *testing.T) {
	d := newDesk(t)
	d.run("CREATE TABLE t (id INT AUTOINCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'x' COMMENT 'who', n NUMBER(9,2), at TIMESTAMP_NTZ(3), v VARIANT, f FLOAT, UNIQUE (name)) COMMENT = 'a table'",
		"CREATE TABLE child (t_id INT, CONSTRAINT fk FOREIGN KEY (t_id) REFERENCES t)", "CREATE VIEW big (label) COMMENT = 'a view' AS SELECT name FROM t WHERE n > 100", "INSERT INTO t (n) VALUES (101)")
	for query, want := range map[string]string{
		"SELECT table_name, table_type, row_count, comment, is_iceberg FROM information_schema.tables ORDER BY 1": "BIG|VIEW|-|a view|NO\nCHILD|BASE TABLE|0|-|NO\nT|BASE TABLE|1|a table|NO",
		"SELECT column_name, data_type, is_nullable, column_default, numeric_precision, numeric_scale, character_maximum_length, datetime_precision, is_identity, comment FROM db.information_schema.columns WHERE table_name = 'T' ORDER BY ordinal_position": "ID|NUMBER|NO|-|38|0|-|-|YES|-\nNAME|TEXT|NO|'x'|-|-|20|-|NO|who\n" +
			"N|NUMBER|YES|-|9|2|-|-|NO|-\nAT|TIMESTAMP_NTZ|YES|-|-|-|-|3|NO|-\nV|VARIANT|YES|-|-|-|-|-|NO|-\nF|FLOAT|YES|-|-|-|-|-|NO|-",
		"SELECT schema_name FROM information_schema.schemata ORDER BY 1":                                                                                  "INFORMATION_SCHEMA\nPUBLIC",
		"SELECT constraint_type, table_name FROM information_schema.table_constraints ORDER BY 1":                                                         "FOREIGN KEY|CHILD\nPRIMARY KEY|T\nUNIQUE|T",
		"SELECT view_definition FROM information_schema.views":                                                                                            "CREATE VIEW big (label) COMMENT = 'a view' AS SELECT name FROM t WHERE n > 100",
		"SELECT t.table_name FROM information_schema.tables t JOIN information_schema.columns c ON t.table_name = c.table_name WHERE c.column_name = 'V'": "T",
		"SELECT label FROM big": "x",
	} {
		d.want(query, want)
	}
	if got := d.run("SHOW IMPORTED KEYS IN TABLE child").cells(); !strings.Contains(got, "|DB|PUBLIC|T|ID|DB|PUBLIC|CHILD|T_ID|1|NO ACTION|NO ACTION|FK|SYS_CONSTRAINT_") {
		t.Errorf("SHOW IMPORTED KEYS: %s", got)
	}
	if got := d.run("DESC VIEW big").cells(); !strings.HasPrefix(got, "LABEL|VARCHAR(20)|COLUMN|") {
		t.Errorf("DESC VIEW: %s", got)
	}
	d.run("CREATE ROLE analyst", "GRANT ROLE analyst TO USER u", "GRANT USAGE ON DATABASE db TO ROLE analyst", "GRANT USAGE ON SCHEMA public TO ROLE analyst", "USE ROLE analyst")
	d.want("SELECT COUNT(*) FROM information_schema.tables", "0")
	d.fails("SELECT * FROM big", 2003, "Object 'DB.PUBLIC.BIG'")
	d.run("USE ROLE accountadmin", "GRANT SELECT ON VIEW big TO ROLE analyst", "USE ROLE analyst")
	d.want("SELECT label FROM big", "x") // with the owner's rights on the table
	d.fails("SELECT * FROM t", 2003, "Object 'DB.PUBLIC.T'")
	d.fails("DROP VIEW big", 3001, "view 'BIG'")
	d.fails("SELECT * FROM information_schema.nothing", 2003, "Object 'DB.INFORMATION_SCHEMA.NOTHING'")
	d.run("USE ROLE accountadmin", "DROP VIEW big", "DROP VIEW IF EXISTS big", "ALTER TABLE child DROP CONSTRAINT fk", "ALTER TABLE child ADD PRIMARY KEY (t_id)")
	d.fails("CREATE VIEW child AS SELECT 1 AS a", 2002, "already exists")
	d.fails("CREATE VIEW broken AS SELECT nope FROM t", 904, "NOPE")
}

// TestVariablesAndPlacesAreReferences covers $name, $1 and GETVARIABLE.
func TestVariablesAndPlacesAreReferences(t *testing.T) {
	d := newDesk(t)
	d.run("CREATE TABLE t (a INT, b VARCHAR)", "INSERT INTO t VALUES (1, 'x'), (2, 'y')", "SET (least, tab) = (1 + 1, 'T')")
	d.want("SELECT $2 FROM IDENTIFIER($tab) WHERE a >= $least", "y")
	d.want("SELECT x.$1 + $1, $2 FROM t x WHERE $1 = 1", "2|x")
	d.want("SELECT GETVARIABLE('TAB'), GETVARIABLE('NO')", "T|-")
	if got := d.run("SHOW VARIABLES").cells(); !strings.Contains(got, "|LEAST|2|fixed|") {
		t.Errorf("SHOW VARIABLES: %s", got)
	}
	d.run("UNSET (least, tab)")
	d.fails("SELECT $least", 2211, "'$LEAST' does not exist")
}

// kept is a Results with one result.
type kept struct{ result *Result }

func (k kept) Result(_ *Session, id string) (*Result, bool) { return k.result, id == "q1" }
func (k kept) Cancel(_ *Session, id string) bool            { return id == "running" }

// TestResultsAreScanned reads what a statement gave before.
func TestResultsAreScanned(t *testing.T) {
	d := newDesk(t)
	d.Results = kept{d.run("SELECT column1 AS a FROM VALUES (3), (4)")}
	d.session.Ran("q0")
	d.session.Ran("q1")
	d.want("SELECT SUM(a) FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))", "7")
	d.want("SELECT LAST_QUERY_ID(-2)", "q0")
	d.fails("SELECT * FROM TABLE(RESULT_SCAN('q0'))", 709, "Statement q0 not found")
	d.want("SELECT SYSTEM$CANCEL_QUERY('running'), SYSTEM$CANCEL_QUERY('x')", "query [running] terminated.|Identified SQL statement is not currently executing.")
}

// TestSeveralStatementsAreOneText parses scripts as drivers send them.
func TestSeveralStatementsAreOneText(t *testing.T) {
	list, err := Parse(";; SELECT ';' -- one; \n; /* ; */ INSERT INTO t VALUES (?, ?);SHOW TABLES ;;")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, s := range list {
		texts = append(texts, s.Text)
	}
	if got := strings.Join(texts, "|"); got != "SELECT ';'|INSERT INTO t VALUES (?, ?)|SHOW TABLES" || list[1].Type != typeInsert || list[0].binds != 2 {
		t.Errorf("statements %q, types %d", got, list[1].Type)
	}
	if err := CheckCount(list, 0); err != nil {
		t.Error(err)
	}
	if err := CheckCount(list, 2); err == nil || AsError(err).Code != 8 || !strings.Contains(err.Error(), "Actual statement count 3 did not match the desired statement count 2.") {
		t.Errorf("a wrong count: %v", err)
	}
	if _, err := Parse("SELECT 1; SELECT FROM"); err == nil {
		t.Error("a script with an error was parsed")
	}
}

// TestCommentsAndKeysStay changes what is noted on tables and columns.
func TestCommentsAndKeysStay(t *testing.T) {
	d := newDesk(t)
	d.run("CREATE TABLE t (a INT)", "COMMENT ON TABLE t IS 'tab'", "COMMENT ON COLUMN db.public.t.a IS 'col'", "COMMENT IF EXISTS ON TABLE nope IS 'x'", "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)", "ALTER TABLE t ADD COLUMN b INT PRIMARY KEY")
	table, _ := d.Catalog.Table("DB", "PUBLIC", "T")
	if table.Comment != "tab" || table.Columns[0].Comment != "col" || len(table.Keys) != 2 || table.Keys[1].Kind != catalog.PrimaryKey || table.Columns[1].Nullable {
		t.Errorf("table %+v", table)
	}
	d.fails("COMMENT ON COLUMN t.z IS ''", 904, "Z")
	d.fails("COMMENT ON SCHEMA public IS ''", 2, "COMMENT ON SCHEMA")
	d.fails("ALTER TABLE t ADD PRIMARY KEY (a)", 2208, "already exists")
	d.run("ALTER TABLE t DROP PRIMARY KEY", "ALTER TABLE t DROP UNIQUE (a)")
	d.fails("ALTER TABLE t DROP CONSTRAINT u", 2210, "does not exist")
}

// TestFunctionsOfADataPlatform covers those that reports are made of.
func TestFunctionsOfADataPlatform(t *testing.T) {
	d := newDesk(t)
	d.run("CREATE TABLE t (k VARCHAR, n NUMBER(9,2), at TIMESTAMP_NTZ)", "INSERT INTO t VALUES ('a', 1, '2026-01-31 10:00:00'), ('a', 4, '2026-03-31'), ('b', 2.5, '2026-02-28'), ('b', NULL, NULL)")
	for query, want := range map[string]string{
		"SELECT LAST_DAY('2026-02-03'::DATE)::VARCHAR, LAST_DAY('2026-02-03'::DATE, 'year')::VARCHAR":                                                                                                                              "2026-02-28|2026-12-31",
		"SELECT ADD_MONTHS('2026-02-28'::DATE, 1)::VARCHAR, ADD_MONTHS('2026-01-30'::DATE, 1)::VARCHAR":                                                                                                                            "2026-03-31|2026-02-28",
		"SELECT DAYNAME('2026-03-04'::DATE), MONTHNAME('2026-03-04'::DATE), DAYOFWEEKISO('2026-03-01'::DATE), DAYOFWEEK('2026-03-01'::DATE), QUARTER('2026-05-01'::DATE), WEEK('2026-01-04'::DATE), DAYOFYEAR('2026-02-01'::DATE)": "Wed|Mar|7|0|2|1|32",
		"SELECT DATE_FROM_PARTS(2026, 14, 0)::VARCHAR, TIMESTAMP_NTZ_FROM_PARTS(2026, 1, 2, 3, 4, 5, 600000000)::VARCHAR":                                                                                                          "2027-01-31|2026-01-02 03:04:05.600",
		"SELECT CONVERT_TIMEZONE('UTC', 'America/Los_Angeles', '2026-07-01 00:00:00'::TIMESTAMP_NTZ)::VARCHAR":                                                                                                                     "2026-06-30 17:00:00.000",
		"SELECT CONVERT_TIMEZONE('Asia/Kolkata', '2026-07-01 00:00:00 +0000'::TIMESTAMP_TZ)::VARCHAR":                                                                                                                              "2026-07-01 05:30:00.000 +0530",
		`SELECT REGEXP_REPLACE('a1b22', '([0-9]+)', '<\\1>$'), REGEXP_COUNT('abcabc', 'b.'), REGEXP_INSTR('éab', 'b'), REGEXP_REPLACE('abc', 'b')`:                                                                                 "a<1>$b<22>$|2|3|ac",
		"SELECT INITCAP('the qUICK-brown'), TRANSLATE('abcba', 'ab', 'x'), ASCII('A'), CHR(8364), '[' || SPACE(2) || ']'":                                                                                                          "The Quick-Brown|xcx|65|€|[  ]",
		"SELECT ARRAY_APPEND([1], 'x'), ARRAY_PREPEND([1], 0), ARRAY_CAT([1], [2, 3]), ARRAY_SLICE([1, 2, 3, 4], 1, -1), ARRAY_POSITION(2::VARIANT, [1, 2]), ARRAY_DISTINCT([1, 1.0, 2]), ARRAY_COMPACT([1, NULL])":                `[1,"x"]|[0,1]|[1,2,3]|[2,3]|1|[1,2]|[1]`,
		"SELECT OBJECT_INSERT({'a': 1}, 'b', 2), OBJECT_INSERT({'a': 1}, 'a', 2, TRUE), OBJECT_DELETE({'a': 1, 'b': 2}, 'a'), OBJECT_PICK({'a': 1, 'b': 2}, 'a', 'c'), OBJECT_INSERT({'a': 1}, 'b', NULL)":                         `{"a":1,"b":2}|{"a":2}|{"b":2}|{"a":1}|{"a":1}`,
		"SELECT MEDIAN(n), MAX_BY(k, n), MIN_BY(at, n)::VARCHAR, VAR_POP(n), ROUND(STDDEV(n), 6) FROM t":                                                                                                                           "2.50000|a|2026-01-31 10:00:00.000|1.5|1.5",
		"SELECT k, MEDIAN(n), STDDEV(n) FROM t GROUP BY k ORDER BY k":                                                                                                                                                              "a|2.50000|2.1213203435596424\nb|2.50000|-",
		"SELECT OBJECT_AGG(k, n) FROM (SELECT k, MAX(n) AS n FROM t GROUP BY k)":                                                                                                                                                   `{"a":4.00,"b":2.50}`,
		"SELECT TOP 2 n FROM t ORDER BY n NULLS LAST":                                       "1.00\n2.50",
		"SELECT COUNT(*) FROM t WHERE k LIKE ANY ('x%', 'b') OR k NOT ILIKE ALL ('A', '%')": "2",
	} {
		d.want(query, want)
	}
	d.fails("SELECT OBJECT_INSERT({'a': 1}, 'a', 2)", 100046, "Duplicate field key 'a'")
	d.fails("SELECT OBJECT_AGG(k, n) FROM t", 100104, "Duplicate field key 'a'")
	d.fails("SELECT REGEXP_REPLACE('a', '(')", 100048, "Invalid regular expression")
	d.fails("SELECT MAX_BY(k) FROM t", 938, "takes 2 arguments")
}
