package catalog

import (
	"bytes"
	"errors"
	"slices"
	"sync"
	"testing"
)

func withTable(t *testing.T) (*Catalog, *Table) {
	t.Helper()
	c := New()
	if _, err := c.CreateDatabase("DB", SysAdmin, Refuse); err != nil {
		t.Fatal(err)
	}
	table, made, err := c.CreateTable(Table{Database: "DB", Schema: PublicSchema, Name: "T", Owner: SysAdmin, Columns: []Column{{Name: "A", Type: IntegerType()}}}, Refuse)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	return c, table
}

// TestTableChangesReplaceTheValue lets many goroutines add columns: none is
// lost, and who holds an old state keeps it.
func TestTableChangesReplaceTheValue(t *testing.T) {
	c, old := withTable(t)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			err := c.UpdateTable(old.ID, func(t *Table) error {
				t.Columns = append(t.Columns, Column{Name: "C", Type: TextType()})
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	now, _ := c.Table("DB", PublicSchema, "T")
	if len(now.Columns) != 51 || len(old.Columns) != 1 {
		t.Errorf("%d columns now, %d before", len(now.Columns), len(old.Columns))
	}
	spoiled := errors.New("no")
	err := c.UpdateTable(old.ID, func(t *Table) error { t.Columns = nil; return spoiled })
	if after, _ := c.TableByID(old.ID); !errors.Is(err, spoiled) || after != now {
		t.Errorf("a failed change changed the table: %v", err)
	}
	if c.SwapTable(old, old) {
		t.Error("an outdated state was swapped in")
	}
	if !c.SwapTable(now, old) {
		t.Error("the current state was not swapped")
	}
}

// TestListenersHearOfDropsInOrder replaces a table with a pipe and drops its
// database.
func TestListenersHearOfDropsInOrder(t *testing.T) {
	c, table := withTable(t)
	var heard []ChangeKind
	c.OnChange(func(change Change) {
		heard = append(heard, change.Kind)
		if change.Kind == TableReplaced && change.Table.ID != table.ID {
			t.Errorf("replaced table has ID %d, want the old one %d", change.Table.ID, table.ID)
		}
		c.Databases() // a listener may read
	})
	pipe, err := c.EnsureDefaultPipe("DB", PublicSchema, "T-STREAMING")
	if err != nil || pipe.Table != table.ID || !pipe.Default {
		t.Fatal(pipe, err)
	}
	if again, _ := c.EnsureDefaultPipe("DB", PublicSchema, "T-STREAMING"); again != pipe {
		t.Error("the pipe was made twice")
	}
	if _, _, err := c.CreateTable(Table{Database: "DB", Schema: PublicSchema, Name: "T"}, Replace); err != nil {
		t.Fatal(err)
	}
	if next, _ := c.EnsureDefaultPipe("DB", PublicSchema, "T-STREAMING"); next.Generation <= pipe.Generation || next.ID == pipe.ID {
		t.Error("a replaced table kept its pipe")
	}
	if err := c.DropDatabase("DB"); err != nil {
		t.Fatal(err)
	}
	want := []ChangeKind{PipeCreated, PipeDropped, TableReplaced, TableCreated, PipeCreated, PipeDropped, TableDropped, OtherChanged}
	if !slices.Equal(heard, want) {
		t.Errorf("heard %v, want %v", heard, want)
	}
	for _, name := range []string{"T-STREAMING", "NOPE-STREAMING", "T"} {
		if _, err := c.EnsureDefaultPipe("DB", PublicSchema, name); !errors.Is(err, ErrNotFound) {
			t.Errorf("pipe %s: %v", name, err)
		}
	}
}

// TestRightsAreInherited checks each thing that Can asks for.
func TestRightsAreInherited(t *testing.T) {
	c, table := withTable(t)
	for _, role := range []string{"LOADER", "BOSS"} {
		if _, err := c.CreateRole(role, UserAdmin, "", Refuse); err != nil {
			t.Fatal(err)
		}
	}
	database, _ := c.Database("DB")
	schema, _ := c.Schema("DB", PublicSchema)
	loader, _ := c.Role("LOADER")
	for i, g := range []Grant{
		{Privilege: Insert, On: OnTable, Object: table.ID, ToRole: "LOADER"},
		{Privilege: Usage, On: OnDatabase, Object: database.ID, ToRole: "LOADER"},
		{Privilege: Usage, On: OnSchema, Object: schema.ID, ToRole: Public},
	} {
		if c.Can("LOADER", Insert, table) || c.CanSee("LOADER", table) {
			t.Errorf("allowed before grant %d", i)
		}
		if err := c.Grant(g); err != nil {
			t.Fatal(err)
		}
	}
	if !c.Can("LOADER", Insert, table) || !c.CanSee("LOADER", table) || c.Can("LOADER", Select, table) || c.Can("LOADER", EvolveSchema, table) {
		t.Error("LOADER has other rights than it was granted")
	}
	if c.Can("BOSS", Insert, table) {
		t.Error("BOSS may insert before it has the role")
	}
	if err := c.Grant(Grant{Privilege: Usage, On: OnRole, Object: loader.ID, ToRole: "BOSS"}); err != nil {
		t.Fatal(err)
	}
	if !c.Can("BOSS", Insert, table) || !c.Can(SysAdmin, EvolveSchema, table) || !c.Can(AccountAdmin, Truncate, table) || c.Can("NOBODY", Insert, table) {
		t.Error("inheritance, ownership or ACCOUNTADMIN is wrong")
	}
	if err := c.DropRole("LOADER"); err != nil {
		t.Fatal(err)
	}
	if c.Can("BOSS", Insert, table) {
		t.Error("a dropped role still gives rights")
	}
	if err := c.Grant(Grant{Privilege: Insert, On: OnTable, Object: table.ID, ToRole: "LOADER"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("grant to a dropped role: %v", err)
	}
}

// TestStateComesBack saves a catalog and loads it into another.
func TestStateComesBack(t *testing.T) {
	c, table := withTable(t)
	if _, err := c.EnsureDefaultPipe("DB", PublicSchema, "T-STREAMING"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateUser(User{Name: "U", DefaultRole: SysAdmin}, Refuse); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateWarehouse(Warehouse{Name: "W"}, Refuse); err != nil {
		t.Fatal(err)
	}
	saved, err := c.MarshalState()
	if err != nil {
		t.Fatal(err)
	}
	loaded := New()
	if err := loaded.UnmarshalState(saved); err != nil {
		t.Fatal(err)
	}
	again, err := loaded.MarshalState()
	if err != nil || !bytes.Equal(saved, again) {
		t.Errorf("state changed: %v\n%s\n%s", err, saved, again)
	}
	found, ok := loaded.TableByID(table.ID)
	if !ok || found.Columns[0].Type.String() != "NUMBER(38,0)" || !loaded.Can(SysAdmin, Insert, found) {
		t.Errorf("table %+v", found)
	}
	if made, _, _ := loaded.CreateTable(Table{Database: "DB", Schema: PublicSchema, Name: "T2"}, Refuse); made.ID <= table.ID {
		t.Error("an ID was handed out twice")
	}
	for _, broken := range []string{"", "{", `{"Version":99}`} {
		if err := loaded.UnmarshalState([]byte(broken)); err == nil {
			t.Errorf("state %q was accepted", broken)
		}
	}
	if _, ok := loaded.TableByID(table.ID); !ok {
		t.Error("a broken state emptied the catalog")
	}
}

// TestIdentifiersAreFolded reads and writes names.
func TestIdentifiersAreFolded(t *testing.T) {
	for written, want := range map[string][]string{
		"db.Schema.t": {"DB", "SCHEMA", "T"}, `"db"."S.x".t`: {"db", "S.x", "T"}, `"a""b"`: {`a"b`}, " t ": {"T"}, `T."T-STREAMING"`: {"T", "T-STREAMING"},
	} {
		if got, err := SplitPath(written); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", written, got, err)
		}
	}
	for _, written := range []string{"", ".", "a.", "a..b", `"a`, `""`, "a b", "a.b.c.d", "1a", `"a"b`} {
		if got, err := SplitPath(written); err == nil {
			t.Errorf("%q was read as %q", written, got)
		}
	}
	for name, want := range map[string]string{"T": "T", "t": `"t"`, "A_1$": "A_1$", "1A": `"1A"`, `a"b`: `"a""b"`, "": `""`} {
		if got := Quote(name); got != want || name != "" && Fold(got) != name {
			t.Errorf("Quote(%q) = %s", name, got)
		}
	}
}
