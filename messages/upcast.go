package messages

import "time"

// older is the shape of an event that was released and is not written any
// more. Its bytes stay readable for ever: Decode brings them to the present
// shape.
type older interface {
	// upcast returns the event as it is written today. It is pure; what the
	// older shape did not know stays zero.
	upcast() Event
}

// The kinds that are only read.
const kindHealthChangedV1 Kind = "health_changed.v1"

// newOlder returns the empty older shape of a kind, or nil.
func newOlder(kind Kind) older {
	if kind == kindHealthChangedV1 {
		return &healthChangedV1{}
	}
	return nil
}

// healthChangedV1 was written when the health's word changed; another stop code
// under the same word was not told.
type healthChangedV1 struct {
	From Health    `msgpack:"from"`
	To   Health    `msgpack:"to"`
	Why  string    `msgpack:"why"`
	At   time.Time `msgpack:"at"`
}

func (e *healthChangedV1) upcast() Event {
	return &HealthChanged{From: e.From, To: e.To, Why: e.Why, At: e.At}
}
