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
	if _, err := c.CreateView(View{Database: "DB", Schema: PublicSchema, Name: "V", Query: "SELECT 1", Owner: SysAdmin}, Refuse); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateVolume(Volume{Name: "VOL", Owner: SysAdmin}, Refuse); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreatePipe(Pipe{Database: "DB", Schema: PublicSchema, Name: "P", Table: table.ID, Owner: SysAdmin, Copy: &Copy{Query: "SELECT $1:a FROM ...", Columns: []string{"A"}}}, Refuse); err != nil {
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
	v, ok1 := loaded.View("DB", PublicSchema, "V")
	_, ok2 := loaded.Volume("VOL")
	p, ok3 := loaded.Pipe("DB", PublicSchema, "P")
	if !ok1 || !ok2 || !ok3 || v.Query != "SELECT 1" || p.Copy.Columns[0] != "A" {
		t.Errorf("view %+v, volume %v, pipe %+v", v, ok2, p)
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

// TestCustomPipesAreReplacedAndGo makes pipes of a customer's own.
func TestCustomPipesAreReplacedAndGo(t *testing.T) {
	c, table := withTable(t)
	if _, err := c.CreateSchema("DB", "OTHER", SysAdmin, Refuse); err != nil {
		t.Fatal(err)
	}
	var heard []ChangeKind
	c.OnChange(func(change Change) { heard = append(heard, change.Kind) })
	p := Pipe{Database: "DB", Schema: "OTHER", Name: "P", Table: table.ID, Owner: SysAdmin, Copy: &Copy{ByName: true}}
	for _, e := range []Existing{Refuse, Keep, Replace} {
		if _, err := c.CreatePipe(p, e); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.CreatePipe(p, Refuse); !errors.Is(err, ErrExists) {
		t.Errorf("a second pipe: %v", err)
	}
	if _, err := c.CreatePipe(Pipe{Database: "DB", Schema: PublicSchema, Name: "T-STREAMING", Table: table.ID}, Refuse); !errors.Is(err, ErrManaged) {
		t.Errorf("the name of a default pipe: %v", err)
	}
	if err := c.CommentPipe("DB", "OTHER", "P", "note"); err != nil {
		t.Fatal(err)
	}
	if made, _ := c.Pipe("DB", "OTHER", "P"); made.Comment != "note" || made.Default || made.Generation != made.ID {
		t.Errorf("pipe %+v", made)
	}
	if err := c.DropSchema("DB", "OTHER"); err != nil {
		t.Fatal(err)
	}
	if err := c.DropPipe("DB", "OTHER", "P"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a pipe outlived its schema: %v", err)
	}
	if want := []ChangeKind{PipeCreated, PipeDropped, PipeCreated, OtherChanged, PipeDropped, OtherChanged}; !slices.Equal(heard, want) {
		t.Errorf("heard %v, want %v", heard, want)
	}
}

// TestTablesAndViewsShareTheirNames takes names twice, and gives owners.
func TestTablesAndViewsShareTheirNames(t *testing.T) {
	c, table := withTable(t)
	if _, err := c.CreateView(View{Database: "DB", Schema: PublicSchema, Name: "T"}, Refuse); !errors.Is(err, ErrExists) {
		t.Errorf("a view in a table's place: %v", err)
	}
	if _, err := c.CreateView(View{Database: "DB", Schema: PublicSchema, Name: "V", Owner: SysAdmin}, Refuse); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.CreateTable(Table{Database: "DB", Schema: PublicSchema, Name: "V"}, Replace); !errors.Is(err, ErrExists) {
		t.Errorf("a table in a view's place: %v", err)
	}
	if err := c.RenameTable(table.ID, "DB", PublicSchema, "V"); !errors.Is(err, ErrExists) {
		t.Errorf("a table renamed to a view: %v", err)
	}
	if _, err := c.CreateVolume(Volume{Name: "VOL", Owner: AccountAdmin}, Refuse); err != nil {
		t.Fatal(err)
	}
	view, _ := c.View("DB", PublicSchema, "V")
	volume, _ := c.Volume("VOL")
	for kind, id := range map[ObjectKind]int64{OnView: view.ID, OnVolume: volume.ID} {
		if c.CanOn(SecurityAdmin, Usage, kind, id, SysAdmin) {
			t.Errorf("SECURITYADMIN may use the %s", kind)
		}
		if err := c.GiveOwnership(kind, id, SecurityAdmin); err != nil {
			t.Error(err)
		}
	}
	if view, _ = c.View("DB", PublicSchema, "V"); view.Owner != SecurityAdmin {
		t.Errorf("the view's owner is %s", view.Owner)
	}
	if err := errors.Join(c.DropView("DB", PublicSchema, "V"), c.DropVolume("VOL")); err != nil {
		t.Error(err)
	}
}
