package localkinesis

import (
	"encoding/binary"
	"math"
	"slices"
	"strconv"

	"github.com/segmentio/asm/base64"
)

// Answers are made as JSON, and turned into CBOR as they leave. The rules are
// those of cbor_request.go. Maps and lists are written open-ended, as the SDKs
// write theirs: their lengths are known only when they end.

// jsonReader turns one JSON value of ours into CBOR.
type jsonReader struct {
	in  []byte
	at  int
	out []byte
}

// appendCBOR appends the CBOR form of an answer.
func appendCBOR(dst, answer []byte) ([]byte, error) {
	r := jsonReader{in: answer, out: slices.Grow(dst, len(answer))}
	if err := r.value(nil, maxDepth); err != nil {
		return dst, err
	}
	if err := onlySpace(r.in, r.at); err != nil {
		return dst, err
	}
	return r.out, nil
}

// appendHead writes an item's type with its value, length or tag, in as few
// bytes as can be.
func appendHead(b []byte, major byte, n uint64) []byte {
	major <<= 5
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n <= math.MaxUint8:
		return append(b, major|24, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}

// next is the byte that the next token begins with, or 0 at the end.
func (r *jsonReader) next() byte {
	if r.at = space(r.in, r.at); r.at < len(r.in) {
		return r.in[r.at]
	}
	return 0
}

// value takes one value, which is the member of the given name. As many lists
// and maps may be in one another as depth says, the innermost with what it holds.
func (r *jsonReader) value(name []byte, depth int) error {
	next := r.next()
	if depth == 0 && (next == '{' || next == '[') {
		return errSyntax
	}
	switch next {
	case '{':
		return r.items(cborMap, '}', func() error { return r.member(depth) })
	case '[':
		return r.items(cborList, ']', func() error { return r.value(nil, depth-1) })
	case '"':
		return r.string(string(name) == "Data")
	}
	return r.scalar(name)
}

func (r *jsonReader) items(major, closed byte, item func() error) error {
	r.out = append(r.out, major<<5|cborOpenEnded)
	r.at++
	for first := true; r.next() != closed; first = false {
		if !first {
			if r.next() != ',' {
				return errSyntax
			}
			r.at++
		}
		if err := item(); err != nil {
			return err
		}
	}
	r.at++
	r.out = append(r.out, cborBreak)
	return nil
}

func (r *jsonReader) member(depth int) error {
	r.next()
	start := r.at
	if err := r.string(false); err != nil {
		return err
	}
	name := r.in[start+1 : r.at-1] // ours have no escapes
	if r.next() != ':' {
		return errSyntax
	}
	r.at++
	return r.value(name, depth-1)
}

// string takes a text, or the base64 of a blob.
func (r *jsonReader) string(blob bool) error {
	end, err := endOfString(r.in, r.at)
	if err != nil {
		return err
	}
	raw := r.in[r.at:end]
	r.at = end
	text := raw[1 : len(raw)-1]
	switch {
	case blob:
		return r.blob(text)
	case !plain(text):
		unescaped, err := unquote(raw)
		if err != nil {
			return err
		}
		text = []byte(unescaped)
	}
	r.out = append(appendHead(r.out, cborText, uint64(len(text))), text...)
	return nil
}

func (r *jsonReader) blob(text []byte) error {
	room := base64.StdEncoding.DecodedLen(len(text))
	size := room
	for i := len(text); i > 0 && text[i-1] == '='; i-- {
		size--
	}
	r.out = slices.Grow(appendHead(r.out, cborBytes, uint64(max(size, 0))), room)
	start := len(r.out)
	n, err := base64.StdEncoding.Decode(r.out[start:start+room], text)
	if err == nil && n != size {
		err = errSyntax
	}
	r.out = r.out[:start+n]
	return err
}

// scalar takes a number, true, false or null.
func (r *jsonReader) scalar(name []byte) error {
	end, err := endOfValue(r.in, r.at, 1)
	if err != nil {
		return err
	}
	raw := r.in[r.at:end]
	r.at = end
	switch raw[0] {
	case 't':
		r.out = append(r.out, 0xf5)
		return nil
	case 'f':
		r.out = append(r.out, 0xf4)
		return nil
	case 'n':
		r.out = append(r.out, 0xf6)
		return nil
	}
	return r.number(name, raw)
}

func (r *jsonReader) number(name, raw []byte) error {
	if !isTime(name) {
		if whole, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
			r.integer(whole)
			return nil
		}
	}
	f, err := strconv.ParseFloat(string(raw), 64) // endOfValue has seen that it is a number
	if err != nil {
		return err
	}
	if isTime(name) {
		r.out = appendHead(r.out, cborTag, cborTimeTag)
		r.integer(roundMillis(f))
		return nil
	}
	r.out = binary.BigEndian.AppendUint64(append(r.out, cborSimple<<5|27), math.Float64bits(f))
	return nil
}

func (r *jsonReader) integer(n int64) {
	if n < 0 {
		r.out = appendHead(r.out, cborNegative, uint64(-1-n))
		return
	}
	r.out = appendHead(r.out, cborUnsigned, uint64(n))
}
