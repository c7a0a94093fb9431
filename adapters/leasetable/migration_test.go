package leasetable_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/messages"
)

var recordings = []string{
	"kcl-1.15.3-killed", "kcl-1.15.3-end", "kcl-2.7.2-killed", "kcl-2.7.2-end", "kcl-3.4.2-killed", "kcl-3.4.2-end", "kcl-3.5.1-killed", "kcl-3.5.1-end",
}

func TestA10TheTablesOfRealKCLsAreMigrated(t *testing.T) {
	for _, name := range recordings {
		t.Run(name, func(t *testing.T) {
			items := fixture(t, name)
			w := legacyWorld(t, localdynamo.Options{CreateDelay: 20 * time.Millisecond, DeleteDelay: 20 * time.Millisecond}, items)
			var exported []map[string]any
			o := quick("a")
			o.Export = func(items []map[string]any) error { exported = items; return nil }
			report := w.migrated(o)
			w.demand(items)
			if !report.Migrated || len(report.Rows) != 5 || len(exported) != len(items) || len(report.Left) != 0 {
				t.Errorf("report %+v, %d items exported", report, len(exported))
			}
			// What is migrated is ready, and a second time there is nothing to do.
			w.must(w.table.Prepare(t.Context()))
			again := w.migrated(quick("a"))
			if again.Migrated || again.Next != leasetable.StepAdopt {
				t.Errorf("a second migration: %+v", again)
			}
			w.demand(items)
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

// TestA10AMigrationMayBeKilledAtEveryCall kills a migrator before and after each of
// its calls, lets another node begin again, and holds the end against the KCL's
// leases.
func TestA10AMigrationMayBeKilledAtEveryCall(t *testing.T) {
	items := fixture(t, "kcl-3.5.1-killed")
	whole := legacyWorld(t, localdynamo.Options{}, items)
	calls := whole.callsUntilDead(1_000, "before")
	if calls < 30 {
		t.Fatalf("a whole migration has only %d calls: this test kills too little", calls)
	}
	for _, how := range []string{"before", "after"} {
		for call := range calls {
			t.Run(fmt.Sprintf("%s call %d", how, call), func(t *testing.T) {
				t.Parallel()
				w := legacyWorld(t, localdynamo.Options{}, items)
				w.callsUntilDead(call, how)
				if err := w.open(application).Prepare(t.Context()); err == nil && w.item("__stream__") == nil {
					t.Fatal("a consumer could start in the middle of the migration")
				}
				o := quick("b")
				o.Drained = true
				w.migrated(o)
				w.demand(items)
				if w.item("__stream__")["drained"] != true {
					t.Error("the operator's word is lost")
				}
			})
		}
	}
}

// callsUntilDead runs a migrator that dies at its n-th call, and returns how
// many it made.
func (w *world) callsUntilDead(n int, how string) int {
	ctx, die := context.WithCancel(w.Context())
	defer die()
	var mu sync.Mutex
	calls, dead := 0, false
	w.server.Faults().Set("", func(fault.Call) fault.Effect {
		mu.Lock()
		defer mu.Unlock()
		calls++
		switch {
		case dead:
			return fault.Effect{LoseBefore: true}
		case calls <= n:
			return fault.Effect{}
		}
		dead = true
		time.AfterFunc(time.Millisecond, die) // its call is out already
		if how == "before" {
			return fault.Effect{LoseBefore: true}
		}
		return fault.Effect{LoseAfter: true}
	})
	_, err := w.open(application).Migrate(ctx, quick("a"))
	w.server.Faults().Set("", nil)
	mu.Lock()
	defer mu.Unlock()
	if err != nil && !dead {
		w.Fatalf("it failed alive: %v", err)
	}
	return calls
}

func TestA10TwoMigratorsAtOnceEndAsOne(t *testing.T) {
	items := fixture(t, "kcl-2.7.2-killed")
	w := legacyWorld(t, localdynamo.Options{CreateDelay: 30 * time.Millisecond, DeleteDelay: 30 * time.Millisecond}, items)
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() {
			o := quick(fmt.Sprint("node-", i))
			o.Stale = 10 * time.Second // nobody dies here
			o.Renew = 20 * time.Millisecond
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			if _, err := w.open(application).Migrate(ctx, o); err != nil {
				t.Errorf("node-%d: %v", i, err)
			}
		})
	}
	all.Wait()
	w.demand(items)
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
