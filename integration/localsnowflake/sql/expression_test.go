package sql

import "testing"

// TestExpressionsGiveTheServicesValues evaluates expressions without a table.
func TestExpressionsGiveTheServicesValues(t *testing.T) {
	d := newDesk(t)
	for query, want := range map[string]string{
		// numbers keep scale and digits
		`1 + 1.50, 2 * 3.5, 7 % 3, -5, +4`:           "2.50|7.0|1|-5|4",
		`1/3, 10/4, 2/3.00, -7/2`:                    "0.333333|2.500000|0.666667|-3.500000",
		`99999999999999999999999999999999999999 - 1`: "99999999999999999999999999999999999998",
		`0.1 + 0.2 = 0.3, 1 = 1.0, 1e2 = 100`:        "1|1|1",
		`ROUND(2.5), ROUND(-2.55, 1), ROUND(1234, -2), TRUNC(2.59, 1), CEIL(1.1), FLOOR(-1.1)`: "3|-2.6|1200|2.5|2|-2",
		`ABS(-1.5), SIGN(-3), MOD(7, 4), GREATEST(1, 3, 2), LEAST(2.5, 1), DIV0(1, 0)`:         "1.5|-1|3|3|1.0|0.000000",
		`2.5::INT, -2.5::INT, '12.345'::NUMBER(10,2), 1::BOOLEAN, TRUE::INT`:                   "3|-3|12.35|1|1",
		`1.5::FLOAT, 'NaN'::FLOAT, 1e20::FLOAT, '1e400'::FLOAT`:                                "1.5|NaN|1e+20|inf",
		`'1.5' + 1, PARSE_JSON('2') + 1`:                                                       "2.5|3",
		// three-valued logic
		`NULL AND FALSE, NULL AND TRUE, NULL OR TRUE, NOT NULL`:                                     "0|-|1|-",
		`1 IN (1, NULL), 2 IN (1, NULL), 2 NOT IN (1, 3), NULL IN (1)`:                              "1|-|1|-",
		`NULL = NULL, NULL IS NULL, 1 IS NOT NULL, NULL IS NOT DISTINCT FROM NULL`:                  "-|1|1|1",
		`2 BETWEEN 1 AND 3, 2 NOT BETWEEN 1 AND 3, 1 <> 2, 1 != 1`:                                  "1|0|1|0",
		`CASE WHEN 1 = 2 THEN 'a' WHEN TRUE THEN 'b' END, CASE 3 WHEN 1 THEN 'x' ELSE 'y' END`:      "b|y",
		`COALESCE(NULL, 2), NVL(NULL, 'x'), NULLIF(1, 1), IFF(1 > 2, 'a', 'b'), ZEROIFNULL(NULL)`:   "2|x|-|b|0",
		`DECODE(2, 1, 'one', 2, 'two', 'many'), DECODE(NULL, NULL, 'none'), EQUAL_NULL(NULL, NULL)`: "two|none|1",
		// text
		`'a' || 1 || TRUE, CONCAT('x', 'y'), 'it''s', 'tab\tend', $$raw 'text'$$`:                                              "a1true|xy|it's|tab\tend|raw 'text'",
		`UPPER('é'), LENGTH('né'), SUBSTR('abcdef', 2, 3), SUBSTR('abc', -2), LEFT('abc', 2), RIGHT('abc', 2)`:                 "É|2|bcd|bc|ab|bc",
		`TRIM('  x '), LTRIM('xxy', 'x'), SPLIT_PART('a.b.c', '.', 2), SPLIT_PART('a.b.c', '.', -1), REPLACE('aaa', 'a', 'b')`: "x|y|b|c|bbb",
		`'abc' LIKE 'a%', 'ABC' ILIKE '_b_', 'a%c' LIKE 'a^%c' ESCAPE '^', 'x' NOT LIKE 'y%', 'a1' RLIKE '[a-z][0-9]'`:         "1|1|1|1|1",
		`HEX_ENCODE('hi~'), HEX_ENCODE('hi~', 0), HEX_ENCODE('hi~', 1), HEX_ENCODE(NULL)`:                                      "68697E|68697e|68697E|-",
		`HEX_ENCODE(TO_BINARY('0aFF')), HEX_ENCODE(TO_BINARY('0aFF'), 0), BASE64_ENCODE(TO_BINARY('0aFF', 'HEX'))`:             "0AFF|0aff|Cv8=",
		`MD5('x'), SHA2('x'), BASE64_ENCODE('hi')`:                                                                             "9dd4e461268c8034f5c8564e155c67a6|2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881|aGk=",
		`LPAD('7', 3, '0'), POSITION('c', 'abc'), CONTAINS('abc', 'b'), STARTSWITH('abc', 'b'), REVERSE('abc')`:                "007|3|1|0|cba",
		// dates and times as they go over the wire
		`'2026-02-28'::DATE, '01:02:03.5'::TIME, '2026-02-28 01:02:03'::TIMESTAMP_NTZ(3)`:                                        "20512|3723.500000000|1772240523.000",
		`'2026-02-28T01:02:03+02:00'::TIMESTAMP_TZ, '1969-12-31 23:59:58.5'::TIMESTAMP_NTZ`:                                      "1772233323.000000000 1560|-1.500000000",
		`DATEADD(month, 1, '2026-01-31'::DATE), DATEADD('hour', -1, '2026-01-01'::DATE)::VARCHAR`:                                "20512|2025-12-31 23:00:00.000",
		`DATEDIFF(day, '2026-01-01', '2026-03-01'), DATEDIFF('year', '2025-12-31'::DATE, '2026-01-01'::DATE)`:                    "59|1",
		`DATE_TRUNC('month', '2026-02-28'::DATE)::VARCHAR, EXTRACT(day FROM '2026-02-28'::DATE), YEAR('2026-02-28'::DATE)`:       "2026-02-01|28|2026",
		`TO_TIMESTAMP(1700000000)::VARCHAR, TO_TIMESTAMP_NTZ('1700000000123')::VARCHAR, TO_TIMESTAMP(1700000000123, 3)::VARCHAR`: "2023-11-14 22:13:20.000|2023-11-14 22:13:20.123|2023-11-14 22:13:20.123",
		`TO_CHAR('2026-02-28'::DATE, 'DD/MM/YYYY'), TO_DATE('28.02.2026', 'DD.MM.YYYY')::VARCHAR`:                                "28/02/2026|2026-02-28",
		`'2026-03-01'::DATE - '2026-02-28'::DATE, ('2026-02-28'::DATE + 1)::VARCHAR`:                                             "1|2026-03-01",
		`SYSDATE()::VARCHAR, CURRENT_DATE::VARCHAR, CURRENT_TIMESTAMP(0)::VARCHAR`:                                               "2026-03-04 05:06:07.123|2026-03-04|2026-03-04 05:06:07.000 +0000",
		// conversions that may fail
		`TRY_CAST('x' AS INT), TRY_TO_NUMBER('1.25', 10, 1), TRY_TO_DATE('no'), TRY_PARSE_JSON('{')`: "-|1.3|-|-",
		`TO_BINARY('beef'), TO_VARCHAR(TO_BINARY('aGk=', 'BASE64'), 'UTF-8')`:                        "BEEF|hi",
		`CURRENT_USER(), CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA(), CURRENT_WAREHOUSE()`:  "U|ACCOUNTADMIN|DB|PUBLIC|-",
	} {
		d.want("SELECT "+query, want)
	}
}

