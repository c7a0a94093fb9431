package leasetable_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/judges/kcl/recorded"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/messages"
)

// restricted is a KCL's table that was made by somebody with more rights.
func restricted(t *testing.T, items []attributes, policy localdynamo.Policy) *world {
	t.Helper()
	w := legacyWorld(t, localdynamo.Options{}, items)
	w.must(w.server.SetPolicy(policy))
	return w
}

func TestWithoutDeleteTableNothingIsLostAndAHumanGoesOn(t *testing.T) {
	items := fixture(t, "kcl-3.4.2-killed")
	w := restricted(t, items, localdynamo.OpenflowPolicyWithoutDeleteTable(application))
	_, err := w.table.Migrate(t.Context(), quick("a"))
	f := w.wantFault(err, messages.Rejected, messages.ReasonDenied)
	for _, want := range []string{"nothing is lost", "dynamodb:DeleteTable on table/" + application, "aws dynamodb delete-table --table-name " + application} {
		if !strings.Contains(f.Hint, want) {
			t.Errorf("hint %q lacks %q", f.Hint, want)
		}
	}
	if n := len(w.server.Items(application)); n != len(items) {
		t.Fatalf("%d of %d leases are left", n, len(items))
	}
	w.drop(application)
	report := w.migrated(quick("b"))
	if len(report.Left) != 1 || !strings.Contains(report.Left[0], "aws dynamodb delete-table --table-name "+copyName) {
		t.Errorf("left %q, want the copy and how to delete it", report.Left)
	}
	w.drop(copyName)
	w.demand(items)
}

// drop deletes a table as an administrator would.
func (w *world) drop(name string) {
	w.Helper()
	w.must(w.server.SetPolicy(nil))
	w.deleteTable(name)
	w.must(w.server.SetPolicy(localdynamo.OpenflowPolicyWithoutDeleteTable(application)))
}

func TestAProtectedTableIsNotDeletedAndAHumanGoesOn(t *testing.T) {
	items := fixture(t, "kcl-2.7.2-killed")
	w := legacyWorld(t, localdynamo.Options{}, items)
	w.must(w.server.SetPolicy(nil))
	protect := func(on bool) {
		_, err := w.client().UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: ptr(application), DeletionProtectionEnabled: &on})
		w.must(err)
	}
	protect(true)
	_, err := w.table.Migrate(t.Context(), quick("a"))
	if f := w.wantFault(err, messages.Rejected, messages.ReasonDenied); !strings.Contains(f.Hint, "allow the deletion of table "+application) {
		t.Errorf("hint %q", f.Hint)
	}
	protect(false)
	w.migrated(quick("b"))
	w.demand(items)
}

func TestWithoutRightsOnTheCopyNothingIsBegun(t *testing.T) {
	w := restricted(t, fixture(t, "kcl-3.4.2-killed"), localdynamo.OpenflowPolicyWithoutMigration(application))
	_, err := w.table.Migrate(t.Context(), quick("a"))
	var refused *leasetable.RefusedMigrationError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "this role may not use table "+copyName) || !strings.Contains(err.Error(), "another application name") {
		t.Fatalf("Migrate = %v", err)
	}
	if n := w.server.Faults().Calls("UpdateItem"); n != 0 {
		t.Errorf("%d writes", n)
	}
	// A fresh application runs under that policy.
	fresh := newWorld(t, localdynamo.Options{Policy: localdynamo.OpenflowPolicyWithoutMigration(application)})
	fresh.must(fresh.table.Prepare(t.Context()))
}

// TestEachMissingRightIsNamed takes one right after the other away.
func TestEachMissingRightIsNamed(t *testing.T) {
	items := fixture(t, "kcl-2.7.2-end")
	for table, actions := range map[string][]string{
		application: {"DescribeTable", "CreateTable", "Scan", "PutItem", "UpdateItem", "DeleteTable"},
		copyName:    {"DescribeTable", "CreateTable", "Scan", "GetItem", "PutItem", "UpdateItem", "DeleteTable"},
	} {
		for _, action := range actions {
			t.Run(action+" on "+table, func(t *testing.T) {
				w := legacyWorld(t, localdynamo.Options{}, items)
				full := localdynamo.OpenflowPolicy(application)
				var left []string
				for _, a := range full[table] {
					if a != action {
						left = append(left, a)
					}
				}
				full[table] = left
				w.must(w.server.SetPolicy(full))
				report, err := w.table.Migrate(t.Context(), quick("a"))
				var told string
				if err != nil {
					var f *messages.Fault
					told = err.Error()
					if errors.As(err, &f) {
						told = f.Error()
					}
				} else {
					told = strings.Join(report.Left, "; ")
				}
				if !strings.Contains(told, table) || !strings.Contains(told, action) && !strings.Contains(told, "delete-table") && !strings.Contains(told, "setup iam") {
					t.Errorf("told %q, want %s on %s", told, action, table)
				}
				w.must(w.server.SetPolicy(localdynamo.OpenflowPolicy(application)))
				w.migrated(quick("b"))
				w.demand(items)
			})
		}
	}
}

