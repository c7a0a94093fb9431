package localdynamo

import (
	"maps"
	"slices"
)

// legacyCondition is a condition on one attribute, as KeyConditions,
// QueryFilter and ScanFilter have it. Amazon DynamoDB Developer Guide,
// "Legacy conditional parameters".
type legacyCondition struct {
	ComparisonOperator *string
	AttributeValueList []value
}

// comparison says what a legacy operator means and takes.
type comparison struct {
	op       string // in an expression
	min, max int    // operands
	kinds    []kind // of operands; nil for all
}

var scalars = []kind{kindString, kindNumber, kindBinary}

var comparisons = map[string]comparison{
	"EQ":           {"=", 1, 1, nil},
	"NE":           {"<>", 1, 1, nil},
	"LE":           {"<=", 1, 1, scalars},
	"LT":           {"<", 1, 1, scalars},
	"GE":           {">=", 1, 1, scalars},
	"GT":           {">", 1, 1, scalars},
	"NOT_NULL":     {"attribute_exists", 0, 0, nil},
	"NULL":         {"attribute_not_exists", 0, 0, nil},
	"CONTAINS":     {"contains", 1, 1, scalars},
	"NOT_CONTAINS": {"contains", 1, 1, scalars},
	"BEGINS_WITH":  {"begins_with", 1, 1, []kind{kindString, kindBinary}},
	"IN":           {"IN", 1, maxAmong, scalars},
	"BETWEEN":      {"BETWEEN", 2, 2, scalars},
}

// operatorNames are in the order of DynamoDB's error message.
var operatorNames = []string{"IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS"}

// check checks the operator and its operands. member is its place in the request.
func (c legacyCondition) check(member string) error {
	if c.ComparisonOperator == nil {
		return required(member + ".comparisonOperator")
	}
	op := *c.ComparisonOperator
	if err := oneOf(member+".comparisonOperator", op, operatorNames...); err != nil {
		return err
	}
	meaning, ok := comparisons[op]
	values := c.AttributeValueList
	if !ok || len(values) < meaning.min || len(values) > meaning.max {
		return invalid("One or more parameter values were invalid: Invalid number of argument(s) for the %s ComparisonOperator", op)
	}
	for _, v := range values {
		if v.kind != values[0].kind {
			return invalid("One or more parameter values were invalid: AttributeValues inside AttributeValueList must be of same type")
		}
		if meaning.kinds != nil && !slices.Contains(meaning.kinds, v.kind) {
			return invalid("One or more parameter values were invalid: ComparisonOperator %s is not valid for %s AttributeValue type", op, v.kind)
		}
	}
	if op == "BETWEEN" && values[0].compare(values[1]) > 0 {
		return invalid("The BETWEEN condition was provided a range where the lower bound is greater than the upper bound")
	}
	return nil
}

// on is the condition as an expression would have it. NOT_CONTAINS does not
// hold for an attribute that is not there; NE does.
func (c legacyCondition) on(name string) *condition {
	here := &operand{path: path{{name: name}}}
	one := &condition{op: comparisons[*c.ComparisonOperator].op, operands: []*operand{here}}
	for _, v := range c.AttributeValueList {
		one.operands = append(one.operands, literal(v))
	}
	if *c.ComparisonOperator == "NOT_CONTAINS" {
		return &condition{op: "AND", parts: []*condition{
			{op: "attribute_exists", operands: []*operand{here}},
			{op: "NOT", parts: []*condition{one}},
		}}
	}
	return one
}

// literal is an operand that stands for itself.
func literal(v value) *operand { return &operand{placeholder: ":", value: v} }

// joining is the request member that joins legacy conditions.
type joining struct{ ConditionalOperator *string }

// join checks the operator and joins conditions, AND being its default.
func (j joining) join(all []*condition) (*condition, error) {
	op := "AND"
	if j.ConditionalOperator != nil {
		op = *j.ConditionalOperator
		if err := oneOf("conditionalOperator", op, "OR", "AND"); err != nil {
			return nil, err
		}
		switch len(all) {
		case 0:
			return nil, invalid("ConditionalOperator cannot be used without Filter or Expected")
		case 1:
			return nil, invalid("ConditionalOperator can only be used when Filter or Expected has two or more elements")
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	joined := all[0]
	for _, c := range all[1:] {
		joined = &condition{op: op, parts: []*condition{joined, c}}
	}
	return joined, nil
}

// legacyFilter checks a filter and joins its conditions.
func (j joining) legacyFilter(member string, filter map[string]legacyCondition) (*condition, error) {
	var all []*condition
	for _, name := range slices.Sorted(maps.Keys(filter)) {
		if err := filter[name].check(member + "." + name + ".member"); err != nil {
			return nil, err
		}
		all = append(all, filter[name].on(name))
	}
	return j.join(all)
}

// legacyKeyTests are KeyConditions as a KeyConditionExpression would have them.
func legacyKeyTests(conditions map[string]legacyCondition) ([]keyTest, error) {
	if n := len(conditions); n < 1 || n > 2 {
		return nil, invalid("Conditions can be of length 1 or 2 only")
	}
	var tests []keyTest
	for _, name := range slices.Sorted(maps.Keys(conditions)) {
		c := conditions[name]
		if err := c.check("keyConditions." + name + ".member"); err != nil {
			return nil, err
		}
		op := comparisons[*c.ComparisonOperator].op
		if *c.ComparisonOperator == "NOT_CONTAINS" || flipped[op] == "" && op != "BETWEEN" && op != "begins_with" {
			return nil, invalid("Attempted conditional constraint is not an indexable operation")
		}
		tests = append(tests, keyTest{name: name, op: op, values: c.AttributeValueList})
	}
	return tests, nil
}
