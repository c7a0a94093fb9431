package iam

import (
	"fmt"
	glob "path"
	"slices"
)

// Policy lists what callers may do: the actions allowed on the resources that
// match a pattern (as in path.Match); the pattern "*" stands for everything. The
// nil Policy allows everything. Actions are IAM's without the service's prefix:
// "GetRecords", not "kinesis:GetRecords".
type Policy map[string][]string

// Allows reports whether an action may be done on a resource; "" is none in
// particular, which only the pattern "*" covers.
func (p Policy) Allows(action, resource string) bool {
	if p == nil {
		return true
	}
	for pattern, actions := range p {
		matches, err := glob.Match(pattern, resource)
		if (err == nil && matches && resource != "" || pattern == "*") && slices.Contains(actions, action) {
			return true
		}
	}
	return false
}

// Check refuses a policy that could never be evaluated. The error names the
// pattern.
func (p Policy) Check() error {
	for pattern := range p {
		if _, err := glob.Match(pattern, ""); err != nil {
			return fmt.Errorf("policy: pattern %q: %w", pattern, err)
		}
	}
	return nil
}

// Denied is the message of an AccessDeniedException. action has the service's
// prefix; resource is an ARN, or "*".
func Denied(account, action, resource string) string {
	return fmt.Sprintf("User: arn:aws:iam::%s:user/local is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action",
		account, action, resource, action)
}
