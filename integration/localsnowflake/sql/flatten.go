package sql

import (
	"strconv"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// flatten compiles LATERAL FLATTEN: for each row of left one row per element
// of the input (docs.snowflake.com/sql-reference/functions/flatten).
func (e *environment) flatten(left *relation, n *flattenSource, around *scope) (*relation, error) {
	if n.recursive {
		return nil, unsupported("FLATTEN with RECURSIVE => TRUE")
	}
	s := &scope{env: e, columns: left.columns, tables: around.tables, outer: around}
	input, err := s.compile(n.input)
	if err != nil {
		return nil, err
	}
	if n.path != nil {
		text, err := s.compile(n.path)
		if err != nil {
			return nil, err
		}
		if input, err = getPath(s, []compiled{input, text}); err != nil {
			return nil, err
		}
	}
	if !input.typ.Semistructured() && input.typ.Name != "NULL" {
		return nil, compileError(2004, "42601", "invalid type [%s] for parameter 'input' of FLATTEN", input.typ)
	}
	columns := append([]scopeColumn{}, left.columns...)
	for _, c := range []scopeColumn{
		{name: "SEQ", typ: catalog.Type{Name: catalog.Number, Precision: 19}}, {name: "KEY", typ: textType, nullable: true},
		{name: "PATH", typ: textType, nullable: true}, {name: "INDEX", typ: catalog.Type{Name: catalog.Number, Precision: 9}, nullable: true},
		{name: "VALUE", typ: variantType, nullable: true}, {name: "THIS", typ: variantType, nullable: true},
	} {
		if n.alias != "" {
			c.path = []string{n.alias}
		}
		columns = append(columns, c)
	}
	return &relation{columns: columns, run: func(yield func([]Value) error) error {
		var seq int64
		return left.run(func(row []Value) error {
			seq++
			v, err := input.eval(&frame{row: row})
			if err != nil {
				return err
			}
			found := false
			each := func(extra ...Value) bool {
				found = true
				err = yield(append(append(make([]Value, 0, len(columns)), row...), extra...))
				return err == nil
			}
			explode(v, n.mode, seq, each)
			if !found && n.outer {
				each(number(seq), nil, nil, nil, nil, nil)
			}
			return err
		})
	}}, nil
}

// explode yields SEQ, KEY, PATH, INDEX, VALUE and THIS of each element, until
// it is told to stop.
func explode(v Value, mode string, seq int64, yield func(...Value) bool) {
	j, ok := v.(JSON)
	if !ok {
		return
	}
	if j.shape() == shapeArray && mode != "OBJECT" {
		j.elements(func(i int, e JSON) bool {
			return yield(number(seq), nil, "["+strconv.Itoa(i)+"]", number(int64(i)), e, j)
		})
	}
	if j.shape() == shapeObject && mode != "ARRAY" {
		j.members(func(key string, e JSON) bool {
			return yield(number(seq), key, key, nil, e, j)
		})
	}
}
