package localdynamo

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxViolations is how many violations one answer names.
const maxViolations = 10

// violated refuses a value that breaks a constraint of the API's model.
func violated(format string, args ...any) *failure {
	f := invalid("1 validation error detected: "+format, args...)
	f.violations = []string{fmt.Sprintf(format, args...)}
	return f
}

// constraints checks constraints together: DynamoDB names all that are
// violated before anything else that is wrong.
func constraints(errs ...error) error {
	var violations []string
	var other error
	for _, err := range errs {
		var f *failure
		switch {
		case err == nil:
		case errors.As(err, &f) && f.violations != nil:
			violations = append(violations, f.violations...)
		case other == nil:
			other = err
		}
	}
	switch n := len(violations); n {
	case 0:
		return other
	case 1:
		return violated("%s", violations[0])
	default:
		f := invalid("%d validation errors detected: %s", n, strings.Join(violations[:min(n, maxViolations)], "; "))
		f.violations = violations
		return f
	}
}

// within tells where in the request a structure lies whose constraints were
// checked by themselves.
func within(place string, err error) error {
	var f *failure
	if !errors.As(err, &f) || f.violations == nil {
		return err
	}
	var all []error
	for _, v := range f.violations {
		all = append(all, violated("%s", strings.Replace(v, " at '", " at '"+place+".", 1)))
	}
	return constraints(all...)
}

// present requires a member.
func present(member string, has bool) error {
	if has {
		return nil
	}
	return required(member)
}

// required refuses a request without a member, named by its path on the wire.
func required(member string) error {
	return violated("Value null at '%s' failed to satisfy constraint: Member must not be null", member)
}

// oneOf refuses a value outside an enum. An empty value is an absent one.
func oneOf(member, value string, allowed ...string) error {
	if value == "" || slices.Contains(allowed, value) {
		return nil
	}
	return violated("Value '%s' at '%s' failed to satisfy constraint: Member must satisfy enum value set: [%s]",
		value, member, strings.Join(allowed, ", "))
}

// atLeast refuses a number below its bound; nil is absent.
func atLeast(member string, value *int64, bound int64) error {
	if value == nil || *value >= bound {
		return nil
	}
	return violated("Value '%d' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d", *value, member, bound)
}

// atMost refuses a number above its bound; nil is absent.
func atMost(member string, value *int64, bound int64) error {
	if value == nil || *value <= bound {
		return nil
	}
	return violated("Value '%d' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d", *value, member, bound)
}

// unserved are request members of DynamoDB that this server refuses, with what
// to use instead.
type unserved struct {
	member  string
	content json.RawMessage
	instead string
}

// refuseUnserved refuses members that are present. An empty list, map or false
// asks for nothing and passes.
func refuseUnserved(members ...unserved) error {
	for _, m := range members {
		switch strings.TrimSpace(string(m.content)) {
		case "", "null", "[]", "{}", "false":
			continue
		}
		return invalid("The parameter %s is not served here%s", m.member, instead(m.instead))
	}
	return nil
}

func instead(what string) string {
	if what == "" {
		return ""
	}
	return fmt.Sprintf("; use %s", what)
}

// refuseMixed refuses a request that has both legacy parameters and expressions.
func refuseMixed(legacy, expressions []string) error {
	if len(legacy) == 0 || len(expressions) == 0 {
		return nil
	}
	return invalid("Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {%s} Expression parameters: {%s}",
		strings.Join(legacy, ", "), strings.Join(expressions, ", "))
}
