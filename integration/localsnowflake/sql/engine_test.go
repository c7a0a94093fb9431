package sql

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// desk is an engine with a session of ACCOUNTADMIN in DB.PUBLIC.
type desk struct {
	*Engine
	t       testing.TB
	session *Session
}

var testClock = time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.UTC)

func newDesk(t testing.TB) *desk {
	t.Helper()
	e := &Engine{Catalog: catalog.New(), Rows: rowstore.NewMemory(), Now: func() time.Time { return testClock }}
	if _, err := e.Catalog.CreateDatabase("DB", catalog.AccountAdmin, catalog.Refuse); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Catalog.CreateUser(catalog.User{Name: "U"}, catalog.Refuse); err != nil {
		t.Fatal(err)
	}
	role, _ := e.Catalog.Role(catalog.AccountAdmin)
	if err := e.Catalog.Grant(catalog.Grant{Privilege: catalog.Usage, On: catalog.OnRole, Object: role.ID, ToUser: "U"}); err != nil {
		t.Fatal(err)
	}
	return &desk{Engine: e, t: t, session: &Session{ID: "1", Account: "LOCAL", User: "U", Role: catalog.AccountAdmin, Database: "DB", Schema: "PUBLIC"}}
}

func (d *desk) run(statements ...string) *Result {
	d.t.Helper()
	var result *Result
	for _, s := range statements {
		r, err := d.Execute(d.t.Context(), d.session, s, Bindings{})
		if err != nil {
			d.t.Fatalf("%s\n%v", s, err)
		}
		result = r
	}
	return result
}

// cells writes a result as lines of cells as they go over the wire, NULL as
// "-".
func (r *Result) cells() string {
	var lines []string
	for _, row := range r.Rows {
		var cells []string
		for i, v := range row {
			cell, ok := r.Columns[i].Encode(v)
			if !ok {
				cell = "-"
			}
			cells = append(cells, cell)
		}
		lines = append(lines, strings.Join(cells, "|"))
	}
	return strings.Join(lines, "\n")
}

func (d *desk) want(query, want string) {
	d.t.Helper()
	if got := d.run(query).cells(); got != want {
		d.t.Errorf("%s\n got %s\nwant %s", query, got, want)
	}
}

func (d *desk) fails(query string, code int, part string) {
	d.t.Helper()
	_, err := d.Execute(d.t.Context(), d.session, query, Bindings{})
	var e *Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, part) || len(e.SQLState) != 5 {
		d.t.Errorf("%s\n got %v\nwant %06d ... %s", query, err, code, part)
	}
}

// rows puts JSON rows into a table as streaming does.
func (d *desk) rows(table string, rows ...string) {
	d.t.Helper()
	t, ok := d.Catalog.Table("DB", "PUBLIC", table)
	if !ok {
		d.t.Fatalf("no table %s", table)
	}
	var stored []rowstore.Row
	for _, r := range rows {
		stored = append(stored, rowstore.Row{JSON: []byte(r), CommittedAt: testClock})
	}
	if err := d.Rows.Append(t.ID, stored); err != nil {
		d.t.Fatal(err)
	}
}
