package sql

import (
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// dateTrunc accepts its two arguments in either order, as the service does.
func dateTrunc(s *scope, args []compiled) (compiled, error) {
	unit, err := partOf(args[0])
	if err != nil {
		if unit, err = partOf(args[1]); err != nil {
			return compiled{}, err
		}
		args = []compiled{args[1], args[0]}
	}
	at, err := s.moment(args[1])
	if err != nil {
		return compiled{}, err
	}
	return strict(at.typ, func(v []Value) (Value, error) {
		t, ok := truncate(s.local(v[0], at.typ), unit)
		if !ok {
			return nil, compileError(1040, "22023", "'%s' is not supported by DATE_TRUNC", unit)
		}
		return momentAs(t, at.typ), nil
	}, at), nil
}

func truncate(t time.Time, unit string) (time.Time, bool) {
	y, m, d := t.Date()
	midnight := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, t.Location()) }
	switch unit {
	case "YEAR":
		return midnight(y, 1, 1), true
	case "QUARTER":
		return midnight(y, (m-1)/3*3+1, 1), true
	case "MONTH":
		return midnight(y, m, 1), true
	case "WEEK":
		return midnight(y, m, d-(int(t.Weekday())+6)%7), true
	case "DAY":
		return midnight(y, m, d), true
	}
	step, ok := steps[unit]
	if !ok {
		return t, false
	}
	return midnight(y, m, d).Add(t.Sub(midnight(y, m, d)).Truncate(step)), true
}

func datePart(s *scope, args []compiled) (compiled, error) {
	unit, err := partOf(args[0])
	if err != nil {
		return compiled{}, err
	}
	return s.extract(unit, args[1])
}

func onePart(unit string) function {
	return function{1, 1, func(s *scope, args []compiled) (compiled, error) { return s.extract(unit, args[0]) }}
}

func (s *scope) extract(unit string, x compiled) (compiled, error) {
	at, err := s.moment(x)
	if err != nil {
		return compiled{}, err
	}
	return strict(catalog.Type{Name: catalog.Number, Precision: 19}, func(v []Value) (Value, error) {
		n, ok := extractPart(s.local(v[0], at.typ), unit)
		if !ok {
			return nil, compileError(1040, "22023", "'%s' is not supported by DATE_PART", unit)
		}
		return number(n), nil
	}, at), nil
}

func extractPart(t time.Time, unit string) (int64, bool) {
	_, week := t.ISOWeek()
	n, ok := map[string]int64{
		"YEAR": int64(t.Year()), "QUARTER": int64(t.Month()-1)/3 + 1, "MONTH": int64(t.Month()), "WEEK": int64(week), "DAY": int64(t.Day()),
		"HOUR": int64(t.Hour()), "MINUTE": int64(t.Minute()), "SECOND": int64(t.Second()), "NANOSECOND": int64(t.Nanosecond()),
		"EPOCH_SECOND": t.Unix(), "EPOCH_MILLISECOND": t.UnixMilli(), "EPOCH_MICROSECOND": t.UnixMicro(), "EPOCH_NANOSECOND": t.UnixNano(),
		"DAYOFWEEK": int64(t.Weekday()), "DAYOFYEAR": int64(t.YearDay()),
	}[unit]
	return n, ok
}
