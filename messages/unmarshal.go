package messages

import (
	"bytes"
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
)

// Unmarshal reads a msgpack body into what into points at, as
// msgpack.Unmarshal does, and also where nobody meant the bytes to be one: the
// library (v5.4.1) panics when nil stands where a time belongs, and makes room
// for as many elements as an array says it has, before it has seen one.
//
// Errors: the body is no msgpack, ends early, or holds something else.
func Unmarshal(body []byte, into any) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("msgpack: a value of another type than its field: %v", cause)
		}
	}()
	// To skip a body makes no room for anything, and ends where the bytes do: one
	// that can be skipped has the elements it speaks of.
	if err := msgpack.NewDecoder(bytes.NewReader(body)).Skip(); err != nil {
		return fmt.Errorf("msgpack: %w", err)
	}
	return msgpack.Unmarshal(body, into)
}
