package sql

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// Binding is one bound value as drivers send it: Type is FIXED, TEXT, REAL,
// BOOLEAN, BINARY, DATE, TIME or TIMESTAMP_*; a nil Value is NULL.
type Binding struct {
	Type  string
	Value *string
	Batch []*string // instead of Value: one value per row, for INSERT ... VALUES
}

// Bindings are the values of ? and :n by number from 1.
type Bindings struct {
	Values  map[int]Binding
	lenient bool // describing: what is missing is a NULL
	row     int  // of the arrays
}

// batch is the length of the longest bound array, 0 without any.
func (b Bindings) batch() (n int) {
	for _, bound := range b.Values {
		n = max(n, len(bound.Batch))
	}
	return n
}

func (b Bindings) value(n int) (Value, catalog.Type, error) {
	bound, ok := b.Values[n]
	if !ok {
		if b.lenient {
			return nil, textType, nil
		}
		return nil, textType, compileError(2049, "42601", "Bind variable :%d not set.", n)
	}
	typ, ok := bindTypes[upper(bound.Type)]
	if !ok {
		return nil, textType, compileError(2050, "42601", "Bind variable :%d has an unknown type '%s'.", n, bound.Type)
	}
	if bound.Batch != nil {
		if b.row >= len(bound.Batch) {
			return nil, typ, compileError(2050, "42601", "Bind variable :%d has %d values, others have more.", n, len(bound.Batch))
		}
		bound.Value = bound.Batch[b.row]
	}
	if bound.Value == nil {
		return nil, typ, nil
	}
	v, typ, ok := bound.decode(typ)
	if !ok {
		return nil, typ, compileError(2050, "42601", "Bind variable :%d is no valid %s.", n, bound.Type)
	}
	return v, typ, nil
}

var bindTypes = map[string]catalog.Type{
	"FIXED": integerType, "REAL": floatType, "TEXT": textType, "BOOLEAN": booleanType,
	"BINARY": {Name: catalog.Binary, Length: catalog.DefaultBytes}, "DATE": dateType, "TIME": {Name: catalog.Time, Precision: 9},
	"TIMESTAMP_NTZ": ntzType, "TIMESTAMP_LTZ": ltzType, "TIMESTAMP_TZ": {Name: catalog.TimestampTZ, Precision: 9},
	"TIMESTAMP": ntzType, "VARIANT": textType, "OBJECT": textType, "ARRAY": textType, "ANY": textType,
}

// decode reads the wire form: dates are milliseconds, times and timestamps
// nanoseconds, a TIMESTAMP_TZ has its offset in minutes plus 1440 behind it.
func (b Binding) decode(typ catalog.Type) (Value, catalog.Type, bool) {
	text := *b.Value
	switch typ.Name {
	case catalog.Number:
		d, ok := parseDecimal(text)
		if !ok {
			return nil, typ, false
		}
		return b.number(d)
	case catalog.Float:
		f, ok := floatFromText(text)
		return f, typ, ok
	case catalog.Boolean:
		v := lower(text)
		return v == "true" || v == "1", typ, v == "true" || v == "false" || v == "1" || v == "0"
	case catalog.Binary:
		raw, err := hex.DecodeString(text)
		return Bytes(raw), typ, err == nil
	case catalog.Date:
		if d, ok := parseDay(text); ok && strings.Contains(text, "-") && !strings.HasPrefix(text, "-") {
			return d, typ, true
		}
		ms, err := strconv.ParseInt(text, 10, 64)
		return Day(floorDiv(ms, 86_400_000)), typ, err == nil
	case catalog.Time:
		ns, err := strconv.ParseInt(text, 10, 64)
		return Clock(ns), typ, err == nil && ns >= 0 && ns < 86_400e9
	case catalog.TimestampNTZ, catalog.TimestampLTZ, catalog.TimestampTZ:
		return decodeMoment(text, typ)
	}
	return text, typ, true
}

func (b Binding) number(d *apd.Decimal) (Value, catalog.Type, bool) {
	typ := integerType
	if d.Exponent < 0 {
		typ.Scale = int(min(-d.Exponent, 37))
	}
	out, ok := rescale(d, typ.Precision, typ.Scale)
	return out, typ, ok
}

func decodeMoment(text string, typ catalog.Type) (Value, catalog.Type, bool) {
	nanos, offset, zoned := strings.Cut(text, " ")
	ns, err := strconv.ParseInt(nanos, 10, 64)
	if err != nil {
		t, isZoned, ok := parseMoment(text, time.UTC)
		return flavour(t, isZoned, typ, time.UTC), typ, ok
	}
	t := time.Unix(floorDiv(ns, 1e9), ns-floorDiv(ns, 1e9)*1e9).UTC()
	if zoned {
		minutes, err := strconv.Atoi(offset)
		if err != nil || minutes < 0 || minutes > 2880 {
			return nil, typ, false
		}
		t = t.In(time.FixedZone("", (minutes-1440)*60))
	}
	return t, typ, true
}
