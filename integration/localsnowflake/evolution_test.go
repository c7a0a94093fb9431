package localsnowflake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// evolving is a table T (MUST VARCHAR NOT NULL) with ENABLE_SCHEMA_EVOLUTION.
func (a *account) evolving(kind catalog.Kind, privileges ...catalog.Privilege) *catalog.Table {
	a.t.Helper()
	return a.table(catalog.Table{Name: "T", Kind: kind, Evolution: true, Columns: []catalog.Column{{Name: "MUST", Type: catalog.TextType()}}}, privileges...)
}

func (a *account) columns(table *catalog.Table) (list []string) {
	a.t.Helper()
	now, ok := a.Catalog().TableByID(table.ID)
	if !ok {
		a.t.Fatal("the table is gone")
	}
	for _, c := range now.Columns {
		null := ""
		if !c.Nullable {
			null = " NOT NULL"
		}
		list = append(list, fmt.Sprint(c.Name, " ", c.Type, " since ", c.Since, null))
	}
	return list
}

func TestATableEvolvesWithItsRows(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.evolving("", catalog.Insert, catalog.EvolveSchema)
	token := a.append("c", a.open("T-STREAMING", "c", "").next(), "1", `{"must":"m"}`).next()
	a.append("c", token, "2", `{"must":"m","id":1,"ratio":0.5,"ok":true,"tags":[1],"name":"x","void":null}`+"\n"+`{"id":2}`).expect(200, "")
	status := a.committed("c", "2")
	want := []string{"MUST VARCHAR(16777216) since 0", "ID NUMBER(38,0) since 2", "RATIO FLOAT since 2", "OK BOOLEAN since 2", "TAGS VARIANT since 2", "NAME VARCHAR(16777216) since 2"}
	if got := a.columns(table); !slices.Equal(got, want) {
		t.Errorf("columns %q, want %q", got, want)
	}
	if number(status, "rows_inserted") != 3 || number(status, "rows_error_count") != 0 {
		t.Errorf("counters %v", status)
	}
}

func TestEvolutionNeedsItsRight(t *testing.T) {
	for _, c := range []struct {
		name    string
		options localsnowflake.Options
		kind    catalog.Kind
		rights  []catalog.Privilege
		evolves bool
	}{
		{"INSERT alone", localsnowflake.Options{}, catalog.Standard, []catalog.Privilege{catalog.Insert}, false},
		{"EVOLVE SCHEMA too", localsnowflake.Options{}, catalog.Standard, []catalog.Privilege{catalog.Insert, catalog.EvolveSchema}, true},
		{"an interactive table", localsnowflake.Options{}, catalog.Interactive, []catalog.Privilege{catalog.Insert, catalog.EvolveSchema}, true},
		{"an Iceberg table", localsnowflake.Options{}, catalog.Iceberg, []catalog.Privilege{catalog.Insert, catalog.EvolveSchema}, false},
		{"an Iceberg table where it may", localsnowflake.Options{IcebergEvolution: true}, catalog.Iceberg, []catalog.Privilege{catalog.Insert, catalog.EvolveSchema}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := start(t, c.options)
			table := a.evolving(c.kind, c.rights...)
			a.append("c", a.open("T-STREAMING", "c", "").next(), "1", `{"must":"m","new":1}`+"\n"+`{"new":2}`).expect(200, "")
			status := a.committed("c", "1")
			inserted, columns := int64(1), 1 // unknown keys are dropped silently, a missing NOT NULL is a row error
			if c.evolves {
				inserted, columns = 2, 2
			}
			if got := a.columns(table); len(got) != columns || number(status, "rows_inserted") != inserted || number(status, "rows_error_count") != 2-inserted {
				t.Errorf("columns %q, status %v", got, status)
			}
		})
	}
}

func TestTooManyNewColumnsInvalidateTheChannel(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.evolving("", catalog.Insert, catalog.EvolveSchema)
	keys := func(prefix string, n int) string {
		list := []string{`"must":"m"`}
		for i := range n {
			list = append(list, fmt.Sprintf(`"%s%d":1`, prefix, i))
		}
		return "{" + strings.Join(list, ",") + "}"
	}
	a.StallCommits(true)
	token := a.open("T-STREAMING", "c", "").next()
	token = a.append("c", token, "1", keys("a", 100)).next()
	token = a.append("c", token, "2", keys("b", 101)).next()
	token = a.append("c", token, "3", keys("", 0)).next()
	a.StallCommits(false)
	a.waitFor("invalidation", func() bool { return a.status("c")["channel_status_code"] == localsnowflake.CodeMustReopen })
	status := a.status("c")
	if status["last_committed_offset_token"] != "1" || status["last_error_offset_upper_bound"] != "2" || !strings.Contains(fmt.Sprint(status["last_error_message"]), "100 columns") {
		t.Errorf("status %v", status)
	}
	a.append("c", token, "4", keys("", 0)).expect(409, localsnowflake.CodeMustReopen)
	token = a.open("T-STREAMING", "c", "").next()
	for i, row := range []string{keys("b", 50), keys("b", 101)} { // in halves
		token = a.append("c", token, fmt.Sprint("2.", i), row).next()
	}
	a.committed("c", "2.1")
	if n, rows := len(a.columns(table)), len(a.rows(table)); n != 202 || rows != 3 {
		t.Errorf("%d columns, %d rows; want 202 and 3", n, rows)
	}
	if c := a.Channels()[0]; c.CommittedBatches != 3 || c.DiscardedBatches != 2 || c.UncommittedBatches != 0 {
		t.Errorf("batches: %+v", c)
	}
}
