package localdynamo

import (
	"encoding/json"
	"strings"
	"testing"
)

// given reads attributes off their wire form.
func given(t testing.TB, wire string) item {
	t.Helper()
	var it item
	if err := json.Unmarshal([]byte(wire), &it); err != nil {
		t.Fatal(err)
	}
	return it
}

// given placeholders: names and values as a request carries them.
func givenScope(names map[string]string, values string) (*scope, error) {
	h := placeholders{ExpressionAttributeNames: names}
	if values != "" {
		if err := json.Unmarshal([]byte(values), &h.ExpressionAttributeValues); err != nil {
			return nil, err
		}
	}
	return h.scope(true)
}

// text is an error's message.
func text(err error) string {
	if err == nil {
		return ""
	}
	return asFailure(err).message
}

const shardRow = `{
	"shardId": {"S": "shard-1"}, "n": {"N": "5"}, "b": {"B": "AQID"}, "t": {"BOOL": true}, "z": {"NULL": true},
	"m": {"M": {"a": {"L": [{"N": "1"}, {"S": "x"}, {"NULL": true}]}, "k.k": {"S": "dotted"}}},
	"ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2.5"]}, "wide": {"S": "é😀"}
}`

func TestConditionsHoldAsDynamoDBSays(t *testing.T) {
	it := given(t, shardRow)
	for _, c := range []struct {
		condition string
		values    string
		want      bool
	}{
		{`n = :v`, `{":v": {"N": "5.00"}}`, true},
		{`n = :v`, `{":v": {"S": "5"}}`, false},
		{`n <> :v`, `{":v": {"S": "5"}}`, true},
		{`zz <> :v`, `{":v": {"N": "5"}}`, true},
		{`zz = :v`, `{":v": {"N": "5"}}`, false},
		{`zz < :v`, `{":v": {"N": "5"}}`, false},
		{`n < :v`, `{":v": {"N": "10"}}`, true},
		{`n <= :v AND n >= :v`, `{":v": {"N": "5"}}`, true},
		{`n > :v`, `{":v": {"N": "-1e3"}}`, true},
		{`n < :v`, `{":v": {"S": "9"}}`, false},
		{`shardId > :v`, `{":v": {"S": "shard-0"}}`, true},
		{`n BETWEEN :a AND :v AND shardId = :s`, `{":a": {"N": "1"}, ":v": {"N": "9"}, ":s": {"S": "shard-1"}}`, true},
		{`n BETWEEN :a AND :v`, `{":a": {"N": "6"}, ":v": {"N": "9"}}`, false},
		{`:v BETWEEN n AND :a`, `{":a": {"N": "7"}, ":v": {"N": "6"}}`, true},
		{`n IN (:a, :v)`, `{":a": {"S": "5"}, ":v": {"N": "5"}}`, true},
		{`zz in (:v)`, `{":v": {"N": "5"}}`, false},
		{`NOT n = :v`, `{":v": {"N": "6"}}`, true},
		{`not NOT n = :v`, `{":v": {"N": "5"}}`, true},
		{`n = :a OR n = :v AND n = :v`, `{":a": {"N": "5"}, ":v": {"N": "6"}}`, true},
		{`(n = :a OR n = :v) AND n = :v`, `{":a": {"N": "5"}, ":v": {"N": "6"}}`, false},
		{`NOT n = :a AND n = :v`, `{":a": {"N": "6"}, ":v": {"N": "5"}}`, true},
		{`NOT (n = :a AND n = :v)`, `{":a": {"N": "6"}, ":v": {"N": "5"}}`, true},
		{`(n)=:v`, `{":v": {"N": "5"}}`, true},
		{`attribute_exists(m.a[2])`, ``, true},
		{`attribute_exists(m.a[3]) OR attribute_not_exists(n)`, ``, false},
		{`attribute_not_exists(n.x) AND attribute_not_exists(m.a.x) AND attribute_not_exists(m[0])`, ``, true},
		{`attribute_type(m, :v)`, `{":v": {"S": "M"}}`, true},
		{`attribute_type(zz, :v)`, `{":v": {"S": "NULL"}}`, false},
		{`begins_with(shardId, :v)`, `{":v": {"S": "shard-"}}`, true},
		{`begins_with(b, :v)`, `{":v": {"B": "AQI="}}`, true},
		{`begins_with(n, :v)`, `{":v": {"S": "5"}}`, false},
		{`contains(shardId, :v)`, `{":v": {"S": "ard"}}`, true},
		{`contains(ss, :v)`, `{":v": {"S": "b"}}`, true},
		{`contains(ns, :v)`, `{":v": {"N": "2.50"}}`, true},
		{`contains(ns, :v)`, `{":v": {"S": "1"}}`, false},
		{`contains(m.a, :v)`, `{":v": {"NULL": true}}`, true},
		{`contains(n, :v)`, `{":v": {"N": "5"}}`, false},
		{`size(shardId) = :v`, `{":v": {"N": "7"}}`, true},
		{`size(wide) = :v`, `{":v": {"N": "3"}}`, true},
		{`size(m) < size(m.a)`, ``, true},
		{`size(b) = :v AND size(ss) < :v`, `{":v": {"N": "3"}}`, true},
		{`size(n) >= :v`, `{":v": {"N": "0"}}`, false},
		{`ss = :v`, `{":v": {"SS": ["b", "a"]}}`, true},
		{`ns = :v`, `{":v": {"NS": ["2.50", "1"]}}`, true},
		{`z = :v`, `{":v": {"NULL": true}}`, true},
		{`t = :v`, `{":v": {"BOOL": false}}`, false},
		{`m.a = :v`, `{":v": {"L": [{"N": "1"}, {"S": "x"}, {"NULL": true}]}}`, true},
	} {
		names, err := givenScope(nil, c.values)
		if err != nil {
			t.Fatalf("%s: %v", c.condition, err)
		}
		parsed, err := parseCondition(labelCondition, c.condition, names)
		if err != nil {
			t.Errorf("%s: %v", c.condition, err)
			continue
		}
		if err := names.checkUsed(); err != nil {
			t.Errorf("%s: %v", c.condition, err)
		}
		if got := parsed.holds(it); got != c.want {
			t.Errorf("%s with %s is %v, want %v", c.condition, c.values, got, c.want)
		}
	}
}

