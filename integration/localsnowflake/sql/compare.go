package sql

import (
	"cmp"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// compare orders two values of one type; NULLs are the caller's business.
// JSON scalars compare as what they stand for, other JSON by kind and text.
func compare(a, b Value) int {
	switch x := a.(type) {
	case *apd.Decimal:
		switch y := b.(type) {
		case *apd.Decimal:
			return x.Cmp(y)
		case float64:
			return compareFloats(toFloat(x), y)
		}
	case float64:
		switch y := b.(type) {
		case float64:
			return compareFloats(x, y)
		case *apd.Decimal:
			return compareFloats(x, toFloat(y))
		}
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y)
		}
	case bool:
		if y, ok := b.(bool); ok {
			return compareBools(x, y)
		}
	case Bytes:
		if y, ok := b.(Bytes); ok {
			return cmp.Compare(x, y)
		}
	case Day:
		if y, ok := b.(Day); ok {
			return cmp.Compare(x, y)
		}
	case Clock:
		if y, ok := b.(Clock); ok {
			return cmp.Compare(x, y)
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	case JSON:
		if y, ok := b.(JSON); ok {
			return compareJSON(x, y)
		}
	}
	return cmp.Compare(kindRank(a), kindRank(b))
}

func compareFloats(x, y float64) int {
	if x != x || y != y { // NaN is equal to itself and above all else
		return compareBools(x != x, y != y)
	}
	return cmp.Compare(x, y)
}

func compareBools(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}

func compareJSON(x, y JSON) int {
	if rx, ry := kindRank(x), kindRank(y); rx != ry {
		return cmp.Compare(rx, ry)
	}
	px, py := plain(x), plain(y)
	if px == nil || py == nil {
		return 0
	}
	if _, ok := px.(JSON); ok {
		return strings.Compare(canonical(x), canonical(y))
	}
	return compare(px, py)
}

// kindRank orders values of different kinds.
func kindRank(v Value) int {
	j, ok := v.(JSON)
	if !ok {
		return 9
	}
	switch j.shape() {
	case shapeNumber:
		return 1
	case shapeText:
		return 2
	case shapeTrue, shapeFalse:
		return 3
	case shapeArray:
		return 4
	case shapeObject:
		return 5
	}
	return 6
}

// canonical is a text that is equal for equal values, for GROUP BY and
// DISTINCT: 1 and 1.0 are one value, and so are objects whose members differ
// in order alone.
func canonical(v Value) string {
	switch v := v.(type) {
	case nil:
		return "_"
	case *apd.Decimal:
		return "n" + canonicalNumber(v)
	case float64:
		return "f" + floatText(v)
	case string:
		return "s" + v
	case bool:
		return "b" + string(asJSON(v, booleanType, time.UTC))
	case Bytes:
		return "x" + string(v)
	case time.Time:
		return "t" + v.UTC().Format(time.RFC3339Nano)
	case JSON:
		return "j" + string(v.canonical())
	case Day, Clock:
		return "d" + asText(v, catalog.Type{}, time.UTC).(string) + clockFraction(v)
	}
	return "?"
}

func clockFraction(v Value) string {
	if c, ok := v.(Clock); ok {
		return time.Duration(c % 1e9).String()
	}
	return ""
}

func canonicalNumber(d *apd.Decimal) string {
	r, _ := new(apd.Decimal).Reduce(d)
	if r.IsZero() {
		return "0"
	}
	return r.Text('e')
}

func (j JSON) canonical() JSON {
	switch j.shape() {
	case shapeNumber:
		if d, ok := j.decimal(); ok {
			return JSON(canonicalNumber(d))
		}
	case shapeText:
		return quoteJSON(j.text())
	case shapeArray:
		var b strings.Builder
		j.elements(func(i int, v JSON) bool {
			b.WriteString(string(v.canonical()) + ",")
			return true
		})
		return JSON("[" + b.String() + "]")
	case shapeObject:
		var b strings.Builder
		for _, m := range j.sortedMembers() {
			b.WriteString(string(quoteJSON(m.key)+":"+m.value.canonical()) + ",")
		}
		return JSON("{" + b.String() + "}")
	}
	return j
}
