package localdynamo

import (
	"reflect"
	"testing"
)

func TestUpdatesMakeTheItemDynamoDBMakes(t *testing.T) {
	const before = `{"a": {"N": "1"}, "b": {"S": "x"}, "l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]}, "m": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}}, "ss": {"SS": ["a", "b"]}}`
	for _, c := range []struct {
		update, values string
		want           string // the attributes that differ, null for absent
	}{
		{`SET a = :v`, `{":v": {"N": "2"}}`, `{"a": {"N": "2"}}`},
		{`SET a = a + :v, c = a`, `{":v": {"N": "0.5"}}`, `{"a": {"N": "1.5"}, "c": {"N": "1"}}`},
		{`SET a = :v - a`, `{":v": {"N": "0"}}`, `{"a": {"N": "-1"}}`},
		{`SET a = (:v) + (:v)`, `{":v": {"N": "12345678901234567890"}}`, `{"a": {"N": "24691357802469135780"}}`},
		{`SET a = b, b = a`, ``, `{"a": {"S": "x"}, "b": {"N": "1"}}`},
		{`SET c = if_not_exists(c, :z) + :v`, `{":z": {"N": "0"}, ":v": {"N": "1"}}`, `{"c": {"N": "1"}}`},
		{`SET a = if_not_exists(a, :v)`, `{":v": {"N": "9"}}`, `{}`},
		{`SET c = if_not_exists(d, if_not_exists(e, m.y))`, ``, `{"c": {"N": "2"}}`},
		{`SET l = list_append(:v, l)`, `{":v": {"L": [{"S": "first"}]}}`, `{"l": {"L": [{"S": "first"}, {"N": "0"}, {"N": "1"}, {"N": "2"}]}}`},
		{`SET l2 = list_append(if_not_exists(l2, :v), :v)`, `{":v": {"L": [{"N": "7"}]}}`, `{"l2": {"L": [{"N": "7"}, {"N": "7"}]}}`},
		{`SET l[20] = :x, l[15] = :v`, `{":x": {"S": "x"}, ":v": {"S": "v"}}`, `{"l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}, {"S": "v"}, {"S": "x"}]}}`},
		{`REMOVE l[0], l[2], l[9]`, ``, `{"l": {"L": [{"N": "1"}]}}`},
		{`REMOVE l[0] SET l[1] = :v`, `{":v": {"S": "set"}}`, `{"l": {"L": [{"S": "set"}, {"N": "2"}]}}`},
		{`SET m.x = :v, m.z = :v REMOVE m.y`, `{":v": {"N": "3"}}`, `{"m": {"M": {"x": {"N": "3"}, "z": {"N": "3"}}}}`},
		{`remove b, nothing`, ``, `{"b": null}`},
		{`ADD a :v, c :v`, `{":v": {"N": "-1"}}`, `{"a": {"N": "0"}, "c": {"N": "-1"}}`},
		{`ADD ss :v`, `{":v": {"SS": ["c", "b"]}}`, `{"ss": {"SS": ["a", "b", "c"]}}`},
		{`ADD m.x :v`, `{":v": {"N": "1"}}`, `{"m": {"M": {"x": {"N": "2"}, "y": {"N": "2"}}}}`},
		{`DELETE ss :v`, `{":v": {"SS": ["b", "q"]}}`, `{"ss": {"SS": ["a"]}}`},
		{`DELETE ss :v, gone :v`, `{":v": {"SS": ["b", "a"]}}`, `{"ss": null}`},
		{`SET a = :n REMOVE b ADD n :n DELETE ss :s`, `{":n": {"N": "5"}, ":s": {"SS": ["a"]}}`, `{"a": {"N": "5"}, "b": null, "n": {"N": "5"}, "ss": {"SS": ["b"]}}`},
	} {
		old := given(t, before)
		names, err := givenScope(nil, c.values)
		if err != nil {
			t.Fatal(err)
		}
		u, err := parseUpdate(c.update, names)
		if err != nil {
			t.Errorf("%s: %v", c.update, err)
			continue
		}
		got, err := u.apply(old)
		if err != nil {
			t.Errorf("%s: %v", c.update, err)
			continue
		}
		if want := differing(t, before, c.want); !reflect.DeepEqual(got.plain(), want.plain()) {
			t.Errorf("%s\n got %v\nwant %v", c.update, got.plain(), want.plain())
		}
		if !reflect.DeepEqual(old, given(t, before)) {
			t.Errorf("%s changed the item it started from", c.update)
		}
	}
}

// differing is the item before with some attributes replaced or, null, removed.
func differing(t *testing.T, before, changes string) item {
	t.Helper()
	it := given(t, before)
	var members map[string]*value
	if err := decode([]byte(changes), &members); err != nil {
		t.Fatal(err)
	}
	for name, v := range members {
		if v == nil {
			delete(it, name)
		} else {
			it[name] = *v
		}
	}
	return it
}

