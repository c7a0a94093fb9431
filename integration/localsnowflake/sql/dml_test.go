package sql

import (
	"context"
	"strings"
	"testing"
	"time"
)

// beside is another session of the same user.
func (d *desk) beside() *desk {
	return &desk{Engine: d.Engine, t: d.t, session: d.session.Fork()}
}

// TestMergeDoesTheFirstClauseThatFits merges changes into a table.
func TestMergeDoesTheFirstClauseThatFits(t *testing.T) {
	d := newDesk(t)
	d.run("CREATE TABLE stock (id INT AUTOINCREMENT, sku VARCHAR, n NUMBER(9,2) DEFAULT 1, v VARIANT)",
		"INSERT INTO stock (sku, n, v) SELECT column1, column2, PARSE_JSON(column3) FROM VALUES ('a', 1, '1.60'), ('b', 2, '{}'), ('c', 3, 'null'), ('d', 4, '[1]')")
	const merge = `MERGE INTO stock t USING (SELECT column1 AS sku, column2 AS n FROM VALUES ('a', 10), ('b', 0), ('e', 5), ('f', -1), ('g', NULL)) s ON t.sku = s.sku
		WHEN MATCHED AND s.n = 0 THEN DELETE
		WHEN MATCHED THEN UPDATE SET t.n = t.n + s.n
		WHEN NOT MATCHED AND s.n < 0 THEN INSERT (sku, n) VALUES ('negative', DEFAULT)
		WHEN NOT MATCHED THEN INSERT (n, sku) VALUES (COALESCE(s.n, 7), s.sku)`
	d.want(merge, "3|1|1")
	d.want("SELECT id, sku, n, v FROM stock ORDER BY sku", "1|a|11.00|1.60\n3|c|3.00|null\n4|d|4.00|[1]\n6|e|5.00|-\n8|g|7.00|-\n7|negative|1.00|-")
	d.fails("MERGE INTO stock t USING (SELECT 1 AS x FROM TABLE(GENERATOR(ROWCOUNT => 2))) s ON t.sku = 'a' WHEN MATCHED THEN UPDATE SET n = s.x", 100090, "Duplicate row detected during DML action")
	d.want("MERGE INTO stock USING (SELECT 'a' AS x FROM TABLE(GENERATOR(ROWCOUNT => 2))) s ON sku = s.x WHEN MATCHED THEN DELETE", "1")
	d.want("MERGE INTO stock USING stock s ON stock.sku = s.sku WHEN NOT MATCHED THEN INSERT VALUES (1, 'x', 1, NULL)", "0")
	d.fails("MERGE INTO stock t USING stock s ON t.sku = s.sku WHEN NOT MATCHED THEN INSERT (sku) VALUES (1, 2)", 1757, "expecting 1 but got 2")
	d.fails("MERGE INTO stock t USING stock s ON t.sku = s.sku WHEN NOT MATCHED THEN DELETE", 1003, "unexpected 'DELETE'")
	if r := d.run("MERGE INTO stock t USING stock s ON FALSE WHEN MATCHED THEN DELETE"); r.StatementType != 13312 || r.Columns[0].Name != "number of rows deleted" {
		t.Errorf("result %+v", r)
	}
}

// TestOtherTablesSayWhichRowsChange covers UPDATE ... FROM and DELETE ... USING.
func TestOtherTablesSayWhichRowsChange(t *testing.T) {
	d := newDesk(t)
	d.run("CREATE TABLE t (k INT, n INT)", "INSERT INTO t VALUES (1, 10), (2, 20), (3, 30)", "CREATE TABLE s (k INT, m INT)", "INSERT INTO s VALUES (1, 5), (1, 6), (3, 7)")
	d.want("UPDATE t SET n = s.m + t.n FROM s WHERE t.k = s.k AND s.m > 0", "2|1")
	d.want("SELECT k, n FROM t ORDER BY k", "1|15\n2|20\n3|37")
	d.want("DELETE FROM t USING s WHERE t.k = s.k", "2")
	d.want("SELECT k FROM t", "2")
}

// TestSubqueriesReadOuterRows covers correlated EXISTS, IN and scalar
// subqueries, two levels of them, and LATERAL.
func TestSubqueriesReadOuterRows(t *testing.T) {
	d := newDesk(t)
	d.run("CREATE TABLE c (id INT, name VARCHAR)", "INSERT INTO c VALUES (1, 'ann'), (2, 'bob'), (3, 'cy')",
		"CREATE TABLE o (cid INT, amount INT)", "INSERT INTO o VALUES (1, 5), (1, 7), (3, 1), (NULL, 2)")
	for query, want := range map[string]string{
		"SELECT name FROM c WHERE EXISTS (SELECT 1 FROM o WHERE o.cid = c.id) ORDER BY 1":                                                                           "ann\ncy",
		"SELECT name FROM c WHERE NOT EXISTS (SELECT 1 FROM o WHERE cid = c.id) ORDER BY 1":                                                                         "bob",
		"SELECT name, (SELECT SUM(amount) FROM o WHERE o.cid = c.id) AS s FROM c ORDER BY id":                                                                       "ann|12\nbob|-\ncy|1",
		"SELECT name FROM c WHERE 7 IN (SELECT amount FROM o WHERE o.cid = c.id)":                                                                                   "ann",
		"SELECT name FROM c WHERE id NOT IN (SELECT cid FROM o WHERE o.amount > c.id AND cid IS NOT NULL) ORDER BY 1":                                               "bob\ncy",
		"SELECT name FROM c WHERE EXISTS (SELECT 1 FROM o a WHERE a.cid = c.id AND a.amount = (SELECT MAX(b.amount) FROM o b WHERE b.cid = c.id AND b.amount > 5))": "ann",
		"SELECT name, x.top FROM c, LATERAL (SELECT MAX(amount) AS top FROM o WHERE o.cid = c.id) x ORDER BY id":                                                    "ann|7\nbob|-\ncy|1",
		"SELECT name, x.amount FROM c LEFT JOIN LATERAL (SELECT amount FROM o WHERE o.cid = c.id) x ORDER BY id, 2":                                                 "ann|5\nann|7\nbob|-\ncy|1",
		"SELECT COUNT(*) FROM o WHERE amount > (SELECT AVG(amount) FROM o i WHERE i.cid = o.cid)":                                                                   "1",
		"SELECT name FROM c QUALIFY ROW_NUMBER() OVER (ORDER BY (SELECT SUM(amount) FROM o WHERE cid = id) DESC NULLS LAST) = 1":                                    "ann",
	} {
		d.want(query, want)
	}
	d.fails("SELECT (SELECT amount FROM o WHERE o.cid = c.id) FROM c", 90150, "more than one row")
	d.fails("SELECT (SELECT amount FROM o WHERE o.cid = c.nope) FROM c", 904, "C.NOPE")
	d.want("DELETE FROM c WHERE EXISTS (SELECT 1 FROM o WHERE o.cid = c.id)", "2")
}

