package config

import (
	"errors"
	"strings"
	"time"
)

// parseDuration reads Go's durations and says how they are written.
func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, errors.New("is not a duration; write a number with a unit, such as 500ms, 30s or 720h")
	}
	return d, nil
}

// formatDuration drops the zero units that time.Duration prints: 720h, not 720h0m0s.
func formatDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
