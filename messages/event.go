package messages

import (
	"errors"
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
)

// Kind is an event's permanent name on disk: append, never reuse.
type Kind string

// Event is a fact that already happened. Replaying a stream's events in order
// rebuilds its actor's state. A released event never changes meaning: new
// fields are optional, a new meaning is a new Kind.
type Event interface{ Kind() Kind }

// ErrUnknownKind says that an entry was written by a newer version. The
// reader of a stream skips and counts it (P25).
var ErrUnknownKind = errors.New("unknown event kind")

// Encode returns an event's msgpack body.
func Encode(e Event) ([]byte, error) { return msgpack.Marshal(e) }

// Decode reads the event of an entry. Unknown fields are skipped, and an event
// of an older version is brought to the present shape: its Kind is then not the
// entry's.
//
// Errors: ErrUnknownKind, or the body is none of this kind.
func Decode(kind Kind, body []byte) (Event, error) {
	if old := newOlder(kind); old != nil {
		if err := Unmarshal(body, old); err != nil {
			return nil, fmt.Errorf("event %s: %w", kind, err)
		}
		return old.upcast(), nil
	}
	e := newEvent(kind)
	if e == nil {
		return nil, fmt.Errorf("%w %q", ErrUnknownKind, kind)
	}
	if err := Unmarshal(body, e); err != nil {
		return nil, fmt.Errorf("event %s: %w", kind, err)
	}
	return e, nil
}

// newEvent returns the empty event of a kind, or nil.
func newEvent(kind Kind) Event {
	switch kind {
	case KindOpened:
		return &Opened{}
	case KindBatchAppended:
		return &BatchAppended{}
	case KindRecordsDiscarded:
		return &RecordsDiscarded{}
	case KindRecordsFiltered:
		return &RecordsFiltered{}
	case KindCommitted:
		return &Committed{}
	case KindCheckpointed:
		return &Checkpointed{}
	case KindRewound:
		return &Rewound{}
	case KindRecovered:
		return &Recovered{}
	case KindGapDetected:
		return &GapDetected{}
	case KindParked:
		return &Parked{}
	case KindResolved:
		return &Resolved{}
	case KindShardEnded:
		return &ShardEnded{}
	case KindFaulted:
		return &Faulted{}
	case KindAdopted:
		return &Adopted{}
	case KindLeaseTaken:
		return &LeaseTaken{}
	case KindLeaseDropped:
		return &LeaseDropped{}
	case KindShardDiscovered:
		return &ShardDiscovered{}
	case KindNodeClaimed:
		return &NodeClaimed{}
	case KindStarted:
		return &Started{}
	case KindDrained:
		return &ConnectorDrained{}
	case KindHealthChanged:
		return &HealthChanged{}
	case KindPaused:
		return &Paused{}
	case KindResumed:
		return &Resumed{}
	case KindSchemaChanged:
		return &SchemaChanged{}
	case KindColumnsGone:
		return &ColumnsGone{}
	}
	return nil
}
