package localdynamo

import (
	"fmt"
	"net/http"
	glob "path"
	"slices"
)

// Policy lists what callers may do: the actions allowed on the tables whose
// name matches a pattern (as in path.Match, "*" for all tables and all else).
// An index is a resource of its own, "table/index/name": the permission to
// query a table does not cover its indexes. Everything else is
// AccessDeniedException. The nil Policy allows everything.
//
// Actions are IAM's without the prefix: "PutItem", not "dynamodb:PutItem". The
// parts of TransactWriteItems need PutItem, UpdateItem, DeleteItem and
// ConditionCheckItem on their tables, those of TransactGetItems GetItem; tags
// in CreateTable need TagResource. ListTables and DescribeLimits name no
// table; only the pattern "*" covers them.
type Policy map[string][]string

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
	if a.index == nil {
		return a.table
	}
	return a.table + "/index/" + *a.index
}

// check refuses the first permission that the policy does not give.
func (p Policy) check(s *Server, needed []access) error {
	if p == nil {
		return nil
	}
	for _, a := range needed {
		if !p.allows(a) {
			return denied(s, a)
		}
	}
	return nil
}

func (p Policy) allows(a access) bool {
	for pattern, actions := range p {
		matches, err := glob.Match(pattern, a.resource())
		if matches = matches && a.table != "" || pattern == "*"; err == nil && matches && slices.Contains(actions, a.action) {
			return true
		}
	}
	return false
}

// checkPatterns refuses a policy that could never be evaluated.
func (p Policy) checkPatterns() error {
	for pattern := range p {
		if _, err := glob.Match(pattern, ""); err != nil {
			return fmt.Errorf("policy: table pattern %q: %w", pattern, err)
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
		status: http.StatusBadRequest,
		code:   "AccessDeniedException",
		message: fmt.Sprintf("User: arn:aws:iam::%s:user/local is not authorized to perform: dynamodb:%s on resource: %s because no identity-based policy allows the dynamodb:%s action",
			s.options.AccountID, a.action, s.arn(resource), a.action),
	}
}
