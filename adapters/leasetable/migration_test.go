package leasetable_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/judges/servers/leases"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/messages"
)

// TestA10MigrationsEndWhole runs what judges run against DynamoDB Local and
// dynalite, under the documented policy, in which both tables take a moment to
// come and to go.
func TestA10MigrationsEndWhole(t *testing.T) {
	server, err := localdynamo.Start(localdynamo.Options{
		Policy: localdynamo.Policy{"*": localdynamo.OpenflowPolicy("any")["any"]}, CreateDelay: 5 * time.Millisecond, DeleteDelay: 5 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	for _, c := range leases.Migrations() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			compared, err := c.TryStale(t.Context(), server.URL(), 300*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(compared)
		})
	}
}

func TestAPlanWritesNothing(t *testing.T) {
	items := fixture(t, "kcl-3.5.1-killed")
	w := legacyWorld(t, localdynamo.Options{}, items)
	before := w.server.Writes(application)
	plan, err := w.table.PlanMigration(t.Context(), quick("a"))
	w.must(err)
	if plan.Table != leasetable.ShapeLegacy || plan.Next != leasetable.StepCopy || len(plan.Problems)+len(plan.Doubts) > 0 {
		t.Errorf("plan %+v", plan)
	}
	if got := plan.Rows[4]; got.Shard != "shardId-000000000004" || !strings.HasPrefix(got.Starts, "after 4968") || !strings.HasSuffix(got.Starts, "/5") {
		t.Errorf("row %+v, want after sub-sequence number 5", got)
	}
	for _, action := range []string{"CreateTable", "PutItem", "UpdateItem", "DeleteTable"} {
		if n := w.server.Faults().Calls(action); action != "CreateTable" && action != "PutItem" && n > 0 {
			t.Errorf("%s was called %d times", action, n)
		}
	}
	if w.server.Writes(application) != before || w.server.Faults().Calls("CreateTable") != 1 {
		t.Error("the plan wrote")
	}
}

