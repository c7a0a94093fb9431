package localdynamo

import "strings"

// keyTest is one part of a KeyConditionExpression: attribute op values.
type keyTest struct {
	name   string
	op     string
	values []value
}

// flipped is the operator with its sides changed.
var flipped = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// parseKeyCondition reads a KeyConditionExpression into its one or two tests.
func parseKeyCondition(source string, names *scope) ([]keyTest, error) {
	c, err := parseCondition(labelKey, source, names)
	if err != nil {
		return nil, err
	}
	return keyTests(c)
}

func keyTests(c *condition) ([]keyTest, error) {
	if c.op == "AND" {
		left, err := keyTests(c.parts[0])
		if err != nil {
			return nil, err
		}
		right, err := keyTests(c.parts[1])
		return append(left, right...), err
	}
	if flipped[c.op] == "" && c.op != "BETWEEN" && c.op != "begins_with" {
		return nil, invalid("Invalid operator used in KeyConditionExpression: %s", c.op)
	}
	test := keyTest{op: c.op}
	for i, o := range c.operands {
		switch {
		case o.function != "":
			return nil, invalid("KeyConditionExpressions cannot contain nested operations")
		case o.path == nil:
			test.values = append(test.values, o.value)
		case test.name != "":
			return nil, invalid("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")
		case len(o.path) > 1:
			return nil, invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: %s", o.path[0].name)
		case i > 0 && flipped[c.op] == "":
			return nil, invalid("Invalid condition in KeyConditionExpression: %s operator must have the key attribute as its first operand", c.op)
		default:
			test.name = o.path[0].name
			if i > 0 {
				test.op = flipped[c.op]
			}
		}
	}
	if test.name == "" {
		return nil, invalid("Invalid condition in KeyConditionExpression: No key attribute specified")
	}
	return []keyTest{test}, nil
}

// keyRange is what a Query reads: a partition and a stretch of its rows.
type keyRange struct {
	hash  value
	place func(value) int // whether a range value lies before (-1), in or after the stretch
}

// keyRange matches the tests with a table's key.
func (s schema) keyRange(tests []keyTest) (keyRange, error) {
	byName := map[string]keyTest{}
	for _, test := range tests {
		if _, twice := byName[test.name]; twice {
			return keyRange{}, invalid("KeyConditionExpressions must only contain one condition per key")
		}
		byName[test.name] = test
	}
	if len(tests) > 2 {
		return keyRange{}, invalid("Conditions can be of length 1 or 2 only")
	}
	hash, ok := byName[s.hash().name]
	if !ok {
		return keyRange{}, invalid("Query condition missed key schema element: %s", s.hash().name)
	}
	if hash.op != "=" {
		return keyRange{}, invalid("Query key condition not supported")
	}
	if err := hash.check(s[0], true); err != nil {
		return keyRange{}, err
	}
	within := keyRange{hash: hash.values[0], place: func(value) int { return 0 }}
	if len(tests) == 1 {
		return within, nil
	}
	if len(s) == 1 {
		return keyRange{}, invalid("Query key condition not supported")
	}
	test, ok := byName[s[1].name]
	if !ok {
		return keyRange{}, invalid("Query condition missed key schema element: %s", s[1].name)
	}
	within.place = test.place
	return within, test.check(s[1], false)
}

// check compares the given values with the key attribute's type.
func (t keyTest) check(part keyPart, isHash bool) error {
	for _, v := range t.values {
		if v.kind != part.kind {
			return invalid("One or more parameter values were invalid: Condition parameter type does not match schema type")
		}
		if err := checkKeyValue(part, v, isHash); err != nil {
			return err
		}
	}
	if t.op == "begins_with" && part.kind == kindNumber {
		return invalid("Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N")
	}
	return nil
}

// place tells where a range value lies: before the test's stretch, in or after it.
func (t keyTest) place(v value) int {
	order := v.compare(t.values[0])
	switch t.op {
	case "<":
		return after(order >= 0)
	case "<=":
		return after(order > 0)
	case ">":
		return -after(order <= 0)
	case ">=":
		return -after(order < 0)
	case "BETWEEN":
		return after(v.compare(t.values[1]) > 0) - after(order < 0)
	case "begins_with":
		if strings.HasPrefix(v.text, t.values[0].text) {
			return 0
		}
	}
	return order
}

// after is 1 for what lies beyond and 0 for what does not.
func after(beyond bool) int {
	if beyond {
		return 1
	}
	return 0
}
