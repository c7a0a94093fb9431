package localdynamo

import (
	"maps"
	"slices"
)

// expecting are the legacy request members of a conditional write.
type expecting struct {
	joining
	Expected map[string]expectation
}

// expectation is a condition on one attribute: a comparison, or whether the
// attribute exists and with which value.
type expectation struct {
	legacyCondition
	Exists *bool
	Value  *value
}

// condition is what Expected asks for, nil for nothing.
func (e expecting) condition() (*condition, error) {
	var all []*condition
	for _, name := range slices.Sorted(maps.Keys(e.Expected)) {
		one, err := e.Expected[name].comparison(name)
		if err != nil {
			return nil, err
		}
		if err := one.check("expected." + name + ".member"); err != nil {
			return nil, err
		}
		all = append(all, one.on(name))
	}
	return e.join(all)
}

// comparison is an expectation in the form of a comparison.
func (x expectation) comparison(name string) (legacyCondition, error) {
	wrong := func(format string, args ...any) (legacyCondition, error) {
		return legacyCondition{}, invalid("One or more parameter values were invalid: "+format, args...)
	}
	op := func(name string, values ...value) (legacyCondition, error) {
		return legacyCondition{ComparisonOperator: &name, AttributeValueList: values}, nil
	}
	compares := x.ComparisonOperator != nil
	switch {
	case x.Value != nil && x.AttributeValueList != nil:
		return wrong("Value and AttributeValueList cannot be used together for Attribute: %s", name)
	case compares && x.Exists != nil:
		return wrong("Exists and ComparisonOperator cannot be used together for Attribute: %s", name)
	case compares && x.Value != nil:
		return op(*x.ComparisonOperator, *x.Value)
	case compares && x.AttributeValueList == nil && *x.ComparisonOperator != "NULL" && *x.ComparisonOperator != "NOT_NULL" && comparisons[*x.ComparisonOperator].op != "":
		return wrong("Value or AttributeValueList must be used with ComparisonOperator: %s for Attribute: %s", *x.ComparisonOperator, name)
	case compares:
		return x.legacyCondition, nil
	case x.AttributeValueList != nil:
		return wrong("AttributeValueList can only be used with a ComparisonOperator for Attribute: %s", name)
	case x.Exists != nil && !*x.Exists && x.Value != nil:
		return wrong("Value cannot be used when Exists is false for Attribute: %s", name)
	case x.Exists != nil && !*x.Exists:
		return op("NULL")
	case x.Value == nil && x.Exists == nil:
		return wrong("Value must be provided when Exists is null for Attribute: %s", name)
	case x.Value == nil:
		return wrong("Value must be provided when Exists is true for Attribute: %s", name)
	}
	return op("EQ", *x.Value)
}

// present names the members that a request with expressions may not have.
func (e expecting) present() []string {
	var names []string
	if len(e.Expected) > 0 {
		names = append(names, "Expected")
	}
	if e.ConditionalOperator != nil {
		names = append(names, "ConditionalOperator")
	}
	return names
}