// TestA10RoutersThatAreStaleForHalfAMinuteAreWaitedFor at the product's own pace,
// in the bubble's time and without a network.
func TestA10RoutersThatAreStaleForHalfAMinuteAreWaitedFor(t *testing.T) {
	items := fixture(t, "kcl-3.5.1-killed")
	synctest.Test(t, func(t *testing.T) {
		server, err := localdynamo.New(localdynamo.Options{RenameDelay: 30 * time.Second, CreateDelay: 2 * time.Second, DeleteDelay: 2 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		w := &world{T: t, server: server, inside: true}
		w.makeTable(application, "leaseKey")
		for _, it := range items {
			w.putRaw(application, it)
		}
		o := quick("a")
		o.Quiet, o.Stale, o.Renew, o.Settle = 0, 0, 0, 0 // as the product has them
		began := time.Now()
		w.migratedWithin(o, 5*time.Minute)
		if took := time.Since(began); took < 30*time.Second || took > 3*time.Minute {
			t.Errorf("the migration took %s", took)
		}
		w.demand(items)
	})
}

// TestKP26AStaleRouterIsWaitedFor: after a table was deleted and made anew,
// requests may still be led to the old one.
func TestKP26AStaleRouterIsWaitedFor(t *testing.T) {
	items := fixture(t, "kcl-3.4.2-end")
	w := legacyWorld(t, localdynamo.Options{RenameDelay: 400 * time.Millisecond}, items)
	w.migrated(quick("a"))
	w.demand(items)
}

func TestAKCLThatStillRunsIsFound(t *testing.T) {
	items := fixture(t, "kcl-3.5.1-end")
	w := legacyWorld(t, localdynamo.Options{}, items)
	scans := 0
	w.server.Faults().Set("Scan", func(fault.Call) fault.Effect {
		if scans++; scans == 2 { // between the two looks
			items[5]["leaseCounter"] = N("9999")
			w.putRaw(application, items[5])
		}
		return fault.Effect{}
	})
	_, err := w.table.Migrate(t.Context(), quick("a"))
	var refused *leasetable.RefusedMigrationError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "a KCL is still running: "+plain(items[5]["leaseKey"])+" changed") {
		t.Fatalf("Migrate = %v", err)
	}
	if w.server.Faults().Calls("CreateTable") != 1 {
		t.Error("a copy was made all the same")
	}
	o := quick("a")
	o.Force = true
	w.migrated(o)
	w.demand(items)
}

func TestAKCLThatStartsDuringTheCopyStopsIt(t *testing.T) {
	items := fixture(t, "kcl-1.15.3-end")
	w := legacyWorld(t, localdynamo.Options{}, items)
	scans := 0
	w.server.Faults().Set("Scan", func(c fault.Call) fault.Effect {
		if scans++; scans == 4 { // two looks, the copy, and now the comparison
			items[4]["leaseCounter"] = N("9999")
			w.putRaw(application, items[4])
		}
		return fault.Effect{}
	})
	_, err := w.table.Migrate(t.Context(), quick("a"))
	if err == nil || !strings.Contains(err.Error(), "a KCL was started during the copy") {
		t.Fatalf("Migrate = %v", err)
	}
	if w.server.Faults().Calls("DeleteTable") != 0 {
		t.Error("its table was deleted")
	}
	w.server.Faults().Set("Scan", nil)
	w.migrated(quick("b"))
	w.demand(items)
}

// TestANewTableOfARestartedKCLIsNotTakenForTheCopied: a KCL that is started once
// its table is gone makes an empty one of the same name.
func TestANewTableOfARestartedKCLIsNotTakenForTheCopied(t *testing.T) {
	items := fixture(t, "kcl-3.4.2-killed")
	w := legacyWorld(t, localdynamo.Options{}, items)
	deleted := false
	w.server.Faults().Set("CreateTable", func(c fault.Call) fault.Effect {
		if deleted = c.Key == application; deleted {
			return fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "AccessDeniedException", Message: "no"}}
		}
		return fault.Effect{}
	})
	_, err := w.table.Migrate(t.Context(), quick("a"))
	if !deleted {
		t.Fatalf("the table was never to be made anew: %v", err)
	}
	w.server.Faults().Set("CreateTable", nil)
	w.makeTable(application, "leaseKey")
	_, err = w.open(application).Migrate(t.Context(), quick("b"))
	if err == nil || !strings.Contains(err.Error(), "a KCL was started in the middle") {
		t.Fatalf("Migrate = %v", err)
	}
	w.deleteTable(application)
	w.migrated(quick("b"))
	w.demand(items)
}

func TestNoConsumerStartsOnALegacyTable(t *testing.T) {
	w := legacyWorld(t, localdynamo.Options{}, fixture(t, "kcl-3.5.1-end"))
	f := w.wantFault(w.table.Prepare(t.Context()), messages.Rejected, messages.ReasonMissing)
	if !strings.Contains(f.Hint, "kinesnow migrate --plan") {
		t.Errorf("hint %q does not say how to go on", f.Hint)
	}
}

func TestAForeignTableIsNotMigrated(t *testing.T) {
	w := newWorld(t, localdynamo.Options{})
	w.makeTable(application, "id")
	_, err := w.table.Migrate(t.Context(), quick("a"))
	if err == nil || !strings.Contains(err.Error(), "is no lease table") {
		t.Errorf("Migrate = %v", err)
	}
	w.deleteTable(application)
	w.makeTable(application, "leaseKey")
	w.makeTable(copyName, "id")
	_, err = w.open(application).Migrate(t.Context(), quick("a"))
	if err == nil || !strings.Contains(err.Error(), "move it out of the way") {
		t.Errorf("Migrate = %v", err)
	}
}

func TestWhereThereIsNoTableThereIsNothingToDo(t *testing.T) {
	w := newWorld(t, localdynamo.Options{})
	if r := w.migrated(quick("a")); r.Next != leasetable.StepNothing || r.Migrated {
		t.Errorf("report %+v", r)
	}
	if _, err := w.client().DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: ptr(application)}); err == nil {
		t.Error("a table was made")
	}
}
