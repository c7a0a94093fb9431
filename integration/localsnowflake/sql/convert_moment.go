package sql

import (
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// convertMoment converts to DATE, TIME and the TIMESTAMP types.
func convertMoment(from, to catalog.Type, zone *time.Location, impossible *Error) (conversion, *Error) {
	switch {
	case from.Name == catalog.Varchar, from.Name == "NULL", from.Name == to.Name, isTimestamp(from):
	case from.Name == catalog.Date && isTimestamp(to):
	case isNumeric(from) && isTimestamp(to):
	default:
		return nil, impossible
	}
	return func(v Value) (Value, error) {
		switch v := v.(type) {
		case string:
			return momentFromText(v, to, zone)
		case Day:
			if to.Name == catalog.Date {
				return v, nil
			}
			return flavour(wall(v.time(), zoneFor(to, zone)), false, to, zone), nil
		case Clock:
			return v - v%Clock(unit(to.Precision)), nil
		case time.Time:
			return momentFromMoment(v, from, to, zone), nil
		case *apd.Decimal:
			return epochNumber(v, 0, to, zone)
		case float64:
			d := new(apd.Decimal)
			if _, err := d.SetFloat64(v); err != nil {
				return nil, runtimeError(100035, "22007", "Timestamp '%s' is not recognized", floatText(v))
			}
			return epochNumber(d, 0, to, zone)
		}
		return nil, impossible
	}, nil
}

// zoneFor is where a wall clock without an offset is read for a type.
func zoneFor(to catalog.Type, zone *time.Location) *time.Location {
	if to.Name == catalog.TimestampNTZ {
		return time.UTC
	}
	return zone
}

func momentFromText(s string, to catalog.Type, zone *time.Location) (Value, error) {
	switch to.Name {
	case catalog.Date:
		if d, ok := parseDay(s); ok {
			return d, nil
		}
		return nil, runtimeError(100040, "22007", "Date '%s' is not recognized", shorten(s))
	case catalog.Time:
		if c, ok := parseClock(s); ok {
			return c - c%Clock(unit(to.Precision)), nil
		}
		return nil, runtimeError(100108, "22007", "Time '%s' is not recognized", shorten(s))
	}
	t, zoned, ok := parseMoment(s, zoneFor(to, zone))
	if !ok {
		return nil, runtimeError(100035, "22007", "Timestamp '%s' is not recognized", shorten(s))
	}
	return flavour(t, zoned, to, zone), nil
}

func momentFromMoment(t time.Time, from, to catalog.Type, zone *time.Location) Value {
	if from.Name == catalog.TimestampLTZ {
		t = t.In(zone)
	}
	switch to.Name {
	case catalog.Date:
		return dayOf(t)
	case catalog.Time:
		c := clockOf(t)
		return c - c%Clock(unit(to.Precision))
	}
	if from.Name == catalog.TimestampNTZ && to.Name != catalog.TimestampNTZ {
		return flavour(wall(t, zone), false, to, zone)
	}
	return flavour(t, from.Name == catalog.TimestampTZ, to, zone)
}

// epochNumber reads seconds since 1970, or with scale 3, 6 or 9 smaller units.
func epochNumber(d *apd.Decimal, scale int, to catalog.Type, zone *time.Location) (Value, error) {
	nanos := new(apd.Decimal).Set(d)
	nanos.Exponent += int32(9 - scale)
	whole, ok := rescale(nanos, 30, 0)
	if !ok {
		return nil, runtimeError(100035, "22007", "Timestamp '%s' is not recognized", shorten(d.String()))
	}
	seconds, rest := new(apd.Decimal), new(apd.Decimal)
	billion := apd.New(1, 9)
	exact.QuoInteger(seconds, whole, billion)
	exact.Rem(rest, whole, billion)
	s, err := seconds.Int64()
	n, _ := rest.Int64()
	if err != nil {
		return nil, runtimeError(100035, "22007", "Timestamp '%s' is not recognized", shorten(d.String()))
	}
	return flavour(time.Unix(s, n).UTC(), false, to, zone), nil
}
