package localdynamo

import (
	"fmt"
	"slices"
)

// maxAmong is how many values IN may list. Amazon DynamoDB Developer Guide, "Quotas".
const maxAmong = 100

// arities holds how many operands each function takes.
var arities = map[string]int{
	"attribute_exists": 1, "attribute_not_exists": 1, "attribute_type": 2, "begins_with": 2, "contains": 2, "size": 1,
	"if_not_exists": 2, "list_append": 2,
}

// checker refuses what parses but makes no sense whatever the item holds.
type checker struct{ label string }

func (c checker) refuse(format string, args ...any) error {
	return invalid("Invalid "+c.label+": "+format, args...)
}

// resolveCondition resolves and checks a condition and its parts.
func (s *scope) resolveCondition(label string, c *condition) error {
	check := checker{label}
	if err := check.conditionFunctions(c); err != nil {
		return err
	}
	for _, o := range c.operands {
		if err := s.resolveOperand(label, o); err != nil {
			return err
		}
	}
	for _, part := range c.parts {
		if err := s.resolveCondition(label, part); err != nil {
			return err
		}
	}
	return check.condition(c)
}

// conditionFunctions checks that each function of a condition exists and
// stands where it may: size in the place of an operand, the others as a condition.
func (c checker) conditionFunctions(one *condition) error {
	if _, operator := operators[one.op]; !operator {
		if err := c.conditionFunction(one.op, one.operands); err != nil {
			return err
		}
		if one.op == "size" {
			return c.misplaced(one.op)
		}
	}
	for _, o := range one.operands {
		if o.function == "" {
			continue
		}
		if err := c.conditionFunction(o.function, o.args); err != nil {
			return err
		}
		if o.function != "size" {
			return c.misplaced(o.function)
		}
		switch inner := o.args[0].function; {
		case inner == "size":
			return c.wrongType("size", kindNumber) // what the inner one yields
		case inner != "":
			return c.misplaced(inner)
		}
	}
	return nil
}

func (c checker) conditionFunction(name string, args []*operand) error {
	if name == "if_not_exists" || name == "list_append" {
		return c.refuse("The function is not allowed in a condition expression; function: %s", name)
	}
	return c.arity(name, args)
}

func (c checker) arity(name string, args []*operand) error {
	want, ok := arities[name]
	switch {
	case !ok:
		return c.refuse("Invalid function name; function: %s", name)
	case len(args) != want:
		return c.refuse("Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", name, len(args))
	}
	return nil
}

func (c checker) misplaced(function string) error {
	return c.refuse("The function is not allowed to be used this way in an expression; function: %s", function)
}

func (c checker) wrongType(operator string, k kind) error {
	return c.refuse("Incorrect operand type for operator or function; operator or function: %s, operand type: %s", operator, k)
}

// condition checks the operands of one resolved condition.
func (c checker) condition(one *condition) error {
	for _, o := range one.operands {
		if o.function == "size" && o.args[0].placeholder != "" {
			if _, ok := o.args[0].value.size(); !ok {
				return c.wrongType("size", o.args[0].value.kind)
			}
		}
	}
	switch one.op {
	case "AND", "OR", "NOT":
		return nil
	case "attribute_exists", "attribute_not_exists":
		if one.operands[0].path == nil {
			return c.refuse("Operator or function requires a document path; operator or function: %s", one.op)
		}
		return nil
	case "attribute_type":
		return c.typeName(one.operands[1])
	case "begins_with":
		if k := one.operands[1].value.kind; k != "" && k != kindString && k != kindBinary {
			return c.wrongType(one.op, k)
		}
	case "<", "<=", ">", ">=":
		if err := c.ordered(one.op, one.operands); err != nil {
			return err
		}
	case "BETWEEN":
		if err := c.ordered(one.op, one.operands); err != nil {
			return err
		}
		return c.bounds(one.operands[1], one.operands[2])
	case "IN":
		if n := len(one.operands) - 1; n > maxAmong {
			return c.refuse("The IN operator is provided with too many operands; number of operands: %d", n)
		}
	}
	return c.distinct(one)
}

func (c checker) ordered(op string, operands []*operand) error {
	for _, o := range operands {
		if k := o.value.kind; k != "" && !k.isOrdered() {
			return c.wrongType(op, k)
		}
	}
	return nil
}

func (c checker) bounds(lower, upper *operand) error {
	low, high := lower.value, upper.value
	if low.kind == "" || high.kind == "" {
		return nil
	}
	switch {
	case low.kind != high.kind:
		return c.refuse("The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: %s, upper bound operand: %s", shown(low), shown(high))
	case low.compare(high) > 0:
		return c.refuse("The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: %s, upper bound operand: %s", shown(low), shown(high))
	}
	return nil
}

func shown(v value) string { return fmt.Sprintf("AttributeValue: {%s:%s}", v.kind, v.text) }

func (c checker) typeName(o *operand) error {
	const valid = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
	switch {
	case o.placeholder == "":
		return c.wrongType("attribute_type", valid)
	case o.value.kind != kindString:
		return c.wrongType("attribute_type", o.value.kind)
	case !kind(o.value.text).known():
		return c.refuse("Invalid attribute type name found; type: %s, valid types: %s", o.value.text, valid)
	}
	return nil
}

// distinct refuses a path compared with itself.
func (c checker) distinct(one *condition) error {
	first := one.operands[0].path
	for _, o := range one.operands[1:] {
		if first != nil && slices.Equal(first, o.path) {
			return c.refuse("The first operand must be distinct from the remaining operands for this operator or function; operator: %s, first operand: %s", one.op, first.text())
		}
	}
	return nil
}
