package payload

import (
	"fmt"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// Decoder turns the bytes that a producer wrote into JSON objects. JSON needs
// none. It may return payload itself, a part of it, or other bytes, and may keep
// neither. An error makes the record unusable, and its text is the cause.
type Decoder interface {
	Decode(payload []byte) ([]byte, error)
}

// Transform is a host's function over one user record's JSON objects. It may
// change them in place and return them, or return others, but may not keep
// them. nil, nil filters the record out; an error discards it with that cause.
type Transform = func(messages.Record, []byte) ([]byte, error)

// Path is decode, then transform. It is safe for concurrent use where its parts
// are.
type Path struct {
	decode    Decoder
	transform Transform
}

// New composes the two; either may be nil. It returns nil where both are.
func New(decode Decoder, transform Transform) *Path {
	if decode == nil && transform == nil {
		return nil
	}
	return &Path{decode, transform}
}

// Apply passes one user record through. The fate is Rendered where objects
// should become rows, Filtered where there is nothing to render, and Discarded
// beside an error whose text is the cause. A panic is such an error: a host's
// function must not end a shard's generation. A nil Path changes nothing.
func (p *Path) Apply(record messages.Record, payload []byte) (objects []byte, fate messages.Fate, err error) {
	if p == nil {
		return payload, messages.Rendered, nil
	}
	step := "decode"
	defer func() {
		if r := recover(); r != nil {
			objects, fate, err = nil, messages.Discarded, failed(step, fmt.Errorf("panic: %v", r))
		}
	}()
	objects = payload
	if p.decode != nil {
		if objects, err = p.decode.Decode(objects); err != nil {
			return nil, messages.Discarded, failed(step, err)
		}
	}
	if p.transform == nil {
		return objects, messages.Rendered, nil
	}
	step = "transform"
	if objects, err = p.transform(record, objects); err != nil {
		return nil, messages.Discarded, failed(step, err)
	}
	if objects == nil {
		return nil, messages.Filtered, nil
	}
	return objects, messages.Rendered, nil
}

// maxCause bounds a cause, which goes into the ledger and the logs.
const maxCause = 200

// failed says which step failed, on one line of at most maxCause bytes.
func failed(step string, err error) error {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if len(text) > maxCause {
		text = strings.ToValidUTF8(text[:maxCause], "") + "..."
	}
	return fmt.Errorf("%s: %s", step, text)
}
