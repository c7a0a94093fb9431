package sql

import "testing"

func quakes(t *testing.T) *desk {
	d := newDesk(t)
	d.run(`CREATE TABLE quakes (id VARCHAR, mag FLOAT, place VARCHAR, meta OBJECT, n NUMBER)`)
	d.rows("QUAKES",
		`{"id":"a","mag":1.5,"place":"Alaska","meta":{"shard":"0","seq":"2"},"n":10}`,
		`{"id":"b","mag":2.5,"PLACE":"Alaska","meta":{"shard":"0","seq":"1"},"n":20}`,
		`{"id":"c","mag":null,"place":"Chile","meta":{"shard":"1","seq":"1"},"n":30}`,
		`{"id":"d","mag":4,"place":"Chile","n":40}`)
	return d
}

// TestQueriesOverATable covers the clauses of SELECT.
func TestQueriesOverATable(t *testing.T) {
	d := quakes(t)
	for query, want := range map[string]string{
		`SELECT * EXCLUDE meta FROM quakes WHERE mag > 2 ORDER BY mag DESC`:                                                                                                "d|4|Chile|40\nb|2.5|Alaska|20",
		`SELECT q.id FROM db.public."QUAKES" AS q ORDER BY q.mag`:                                                                                                          "a\nb\nd\nc",
		`SELECT id FROM quakes ORDER BY mag DESC`:                                                                                                                          "c\nd\nb\na",
		`SELECT id FROM quakes ORDER BY mag DESC NULLS LAST LIMIT 2 OFFSET 1`:                                                                                              "b\na",
		`SELECT place, COUNT(*), COUNT(mag), SUM(n), AVG(n), MIN(mag), MAX(id) FROM quakes GROUP BY place ORDER BY 1`:                                                      "Alaska|2|2|30|15.000000|1.5|b\nChile|2|1|70|35.000000|4|d",
		`SELECT UPPER(place) p, SUM(n) s FROM quakes GROUP BY 1 HAVING s > 50 ORDER BY s`:                                                                                  "CHILE|70",
		`SELECT place, n > 15 AS big, COUNT(*) FROM quakes GROUP BY ALL ORDER BY place, big`:                                                                               "Alaska|0|1\nAlaska|1|1\nChile|1|2",
		`SELECT COUNT(*), SUM(mag), COUNT(DISTINCT place) FROM quakes WHERE id = 'zz'`:                                                                                     "0|-|0",
		`SELECT COUNT(DISTINCT place, n > 15), COUNT_IF(n > 15), ANY_VALUE(place) IS NULL FROM quakes`:                                                                     "3|3|0",
		`SELECT LISTAGG(id, ',') WITHIN GROUP (ORDER BY id DESC), ARRAY_AGG(n) WITHIN GROUP (ORDER BY n) FROM quakes`:                                                      "d,c,b,a|[10,20,30,40]",
		`SELECT DISTINCT place FROM quakes ORDER BY place DESC`:                                                                                                            "Chile\nAlaska",
		`SELECT n * 2 AS twice, twice + 1 FROM quakes WHERE twice > 70`:                                                                                                    "80|81",
		`SELECT id, ROW_NUMBER() OVER (PARTITION BY meta:shard ORDER BY meta:seq::INT) rn FROM quakes WHERE meta IS NOT NULL QUALIFY rn = 1 ORDER BY id`:                   "b|1\nc|1",
		`SELECT id, LAG(n) OVER (ORDER BY id), LEAD(n, 2, 0) OVER (ORDER BY id), SUM(n) OVER (ORDER BY id), RANK() OVER (ORDER BY place) FROM quakes ORDER BY id`:          "a|-|30|10|1\nb|10|40|30|1\nc|20|0|60|3\nd|30|0|100|3",
		`SELECT id, SUM(n) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), FIRST_VALUE(id) OVER (PARTITION BY place ORDER BY n DESC) FROM quakes ORDER BY id`: "a|10|b\nb|30|b\nc|50|d\nd|70|d",
		`SELECT COUNT(*) FROM (SELECT n, LAG(n) OVER (ORDER BY id) AS before FROM quakes) WHERE before > n`:                                                                "0",
		`WITH big AS (SELECT * FROM quakes WHERE n >= 30), x (k) AS (SELECT id FROM big) SELECT k FROM x UNION ALL SELECT 'z' ORDER BY 1 DESC`:                             "z\nd\nc",
		`SELECT 1 UNION SELECT 1.0 UNION SELECT 2`:                                                                                                                         "1.0\n2.0",
		`SELECT id FROM quakes EXCEPT SELECT 'a' INTERSECT SELECT id FROM quakes WHERE n < 40 ORDER BY 1`:                                                                  "b\nc",
		`SELECT a.id, b.id FROM quakes a JOIN quakes b ON a.n = b.n + 10 ORDER BY 1`:                                                                                       "b|a\nc|b\nd|c",
		`SELECT a.id, b.id FROM quakes a LEFT JOIN quakes b ON a.n = b.n + 10 AND b.id <> 'b' ORDER BY 1`:                                                                  "a|-\nb|a\nc|-\nd|c",
		`SELECT id FROM quakes JOIN (SELECT 'c' AS id) x USING (id)`:                                                                                                       "c",
		`SELECT id FROM quakes WHERE n = (SELECT MAX(n) FROM quakes) OR id IN (SELECT 'a')`:                                                                                "a\nd",
		`SELECT f.index, f.value FROM quakes, LATERAL FLATTEN(INPUT => [n, n + 1]) f WHERE id = 'a'`:                                                                       "0|10\n1|11",
		`SELECT column1 + column2 FROM VALUES (1, 2), (3, 4)`:                                                                                                              "3\n7",
		`SELECT quakes.* EXCLUDE (meta, n) FROM quakes LIMIT 1`:                                                                                                            "a|1.5|Alaska",
		`SELECT TABLE1.ID FROM (SELECT id FROM quakes WHERE n = 10) AS table1`:                                                                                             "a",
	} {
		d.want(query, want)
	}
}