func TestNamesMayHoldWhatPathsCannot(t *testing.T) {
	names, err := givenScope(map[string]string{"#m": "m", "#k": "k.k"}, `{":v": {"S": "dotted"}}`)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parseCondition(labelCondition, "#m.#k = :v", names)
	if err != nil {
		t.Fatal(err)
	}
	if !parsed.holds(given(t, shardRow)) {
		t.Error("#m.#k does not lead to the member named k.k")
	}
}

// The texts are those of AWS's own DynamoDB Local 3.3.1.
func TestBadConditionsAreRefusedInDynamoDBsWords(t *testing.T) {
	const values = `{":v": {"N": "5"}, ":s": {"S": "x"}, ":l": {"L": []}, ":t": {"BOOL": true}}`
	for _, c := range []struct{ condition, want string }{
		{`n = `, `Syntax error; token: "<EOF>", near: "= "`},
		{`   `, `Syntax error; token: "<EOF>", near: "   "`},
		{`n`, `Syntax error; token: "<EOF>", near: "n"`},
		{`n == :v`, `Syntax error; token: "=", near: "== :v"`},
		{`n = :v AND`, `Syntax error; token: "<EOF>", near: "AND"`},
		{`n = :v)`, `Syntax error; token: ")", near: ":v)"`},
		{`(n = :v`, `Syntax error; token: "<EOF>", near: ":v"`},
		{`n @ :v`, `Syntax error; token: "@", near: "n @ :v"`},
		{`n = 'x'`, `Syntax error; token: "'", near: "= 'x"`},
		{`n = 5`, `Syntax error; token: "5", near: "= 5"`},
		{`AND n = :v`, `Syntax error; token: "AND", near: "AND n"`},
		{`n = :v n = :v`, `Syntax error; token: "n", near: ":v n ="`},
		{`n.[0] = :v`, `Syntax error; token: "[", near: ".[0"`},
		{`n[a] = :v`, `Syntax error; token: "a", near: "[a]"`},
		{`n[00] = :v`, `Syntax error; token: "0", near: "00]"`},
		{`n = :v = :v`, `Syntax error; token: "=", near: ":v = :v"`},
		{`n != :v`, `Syntax error; token: "!", near: "n !="`},
		{`n IN ()`, `Syntax error; token: ")", near: "()"`},
		{`_n = :v`, `Syntax error; token: "_", near: "_n"`},
		{`between = :v`, `Syntax error; token: "between", near: "between ="`},
		{``, `The expression can not be empty;`},
		{`((n = :v))`, `The expression has redundant parentheses;`},
		{`n[99999999999] = :v`, `List index is not within the allowable range; index: [99999999999]`},
		{`status = :v`, `Attribute name is a reserved keyword; reserved keyword: status`},
		{`m.Name = :v`, `Attribute name is a reserved keyword; reserved keyword: Name`},
		{`n = :zz`, `An expression attribute value used in expression is not defined; attribute value: :zz`},
		{`#zz = :v`, `An expression attribute name used in the document path is not defined; attribute name: #zz`},
		{`foo(n)`, `Invalid function name; function: foo`},
		{`ATTRIBUTE_EXISTS(n)`, `Invalid function name; function: ATTRIBUTE_EXISTS`},
		{`attribute_exists(n, m)`, `Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2`},
		{`attribute_exists(:v)`, `Operator or function requires a document path; operator or function: attribute_exists`},
		{`attribute_exists(n) = :v`, `The function is not allowed to be used this way in an expression; function: attribute_exists`},
		{`size(m)`, `The function is not allowed to be used this way in an expression; function: size`},
		{`if_not_exists(n, :v) = :v`, `The function is not allowed in a condition expression; function: if_not_exists`},
		{`n < :t`, `Incorrect operand type for operator or function; operator or function: <, operand type: BOOL`},
		{`begins_with(shardId, :v)`, `Incorrect operand type for operator or function; operator or function: begins_with, operand type: N`},
		{`size(:v) = :v`, `Incorrect operand type for operator or function; operator or function: size, operand type: N`},
		{`attribute_type(n, :v)`, `Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N`},
		{`n BETWEEN :v AND :s`, `The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:5}, upper bound operand: AttributeValue: {S:x}`},
		{`n = n`, `The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [n]`},
		{`n IN (` + strings.Repeat(":v, ", 100) + `:v)`, `The IN operator is provided with too many operands; number of operands: 101`},
	} {
		names, err := givenScope(nil, values)
		if err != nil {
			t.Fatal(err)
		}
		_, err = parseCondition(labelCondition, c.condition, names)
		if got, want := text(err), "Invalid ConditionExpression: "+c.want; got != want {
			t.Errorf("%s\n got %s\nwant %s", c.condition, got, want)
		}
	}
}

