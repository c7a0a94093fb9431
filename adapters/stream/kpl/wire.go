package kpl

// The wire types of protobuf (protobuf.dev, Encoding).
const (
	kindVarint   = 0
	kindFixed64  = 1
	kindBytes    = 2
	kindGroup    = 3
	kindEndGroup = 4
	kindFixed32  = 5
)

const (
	maxNumber = 1<<29 - 1 // of a field
	maxDepth  = 100       // of groups in groups, as in protobuf's own libraries
)

// field is one field of a message.
type field struct {
	number     uint32
	kind       byte
	value      uint64 // of a varint
	begin, end int    // of bytes
}

// next reads the field at b[i:] and returns where the next one begins; a
// negative place means that there is no such field.
func next(b []byte, i int) (f field, after int) {
	tag, i := varint(b, i)
	if i < 0 || tag>>3 == 0 || tag>>3 > maxNumber {
		return f, -1
	}
	f.number, f.kind = uint32(tag>>3), byte(tag&7)
	if f.kind == kindGroup {
		return f, skipGroup(b, i, f.number)
	}
	return f, f.read(b, i)
}

// read reads the value behind a tag, but for groups.
func (f *field) read(b []byte, i int) (after int) {
	switch f.kind {
	case kindVarint:
		f.value, i = varint(b, i)
		return i
	case kindBytes:
		size, i := varint(b, i)
		if i < 0 || size > uint64(len(b)-i) {
			return -1
		}
		f.begin, f.end = i, i+int(size)
		return f.end
	case kindFixed64:
		i += 8
	case kindFixed32:
		i += 4
	default:
		return -1
	}
	if i > len(b) {
		return -1
	}
	return i
}

// skipGroup passes over a group, and groups in it, without recursion.
func skipGroup(b []byte, i int, number uint32) (after int) {
	var open [maxDepth]uint32
	open[0] = number
	for depth := 1; depth > 0; {
		tag, at := varint(b, i)
		if at < 0 || tag>>3 == 0 || tag>>3 > maxNumber {
			return -1
		}
		f := field{number: uint32(tag >> 3), kind: byte(tag & 7)}
		switch i = at; f.kind {
		case kindGroup:
			if depth == maxDepth {
				return -1
			}
			open[depth] = f.number
			depth++
		case kindEndGroup:
			if depth--; open[depth] != f.number {
				return -1
			}
		default:
			if i = f.read(b, i); i < 0 {
				return -1
			}
		}
	}
	return i
}

// varint reads a number of at most 64 bits.
func varint(b []byte, i int) (value uint64, after int) {
	if i < len(b) && b[i] < 0x80 {
		return uint64(b[i]), i + 1
	}
	for shift := 0; shift < 64 && i < len(b); shift += 7 {
		c := b[i]
		i++
		if shift == 63 && c > 1 {
			return 0, -1
		}
		value |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return value, i
		}
	}
	return 0, -1
}
