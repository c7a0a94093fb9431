package sql

import (
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

var calendarFunctions = map[string]function{
	"QUARTER":                  onePart("QUARTER"),
	"WEEK":                     onePart("WEEK"),
	"WEEKOFYEAR":               onePart("WEEK"),
	"WEEKISO":                  onePart("WEEK"),
	"DAYOFMONTH":               onePart("DAY"),
	"DAYOFWEEK":                onePart("DAYOFWEEK"),
	"DAYOFYEAR":                onePart("DAYOFYEAR"),
	"DAYOFWEEKISO":             ofDay(catalog.Type{Name: catalog.Number, Precision: 2}, func(t time.Time) Value { return number(int64(t.Weekday()+6)%7 + 1) }),
	"DAYNAME":                  ofDay(textType, func(t time.Time) Value { return t.Format("Mon") }),
	"MONTHNAME":                ofDay(textType, func(t time.Time) Value { return t.Format("Jan") }),
	"LAST_DAY":                 {1, 2, lastDay},
	"ADD_MONTHS":               {2, 2, addMonths},
	"DATE_FROM_PARTS":          simple(3, 3, dateType, dateFromParts, integerType),
	"DATEFROMPARTS":            simple(3, 3, dateType, dateFromParts, integerType),
	"TIMESTAMP_FROM_PARTS":     simple(6, 7, ntzType, momentFromParts, integerType),
	"TIMESTAMP_NTZ_FROM_PARTS": simple(6, 7, ntzType, momentFromParts, integerType),
	"CONVERT_TIMEZONE":         {2, 3, convertZone},
}

// ofDay is a function of a date or time stamp.
func ofDay(typ catalog.Type, get func(time.Time) Value) function {
	return function{1, 1, func(s *scope, args []compiled) (compiled, error) {
		at, err := s.moment(args[0])
		if err != nil {
			return compiled{}, err
		}
		return strict(typ, func(v []Value) (Value, error) { return get(s.local(v[0], at.typ)), nil }, at), nil
	}}
}

// lastDay is the last day of the month, or of another part.
func lastDay(s *scope, args []compiled) (compiled, error) {
	unit := "MONTH"
	if len(args) == 2 {
		var err error
		if unit, err = partOf(args[1]); err != nil {
			return compiled{}, err
		}
	}
	at, err := s.moment(args[0])
	if err != nil {
		return compiled{}, err
	}
	return strict(dateType, func(v []Value) (Value, error) {
		begin, ok := truncate(s.local(v[0], at.typ), unit)
		next, fits := addPart(begin, unit, 1)
		if !ok || !fits {
			return nil, compileError(1040, "22023", "'%s' is not supported by LAST_DAY", unit)
		}
		return dayOf(next) - 1, nil
	}, at), nil
}

// addMonths moves by months; the last day of a month stays the last day.
func addMonths(s *scope, args []compiled) (compiled, error) {
	at, err := s.moment(args[0])
	if err != nil {
		return compiled{}, err
	}
	months, err := s.as(args[1], integerType)
	if err != nil {
		return compiled{}, err
	}
	return strict(at.typ, func(v []Value) (Value, error) {
		t := s.local(v[0], at.typ)
		n, _ := asInt(v[1])
		moved, fits := addPart(t, "MONTH", n)
		if !fits {
			return nil, runtimeError(100040, "22007", "Date is out of range")
		}
		if t.AddDate(0, 0, 1).Day() == 1 {
			moved = moved.AddDate(0, 1, -moved.Day())
		}
		return momentAs(moved, at.typ), nil
	}, at, months), nil
}

// dateFromParts takes months and days beyond their bounds, too.
func dateFromParts(v []Value) (Value, error) {
	t, err := fromParts(v, 3)
	if err != nil {
		return nil, err
	}
	return dayOf(t), nil
}

func momentFromParts(v []Value) (Value, error) {
	t, err := fromParts(v, len(v))
	if err != nil {
		return nil, err
	}
	return t, nil
}

func fromParts(v []Value, n int) (time.Time, error) {
	var parts [7]int
	for i := range n {
		p, ok := asInt(v[i])
		if !ok || p > 1e9 || p < -1e9 {
			return time.Time{}, runtimeError(100040, "22007", "Date is out of range")
		}
		parts[i] = int(p)
	}
	return time.Date(parts[0], time.Month(parts[1]), parts[2], parts[3], parts[4], parts[5], parts[6], time.UTC), nil
}

// convertZone moves a time stamp to another zone: of three arguments the first
// is the zone that a TIMESTAMP_NTZ is in, and the result is one again; of two
// the result has the zone's offset.
func convertZone(s *scope, args []compiled) (compiled, error) {
	zones, err := s.convertAll(args[:len(args)-1], textType)
	if err != nil {
		return compiled{}, err
	}
	last := args[len(args)-1]
	if len(args) == 3 {
		at, err := s.as(last, ntzType)
		if err != nil {
			return compiled{}, err
		}
		return strict(ntzType, func(v []Value) (Value, error) {
			from, err := location(v[0].(string))
			if err != nil {
				return nil, err
			}
			to, err := location(v[1].(string))
			if err != nil {
				return nil, err
			}
			return wall(wall(v[2].(time.Time), from).In(to), time.UTC), nil
		}, zones[0], zones[1], at), nil
	}
	tz := catalog.Type{Name: catalog.TimestampTZ, Precision: 9}
	at, err := s.as(last, tz)
	if err != nil {
		return compiled{}, err
	}
	return strict(tz, func(v []Value) (Value, error) {
		to, err := location(v[0].(string))
		if err != nil {
			return nil, err
		}
		moved := v[1].(time.Time).In(to)
		_, offset := moved.Zone()
		return moved.In(time.FixedZone("", offset)), nil
	}, zones[0], at), nil
}
