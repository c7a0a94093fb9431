package warehouse_test

import (
	"slices"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
)

func TestShownNamesAreTakenApart(t *testing.T) {
	for shown, want := range map[string][]string{
		`RAW`: {"RAW"}, `RAW.EVENTS.ORDERS`: {"RAW", "EVENTS", "ORDERS"}, `RAW."a.b"."q""x"`: {"RAW", "a.b", `q"x`}, `"lower"`: {"lower"},
	} {
		if got := warehouse.SplitPath(shown); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", shown, got, want)
		}
	}
}

// TestGrantsAreThoseOfTheRoleItself: what it has through another role is that
// one's.
func TestGrantsAreThoseOfTheRoleItself(t *testing.T) {
	s := account(t)
	w := open(t, s.URL(), nil)
	for _, statement := range []string{`CREATE ROLE "a role"`, `CREATE ROLE BEHIND`, `GRANT ROLE BEHIND TO ROLE "a role"`, `CREATE TABLE RAW.EVENTS."t.x" (N NUMBER)`,
		`GRANT INSERT, EVOLVE SCHEMA ON TABLE RAW.EVENTS."t.x" TO ROLE "a role"`, `GRANT USAGE ON SCHEMA RAW.EVENTS TO ROLE BEHIND`} {
		_, _, err := w.Query(ctx, statement)
		must(t, err)
	}
	grants, err := w.GrantsTo(ctx, "a role")
	must(t, err)
	var got []string
	for _, g := range grants {
		got = append(got, g.Privilege+" "+g.On+" "+g.Name[len(g.Name)-1])
	}
	slices.Sort(got)
	if want := []string{"EVOLVE SCHEMA TABLE t.x", "INSERT TABLE t.x", "USAGE ROLE BEHIND"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	_, err = w.GrantsTo(ctx, "nobody")
	wantFault(t, err, messages.Rejected, messages.ReasonMissing, messages.TargetMissing)
	if names, err := w.Alike(ctx, warehouse.Tables, "T.X"); err != nil || !slices.Equal(names, []string{"t.x"}) {
		t.Errorf("%q, %v", names, err)
	}
}