// TestVariantsKeepTheirText follows paths and prints what was stored.
func TestVariantsKeepTheirText(t *testing.T) {
	d := newDesk(t)
	const v = `PARSE_JSON('{"n":1.60,"big":1e400,"long":1234567890123456789012345678901234567890,"s":"x","o":{"K k":[10,{"z":null}]},"t":true}')`
	for query, want := range map[string]string{
		`v:n, v:big, v:long, v:s, v:s::VARCHAR, v:missing`:                                 `1.60|1e400|1234567890123456789012345678901234567890|"x"|x|-`,
		`v:o."K k"[0], v:o['K k'][1].z, v['s'], v:o."K k"[7]`:                              `10|null|"x"|-`,
		`v:o."K k"[1].z IS NULL, v:o."K k"[1].z::INT IS NULL, v:N`:                         `0|1|-`,
		`v:n::NUMBER(10,2), v:n::INT, v:s = 'x', v:n = 1.6, v:n > 1, v:t`:                  `1.60|2|1|1|1|true`,
		`TYPEOF(v:n), TYPEOF(v:big), TYPEOF(v:s), TYPEOF(v:o), TYPEOF(v:t)`:                `DECIMAL|DOUBLE|VARCHAR|OBJECT|BOOLEAN`,
		`GET_PATH(v, 'o["K k"][0]'), GET(v, 's'), ARRAY_SIZE(v:o."K k"), OBJECT_KEYS(v:o)`: `10|"x"|2|["K k"]`,
		`TO_JSON(v:o), v:o::VARCHAR, TO_VARIANT('a"b'), v:n::VARIANT`:                      `{"K k":[10,{"z":null}]}|{"K k":[10,{"z":null}]}|"a\"b"|1.60`,
	} {
		d.want("SELECT "+query+" FROM (SELECT "+v+" AS v)", want)
	}
	d.want(`SELECT {'a': 1, 'b': NULL}, [1, 'x', NULL], ARRAY_CONSTRUCT(1.50), OBJECT_CONSTRUCT('k', [])`, `{"a":1}|[1,"x",null]|[1.50]|{"k":[]}`)
	d.fails(`SELECT PARSE_JSON('"abc"')::INT`, 100071, `Failed to cast variant value "abc" to FIXED`)
	d.fails(`SELECT 'text':a`, 1044, "Invalid argument types for function 'GET'")
	d.fails(`SELECT PARSE_JSON('{')`, 100069, "Error parsing JSON")
}

