package sql

import (
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// watched notes what goes into a store, by table: rows added, rows removed.
type watched struct {
	rowstore.Store
	commits []map[int64][2]int
}

func (w *watched) Commit(t rowstore.Transaction) error {
	seen := map[int64][2]int{}
	for _, part := range t.Rows {
		seen[part.Table] = [2]int{seen[part.Table][0] + len(part.Rows), seen[part.Table][1]}
	}
	for _, part := range t.Gone {
		seen[part.Table] = [2]int{seen[part.Table][0], seen[part.Table][1] + len(part.IDs)}
	}
	w.commits = append(w.commits, seen)
	return w.Store.Commit(t)
}

func (w *watched) Append(table int64, rows []rowstore.Row) error {
	return w.Commit(rowstore.Transaction{Rows: []rowstore.TableRows{{Table: table, Rows: rows}}})
}

func (w *watched) Delete(table int64, ids []int64) error {
	return w.Commit(rowstore.Transaction{Gone: []rowstore.TableIDs{{Table: table, IDs: ids}}})
}

// eachStore runs a test at a desk over both stores.
func eachStore(t *testing.T, test func(*testing.T, *desk)) {
	t.Run("memory", func(t *testing.T) { test(t, newDesk(t)) })
	t.Run("sqlite", func(t *testing.T) {
		d := newDesk(t)
		rows, err := rowstore.OpenSQLite(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { rows.Close() })
		d.Rows = rows
		test(t, d)
	})
}

// TestAChangeIsOneCommitOfTheStore looks at what a kill could come between.
func TestAChangeIsOneCommitOfTheStore(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.run("CREATE TABLE a (n INT)", "CREATE TABLE b (n INT)", "INSERT INTO a VALUES (1), (2), (3)", "INSERT INTO b VALUES (1)")
		w := &watched{Store: d.Rows}
		d.Rows = w
		id := func(name string) int64 {
			table, _ := d.Catalog.Table("DB", "PUBLIC", name)
			return table.ID
		}
		const merge = "MERGE INTO a USING (SELECT column1 AS x FROM VALUES (1), (9)) s ON a.n = s.x WHEN MATCHED THEN UPDATE SET n = 8 WHEN NOT MATCHED THEN INSERT VALUES (s.x)"
		for _, c := range []struct {
			what       string
			statements []string
			a, b       [2]int // rows added and removed
		}{
			{"UPDATE", []string{"UPDATE a SET n = n"}, [2]int{3, 3}, [2]int{}},
			{"MERGE", []string{merge}, [2]int{2, 1}, [2]int{}},
			{"INSERT OVERWRITE", []string{"INSERT OVERWRITE INTO a VALUES (1), (2)"}, [2]int{2, 4}, [2]int{}},
			{"COMMIT", []string{"BEGIN", "UPDATE a SET n = 5 WHERE n = 1", "INSERT INTO b VALUES (2)", "DELETE FROM b WHERE n = 1", "COMMIT"}, [2]int{1, 1}, [2]int{1, 1}},
		} {
			w.commits = nil
			d.run(c.statements...)
			if len(w.commits) != 1 || w.commits[0][id("A")] != c.a || w.commits[0][id("B")] != c.b {
				t.Errorf("%s commits %v, want %v and %v at once", c.what, w.commits, c.a, c.b)
			}
		}
		d.want("SELECT LISTAGG(n, ',') WITHIN GROUP (ORDER BY n) FROM a", "2,5")
		d.want("SELECT n FROM b", "2")
	})
}

// TestAnUpdatedRowIsSeenOnce counts while rows are updated all the time.
func TestAnUpdatedRowIsSeenOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.run("CREATE TABLE t (n INT)", "INSERT INTO t SELECT 0 FROM TABLE(GENERATOR(ROWCOUNT => 50))")
		reader, counted, enough := d.beside(), make(chan struct{}), make(chan struct{})
		go func() {
			defer close(counted)
			for i := range 200 {
				r, err := reader.Execute(t.Context(), reader.session, "SELECT COUNT(*), MAX(n) - MIN(n) FROM t", Bindings{})
				if err != nil || r.cells() != "50|0" {
					t.Errorf("count %d is %v, %v; want 50 rows that are the same", i, r, err)
					break
				}
			}
			close(enough)
		}()
		updates := 0
		for running := true; running; updates++ {
			if updates%2 == 0 {
				d.run("UPDATE t SET n = n + 1")
			} else {
				d.run("MERGE INTO t USING (SELECT 1 AS x) s ON t.n > -s.x WHEN MATCHED THEN UPDATE SET n = n + 1")
			}
			select {
			case <-enough:
				running = updates < 20
			default:
			}
		}
		<-counted
		if got := d.run("SELECT COUNT(*) FROM t").cells(); got != "50" {
			t.Errorf("%s rows after %d updates", got, updates)
		}
	})
}
