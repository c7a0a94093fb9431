package config

import (
	"testing"
	"time"
)

func TestSizesReadAndPrintInTheLargestExactUnit(t *testing.T) {
	for _, c := range []struct {
		text  string
		bytes Bytes
		print string
	}{
		{"0", 0, "0"}, {"1", 1, "1B"}, {"999", 999, "999B"}, {"1000", 1000, "1KB"}, {"1024", KiB, "1KiB"},
		{"256MiB", 256 * MiB, "256MiB"}, {"64MB", 64_000_000, "64MB"}, {"2GiB", 2 * GiB, "2GiB"}, {"2048mib", 2 * GiB, "2GiB"},
		{"3 TiB", 3 * TiB, "3TiB"}, {"1tb", 1e12, "1TB"}, {"1048577", MiB + 1, "1048577B"}, {"1024000", 1_024_000, "1000KiB"},
	} {
		got, err := ParseBytes(c.text)
		if err != nil || got != c.bytes {
			t.Errorf("ParseBytes(%q) = %d, %v; want %d", c.text, got, err, c.bytes)
		}
		if got.String() != c.print {
			t.Errorf("%d prints %q, want %q", got, got, c.print)
		}
		var back Bytes
		if err := back.UnmarshalText([]byte(got.String())); err != nil || back != got {
			t.Errorf("%q reads back as %d, %v", got, back, err)
		}
	}
}

func TestWhatIsNoSizeIsRefused(t *testing.T) {
	for _, text := range []string{"", "MiB", "-1", "+1", "1.5GiB", "1e3", "256M", "1 Mi B", "0x10", "9223372036854775808", "9007199254740993KiB", "8388608TiB", "١MiB"} {
		if got, err := ParseBytes(text); err == nil {
			t.Errorf("ParseBytes(%q) = %d, want an error", text, got)
		}
	}
}

func TestDurationsPrintWithoutZeroUnits(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 500 * time.Millisecond: "500ms", 20 * time.Second: "20s", 90 * time.Second: "1m30s",
		10 * time.Minute: "10m", 720 * time.Hour: "720h", time.Hour + time.Second: "1h0m1s",
	} {
		if got := formatDuration(d); got != want {
			t.Errorf("%d prints %q, want %q", d, got, want)
		}
		if back, err := parseDuration(formatDuration(d)); err != nil || back != d {
			t.Errorf("%q reads back as %v, %v", formatDuration(d), back, err)
		}
	}
}

func TestInitialPositionsReadAndPrint(t *testing.T) {
	for text, want := range map[string]InitialPosition{
		"TRIM_HORIZON":                   {Kind: TrimHorizon},
		"latest":                         {Kind: Latest},
		"2026-01-31T09:00:00Z":           {Kind: AtTimestamp, At: time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)},
		"2026-01-31t10:00:00.25+01:00":   {Kind: AtTimestamp, At: time.Date(2026, 1, 31, 9, 0, 0, 250e6, time.UTC)},
		"2026-01-31T09:00:00.000000001z": {Kind: AtTimestamp, At: time.Date(2026, 1, 31, 9, 0, 0, 1, time.UTC)},
	} {
		got, err := ParseInitialPosition(text)
		if err != nil || got != want {
			t.Errorf("%q = %+v, %v; want %+v", text, got, err, want)
		}
		if back, err := ParseInitialPosition(got.String()); err != nil || back != got {
			t.Errorf("%q reads back as %+v, %v", got, back, err)
		}
	}
	for _, text := range []string{"", "AT_TIMESTAMP", "2026-01-31", "2026-01-31 09:00:00", "1969-12-31T23:59:59Z", "now"} {
		if got, err := ParseInitialPosition(text); err == nil {
			t.Errorf("%q = %+v, want an error", text, got)
		}
	}
}