// TestResultColumnsHaveTheServicesTypes checks rowtype (spec 4.3).
func TestResultColumnsHaveTheServicesTypes(t *testing.T) {
	d := newDesk(t)
	r := d.run(`SELECT 1.50 AS a, 1::FLOAT, 'abc', TRUE, '2026-01-01'::DATE, '01:00'::TIME(3), CURRENT_TIMESTAMP() AS "now", PARSE_JSON('1'), ARRAY_CONSTRUCT(), COUNT(*), NULL, TO_BINARY('00')`)
	want := []struct {
		name, wire       string
		precision, scale int
		nullable         bool
	}{
		{"A", "fixed", 3, 2, false}, {"1::FLOAT", "real", -1, -1, false}, {"'ABC'", "text", -1, -1, false}, {"TRUE", "boolean", -1, -1, false},
		{"'2026-01-01'::DATE", "date", -1, -1, false}, {"'01:00'::TIME(3)", "time", 0, 3, false}, {"now", "timestamp_ltz", 0, 9, false},
		{"PARSE_JSON('1')", "variant", -1, -1, true}, {"ARRAY_CONSTRUCT()", "array", -1, -1, false}, {"COUNT(*)", "fixed", 18, 0, false},
		{"NULL", "text", -1, -1, true}, {"TO_BINARY('00')", "binary", -1, -1, false},
	}
	for i, w := range want {
		c := r.Columns[i].RowType()
		precision, scale := -1, -1
		if c.Precision != nil {
			precision, scale = *c.Precision, *c.Scale
		}
		if c.Name != w.name || c.Type != w.wire || precision != w.precision || scale != w.scale || c.Nullable != w.nullable {
			t.Errorf("column %d: %s %s (%d,%d) nullable %v, want %+v", i, c.Name, c.Type, precision, scale, c.Nullable, w)
		}
	}
}