// TestErrorsSayWhatAndWhere checks numbers, wording and places.
func TestErrorsSayWhatAndWhere(t *testing.T) {
	d := quakes(t)
	for query, want := range map[string]struct {
		code int
		part string
	}{
		"SELECT nope FROM quakes":                        {904, "invalid identifier 'NOPE'"},
		"SELECT x.id FROM quakes q":                      {904, "invalid identifier 'X.ID'"},
		"SELECT id FROM quakes a, quakes b":              {2028, "ambiguous column name 'ID'"},
		"SELECT id, COUNT(*) FROM quakes":                {979, "is not a valid group by expression"},
		"SELECT place FROM quakes GROUP BY 1 ORDER BY n": {979, "QUAKES.N"},
		"SELECT id FROM quakes WHERE COUNT(*) > 1":       {2035, "COUNT"},
		"SELECT SUM(SUM(n)) FROM quakes":                 {2037, "nested"},
		"SELECT id FROM quakes ORDER BY 7":               {2001, "position 7"},
		"SELECT * FROM nope":                             {2003, "Object 'DB.PUBLIC.NOPE' does not exist"},
		"SELECT * FROM nope.x.y":                         {2003, "Database 'NOPE'"},
		"DESC TABLE nope":                                {2003, "Table 'DB.PUBLIC.NOPE'"},
		"SELECT id FROM quakes WHERE n = 'x'":            {100038, "'x' is not recognized"},
		"SELECT 1 / 0":                                   {100051, "Division by zero"},
		"SELECT 'x'::NUMBER":                             {100038, "Numeric value 'x'"},
		"SELECT 1000::NUMBER(2,0)":                       {100039, "out of range"},
		"SELECT 'abc'::VARCHAR(2)":                       {100078, "too long"},
		"SELECT 'x'::DATE":                               {100040, "Date 'x'"},
		"SELECT 'x'::TIMESTAMP":                          {100035, "Timestamp 'x'"},
		"SELECT 'x'::BOOLEAN":                            {100037, "Boolean value 'x'"},
		"SELECT ABS()":                                   {938, "not enough arguments"},
		"SELECT ABS(1, 2)":                               {939, "too many arguments"},
		"SELECT (SELECT n FROM quakes)":                  {90150, "more than one row"},
		"SELECT 1 UNION SELECT 1, 2":                     {1789, "expected 1, got 2"},
		"SELECT ROW_NUMBER() FROM quakes":                {2303, "OVER"},
		"SELECT HASH(1)":                                 {2140, "Unknown function HASH"},
		"EXPLAIN SELECT 1":                               {2, "EXPLAIN"},
		"COPY INTO quakes FROM @stage":                   {2, "COPY"},
		"CREATE TASK t AS SELECT 1":                      {2, "CREATE TASK"},
		"SELECT $nothing":                                {2211, "Session variable '$NOTHING' does not exist"},
		"SELECT INTERVAL '1 day'":                        {2, "INTERVAL"},
		"SELECT 1 + INTERVAL '1 fortnight'":              {1040, "'fortnight'"},
		"CREATE TABLE t (a INT) NO_SUCH = 1":             {1420, "invalid property 'NO_SUCH'"},
		"CREATE TABLE t (a INT, a INT)":                  {2025, "duplicate column name 'A'"},
		"CREATE TABLE quakes (a INT)":                    {2002, "already exists"},
		"CREATE ICEBERG TABLE i (v VARIANT) CATALOG = 'SNOWFLAKE' ICEBERG_VERSION = 2": {91386, "ICEBERG_VERSION = 3"},
		"SELECT 1; SELECT 2":           {8, "Actual statement count 2"},
		"SELECT 1\nFROM quakes\nWHERE": {1003, "line 3 at position 5 unexpected '<EOF>'"},
		"SELECT * FORM quakes":         {1003, "line 1 at position 9 unexpected 'FORM'"},
		"SELECT 'open":                 {1003, "line 1 at position 7"},
		"SELECT ?":                     {2049, "Bind variable :1 not set"},
	} {
		d.fails(query, want.code, want.part)
	}
}
