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
			rows := exploded(v, n.mode, seq)
			if len(rows) == 0 && n.outer {
				rows = [][]Value{{number(seq), nil, nil, nil, nil, nil}}
			}
			for _, extra := range rows {
				if err := yield(append(append(make([]Value, 0, len(columns)), row...), extra...)); err != nil {
					return err
				}
			}
			return nil
		})
	}}, nil
}

// exploded lists SEQ, KEY, PATH, INDEX, VALUE and THIS of each element.
func exploded(v Value, mode string, seq int64) (rows [][]Value) {
	j, ok := v.(JSON)
	if !ok {
		return nil
	}
	if j.shape() == shapeArray && mode != "OBJECT" {
		j.elements(func(i int, e JSON) bool {
			rows = append(rows, []Value{number(seq), nil, "[" + strconv.Itoa(i) + "]", number(int64(i)), e, j})
			return true
		})
	}
	if j.shape() == shapeObject && mode != "ARRAY" {
		j.members(func(key string, e JSON) bool {
			rows = append(rows, []Value{number(seq), key, key, nil, e, j})
			return true
		})
	}
	return rows
}
