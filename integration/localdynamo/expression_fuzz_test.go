package localdynamo

import (
	"errors"
	"testing"
)

// FuzzExpressions feeds any text to all parsers: each either refuses it with a
// ValidationException or yields something that can be evaluated.
func FuzzExpressions(f *testing.F) {
	for _, seed := range []string{
		"n = :v", "((a.b[0] <> :v) AND NOT contains(#n, :s))", "size(m) BETWEEN :v AND :v", "SET a = if_not_exists(a, :v) + :v REMOVE m.x ADD ss :s",
		"a, b.c[2], #n", "begins_with(shardId, :s) OR n IN (:v, :s)", "((((", "SET", "é[", "\x00", "a.", "#", ":v :v", "DELETE ss :s, l[1] :s",
	} {
		f.Add(seed)
	}
	it := given(f, shardRow)
	f.Fuzz(func(t *testing.T, source string) {
		names, err := givenScope(map[string]string{"#n": "n"}, `{":v": {"N": "1"}, ":s": {"S": "x"}}`)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := parseCondition(labelCondition, source, names); err == nil {
			c.holds(it)
			c.holds(nil)
		} else {
			refused(t, source, err)
		}
		if u, err := parseUpdate(source, names); err == nil {
			if _, err := u.apply(it); err != nil {
				refused(t, source, err)
			}
		} else {
			refused(t, source, err)
		}
		if tests, err := parseKeyCondition(source, names); err == nil {
			if _, err := (schema{{"n", kindNumber}, {"shardId", kindString}}).keyRange(tests); err != nil {
				refused(t, source, err)
			}
		} else {
			refused(t, source, err)
		}
		if paths, err := parseProjection(source, names); err == nil {
			it.project(paths)
		} else {
			refused(t, source, err)
		}
	})
}

func refused(t *testing.T, source string, err error) {
	t.Helper()
	var f *failure
	if !errors.As(err, &f) || f.code != "ValidationException" {
		t.Errorf("%q: %v, want a ValidationException", source, err)
	}
}
