package localdynamo

import (
	"net/http"
	"slices"

	"github.com/kinesnow/kinesnow/integration/iam"
)

// Policy lists what callers may do, by the names of tables. An index is a
// resource of its own, "table/index/name": the permission to query a table does
// not cover its indexes. What is not listed is AccessDeniedException.
//
// The parts of TransactWriteItems need PutItem, UpdateItem, DeleteItem and
// ConditionCheckItem on their tables, those of TransactGetItems GetItem; tags
// in CreateTable need TagResource. ListTables and DescribeLimits name no
// table; only the pattern "*" covers them.
type Policy = iam.Policy

// SetPolicy changes what callers may do from now on, as an administrator does
// who grants or revokes a right while a program runs: iam.Changing.
func (s *Server) SetPolicy(p Policy) error { return s.policy.Set(p) }

// openflowActions are what the documented policy allows.
var openflowActions = []string{"CreateTable", "DeleteTable", "DescribeTable", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"}

// OpenflowPolicy is the DynamoDB part of the policy that the documentation of
// Openflow's Kinesis connector asks for: eight actions on the application's
// checkpoint table and on its migration table. DeleteItem, ListTables,
// batches, UpdateTable, indexes and condition checks are not among them, so
// that a KCL cannot run under it.
func OpenflowPolicy(application string) Policy {
	return Policy{application: slices.Clone(openflowActions), application + "_migration": slices.Clone(openflowActions)}
}

// OpenflowPolicyWithoutMigration is the reduced form the documentation allows
// where no KCL table was ever used: the migration table's ARN is omitted.
func OpenflowPolicyWithoutMigration(application string) Policy {
	return Policy{application: slices.Clone(openflowActions)}
}

// OpenflowPolicyWithoutDeleteTable is the reduced form the documentation
// allows once the migration is confirmed complete: DeleteTable is revoked.
func OpenflowPolicyWithoutDeleteTable(application string) Policy {
	p := OpenflowPolicy(application)
	for table, allowed := range p {
		p[table] = slices.DeleteFunc(allowed, func(action string) bool { return action == "DeleteTable" })
	}
	return p
}

// access is one permission a request needs.
type access struct {
	action, table string  // table "" for an action on none
	index         *string // where the action reads an index
}

// resource is what a permission is about: a table, an index, or "" for none.
func (a access) resource() string {
	if a.index == nil || a.table == "" {
		return a.table
	}
	return a.table + "/index/" + *a.index
}

// check refuses the first permission that the policy does not give.
func (s *Server) check(needed []access) error {
	policy := s.policy.Or(s.options.Policy)
	for _, a := range needed {
		if !policy.Allows(a.action, a.resource()) {
			return denied(s, a)
		}
	}
	return nil
}

func denied(s *Server, a access) error {
	resource := a.resource()
	if a.table == "" {
		resource = "*"
	}
	return &failure{
		status:  http.StatusBadRequest,
		code:    "AccessDeniedException",
		message: iam.Denied(s.options.AccountID, "dynamodb:"+a.action, s.arn(resource)),
	}
}
