package main

import (
	"database/sql"
	"errors"
	"fmt"
	"time"
)

func transactions(a *asking) (string, error) {
	for _, end := range []struct {
		run  func(*sql.Tx) error
		want string
	}{{(*sql.Tx).Rollback, "0"}, {(*sql.Tx).Commit, "1"}} {
		tx, err := a.db.BeginTx(a.ctx, nil)
		if err != nil {
			return "", err
		}
		if _, err := tx.ExecContext(a.ctx, "INSERT INTO go_several VALUES (100)"); err != nil {
			return "", err
		}
		inside, err := lines(tx.QueryContext(a.ctx, "SELECT COUNT(*) FROM go_several WHERE a = 100"))
		if err := errors.Join(err, end.run(tx), same("inside", inside, "1")); err != nil {
			return "", err
		}
		if err := a.want(end.want, "SELECT COUNT(*) FROM go_several WHERE a = 100"); err != nil {
			return "", err
		}
	}
	return "rolled back, committed", nil
}

func timeZones(a *asking) (string, error) {
	config, err := password()
	if err != nil {
		return "", err
	}
	zone, tag := "Europe/Berlin", "a judge"
	config.Params = map[string]*string{"TIMEZONE": &zone, "QUERY_TAG": &tag}
	db := open(config)
	defer db.Close()
	b := &asking{a.ctx, db}
	if err := b.want("2026-07-28T03:02:03+02:00|2026-02-28 02:02:03.000 +0100", "SELECT '2026-07-28 01:02:03 +0000'::TIMESTAMP_LTZ, '2026-02-28 01:02:03 +0000'::TIMESTAMP_LTZ::VARCHAR"); err != nil {
		return "", err
	}
	if err := b.do("SHOW PARAMETERS LIKE 'QUERY_TAG'", "ALTER SESSION SET TIMEZONE = 'America/Los_Angeles'"); err != nil {
		return "", err
	}
	return "at login and by ALTER SESSION", b.want("2026-02-27T17:02:03-08:00", "SELECT '2026-02-28 01:02:03 +0000'::TIMESTAMP_LTZ")
}

func expired(a *asking) (string, error) {
	return "390112, then the driver renews and asks again", a.want("JUDGE", "SELECT CURRENT_USER() /* session expires */")
}

func lostAnswer(a *asking) (string, error) {
	result, err := a.db.ExecContext(a.ctx, "INSERT INTO go_several VALUES (?) /* answer is lost */", 777)
	if err != nil {
		return "", err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return "", errors.Join(fmt.Errorf("%d rows affected", n), err)
	}
	return "the request is sent again with its ID; one row", a.want("1", "SELECT COUNT(*) FROM go_several WHERE a = 777")
}

func large(a *asking) (string, error) {
	began := time.Now()
	rows, err := a.db.QueryContext(a.ctx, "SELECT SEQ8() AS n, 'row ' || n FROM TABLE(GENERATOR(ROWCOUNT => 100000)) ORDER BY n")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var count, sum int
	for rows.Next() {
		var n int
		var s string
		if err := rows.Scan(&n, &s); err != nil {
			return "", err
		}
		if err := same("row", s, fmt.Sprint("row ", count)); err != nil {
			return "", err
		}
		count, sum = count+1, sum+n
	}
	if err := errors.Join(rows.Err(), same("rows", count, 100_000), same("sum", sum, 4_999_950_000)); err != nil {
		return "", err
	}
	return fmt.Sprintf("100,000 rows in order in %.1f s", time.Since(began).Seconds()), nil
}

func dataPlatform(a *asking) (string, error) {
	err := a.do("CREATE OR REPLACE TABLE go_stock (sku VARCHAR, n INT)", "INSERT INTO go_stock VALUES ('a', 1), ('b', 2)",
		`MERGE INTO go_stock t USING (SELECT column1 AS sku, column2 AS n FROM VALUES ('a', 10), ('c', 3)) s ON t.sku = s.sku
		WHEN MATCHED THEN UPDATE SET n = t.n + s.n WHEN NOT MATCHED THEN INSERT (sku, n) VALUES (s.sku, s.n)`)
	for query, want := range map[string]string{
		"SELECT sku, n FROM go_stock o WHERE EXISTS (SELECT 1 FROM go_stock i WHERE i.n < o.n) ORDER BY sku":                    "a|11\nc|3",
		"SELECT sku FROM go_stock QUALIFY ROW_NUMBER() OVER (ORDER BY n DESC) = 1":                                              "a",
		"SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'GO_STOCK' ORDER BY ordinal_position": "SKU|TEXT\nN|NUMBER",
		"SELECT '2026-01-31'::DATE + INTERVAL '1 month'":                                                                        "2026-02-28T00:00:00Z",
	} {
		if err == nil {
			err = a.want(want, query)
		}
	}
	return "MERGE, correlated EXISTS, QUALIFY, INTERVAL, INFORMATION_SCHEMA", err
}