// The texts are those of AWS's own DynamoDB Local 3.3.1.
func TestBadUpdatesAreRefusedInDynamoDBsWords(t *testing.T) {
	const values = `{":v": {"N": "1"}, ":s": {"S": "x"}, ":ss": {"SS": ["x"]}, ":ns": {"NS": ["1"]}, ":big": {"N": "9e125"}, ":tiny": {"N": "1e-3"}, ":wide": {"N": "1e38"}, ":l": {"L": []}}`
	it := given(t, `{"a": {"N": "1"}, "b": {"S": "x"}, "ss": {"SS": ["a"]}, "m": {"M": {}}}`)
	for _, c := range []struct{ update, want string }{
		{``, `Invalid UpdateExpression: The expression can not be empty;`},
		{`SET a :v`, `Invalid UpdateExpression: Syntax error; token: ":v", near: "a :v"`},
		{`FOO a :v`, `Invalid UpdateExpression: Syntax error; token: "FOO", near: "FOO a"`},
		{`SET a = :v,`, `Invalid UpdateExpression: Syntax error; token: "<EOF>", near: ","`},
		{`SET a = a + :v + :v`, `Invalid UpdateExpression: Syntax error; token: "+", near: ":v + :v"`},
		{`SET 1b = :v`, `Invalid UpdateExpression: Syntax error; token: "1", near: "SET 1b"`},
		{`ADD a b`, `Invalid UpdateExpression: Syntax error; token: "b", near: "a b"`},
		{`SET a = ((:v))`, `Invalid UpdateExpression: The expression has redundant parentheses;`},
		{`SET a = :v SET b = :v`, `Invalid UpdateExpression: The "SET" section can only be used once in an update expression;`},
		{`SET a = :v REMOVE a`, `Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]`},
		{`SET m = :v, m.x = :v`, `Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, x]`},
		{`SET m.x = :v, m[0] = :v`, `Invalid UpdateExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [m, x], path two: [m, [0]]`},
		{`SET a = foo(:v)`, `Invalid UpdateExpression: Invalid function name; function: foo`},
		{`SET a = size(a)`, `Invalid UpdateExpression: The function is not allowed in an update expression; function: size`},
		{`SET a = list_append(:l)`, `Invalid UpdateExpression: Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1`},
		{`SET a = list_append(list_append(:l, :l), :l)`, `Invalid UpdateExpression: The function is not allowed to be used this way in an expression; function: list_append`},
		{`SET a = list_append(b, :v)`, `Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: list_append, operand type: N`},
		{`SET a = if_not_exists(:v, :v)`, `Invalid UpdateExpression: Operator or function requires a document path; operator or function: if_not_exists`},
		{`SET a = a + :s`, `Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S`},
		{`ADD a :s`, `Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND`},
		{`DELETE a :v`, `Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND`},
		{`SET a = zz + :v`, `The provided expression refers to an attribute that does not exist in the item`},
		{`SET a = zz`, `The provided expression refers to an attribute that does not exist in the item`},
		{`SET a = b + :v`, `An operand in the update expression has an incorrect data type`},
		{`SET a = list_append(b, :l)`, `An operand in the update expression has an incorrect data type`},
		{`ADD a :ss`, `An operand in the update expression has an incorrect data type`},
		{`DELETE ss :ns`, `An operand in the update expression has an incorrect data type`},
		{`SET zz.x = :v`, `The document path provided in the update expression is invalid for update`},
		{`SET a.x = :v`, `The document path provided in the update expression is invalid for update`},
		{`SET m[0] = :v`, `The document path provided in the update expression is invalid for update`},
		{`REMOVE zz.x`, `The document path provided in the update expression is invalid for update`},
		{`ADD zz.x :v`, `The document path provided in the update expression is invalid for update`},
		{`SET a = :big + :big`, `Number overflow. Attempting to store a number with magnitude larger than supported range`},
		{`SET a = :wide + :tiny`, `Attempting to store more than 38 significant digits in a Number`},
	} {
		names, err := givenScope(nil, values)
		if err != nil {
			t.Fatal(err)
		}
		u, err := parseUpdate(c.update, names)
		if err == nil {
			_, err = u.apply(it)
		}
		if got := text(err); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.update, got, c.want)
		}
	}
}

func TestProjectionsKeepTheShapeOfTheItem(t *testing.T) {
	it := given(t, shardRow)
	for _, c := range []struct{ projection, want, refused string }{
		{`n, m.a[1], m.a[0]`, `{"n": {"N": "5"}, "m": {"M": {"a": {"L": [{"N": "1"}, {"S": "x"}]}}}}`, ``},
		{`zz, m.zz, m.a[9], n.x`, `{}`, ``},
		{`m, m.a`, ``, `Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, a]`},
		{`n,,m`, ``, `Invalid ProjectionExpression: Syntax error; token: ",", near: ",,m"`},
		{`n,`, ``, `Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ","`},
		{`size(n)`, ``, `Invalid ProjectionExpression: Syntax error; token: "(", near: "size(n"`},
	} {
		names, err := givenScope(nil, "")
		if err != nil {
			t.Fatal(err)
		}
		paths, err := parseProjection(c.projection, names)
		if text(err) != c.refused {
			t.Errorf("%s: %v, want %q", c.projection, err, c.refused)
		}
		if err == nil && !reflect.DeepEqual(it.project(paths).plain(), given(t, c.want).plain()) {
			t.Errorf("%s gives %v, want %s", c.projection, it.project(paths).plain(), c.want)
		}
	}
}
