package ingest

import (
	"strconv"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// pipeZone is the time zone of the pipe: the account default is
// America/Los_Angeles, which integer epochs into TIMESTAMP_NTZ show as a shift
// of about eight hours (spec 3.4). It is fixed here, so that results do not
// depend on the season or on the machine's zone files.
var pipeZone = time.FixedZone("", -8*60*60)

var dateLayouts = []string{"2006-01-02", "2006-1-2", "02-Jan-2006", "01/02/2006"}

var clockLayouts = []string{"15:04:05.999999999", "15:04"}

// dateTimeLayouts accept a fraction after the seconds by themselves.
var dateTimeLayouts = []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15", "2006-01-02 15"}

var zoneLayouts = []string{"Z07:00", " Z07:00", "Z0700", " -0700", "Z07", " Z07"}

func coerceDate(t catalog.Type, raw []byte) (Value, error) {
	s, ok := text(raw)
	if !ok {
		return Value{}, castError(t)
	}
	s = strings.TrimSpace(s)
	at, ok := parseDate(s)
	if !ok {
		if at, ok = parseDateTime(s, time.UTC); !ok {
			return Value{}, castError(t)
		}
	}
	year, month, day := at.Date()
	return Value{Kind: Date, Days: time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400}, nil
}

// coerceTime refuses a clock with an offset: such rows are dropped as errors.
func coerceTime(t catalog.Type, raw []byte) (Value, error) {
	s, ok := text(raw)
	if !ok {
		return Value{}, castError(t)
	}
	for _, layout := range clockLayouts {
		if at, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			at = at.Truncate(unit(t))
			hour, minute, second := at.Clock()
			nanos := int64(hour*3600+minute*60+second)*1e9 + int64(at.Nanosecond())
			return Value{Kind: Time, Nanos: nanos}, nil
		}
	}
	return Value{}, castError(t)
}

func coerceTimestamp(t catalog.Type, raw []byte) (Value, error) {
	s, quoted := text(raw)
	if !quoted {
		s = string(raw)
	}
	s = strings.TrimSpace(s)
	at, ok := moment(s, quoted)
	if !ok {
		return Value{}, castError(t)
	}
	switch t.Name {
	case catalog.TimestampNTZ:
		at = inZone(at, time.UTC) // the clock as written; an offset is dropped
	case catalog.TimestampLTZ:
		at = at.UTC()
	}
	return Value{Kind: Timestamp, Instant: at.Truncate(unit(t))}, nil
}

// moment reads an epoch, or a text with date and clock or a date alone. What
// has no offset is in the pipe's zone.
func moment(s string, quoted bool) (time.Time, bool) {
	if at, ok := epoch(s); ok {
		return at.In(pipeZone), true
	}
	if !quoted {
		return time.Time{}, false
	}
	if at, ok := parseDateTime(s, pipeZone); ok {
		return at, true
	}
	at, ok := parseDate(s)
	return inZone(at, pipeZone), ok
}

// unit is the smallest step of a TIME or TIMESTAMP type.
func unit(t catalog.Type) time.Duration {
	step := time.Second
	for range min(t.Precision, catalog.MaxFraction) {
		step /= 10
	}
	return step
}

// inZone keeps date and clock and changes the zone under them.
func inZone(at time.Time, zone *time.Location) time.Time {
	year, month, day := at.Date()
	hour, minute, second := at.Clock()
	return time.Date(year, month, day, hour, minute, second, at.Nanosecond(), zone)
}

func parseDate(s string) (time.Time, bool) {
	for _, layout := range dateLayouts {
		if at, err := time.Parse(layout, s); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// parseDateTime reads an ISO 8601 date with a clock. Without an offset it is
// taken to be in zone.
func parseDateTime(s string, zone *time.Location) (time.Time, bool) {
	for _, layout := range dateTimeLayouts {
		if at, err := time.ParseInLocation(layout, s, zone); err == nil {
			return at, true
		}
		for _, offset := range zoneLayouts {
			if at, err := time.Parse(layout+offset, s); err == nil {
				_, seconds := at.Zone()
				return at.In(time.FixedZone("", seconds)), true
			}
		}
	}
	return time.Time{}, false
}

// epoch reads an integer since 1970. Its unit follows from its size, as for
// strings in TO_TIMESTAMP (docs.snowflake.com/sql-reference/functions/to_timestamp).
func epoch(s string) (time.Time, bool) {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	switch size := max(v, -v); {
	case size < 31536000000:
		return time.Unix(v, 0), true
	case size < 31536000000000:
		return time.UnixMilli(v), true
	case size < 31536000000000000:
		return time.UnixMicro(v), true
	}
	return time.Unix(0, v), true
}
