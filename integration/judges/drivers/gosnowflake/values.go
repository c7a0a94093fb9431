package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	sf "github.com/snowflakedb/gosnowflake/v2"
)

func logInWithAKeyPair(a *asking) (string, error) {
	config, err := keyPair()
	if err != nil {
		return "", err
	}
	db := open(config)
	defer db.Close()
	err = (&asking{a.ctx, db}).want("JUDGE|ACCOUNTADMIN|DB|PUBLIC|WH", "SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA(), CURRENT_WAREHOUSE()")
	return "JWT, session placed in role, database, schema, warehouse", err
}

func logInWithAPassword(a *asking) (string, error) {
	if err := a.want("1", "SELECT 1"); err != nil {
		return "", err
	}
	for name, wrong := range map[string]struct {
		change func(*sf.Config)
		number int
	}{
		"a wrong password":   {func(c *sf.Config) { c.Password = "wrong" }, 390100},
		"a role not granted": {func(c *sf.Config) { c.Role = "SYSADMIN2" }, 390189},
		"a missing database": {func(c *sf.Config) { c.Database = "NOWHERE" }, 390201},
	} {
		config, err := password()
		if err != nil {
			return "", err
		}
		wrong.change(&config)
		db := open(config)
		err = db.PingContext(a.ctx)
		db.Close()
		var e *sf.SnowflakeError
		if !errors.As(err, &e) || e.Number != wrong.number {
			return "", errors.Join(fmt.Errorf("%s: not refused with %d", name, wrong.number), err)
		}
	}
	return "in with the right one; 390100, 390189 and 390201 otherwise", nil
}

func everyType(a *asking) (string, error) {
	err := a.do(`CREATE OR REPLACE TABLE go_types (n NUMBER(38,2), i INT, f FLOAT, s VARCHAR(10), b BOOLEAN, x BINARY, d DATE, t TIME,
		ntz TIMESTAMP_NTZ, ltz TIMESTAMP_LTZ, tz TIMESTAMP_TZ, v VARIANT, o OBJECT, a ARRAY)`,
		`INSERT INTO go_types SELECT 12.50, 42, 1.5e10, 'hé😀', TRUE, TO_BINARY('00ff'), '2026-02-28', '23:59:59.123456789', '2026-02-28 01:02:03.123456789',
		'2026-02-28 01:02:03 +0000', '2026-02-28 01:02:03.5 +0530', PARSE_JSON('[1.60,null]'), {'k': 1}, [1, 'x']`, "INSERT INTO go_types (i) VALUES (NULL)")
	if err != nil {
		return "", err
	}
	rows, err := a.db.QueryContext(a.ctx, "SELECT * FROM go_types ORDER BY i NULLS LAST")
	if err != nil {
		return "", err
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return "", err
	}
	var names []string
	for _, t := range types {
		names = append(names, t.DatabaseTypeName())
	}
	if err := same("type names", strings.Join(names, " "), "FIXED FIXED REAL TEXT BOOLEAN BINARY DATE TIME TIMESTAMP_NTZ TIMESTAMP_LTZ TIMESTAMP_TZ VARIANT OBJECT ARRAY"); err != nil {
		return "", err
	}
	precision, scale, ok := types[0].DecimalSize()
	if err := same("precision and scale", fmt.Sprint(precision, scale, ok), "38 2 true"); err != nil {
		return "", err
	}
	got, err := lines(rows, nil)
	if err != nil {
		return "", err
	}
	got = strings.NewReplacer("\n  ", "", "\n]", "]", "\n}", "}", ": ", ":").Replace(got) // JSON may be printed on several lines
	return "14 types with values and with NULL, their names, precision and scale", same("values", got,
		"12.50|42|15000000000|hé😀|1|00ff|2026-02-28T00:00:00Z|0001-01-01T23:59:59.123456789Z|2026-02-28T01:02:03.123456789Z|2026-02-28T01:02:03Z|"+
			`2026-02-28T01:02:03.5+05:30|[1.60,null]|{"k":1}|[1,"x"]`+"\n-|-|-|-|-|-|-|-|-|-|-|-|-|-")
}

func bindings(a *asking) (string, error) {
	at := time.Date(2026, 2, 28, 1, 2, 3, 456789000, time.UTC)
	err := a.want("7|1.25|it's é|1|-|2026-02-28T01:02:03.456789Z|2026-02-28T00:00:00Z|0001-01-01T01:02:03.456789Z|00ff",
		"SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?", 7, 1.25, "it's é", true, nil, sf.DataTypeTimestampNtz, at, sf.DataTypeDate, at, sf.DataTypeTime, at, sf.DataTypeBinary, []byte{0, 255})
	if err == nil {
		err = a.want("b|a|b", "SELECT :2, :1, :2", "a", "b")
	}
	if err == nil {
		err = a.want("1|-", "SELECT COUNT(*), MAX(i) FROM go_types WHERE i IS NULL OR s = ?", "'; DROP TABLE go_types; --")
	}
	return "9 types, :n twice, a hostile text", err
}

func arrays(a *asking) (string, error) {
	if err := a.do("CREATE OR REPLACE TABLE go_many (a INT, b VARCHAR)"); err != nil {
		return "", err
	}
	numbers, texts := make([]int, 5000), make([]string, 5000)
	for i := range numbers {
		numbers[i], texts[i] = i, fmt.Sprint("row ", i)
	}
	a1, err1 := arrayOf(&numbers)
	a2, err2 := arrayOf(&texts)
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	result, err := a.db.ExecContext(a.ctx, "INSERT INTO go_many VALUES (?, ?)", a1, a2)
	if err != nil {
		return "", err
	}
	n, err := result.RowsAffected()
	if err == nil {
		err = same("rows affected", n, 5000)
	}
	if err == nil {
		err = a.want("5000|12497500|row 999", "SELECT COUNT(*), SUM(a), MAX(b) FROM go_many")
	}
	return "5,000 rows as two arrays", err
}

func errorNumbers(a *asking) (string, error) {
	for _, e := range []struct {
		query  string
		number int
		state  string
	}{
		{"SELECT * FROM missing", 2003, "42S02"}, {"SELEC 1", 1003, "42000"}, {"SELECT nofunction(1)", 2140, "42601"}, {"SELECT 1 / 0", 100051, "22012"},
		{"CREATE TABLE go_many (a INT)", 2002, "42710"}, {"USE DATABASE nowhere", 2043, "02000"}, {"DESC TABLE nowhere.x.y", 2003, "02000"},
		{"SELECT ?", 2049, "42601"}, {"CREATE TASK t AS SELECT 1", 2, "0A000"},
	} {
		_, err := a.db.ExecContext(a.ctx, e.query)
		if err := refused(e.query, err, e.number, e.state); err != nil {
			return "", err
		}
	}
	return "9 statements: Number and SQLState", nil
}
