package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	sf "github.com/snowflakedb/gosnowflake/v2"
)

func severalStatements(a *asking) (string, error) {
	ctx, err := several(a.ctx, 4)
	if err != nil {
		return "", err
	}
	got, err := lines(a.db.QueryContext(ctx, "SELECT 1 AS a; SELECT 'x;y' WHERE a = 2 -- ;\n; SELECT 3 UNION ALL SELECT 4; SHOW PARAMETERS LIKE 'nothing'"))
	if err == nil {
		return "", fmt.Errorf("the second statement is wrong and was not refused: %s", got)
	}
	if err := refused("several", err, 904, "42000"); err != nil {
		return "", err
	}
	got, err = lines(a.db.QueryContext(ctx, "SELECT 1; SELECT 'x;y' -- ;\n; SELECT 3 UNION ALL SELECT 4; SHOW PARAMETERS LIKE 'nothing'"))
	if err == nil {
		err = same("results", got, "1\n--\nx;y\n--\n3\n4\n--")
	}
	if err != nil {
		return "", err
	}
	any, err := several(a.ctx, 0)
	if err != nil {
		return "", err
	}
	result, err := a.db.ExecContext(any, "CREATE OR REPLACE TABLE go_several (a INT); INSERT INTO go_several VALUES (1), (2); UPDATE go_several SET a = 3 WHERE a = 2")
	if err != nil {
		return "", err
	}
	if n, err := result.RowsAffected(); err != nil || n != 3 {
		return "", errors.Join(fmt.Errorf("%d rows affected by INSERT and UPDATE", n), err)
	}
	_, err = a.db.ExecContext(a.ctx, "SELECT 1; SELECT 2")
	return "four results in order, rows affected added up, a wrong count is 000008", refused("two statements", err, 8, "0A000")
}

func asynchronous(a *asking) (string, error) {
	ids := make(chan string, 1)
	ctx := sf.WithQueryIDChan(sf.WithAsyncMode(a.ctx), ids)
	rows, err := a.db.QueryContext(ctx, "SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 1000)) x, TABLE(GENERATOR(ROWCOUNT => 2000)) y")
	if err != nil {
		return "", err
	}
	id := <-ids
	got, err := lines(rows, nil)
	if err == nil {
		err = same("result", got, "2000000")
	}
	if err != nil {
		return "", err
	}
	again, err := lines(a.db.QueryContext(sf.WithFetchResultByID(a.ctx, id), ""))
	if err == nil {
		err = same("result by ID", again, "2000000")
	}
	if err != nil {
		return "", err
	}
	c, err := a.db.Conn(a.ctx)
	if err != nil {
		return "", err
	}
	defer c.Close()
	err = c.Raw(func(x any) error {
		status, err := x.(sf.SnowflakeConnection).GetQueryStatus(a.ctx, id)
		if err != nil {
			return err
		}
		return same("monitored text", strings.HasPrefix(status.SQLText, "SELECT COUNT(*)") && status.EndTime >= status.StartTime, true)
	})
	if err != nil {
		return "", err
	}
	rows, err = c.QueryContext(sf.WithAsyncMode(a.ctx), "SELECT * FROM missing")
	if err == nil {
		_, err = lines(rows, nil)
	}
	return "WithAsyncMode, WithFetchResultByID, GetQueryStatus, the error of a failed one", refused("a failing one", err, 2003, "42S02")
}

func cancelled(a *asking) (string, error) {
	ctx, cancel := context.WithTimeout(a.ctx, 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := a.db.QueryContext(ctx, "SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 100000000)) x, TABLE(GENERATOR(ROWCOUNT => 100000)) y")
	if err == nil {
		return "", errors.New("a query over ten trillion rows ended")
	}
	took := time.Since(began)
	if took > 10*time.Second {
		return "", fmt.Errorf("it ended after %v", took)
	}
	return fmt.Sprintf("its context ended after 300 ms, the query after %v", took.Round(time.Millisecond)), a.want("1", "SELECT 1")
}

func described(a *asking) (string, error) {
	rows, err := a.db.QueryContext(sf.WithDescribeOnly(a.ctx), "SELECT a, b, CURRENT_DATE() AS d FROM go_many WHERE a = ?", 1)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return "", err
	}
	var names []string
	for _, t := range types {
		names = append(names, t.Name()+" "+t.DatabaseTypeName())
	}
	if rows.Next() {
		return "", errors.New("a description has rows")
	}
	return "WithDescribeOnly: names and types, no rows", same("columns", strings.Join(names, ", "), "A FIXED, B TEXT, D DATE")
}
