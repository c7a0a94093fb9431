package sql

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// longest is how long a statement may take here: many rows, or few ones over and
// over, have no other end.
const longest = 500 * time.Millisecond

// chain repeats a text with 0 and 1, 1 and 2, ....
func chain(n int, text string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, text, i, i+1)
	}
	return b.String()
}

// TestHostileStatementsAreRefused must not exhaust the stack or the clock.
func TestHostileStatementsAreRefused(t *testing.T) {
	d := newDesk(t)
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	for name, text := range map[string]string{
		"parentheses": "SELECT " + many("(", 100_000) + "1" + many(")", 100_000),
		"brackets":    "SELECT " + many("[", 100_000),
		"minuses":     "SELECT " + many("- ", 100_000) + "1",
		"nots":        "SELECT " + many("NOT ", 100_000) + "TRUE",
		"sums":        "SELECT 1" + many("+1", 200_000),
		"casts":       "SELECT 1" + many("::INT", 100_000),
		"paths":       "SELECT a:b" + many("[0]", 100_000),
		"queries":     "SELECT * FROM " + many("(SELECT * FROM ", 10_000) + "t" + many(")", 10_000),
		"unions":      "SELECT 1" + many(" UNION ALL SELECT 1", 40_000),
		"types":       "SELECT NULL::" + many("ARRAY(", 100_000) + "INT" + many(")", 100_000),
		"cases":       "SELECT " + many("CASE WHEN TRUE THEN ", 50_000) + "1" + many(" END", 50_000),
		"length":      "SELECT '" + many("x", MaxStatement) + "'",
		"bad UTF-8":   "SELECT '\xff'",
		"NUL":         "SELECT \x00",
		"comment":     "SELECT 1 /* open",
		"aliases":     "SELECT b AS a, a AS b",
		"doubled":     "SELECT 1 AS a0" + chain(60, ", a%[1]d + a%[1]d AS a%[2]d"),
		"grouped":     "SELECT a AS a0" + chain(60, ", a%[1]d + a%[1]d AS a%[2]d") + " FROM (SELECT 1 AS a) GROUP BY ALL",
		"betweens":    "SELECT " + many("(", 40) + "1" + many(" BETWEEN 0 AND 1)", 40),
		"tables":      "WITH a0 AS (SELECT 1 AS x LIMIT 0)" + chain(60, ", a%[2]d AS (SELECT 1 AS x FROM a%[1]d l, a%[1]d r)") + " SELECT * FROM a60",
		"rows":        "SELECT SEQ4() FROM TABLE(GENERATOR(ROWCOUNT => 999999999999))",
		"large rows":  "SELECT REPEAT('x', 16777216) FROM TABLE(GENERATOR(ROWCOUNT => 1000))",
		"pairs":       "WITH g AS (SELECT SEQ4() AS a FROM TABLE(GENERATOR(ROWCOUNT => 100000))) SELECT l.a FROM g l JOIN g r ON l.a + r.a < 0",
		"texts":       "SELECT REPLACE(REPEAT('x', 16777216), 'x', REPEAT('y', 1000))",
		"sum of text": "SELECT REPEAT('x', 16777216) AS a0" + chain(20, ", a%[1]d || a%[1]d AS a%[2]d"),
		"parts":       "SELECT SPLIT(REPEAT('x', 16777216), '')",
		"list":        "SELECT [REPEAT('x', 16777216)] AS a0" + chain(20, ", [a%[1]d, a%[1]d] AS a%[2]d"),
		"replaced":    "SELECT REGEXP_REPLACE(REPEAT('x', 400000), 'x', REPEAT('y', 1000))",
		"states":      "SELECT REGEXP_COUNT(REPEAT('a', 16777216), '(a?){1000}b')",
		"digits":      "SELECT '" + many("9", 1_000_000) + "' = 1.5",
		"a pattern":   "SELECT 'a' LIKE REPEAT('%a', 8000000)",
	} {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), longest)
		_, err := d.Execute(ctx, d.session, text, Bindings{})
		cancel()
		var e *Error
		if !errors.As(err, &e) || e.Code == 603 {
			t.Errorf("%s: %.200v", name, err)
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// TestCommentsAndNumbersAreRead covers the lexer's corners.
func TestCommentsAndNumbersAreRead(t *testing.T) {
	d := newDesk(t)
	d.want("SELECT 1 -- one\n, .5 // half\n, 1. /* a\nb */, 1e2, 1.5E-1, 'a--b', \"A\" FROM (SELECT 'x' AS a);;", "1|0.5|1|100|0.15|a--b|x")
	d.want(`SELECT 'a\\b', 'q\'q', '\u00e9', '\x41', 'l\no'`, "a\\b|q'q|é|A|l\no")
}

// FuzzExecute runs any text: it may fail, with a number, and never panics. One
// that goes on is canceled, as a driver would.
func FuzzExecute(f *testing.F) {
	for _, seed := range []string{
		"SELECT a:b[0].\"c\"::INT, COUNT(*) OVER (PARTITION BY x ORDER BY y DESC NULLS LAST) FROM t JOIN u USING (k) WHERE a IN (1, ?) GROUP BY ALL",
		"CREATE OR REPLACE TABLE t (a NUMBER(10,2) NOT NULL DEFAULT 1 COMMENT 'x', o OBJECT(a INT, b ARRAY(VARCHAR))) CLUSTER BY (a) ERROR_LOGGING = TRUE",
		"ALTER TABLE t ADD COLUMN IF NOT EXISTS b VARCHAR(3), c VARIANT", "SHOW TABLES LIKE '%' IN SCHEMA db.public STARTS WITH 'T' LIMIT 3",
		"INSERT INTO t (a) SELECT $$x$$ UNION ALL SELECT 'it''s'", "GRANT SELECT, EVOLVE SCHEMA ON TABLE t TO ROLE r WITH GRANT OPTION",
		"WITH x AS (SELECT 1 a) SELECT CASE WHEN a > 1 THEN {'k': [a]} END FROM x QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1 LIMIT 1 OFFSET 0",
		"UPDATE t SET a = DATEADD(day, 1, CURRENT_DATE) WHERE a LIKE '%' ESCAPE '^'", "SELECT * FROM t, LATERAL FLATTEN(INPUT => t.v, OUTER => TRUE) f",
		"MERGE INTO t USING u ON t.a = u.k WHEN MATCHED AND k > 1 THEN UPDATE SET a = DEFAULT WHEN NOT MATCHED THEN INSERT (a) VALUES (u.k)",
		"CREATE OR REPLACE PIPE p AS COPY INTO t (a) FROM (SELECT $1:a::INT FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) WHERE $1:b IS NOT NULL) ON_ERROR = CONTINUE",
		"CREATE INTERACTIVE TABLE i (a INT) CLUSTER BY (a) AS (SELECT $1:a FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))",
		"CREATE VIEW w (x) AS SELECT a + INTERVAL '1 day, 2h' FROM t x WHERE EXISTS (SELECT 1 FROM u WHERE k = x.a)", "SELECT TOP 3 $1, X'00ff' FROM t, LATERAL (SELECT k FROM u WHERE k = t.a)",
		"CREATE EXTERNAL VOLUME v STORAGE_LOCATIONS = ((NAME = 'a' ENCRYPTION = (TYPE = 'NONE'))) ALLOW_WRITES = FALSE", "SET (a, b) = (1, 'x')", "COMMENT IF EXISTS ON COLUMN t.a IS 'x'",
		"SELECT table_name FROM information_schema.columns c WHERE c.data_type LIKE ANY ('N%', 'V%')", "SELECT SEQ4(), UNIFORM(1, 6, RANDOM(1)) FROM TABLE(GENERATOR(ROWCOUNT => 10))",
		"CREATE TABLE k (a INT PRIMARY KEY, b INT REFERENCES t (a), CONSTRAINT c UNIQUE (a, b) RELY)", "UPDATE t SET a = u.k FROM u WHERE u.k = t.a", "DELETE FROM t USING u WHERE u.k = t.a",
		"SELECT SUBSTR('abc', -9223372036854775808, 9223372036854775807), ROUND(1e300, 400), LPAD('a', 1e9), REPEAT('x', 1e18)",
		"SELECT LAST_QUERY_ID(a), LAST_QUERY_ID(COUNT(*)), APPROX_PERCENTILE(a, a) FROM t", "SELECT LAST_QUERY_ID(a >= 1) FROM t", "SELECT APPROX_PERCENTILE(a, a) FROM t",
		"SELECT SEQ4() FROM TABLE(GENERATOR(ROWCOUNT => 999999999999999999))", "SELECT 1 a, a + a b, b + b c, c BETWEEN a AND b FROM t GROUP BY ALL",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := newDesk(t)
		d.run("CREATE TABLE t (a INT, v VARIANT)", "INSERT INTO t SELECT 1, PARSE_JSON('{\"k\":[1,2]}')", "CREATE TABLE u AS SELECT a AS k FROM t")
		ctx, cancel := context.WithTimeout(t.Context(), longest)
		defer cancel()
		_, err := d.Execute(ctx, d.session, text, Bindings{Values: map[int]Binding{1: {Type: "TEXT", Value: &text}}})
		var e *Error
		if err != nil && (!errors.As(err, &e) || e.Code == 603) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

// TestFilesStaySmall keeps this package readable.
func TestFilesStaySmall(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > 400 {
			t.Errorf("%s has %d lines", name, n)
		}
	}
}