func TestAnItemThatIsNoLeaseStopsAMigration(t *testing.T) {
	good := fixture(t, "kcl-3.5.1-end")
	for _, c := range []struct {
		item attributes
		why  string
	}{
		{attributes{"leaseKey": S("shardId-000000000007")}, "it has no checkpoint"},
		{attributes{"leaseKey": S("shardId-000000000007"), "checkpoint": N("7")}, "attribute checkpoint is no string"},
		{attributes{"leaseKey": S("shardId-000000000007"), "checkpoint": S("EARLIEST")}, `checkpoint "EARLIEST" is neither a sequence number`},
		{attributes{"leaseKey": S("shardId-000000000007"), "checkpoint": S("007")}, "neither a sequence number"},
		{attributes{"leaseKey": S("shardId-000000000007"), "checkpoint": S("7"), "checkpointSubSequenceNumber": N("-1")}, "is negative"},
		{attributes{"leaseKey": S("shardId-000000000007"), "checkpoint": S("7"), "checkpointSubSequenceNumber": S("1")}, "attribute checkpointSubSequenceNumber is no number"},
		{attributes{"leaseKey": S("shardId-000000000007"), "checkpoint": S("7"), "parentShardId": S("shardId-000000000001")}, "attribute parentShardId is no set of strings"},
		{attributes{"leaseKey": S("partition-7"), "checkpoint": S("7")}, `"partition-7" is no shard id`},
		{attributes{"leaseKey": S("a:b"), "checkpoint": S("7")}, "the key is neither a shard id nor"},
		{attributes{"leaseKey": S("1:quakes:soon:shardId-000000000007"), "checkpoint": S("7")}, "the key is not account:stream:creation:shard"},
		{attributes{"leaseKey": S("x"), "entityType": N("7")}, "attribute entityType is no text"},
	} {
		w := legacyWorld(t, localdynamo.Options{}, append(good[:len(good):len(good)], c.item))
		o := quick("a")
		o.Force = true // does not help
		_, err := w.table.Migrate(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), c.why) || !strings.Contains(err.Error(), plain(c.item["leaseKey"])) {
			t.Errorf("Migrate = %v, want %s", err, c.why)
		}
		if w.server.Faults().Calls("CreateTable") != 1 {
			t.Error("a copy was made")
		}
	}
}

func TestLeasesOfAnotherStreamAreDoubted(t *testing.T) {
	items := fixture(t, "kcl-3.5.1-killed")
	for _, c := range []struct {
		change func(*leasetable.MigrationSettings)
		why    string
	}{
		{func(o *leasetable.MigrationSettings) { o.Shards = []messages.Shard{{ID: "shardId-000000000050"}} }, "none of the leases"},
		{func(o *leasetable.MigrationSettings) {
			o.Shards = []messages.Shard{{ID: "shardId-000000000002", HashFrom: "0", HashTo: "5", Starting: "1"}}
		}, "the lease's hash keys are"},
		{func(o *leasetable.MigrationSettings) {
			s := recorded.Shards[2]
			s.Starting = "99" + "680456095843861403670996070072229530495306578960318498"
			o.Shards = []messages.Shard{s}
		}, "is before the shard's first sequence number"},
	} {
		w := legacyWorld(t, localdynamo.Options{}, items)
		o := quick("a")
		c.change(&o)
		if _, err := w.table.Migrate(t.Context(), o); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("Migrate = %v, want %s", err, c.why)
		}
		o.Force = true
		if report := w.migrated(o); !strings.Contains(strings.Join(report.Notes, "\n"), "gone on in spite of: ") {
			t.Errorf("notes %q do not keep the doubt", report.Notes)
		}
		w.demand(items)
	}
}