// TestTransactionsAreSeenByThemselvesUntilTheyCommit covers BEGIN, COMMIT,
// ROLLBACK, AUTOCOMMIT = FALSE, and definitions in between.
func TestTransactionsAreSeenByThemselvesUntilTheyCommit(t *testing.T) {
	d := newDesk(t)
	d.run("CREATE TABLE t (id INT AUTOINCREMENT, a INT)", "INSERT INTO t (a) VALUES (1), (2)")
	other := d.beside()
	all := "SELECT LISTAGG(id || ':' || a, ' ') WITHIN GROUP (ORDER BY a) FROM t"
	d.run("BEGIN TRANSACTION", "INSERT INTO t (a) VALUES (3), (4)", "UPDATE t SET a = 30 WHERE a = 3", "DELETE FROM t WHERE a IN (1, 4)")
	d.want(all, "2:2 3:30")
	other.want(all, "1:1 2:2")
	d.want("SELECT CURRENT_TRANSACTION() IS NOT NULL", "1")
	d.run("ROLLBACK")
	d.want(all, "1:1 2:2")
	d.run("BEGIN", "INSERT OVERWRITE INTO t (a) VALUES (9)", "COMMIT")
	other.want(all, "3:9")
	other.run("ALTER SESSION SET AUTOCOMMIT = FALSE", "DELETE FROM t")
	d.want(all, "3:9")
	other.run("ROLLBACK")
	other.want(all, "3:9")
	other.run("INSERT INTO t (a) VALUES (10)", "CREATE TABLE u (a INT)") // commits what is open
	d.want("SELECT COUNT(*) FROM t", "2")
	other.run("DELETE FROM t", "ALTER SESSION SET AUTOCOMMIT = TRUE")
	d.want("SELECT COUNT(*) FROM t", "0")
	d.run("BEGIN", "INSERT INTO t (a) VALUES (1)")
	d.End(d.session)
	d.want("SELECT COUNT(*) FROM t", "0")
}

// TestOneTransactionAtATimeChangesATable lets two sessions update the same row:
// the second waits, and sees what the first did; a circle of waits is broken.
func TestOneTransactionAtATimeChangesATable(t *testing.T) {
	d := newDesk(t)
	d.run("CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1)", "CREATE TABLE u (a INT)", "INSERT INTO u VALUES (1)")
	other := d.beside()
	run := func(d *desk, statement string) chan error {
		done := make(chan error, 1)
		go func() {
			_, err := d.Execute(d.t.Context(), d.session, statement, Bindings{})
			done <- err
		}()
		return done
	}
	d.run("BEGIN", "UPDATE t SET a = a + 10")
	waiting := run(other, "UPDATE t SET a = a + 100")
	select {
	case err := <-waiting:
		t.Fatalf("the second update did not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	other.want("SELECT a FROM t", "1") // readers do not wait
	d.run("COMMIT")
	if err := <-waiting; err != nil {
		t.Fatal(err)
	}
	d.want("SELECT a FROM t", "111")

	d.run("BEGIN", "UPDATE t SET a = 1")
	other.run("BEGIN", "UPDATE u SET a = 1")
	waiting = run(other, "UPDATE t SET a = 2")
	for !d.locks.awaited() {
		time.Sleep(time.Millisecond)
	}
	d.fails("UPDATE u SET a = 2", 606, "wait for each other's locks")
	d.run("ROLLBACK")
	if err := <-waiting; err != nil {
		t.Fatal(err)
	}
	d.run("ALTER SESSION SET LOCK_TIMEOUT = 0")
	d.fails("DELETE FROM t", 625, "LOCK_TIMEOUT")
	d.run("ALTER SESSION UNSET LOCK_TIMEOUT")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Execute(ctx, d.session, "DELETE FROM u", Bindings{}); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("a canceled wait: %v", err)
	}
	other.run("COMMIT")
	d.want("SELECT t.a + u.a FROM t, u", "3")
}

// awaited reports whether anybody waits for a lock.
func (l *locks) awaited() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.holders {
		if h.awaits != nil {
			return true
		}
	}
	return false
}
