package localkinesis

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
	"github.com/segmentio/asm/base64"
)

// A Java SDK speaks application/x-amz-cbor-1.1: the members of the JSON form,
// as CBOR (RFC 8949). Such a request is turned into JSON once, at the door, so
// that operations know one form only. Two types have no JSON of their own and
// are told by the member's name, which the API uses for nothing else:
//
//	Data          byte string             <-> base64
//	...Timestamp  tag 1, whole ms         <-> seconds with a fraction
//
// Milliseconds under tag 1 are against RFC 8949 (it means seconds), but what
// the SDKs send and expect (aws-sdk-java-v2 issue 4661, SdkCborGenerator).

// Major types of CBOR.
const (
	cborUnsigned = iota
	cborNegative
	cborBytes
	cborText
	cborList
	cborMap
	cborTag
	cborSimple
)

const (
	cborBreak     = 0xff
	cborTimeTag   = 1
	cborOpenEnded = 31 // of unknown length, up to a break
)

// cborDecoding refuses what is no well-formed CBOR before anything walks it.
var cborDecoding = func() cbor.DecMode {
	mode, err := cbor.DecOptions{MaxNestedLevels: maxDepth}.DecMode()
	if err != nil {
		panic(err) // the options are constants
	}
	return mode
}()

// cborReader turns one well-formed item into JSON.
type cborReader struct {
	in   []byte // not read yet
	out  []byte // the JSON so far
	text []byte // scratch of open-ended strings
}

// appendJSON appends the JSON form of a CBOR request. It takes at most six
// bytes for one, when a text is all control characters.
func appendJSON(dst, request []byte) ([]byte, *Error) {
	if err := cborDecoding.Wellformed(request); err != nil {
		return dst, serialization("malformed CBOR: %v", err)
	}
	r := cborReader{in: request, out: slices.Grow(dst, len(request)+len(request)/2)}
	if err := r.value(nil); err != nil {
		return dst, serialization("%v", err)
	}
	return r.out, nil
}

// head takes an item's first bytes: its type and the number that is its value,
// its length or its tag.
func (r *cborReader) head() (major byte, n uint64, openEnded bool) {
	major, info := r.in[0]>>5, r.in[0]&31
	r.in = r.in[1:]
	if info < 24 {
		return major, uint64(info), false
	}
	if info == cborOpenEnded {
		return major, 0, true
	}
	for range 1 << (info - 24) {
		n = n<<8 | uint64(r.in[0])
		r.in = r.in[1:]
	}
	return major, n, false
}

// value takes one item, which is the member of the given name.
func (r *cborReader) value(name []byte) error {
	for r.in[0]>>5 == cborTag {
		r.head()
	}
	start := r.in
	major, n, openEnded := r.head()
	switch major {
	case cborUnsigned:
		r.integer(name, n, false)
	case cborNegative:
		r.integer(name, n, true)
	case cborBytes:
		if string(name) != "Data" {
			return fmt.Errorf("Blob found where not expected, at %q", name)
		}
		r.blob(r.string(n, openEnded))
	case cborText:
		if string(name) == "Data" {
			return errors.New("class java.lang.String can not be converted to a Blob")
		}
		return r.quote(r.string(n, openEnded))
	case cborList:
		return r.items('[', ']', n, openEnded, func() error { return r.value(nil) })
	case cborMap:
		chosen := string(name) == "Tags" // by the user, names and all
		return r.items('{', '}', n, openEnded, func() error { return r.member(chosen) })
	default:
		return r.simple(name, start)
	}
	return nil
}

// items takes what a list or a map holds.
func (r *cborReader) items(open, closed byte, n uint64, openEnded bool, item func() error) error {
	r.out = append(r.out, open)
	for i := uint64(0); openEnded && r.in[0] != cborBreak || i < n; i++ {
		if i > 0 {
			r.out = append(r.out, ',')
		}
		if err := item(); err != nil {
			return err
		}
	}
	if openEnded {
		r.in = r.in[1:]
	}
	r.out = append(r.out, closed)
	return nil
}

// member takes a name and its value. A chosen name says nothing of its value.
func (r *cborReader) member(chosen bool) error {
	major, n, openEnded := r.head()
	if major != cborText {
		return errors.New("the name of a member is no text")
	}
	name := r.string(n, openEnded)
	if openEnded {
		name = bytes.Clone(name) // the value may need the scratch too
	}
	if err := r.quote(name); err != nil {
		return err
	}
	r.out = append(r.out, ':')
	if chosen {
		name = nil
	}
	return r.value(name)
}

// string takes the content of a byte string or a text, which may come in chunks.
func (r *cborReader) string(n uint64, openEnded bool) []byte {
	if !openEnded {
		content := r.in[:n]
		r.in = r.in[n:]
		return content
	}
	r.text = r.text[:0]
	for r.in[0] != cborBreak {
		_, n, _ := r.head()
		r.text = append(r.text, r.in[:n]...)
		r.in = r.in[n:]
	}
	r.in = r.in[1:]
	return r.text
}

func (r *cborReader) blob(content []byte) {
	r.out = append(r.out, '"')
	start, room := len(r.out), base64.StdEncoding.EncodedLen(len(content))
	r.out = slices.Grow(r.out, room+1)[:start+room]
	base64.StdEncoding.Encode(r.out[start:], content)
	r.out = append(r.out, '"')
}

func (r *cborReader) quote(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("a text is no UTF-8")
	}
	r.out = append(r.out, '"')
	if plain(text) && bytes.IndexByte(text, '"') < 0 {
		r.out = append(r.out, text...)
	} else {
		r.out = append(r.out, jsonContent(string(text))...)
	}
	r.out = append(r.out, '"')
	return nil
}

func (r *cborReader) integer(name []byte, n uint64, negative bool) {
	f := float64(n)
	if negative {
		f = -1 - f
	}
	switch {
	case isTime(name):
		r.out = strconv.AppendFloat(r.out, f/1000, 'f', -1, 64)
	case negative:
		r.out = strconv.AppendFloat(r.out, f, 'f', -1, 64) // no member takes one; it is only reported
	default:
		r.out = strconv.AppendUint(r.out, n, 10)
	}
}

// simple takes a boolean, a null or a floating-point number. Its head is taken
// already, start begins with it.
func (r *cborReader) simple(name, start []byte) error {
	var f float64
	switch start[0] {
	case 0xf4:
		r.out = append(r.out, "false"...)
		return nil
	case 0xf5:
		r.out = append(r.out, "true"...)
		return nil
	case 0xf6, 0xf7: // null, undefined
		r.out = append(r.out, "null"...)
		return nil
	case 0xf9, 0xfa, 0xfb: // of 2, 4 and 8 bytes
		if err := cborDecoding.Unmarshal(start[:len(start)-len(r.in)], &f); err != nil {
			return err
		}
	default:
		return errors.New("a simple value that the API has no use for")
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return errors.New("a number is not finite")
	}
	if isTime(name) {
		f /= 1000
	}
	r.out = strconv.AppendFloat(r.out, f, 'g', -1, 64)
	return nil
}

// isTime tells the members that hold a time.
func isTime(name []byte) bool { return bytes.HasSuffix(name, []byte("Timestamp")) }
