package sql

import (
	"strconv"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// Layouts that the AUTO input formats accept
// (docs.snowflake.com/sql-reference/date-time-input-output).
var (
	dateLayouts = []string{"2006-01-02", "2006-1-2", "02-Jan-2006", "01/02/2006"}
	timeLayouts = []string{"15:04:05", "15:04"} // a fraction after the seconds is accepted
	zoneLayouts = []string{"", "Z07:00", " Z07:00", "Z0700", " -0700", "Z07", " Z07"}
)

func parseDay(s string) (Day, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return dayOf(t), true
		}
	}
	if t, _, ok := parseMoment(s, time.UTC); ok {
		return dayOf(t), true
	}
	return 0, false
}

func parseClock(s string) (Clock, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return clockOf(t), true
		}
	}
	return 0, false
}

// parseMoment reads a date with a clock; without an offset it is in zone.
// zoned tells whether there was one.
func parseMoment(s string, zone *time.Location) (t time.Time, zoned, ok bool) {
	s = strings.TrimSpace(s)
	for _, day := range dateLayouts {
		if t, err := time.ParseInLocation(day, s, zone); err == nil {
			return t, false, true
		}
		for _, middle := range []string{"T", " "} {
			for _, clock := range timeLayouts {
				for _, suffix := range zoneLayouts {
					t, err := time.ParseInLocation(day+middle+clock+suffix, s, zone)
					if err != nil {
						continue
					}
					if suffix == "" {
						return t, false, true
					}
					_, offset := t.Zone()
					return t.In(time.FixedZone("", offset)), true, true
				}
			}
		}
	}
	return epochText(s)
}

// epochText reads a string of digits as an epoch; its unit follows from its
// size (docs.snowflake.com/sql-reference/functions/to_timestamp).
func epochText(s string) (t time.Time, zoned, ok bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}, false, false
	}
	switch size := max(n, -n); {
	case size < 31536000000:
		t = time.Unix(n, 0)
	case size < 31536000000000:
		t = time.UnixMilli(n)
	case size < 31536000000000000:
		t = time.UnixMicro(n)
	default:
		t = time.Unix(0, n)
	}
	return t.UTC(), false, true
}

// flavour makes a moment a value of a TIMESTAMP type, fraction included.
func flavour(t time.Time, zoned bool, to catalog.Type, zone *time.Location) time.Time {
	switch to.Name {
	case catalog.TimestampNTZ:
		t = wall(t, time.UTC)
	case catalog.TimestampLTZ:
		t = t.UTC()
	default:
		if !zoned {
			_, offset := t.In(zone).Zone()
			t = t.In(time.FixedZone("", offset))
		}
	}
	return t.Truncate(unit(to.Precision))
}

// wall keeps date and clock and changes the zone under them.
func wall(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.Date()
	h, min, s := t.Clock()
	return time.Date(y, m, d, h, min, s, t.Nanosecond(), zone)
}

// unit is the step of a fraction of so many digits.
func unit(digits int) time.Duration {
	step := time.Second
	for range min(max(digits, 0), catalog.MaxFraction) {
		step /= 10
	}
	return step
}

// momentText is a moment in the default output formats.
func momentText(t time.Time, typ catalog.Type, zone *time.Location) string {
	switch typ.Name {
	case catalog.TimestampNTZ:
		return t.Format("2006-01-02 15:04:05.000")
	case catalog.TimestampLTZ:
		t = t.In(zone)
	}
	return t.Format("2006-01-02 15:04:05.000 -0700")
}

func clockText(c Clock) string { return epoch.Add(time.Duration(c)).Format("15:04:05") }

// goLayout translates a format model into a Go layout
// (docs.snowflake.com/sql-reference/date-time-input-output).
func goLayout(model string) string {
	models := []struct{ model, layout string }{
		{"YYYY", "2006"}, {"YY", "06"}, {"MMMM", "January"}, {"MON", "Jan"}, {"MM", "01"}, {"DD", "02"}, {"DY", "Mon"},
		{"HH24", "15"}, {"HH12", "03"}, {"HH", "15"}, {"AM", "PM"}, {"PM", "PM"}, {"MI", "04"}, {"SS", "05"},
		{"TZHTZM", "-0700"}, {"TZH:TZM", "-07:00"}, {"TZH", "-07"},
	}
	var b strings.Builder
next:
	for s := model; s != ""; {
		up := upper(s[:min(len(s), 8)])
		if s[0] == '"' {
			if end := strings.IndexByte(s[1:], '"'); end >= 0 {
				b.WriteString(s[1 : 1+end])
				s = s[end+2:]
				continue
			}
		}
		if strings.HasPrefix(up, ".FF") || strings.HasPrefix(up, ",FF") {
			digits, used := 9, 3
			if len(up) > 3 && digit(up[3]) {
				digits, used = int(up[3]-'0'), 4
			}
			if digits > 0 {
				b.WriteString(s[:1] + strings.Repeat("0", digits))
			}
			s = s[used:]
			continue
		}
		for _, m := range models {
			if strings.HasPrefix(up, m.model) {
				b.WriteString(m.layout)
				s = s[len(m.model):]
				continue next
			}
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}
