package localdynamo

import (
	"fmt"
	"net/http"
	glob "path"
	"slices"
)

// Policy lists what callers may do: the actions allowed on the tables whose
// name matches a pattern (as in path.Match, "*" for all). Everything else is
// AccessDeniedException. The nil Policy allows everything.
//
// Actions are IAM's without the prefix: "PutItem", not "dynamodb:PutItem". The
// parts of TransactWriteItems need PutItem, UpdateItem, DeleteItem and
// ConditionCheckItem on their tables. ListTables names no table; only the
// pattern "*" covers it.
type Policy map[string][]string

// OpenflowPolicy is the DynamoDB part of the policy that the documentation of
// Openflow's Kinesis connector asks for: eight actions on the application's
// checkpoint table and on its migration table. DeleteItem, ListTables, batches
// and condition checks are not among them.
func OpenflowPolicy(application string) Policy {
	actions := []string{"CreateTable", "DeleteTable", "DescribeTable", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"}
	return Policy{application: actions, application + "_migration": actions}
}

// access is one permission a request needs.
type access struct{ action, table string }

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
		matches, err := glob.Match(pattern, a.table)
		if a.table == "" {
			matches = pattern == "*"
		}
		if err == nil && matches && slices.Contains(actions, a.action) {
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
	table := a.table
	if table == "" {
		table = "*"
	}
	return &failure{
		status: http.StatusBadRequest,
		code:   "AccessDeniedException",
		message: fmt.Sprintf("User: arn:aws:iam::%s:user/local is not authorized to perform: dynamodb:%s on resource: %s because no identity-based policy allows the dynamodb:%s action",
			s.options.AccountID, a.action, s.arn(table), a.action),
	}
}
