package config

import (
	"fmt"
	"strings"
	"time"
)

// PositionKind says where in a stream reading starts.
type PositionKind string

// Kinds of InitialPosition.
const (
	TrimHorizon PositionKind = "TRIM_HORIZON" // the oldest record kept
	Latest      PositionKind = "LATEST"       // what arrives after the first start
	AtTimestamp PositionKind = "AT_TIMESTAMP" // what arrived at InitialPosition.At or later
)

// InitialPosition is where an application starts to read on its first start.
type InitialPosition struct {
	Kind PositionKind
	At   time.Time // UTC, with AtTimestamp only
}

// ParseInitialPosition reads TRIM_HORIZON, LATEST (in any case) or an RFC 3339 time.
func ParseInitialPosition(text string) (InitialPosition, error) {
	upper := strings.ToUpper(text)
	switch PositionKind(upper) {
	case TrimHorizon, Latest:
		return InitialPosition{Kind: PositionKind(upper)}, nil
	}
	at, err := time.Parse(time.RFC3339, upper)
	if err != nil || at.Unix() < 0 {
		return InitialPosition{}, fmt.Errorf("is not allowed; use TRIM_HORIZON, LATEST or an RFC 3339 time such as 2026-01-31T09:00:00Z")
	}
	return InitialPosition{Kind: AtTimestamp, At: at.UTC()}, nil
}

// String is the text that ParseInitialPosition reads.
func (p InitialPosition) String() string {
	if p.Kind == AtTimestamp {
		return p.At.UTC().Format(time.RFC3339Nano)
	}
	return string(p.Kind)
}
