package sql

import (
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

var timeFunctions = map[string]function{
	"DATEADD":       {3, 3, dateAdd},
	"TIMEADD":       {3, 3, dateAdd},
	"TIMESTAMPADD":  {3, 3, dateAdd},
	"DATEDIFF":      {3, 3, dateDiff},
	"TIMEDIFF":      {3, 3, dateDiff},
	"TIMESTAMPDIFF": {3, 3, dateDiff},
	"DATE_TRUNC":    {2, 2, dateTrunc},
	"DATE_PART":     {2, 2, datePart},
	"EXTRACT":       {2, 2, datePart},
	"YEAR":          onePart("YEAR"),
	"MONTH":         onePart("MONTH"),
	"DAY":           onePart("DAY"),
	"HOUR":          onePart("HOUR"),
	"MINUTE":        onePart("MINUTE"),
	"SECOND":        onePart("SECOND"),
}

// part gives the spellings of a date part one name
// (docs.snowflake.com/sql-reference/functions-date-time).
func part(s string) (string, error) {
	spellings := map[string]string{
		"YEAR": "YEAR", "Y": "YEAR", "YY": "YEAR", "YYYY": "YEAR", "YR": "YEAR", "YEARS": "YEAR",
		"QUARTER": "QUARTER", "Q": "QUARTER", "QTR": "QUARTER", "QUARTERS": "QUARTER",
		"MONTH": "MONTH", "MM": "MONTH", "MON": "MONTH", "MONS": "MONTH", "MONTHS": "MONTH",
		"WEEK": "WEEK", "W": "WEEK", "WK": "WEEK", "WEEKS": "WEEK",
		"DAY": "DAY", "D": "DAY", "DD": "DAY", "DAYS": "DAY", "DAYOFMONTH": "DAY",
		"HOUR": "HOUR", "H": "HOUR", "HH": "HOUR", "HR": "HOUR", "HOURS": "HOUR", "HRS": "HOUR",
		"MINUTE": "MINUTE", "M": "MINUTE", "MI": "MINUTE", "MIN": "MINUTE", "MINUTES": "MINUTE", "MINS": "MINUTE",
		"SECOND": "SECOND", "S": "SECOND", "SEC": "SECOND", "SECONDS": "SECOND", "SECS": "SECOND",
		"MILLISECOND": "MILLISECOND", "MS": "MILLISECOND", "MSEC": "MILLISECOND", "MILLISECONDS": "MILLISECOND",
		"MICROSECOND": "MICROSECOND", "US": "MICROSECOND", "USEC": "MICROSECOND", "MICROSECONDS": "MICROSECOND",
		"NANOSECOND": "NANOSECOND", "NS": "NANOSECOND", "NSEC": "NANOSECOND", "NANOSECONDS": "NANOSECOND",
		"EPOCH_SECOND": "EPOCH_SECOND", "EPOCH": "EPOCH_SECOND", "EPOCH_SECONDS": "EPOCH_SECOND",
		"EPOCH_MILLISECOND": "EPOCH_MILLISECOND", "EPOCH_MILLISECONDS": "EPOCH_MILLISECOND",
		"EPOCH_MICROSECOND": "EPOCH_MICROSECOND", "EPOCH_NANOSECOND": "EPOCH_NANOSECOND",
		"DAYOFWEEK": "DAYOFWEEK", "DOW": "DAYOFWEEK", "DAYOFYEAR": "DAYOFYEAR", "DOY": "DAYOFYEAR",
	}
	if name, ok := spellings[upper(s)]; ok {
		return name, nil
	}
	return "", compileError(1040, "22023", "'%s' is not a valid date/time component", s)
}

// steps are the parts of fixed length.
var steps = map[string]time.Duration{"WEEK": 168 * time.Hour, "DAY": 24 * time.Hour, "HOUR": time.Hour, "MINUTE": time.Minute, "SECOND": time.Second,
	"MILLISECOND": time.Millisecond, "MICROSECOND": time.Microsecond, "NANOSECOND": time.Nanosecond}

// partOf reads the part that must be a constant.
func partOf(c compiled) (string, error) {
	text, ok := c.constant.(string)
	if !ok {
		return "", compileError(1015, "22023", "argument 1 needs to be constant")
	}
	return part(text)
}

// moment makes an argument a DATE, TIME or TIMESTAMP; text becomes a
// TIMESTAMP_NTZ.
func (s *scope) moment(c compiled) (compiled, error) {
	if c.typ.Name == catalog.Date || c.typ.Name == catalog.Time || isTimestamp(c.typ) {
		return c, nil
	}
	return s.as(c, ntzType)
}

// local is a value as a time.Time whose date and clock are what its parts mean.
func (s *scope) local(v Value, typ catalog.Type) time.Time {
	switch x := v.(type) {
	case Day:
		return x.time()
	case Clock:
		return epoch.Add(time.Duration(x))
	case time.Time:
		if typ.Name == catalog.TimestampLTZ {
			return x.In(s.env.zone)
		}
		return x
	}
	return time.Time{}
}

// like makes a moment a value of a type again.
func momentAs(t time.Time, typ catalog.Type) Value {
	switch typ.Name {
	case catalog.Date:
		return dayOf(t)
	case catalog.Time:
		return clockOf(t)
	case catalog.TimestampLTZ:
		return t.UTC()
	}
	return t
}

func dateAdd(s *scope, args []compiled) (compiled, error) {
	unit, err := partOf(args[0])
	if err != nil {
		return compiled{}, err
	}
	n, err := s.as(args[1], integerType)
	if err != nil {
		return compiled{}, err
	}
	at, err := s.moment(args[2])
	if err != nil {
		return compiled{}, err
	}
	typ := at.typ
	if step, ok := steps[unit]; ok && step < 24*time.Hour && typ.Name == catalog.Date {
		typ = ntzType
	}
	return strict(typ, func(v []Value) (Value, error) {
		count, ok := asInt(v[0])
		moved, fits := addPart(s.local(v[1], at.typ), unit, count)
		if !ok || !fits {
			return nil, runtimeError(100040, "22007", "Date is out of range")
		}
		return momentAs(moved, typ), nil
	}, n, at), nil
}

// addPart moves by calendar parts; a month's missing day becomes its last one.
func addPart(t time.Time, unit string, n int64) (time.Time, bool) {
	if n > 1e12 || n < -1e12 {
		if unit != "MILLISECOND" && unit != "MICROSECOND" && unit != "NANOSECOND" {
			return t, false
		}
	}
	months := map[string]int64{"MONTH": 1, "QUARTER": 3, "YEAR": 12}[unit]
	if months > 0 {
		if n > 120_000 || n < -120_000 {
			return t, false
		}
		y, m, d := t.Date()
		first := time.Date(y, m+time.Month(n*months), 1, 0, 0, 0, 0, t.Location())
		last := first.AddDate(0, 1, -1).Day()
		clock := t.Sub(time.Date(y, m, d, 0, 0, 0, 0, t.Location()))
		moved := first.AddDate(0, 0, min(d, last)-1).Add(clock)
		return moved, moved.Year() >= -4712 && moved.Year() <= 9999
	}
	step, ok := steps[unit]
	if !ok {
		return t, false
	}
	if step >= 24*time.Hour {
		days := n * int64(step/(24*time.Hour))
		if days > 4_000_000 || days < -4_000_000 {
			return t, false
		}
		moved := t.AddDate(0, 0, int(days))
		return moved, moved.Year() >= -4712 && moved.Year() <= 9999
	}
	perSecond := int64(time.Second / max(step, 1))
	var moved time.Time
	if step >= time.Second {
		moved = time.Unix(t.Unix()+n*int64(step/time.Second), int64(t.Nanosecond())).In(t.Location())
	} else {
		moved = time.Unix(t.Unix()+n/perSecond, int64(t.Nanosecond())+n%perSecond*int64(step)).In(t.Location())
	}
	return moved, moved.Year() >= -4712 && moved.Year() <= 9999
}

func dateDiff(s *scope, args []compiled) (compiled, error) {
	unit, err := partOf(args[0])
	if err != nil {
		return compiled{}, err
	}
	a, err := s.moment(args[1])
	if err != nil {
		return compiled{}, err
	}
	b, err := s.moment(args[2])
	if err != nil {
		return compiled{}, err
	}
	return strict(catalog.Type{Name: catalog.Number, Precision: 18}, func(v []Value) (Value, error) {
		from, to := s.local(v[0], a.typ), s.local(v[1], b.typ)
		n, ok := partsBetween(unit, from, to)
		if !ok {
			return nil, compileError(1040, "22023", "'%s' is not supported by DATEDIFF", unit)
		}
		return number(n), nil
	}, a, b), nil
}

// partsBetween counts the boundaries of a part between two moments.
func partsBetween(unit string, from, to time.Time) (int64, bool) {
	switch unit {
	case "YEAR":
		return int64(to.Year() - from.Year()), true
	case "QUARTER":
		return int64((to.Year()-from.Year())*4 + (int(to.Month())-1)/3 - (int(from.Month())-1)/3), true
	case "MONTH":
		return int64((to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())), true
	case "WEEK": // weeks begin on Monday
		monday := func(t time.Time) int64 { return floorDiv(int64(dayOf(t))+3, 7) }
		return monday(to) - monday(from), true
	case "DAY":
		return int64(dayOf(to) - dayOf(from)), true
	}
	step, ok := steps[unit]
	if !ok {
		return 0, false
	}
	if step >= time.Second {
		n := int64(step / time.Second)
		return floorDiv(to.Unix(), n) - floorDiv(from.Unix(), n), true
	}
	perSecond := int64(time.Second / step)
	return (to.Unix()-from.Unix())*perSecond + int64(to.Nanosecond())/int64(step) - int64(from.Nanosecond())/int64(step), true
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
