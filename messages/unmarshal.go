package messages

import (
	"bytes"
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// maxLevels is how deep arrays and maps may be nested in a body. An event has two
// levels.
const maxLevels = 100

// Unmarshal reads a msgpack body into what into points at, as
// msgpack.Unmarshal does, and also where nobody meant the bytes to be one: the
// library (v5.4.1) panics when nil stands where a time belongs, makes room for as
// many elements as an array says it has, before it has seen one, and lets the body
// choose the depth of our stack, of which 4 MiB of brackets take more than there
// is.
//
// Errors: the body is no msgpack, ends early, is nested deeper than maxLevels, or
// holds something else.
func Unmarshal(body []byte, into any) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("msgpack: a value of another type than its field: %v", cause)
		}
	}()
	if err := skip(body); err != nil {
		return fmt.Errorf("msgpack: %w", err)
	}
	return msgpack.Unmarshal(body, into)
}

// skip passes over the value that a body begins with. That makes no room for
// anything, and ends where the bytes do: a body that can be skipped has the
// elements it speaks of.
func skip(body []byte) error {
	d := msgpack.NewDecoder(bytes.NewReader(body))
	for left := append(make([]int, 0, maxLevels+1), 1); len(left) > 0; { // values to come, by level
		top := len(left) - 1
		if left[top] == 0 {
			left = left[:top]
			continue
		}
		left[top]--
		code, err := d.PeekCode()
		inside := 0
		switch {
		case err != nil:
		case msgpcode.IsFixedArray(code), code == msgpcode.Array16, code == msgpcode.Array32:
			inside, err = d.DecodeArrayLen()
		case msgpcode.IsFixedMap(code), code == msgpcode.Map16, code == msgpcode.Map32:
			inside, err = d.DecodeMapLen()
			inside *= 2
		default:
			err = d.Skip()
		}
		switch {
		case err != nil:
			return err
		case inside > 0 && len(left) > maxLevels:
			return fmt.Errorf("nested deeper than %d levels", maxLevels)
		case inside > 0:
			left = append(left, inside)
		}
	}
	return nil
}
