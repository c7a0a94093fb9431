package rowstore_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// each runs a test on both stores.
func each(t *testing.T, test func(*testing.T, rowstore.Store)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { test(t, rowstore.NewMemory()) })
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, t.TempDir())) })
}

func open(t *testing.T, dir string) rowstore.Store {
	t.Helper()
	s, err := rowstore.OpenSQLite(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

func row(json, channel, end string) rowstore.Row {
	return rowstore.Row{JSON: []byte(json), CommittedAt: noon, Channel: channel, StartToken: "s", EndToken: end}
}

func scan(t *testing.T, s rowstore.Store, table, from int64) (list []string) {
	t.Helper()
	must(t, s.Scan(table, from, func(r rowstore.Row) bool {
		list = append(list, fmt.Sprintf("%d %s %s %s", r.ID, r.JSON, r.Channel, r.EndToken))
		if !r.CommittedAt.Equal(noon) {
			t.Errorf("row %d committed at %v", r.ID, r.CommittedAt)
		}
		return true
	}))
	return list
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRowsComeBackInTheOrderOfTheirCommits(t *testing.T) {
	each(t, func(t *testing.T, s rowstore.Store) {
		must(t, s.Append(7, []rowstore.Row{row(`{"a":1}`, "c", "1"), row(`{"a":2}`, "c", "1"), row(`{"a":3}`, "d", "9")}))
		must(t, s.Append(8, []rowstore.Row{row(`{}`, "c", "1")}))
		must(t, s.Append(7, []rowstore.Row{row(`{"a":4}`, "c", "2")}))
		expect(t, scan(t, s, 7, 0), `1 {"a":1} c 1`, `2 {"a":2} c 1`, `3 {"a":3} d 9`, `4 {"a":4} c 2`)
		expect(t, scan(t, s, 7, 3), `3 {"a":3} d 9`, `4 {"a":4} c 2`)
		expect(t, scan(t, s, 8, 1), `1 {} c 1`)
		expect(t, scan(t, s, 9, 1))
	})
}

func TestIDsAreNeverUsedTwice(t *testing.T) {
	each(t, func(t *testing.T, s rowstore.Store) {
		must(t, s.Append(1, []rowstore.Row{row("1", "", ""), row("2", "", ""), row("3", "", "")}))
		must(t, s.Delete(1, []int64{3, 1, 99}))
		must(t, s.Append(1, []rowstore.Row{row("4", "", "")}))
		expect(t, scan(t, s, 1, 0), "2 2  ", "4 4  ")
		must(t, s.Truncate(1))
		if n, err := s.Count(1); n != 0 || err != nil {
			t.Errorf("count after truncate = %d, %v", n, err)
		}
		if n, err := s.NextID(1); n != 5 || err != nil {
			t.Errorf("next ID = %d, %v; want 5", n, err)
		}
		if n, _ := s.NextID(2); n != 1 {
			t.Errorf("next ID of a new table = %d, want 1", n)
		}
	})
}

func TestManyRowsOfOneCommitAreAllThere(t *testing.T) {
	each(t, func(t *testing.T, s rowstore.Store) {
		var rows []rowstore.Row
		for i := range 1000 {
			rows = append(rows, row(fmt.Sprint(i), "c", "e"))
		}
		must(t, s.Append(1, rows))
		next := 0
		must(t, s.Scan(1, 0, func(r rowstore.Row) bool {
			if string(r.JSON) != fmt.Sprint(next) || r.ID != int64(next+1) {
				t.Fatalf("row %d is %s with ID %d", next, r.JSON, r.ID)
			}
			next++
			return next < 900
		}))
		if n, _ := s.Count(1); n != 1000 || next != 900 {
			t.Errorf("count %d, scanned %d; want 1000 and 900", n, next)
		}
	})
}

func TestAScanSeesTheTableAsItWas(t *testing.T) {
	each(t, func(t *testing.T, s rowstore.Store) {
		must(t, s.Append(1, []rowstore.Row{row("1", "", ""), row("2", "", "")}))
		seen := 0
		must(t, s.Scan(1, 0, func(rowstore.Row) bool {
			seen++
			must(t, s.Append(1, []rowstore.Row{row("x", "", "")}))
			return true
		}))
		if seen != 2 {
			t.Errorf("scan saw %d rows, want 2", seen)
		}
	})
}

func TestErrorRowsBelongToTheirTable(t *testing.T) {
	each(t, func(t *testing.T, s rowstore.Store) {
		bad := rowstore.ErrorRow{Timestamp: noon, QueryID: "q", Code: 100071, Metadata: []byte(`{"m":1}`), Data: []byte(`{"$1":2}`)}
		must(t, s.AppendErrors(1, []rowstore.ErrorRow{bad, bad}))
		must(t, s.AppendErrors(2, []rowstore.ErrorRow{bad}))
		must(t, s.TruncateErrors(2))
		count := map[int64]int{}
		for _, table := range []int64{1, 2} {
			must(t, s.ScanErrors(table, func(r rowstore.ErrorRow) bool {
				count[table]++
				if r.Code != 100071 || !r.Timestamp.Equal(noon) || r.QueryID != "q" || !bytes.Equal(r.Metadata, bad.Metadata) || !bytes.Equal(r.Data, bad.Data) {
					t.Errorf("error row %+v", r)
				}
				return true
			}))
		}
		if count[1] != 2 || count[2] != 0 {
			t.Errorf("error rows per table: %v", count)
		}
		must(t, s.Drop(1))
		must(t, s.ScanErrors(1, func(rowstore.ErrorRow) bool { t.Error("a dropped table has error rows"); return false }))
	})
}

func TestADroppedTableStartsAnew(t *testing.T) {
	each(t, func(t *testing.T, s rowstore.Store) {
		must(t, s.Append(1, []rowstore.Row{row("1", "", "")}))
		must(t, s.Drop(1))
		expect(t, scan(t, s, 1, 0))
		must(t, s.Append(1, []rowstore.Row{row("2", "", "")}))
		expect(t, scan(t, s, 1, 0), "1 2  ")
	})
}

func TestStateIsFoundByKeyAndByPrefix(t *testing.T) {
	each(t, func(t *testing.T, s rowstore.Store) {
		must(t, s.Commit(rowstore.Transaction{State: []rowstore.State{
			{Key: "channel/b", Value: []byte("B")}, {Key: "channel/a", Value: []byte("A")}, {Key: "catalog", Value: []byte("C")}}}))
		must(t, s.SaveState("channel/b", []byte("B2")))
		must(t, s.SaveState("gone", []byte("x")))
		must(t, s.SaveState("gone", nil))
		var got []string
		must(t, s.States("channel/", func(key string, value []byte) bool {
			got = append(got, key+"="+string(value))
			return true
		}))
		expect(t, got, "channel/a=A", "channel/b=B2")
		if v, err := s.LoadState("gone"); v != nil || err != nil {
			t.Errorf("removed state = %q, %v", v, err)
		}
		if v, _ := s.LoadState("catalog"); string(v) != "C" {
			t.Errorf("catalog state = %q", v)
		}
	})
}

func TestWhatWasCommittedIsThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	must(t, s.Commit(rowstore.Transaction{
		Rows:  []rowstore.TableRows{{Table: 3, Rows: []rowstore.Row{row("1", "c", "t1"), row("2", "c", "t1")}}},
		State: []rowstore.State{{Key: "channel/c", Value: []byte("t1")}},
	}))
	must(t, s.Delete(3, []int64{2}))
	must(t, s.Close())

	again := open(t, dir)
	expect(t, scan(t, again, 3, 0), "1 1 c t1")
	must(t, again.Append(3, []rowstore.Row{row("3", "c", "t2")}))
	expect(t, scan(t, again, 3, 2), "3 3 c t2")
	if v, _ := again.LoadState("channel/c"); string(v) != "t1" {
		t.Errorf("state = %q, want t1", v)
	}
}

func TestADirectoryIsOpenOnceAtATime(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	if _, err := rowstore.OpenSQLite(dir); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("second store on the same directory: error %v", err)
	}
	must(t, first.Close())
	open(t, dir)
}

func TestACommitRemovesAndAddsInSeveralTablesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s rowstore.Store) {
		for table := range int64(2) {
			must(t, s.Append(table, []rowstore.Row{row("1", "", ""), row("2", "", "")}))
		}
		must(t, s.Commit(rowstore.Transaction{
			Gone: []rowstore.TableIDs{{Table: 0, IDs: []int64{1, 3, 99}}, {Table: 1, IDs: []int64{2}}, {Table: 7, IDs: []int64{1}}},
			Rows: []rowstore.TableRows{{Table: 0, Rows: []rowstore.Row{row("3", "", "")}}, {Table: 1}},
		}))
		expect(t, scan(t, s, 0, 0), "2 2  ", "3 3  ")
		expect(t, scan(t, s, 1, 0), "1 1  ")
		if n, err := s.Count(0); n != 2 || err != nil {
			t.Errorf("count = %d, %v; want 2", n, err)
		}
	})
}

// TestACommitThatFailsChangesNoTable breaks off a commit at its last row: one
// without JSON, which SQLite refuses.
func TestACommitThatFailsChangesNoTable(t *testing.T) {
	s := open(t, t.TempDir())
	for table := range int64(2) {
		must(t, s.Append(table, []rowstore.Row{row("1", "", "")}))
	}
	err := s.Commit(rowstore.Transaction{
		Gone: []rowstore.TableIDs{{Table: 0, IDs: []int64{1}}, {Table: 1, IDs: []int64{1}}},
		Rows: []rowstore.TableRows{{Table: 0, Rows: []rowstore.Row{row("2", "", "")}}, {Table: 1, Rows: []rowstore.Row{{CommittedAt: noon}}}},
	})
	if err == nil {
		t.Error("a row without JSON was taken")
	}
	for table := range int64(2) {
		expect(t, scan(t, s, table, 0), "1 1  ")
		if n, _ := s.NextID(table); n != 2 {
			t.Errorf("next ID of table %d is %d, want 2", table, n)
		}
	}
}
