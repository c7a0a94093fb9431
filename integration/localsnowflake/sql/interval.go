package sql

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// intervalPart is one "3 days" of an interval.
type intervalPart struct {
	n    int64
	unit string
}

// interval reads what follows INTERVAL: '1 year, 2 days', '5' for seconds, or
// '5' HOUR (docs.snowflake.com/sql-reference/data-types-datetime).
func (p *parser) interval(start int) expression {
	at := p.peek()
	text := p.str()
	iv := &interval{}
	if t := p.peek(); t.kind == tokenWord && !reserved[t.text] && !clauses[t.text] {
		if unit, err := part(t.text); err == nil {
			p.at++
			text += " " + unit
		}
	}
	for _, piece := range strings.Split(text, ",") {
		words := strings.Fields(piece)
		if len(words) == 1 { // 2y
			end := strings.LastIndexAny(words[0], "0123456789") + 1
			words = []string{words[0][:end], words[0][end:]}
		}
		if len(words) != 2 {
			panic(syntaxError(p.text, at.start, text))
		}
		n, err := strconv.ParseInt(words[0], 10, 64)
		unit := "SECOND"
		if words[1] != "" {
			var bad error
			if unit, bad = part(words[1]); bad != nil || strings.HasPrefix(unit, "EPOCH") || strings.HasPrefix(unit, "DAYOF") {
				panic(compileError(1040, "22023", "'%s' is not a valid date/time component", shorten(words[1])))
			}
		}
		if err != nil {
			panic(syntaxError(p.text, at.start, text))
		}
		iv.parts = append(iv.parts, intervalPart{n, unit})
	}
	iv.span = p.span(start)
	return iv
}

// hexLiteral reads the text of X'00FF'.
func (p *parser) hexLiteral(start int) expression {
	at := p.peek()
	text := p.str()
	raw, err := hex.DecodeString(text)
	if err != nil {
		panic(syntaxError(p.text, at.start, text))
	}
	return &literal{value: Bytes(raw), typ: catalog.Type{Name: catalog.Binary, Length: max(1, len(raw))}, span: p.span(start)}
}

// moved compiles a date or time plus or minus an interval; ok is false when
// the operation has none.
func (s *scope) moved(n *binary) (c compiled, ok bool, err error) {
	iv, right := n.r.(*interval)
	x := n.l
	if !right {
		if iv, ok = n.l.(*interval); !ok || n.op != "+" {
			return compiled{}, false, nil
		}
		x = n.r
	}
	if n.op != "+" && n.op != "-" {
		return compiled{}, false, nil
	}
	c, err = s.compile(x)
	if err != nil {
		return compiled{}, true, err
	}
	at, err := s.moment(c)
	if err != nil {
		return compiled{}, true, err
	}
	typ := at.typ
	for _, p := range iv.parts {
		if step, fixed := steps[p.unit]; fixed && step < 24*time.Hour && typ.Name == catalog.Date {
			typ = ntzType
		}
	}
	return strict(typ, func(v []Value) (Value, error) {
		t := s.local(v[0], at.typ)
		for _, p := range iv.parts { // in the order in which they were written
			count := p.n
			if n.op == "-" {
				count = -count
			}
			var fits bool
			if t, fits = addPart(t, p.unit, count); !fits {
				return nil, runtimeError(100040, "22007", "Date is out of range")
			}
		}
		return momentAs(t, typ), nil
	}, at), true, nil
}
