package replay

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Bound is one end of what a replay reads: a time, a position, or, for the
// beginning alone, the oldest record that there is.
type Bound struct {
	Time     time.Time         // by arrival, as Kinesis tells it; zero = not by time
	Position messages.Position // zero = not by position
}

// oldest is how a beginning at the oldest record is written.
const oldest = "TRIM_HORIZON"

// ParseBound reads an RFC 3339 time, a position as SEQUENCE or SEQUENCE/SUB, or
// TRIM_HORIZON. A time that is given as "how long ago" would be another one when
// the same replay is gone on with, so there is no such form.
func ParseBound(text string) (Bound, error) {
	if text == oldest {
		return Bound{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return Bound{Time: t.UTC()}, nil
	}
	if p, err := messages.ParsePosition(text); err == nil {
		return Bound{Position: p}, nil
	}
	return Bound{}, fmt.Errorf("%q is neither a time (2026-10-02T15:04:05Z) nor a position (SEQUENCE or SEQUENCE/SUB)", text)
}

// String is what ParseBound reads.
func (b Bound) String() string {
	switch {
	case !b.Time.IsZero():
		return b.Time.Format(time.RFC3339Nano)
	case !b.Position.IsZero():
		return b.Position.String()
	}
	return oldest
}

// MarshalText implements encoding.TextMarshaler.
func (b Bound) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *Bound) UnmarshalText(text []byte) (err error) {
	*b, err = ParseBound(string(text))
	return err
}

// Range is what a replay reads: records that arrived at From or later and before
// To, or those from one position up to and including another.
type Range struct {
	From  Bound            `json:"from"`
	To    Bound            `json:"to"`
	Shard messages.ShardID `json:"shard,omitempty"` // "" = all
}

// check refuses what cannot be meant. now is the service's clock.
func (r Range) check(now time.Time) error {
	byTime := !r.From.Time.IsZero() && !r.To.Time.IsZero()
	byPosition := !r.From.Position.IsZero() && !r.To.Position.IsZero()
	switch {
	case r.To == Bound{}:
		return errors.New("--to: is a time or a position: a replay has an end")
	case r.To.Time.After(now):
		return fmt.Errorf("--to: %s is not over yet, by AWS's clock; a replay reads what has arrived", r.To)
	case r.Shard == "" && (!r.From.Position.IsZero() || !r.To.Position.IsZero()):
		return errors.New("a position is of one shard: name it with --shard")
	case byTime && !r.From.Time.Before(r.To.Time), byPosition && r.firstSeq().Compare(r.To.Position) > 0:
		return fmt.Errorf("nothing lies between %s and %s", r.From, r.To)
	}
	return nil
}

// firstSeq is the first position that From asks for.
func (r Range) firstSeq() messages.Position {
	p := r.From.Position
	if p.Sub == messages.Whole {
		p.Sub = 0
	}
	return p
}

// start is where a shard is read from while nothing of it was committed. A
// position is wanted itself, so reading goes on after the one before it.
func (r Range) start(created time.Time) messages.ReadFrom {
	from := messages.ReadFrom{Time: r.From.Time, Created: created}
	if p := r.firstSeq(); !p.IsZero() {
		from.After = before(p)
	}
	return from
}

// before is a place right before a position. It is no position of a record.
func before(p messages.Position) messages.Position {
	return messages.Position{Seq: p.Seq, Sub: p.Sub - 1}
}

// beyond reports whether a user record lies behind To.
func (r Range) beyond(m *messages.Mark) bool {
	if !r.To.Time.IsZero() {
		return m.Arrival != 0 && m.Arrival >= r.To.Time.UnixMilli()
	}
	return !r.To.Position.Covers(messages.Position{Seq: m.Seq, Sub: m.Sub})
}

// over reports whether nothing more can come after a block that leaves nothing
// behind.
func (r Range) over(b *messages.RowBlock) bool {
	return b.CaughtUp() && (r.To.Time.IsZero() || !b.At.Before(r.To.Time))
}

// tooOld says what may be missing because the stream keeps no records that old;
// "" where nothing is.
func (r Range) tooOld(s *messages.Stream) string {
	from := r.From.Time
	horizon := s.Now.Add(-s.Retention)
	if from.IsZero() || s.Retention == 0 || !from.Before(horizon) || !horizon.After(s.CreatedAt) {
		return ""
	}
	return fmt.Sprintf("the stream keeps records for %s: those that arrived before %s are gone", strings.TrimSuffix(s.Retention.String(), "0m0s"), horizon.UTC().Format(time.RFC3339))
}