func TestPlaceholdersAreCheckedThemselves(t *testing.T) {
	for _, c := range []struct {
		names  map[string]string
		values string
		want   string
	}{
		{map[string]string{}, ``, `ExpressionAttributeNames must not be empty`},
		{map[string]string{"n": "x"}, ``, `ExpressionAttributeNames contains invalid key: Syntax error; key: "n"`},
		{map[string]string{"#a-b": "x"}, ``, `ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b"`},
		{map[string]string{"#n": ""}, ``, `ExpressionAttributeNames contains invalid value: Empty attribute name for key #n`},
		{nil, `{}`, `ExpressionAttributeValues must not be empty`},
		{nil, `{"v": {"S": "x"}}`, `ExpressionAttributeValues contains invalid key: Syntax error; key: "v"`},
		{nil, `{":v": {"N": "x"}}`, `ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :v`},
		{map[string]string{"#a": "n", "#b": "n", "#c": "n"}, ``, `Value provided in ExpressionAttributeNames unused in expressions: keys: {#b, #c}`},
		{map[string]string{"#a": "n"}, `{":v": {"S": "x"}}`, `Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}`},
	} {
		names, err := givenScope(c.names, c.values)
		if err == nil {
			if _, err = parseCondition(labelCondition, "attribute_exists(#a)", names); err == nil {
				err = names.checkUsed()
			}
		}
		if got := text(err); got != c.want {
			t.Errorf("%v %s\n got %s\nwant %s", c.names, c.values, got, c.want)
		}
	}
}
