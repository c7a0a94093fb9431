package localdynamo

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// required refuses a request without a member, named by its path on the wire.
func required(member string) error {
	return invalid("1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", member)
}

// oneOf refuses a value outside an enum. An empty value is an absent one.
func oneOf(member, value string, allowed ...string) error {
	if value == "" || slices.Contains(allowed, value) {
		return nil
	}
	return invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy enum value set: [%s]",
		value, member, strings.Join(allowed, ", "))
}

// atLeast refuses a number below its bound; nil is absent.
func atLeast(member string, value *int64, bound int64) error {
	if value == nil || *value >= bound {
		return nil
	}
	return invalid("1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d", *value, member, bound)
}

// atMost refuses a number above its bound; nil is absent.
func atMost(member string, value *int64, bound int64) error {
	if value == nil || *value <= bound {
		return nil
	}
	return invalid("1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d", *value, member, bound)
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

// legacy are the parameters that expressions replaced.
type legacy struct {
	Expected, AttributeUpdates, AttributesToGet, KeyConditions, QueryFilter, ScanFilter, ConditionalOperator json.RawMessage
}

// refuseLegacy refuses every legacy parameter; expressions names those that
// the request has besides.
func (l legacy) refuseLegacy(expressions ...string) error {
	all := []unserved{
		{"Expected", l.Expected, labelCondition},
		{"AttributeUpdates", l.AttributeUpdates, labelUpdate},
		{"AttributesToGet", l.AttributesToGet, labelProjection},
		{"KeyConditions", l.KeyConditions, labelKey},
		{"QueryFilter", l.QueryFilter, labelFilter},
		{"ScanFilter", l.ScanFilter, labelFilter},
		{"ConditionalOperator", l.ConditionalOperator, "AND and OR in an expression"},
	}
	for _, m := range all {
		if len(m.content) > 0 && !isNull(m.content) && len(expressions) > 0 {
			return invalid("Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {%s} Expression parameters: {%s}",
				m.member, strings.Join(expressions, ", "))
		}
	}
	return refuseUnserved(all...)
}
