package rows

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math"
)

// Bounds of what is known of names.
const (
	namesKept = 1 << 10 // spellings that stay after a payload
	namesMax  = 1 << 16 // of one payload
	textKept  = 1 << 15 // bytes of them that stay
	textMax   = 1 << 22 // of one payload
)

// names knows the names of members that came before, and so tells the ones that
// an object has twice. Records of one stream resemble each other: each name
// remembers which ones came behind it, and one that comes as expected is
// compared, neither scanned nor looked up.
//
// A name belongs to a depth. There only one object is open at a time, so the
// last object that had the name is all that has to be kept of it.
type names struct {
	known []spelled // 0 is the payload itself
	text  []byte    // of all of them, each with its closing quote
	index map[uint64]uint32
	seed  maphash.Seed
	age   uint32 // counts how often all were forgotten

	objects uint32          // begun so far, in all payloads
	around  [MaxDepth]outer // the objects around the one in hand, by depth
}

// outer is where an object that is still open was left.
type outer struct {
	object uint32
	last   uint32 // spelling of the member in hand
}

// spelled is a name as it is written, at one depth.
type spelled struct {
	head, tail uint64 // its first eight bytes and its last, the closing quote among them
	mask       uint64 // of both: less than all for a name of up to six
	back       uint32 // where the last eight begin
	simple     uint8  // depth, where head and tail are all that counts of it
	depth      uint8
	ours       bool // KINESISMETADATA at the top

	object uint32 // the last one that had the name; kept by its first spelling
	name   uint32 // the first spelling of the same name, itself mostly
	next   uint32 // the spelling that came behind it in an object, 0 if none
	other  uint32 // and the one before that
	inner  uint32 // the first spelling in its value
	at     uint32 // in names.text
	end    uint32
}

// begin prepares for a payload of size bytes, which holds fewer objects.
func (n *names) begin(size int) {
	if len(n.known) == 0 || len(n.known) > namesKept || len(n.text) > textKept || uint64(n.objects)+uint64(size) > math.MaxUint32 {
		n.forget()
	}
}

func (n *names) forget() {
	if n.index == nil || len(n.known) > 2*namesKept || len(n.text) > 2*textKept {
		*n = names{index: map[uint64]uint32{}, seed: maphash.MakeSeed(), age: n.age}
	}
	n.age++
	clear(n.index)
	n.known, n.text, n.objects = append(n.known[:0], spelled{}), n.text[:0], 0
}

// expected compares the name that begins at b[i] with the two that came before
// where it stands, behind member last or as the first one within it. It returns
// the spelling and the place behind the closing quote, or 0.
func (n *names) expected(b []byte, i, depth int, last uint32, first bool) (at uint32, end int) {
	l := &n.known[last]
	if first {
		return n.match(b, i, depth, l.inner)
	}
	if at, end = n.match(b, i, depth, l.next); at == 0 {
		if at, end = n.match(b, i, depth, l.other); at != 0 {
			l.next, l.other = l.other, l.next
		}
	}
	return at, end
}

func (n *names) match(b []byte, i, depth int, at uint32) (uint32, int) {
	s := &n.known[at]
	if int(s.depth) != depth || (binary.LittleEndian.Uint64(b[i:])^s.head)&s.mask != 0 {
		return 0, 0
	}
	end := i + int(s.end-s.at)
	if end > len(b) || string(b[i:end]) != string(n.text[s.at:s.end]) {
		return 0, 0
	}
	return at, end
}

// learn finds a name that was not expected where it stands, and has it expected
// there. It returns its spelling; 0 if there is no room for one more.
func (n *names) learn(quoted []byte, depth int, last uint32, first, escaped bool) uint32 {
	found := n.find(quoted, depth, escaped)
	switch l := &n.known[last]; {
	case found == 0:
	case first:
		l.inner = found
	default:
		l.next, l.other = found, l.next
	}
	return found
}

// twice reports whether an object had a name before, and notes that it has.
func (n *names) twice(at, object uint32) bool {
	name := &n.known[n.known[at].name]
	if name.object == object {
		return true
	}
	name.object = object
	return false
}

// find looks a spelling up, and keeps it if it is new. quoted ends with the
// closing quote.
func (n *names) find(quoted []byte, depth int, escaped bool) uint32 {
	key := maphash.Bytes(n.seed, quoted) ^ uint64(depth)*0x9e3779b97f4a7c15
	if at, ok := n.index[key]; ok {
		if s := &n.known[at]; int(s.depth) == depth && string(n.text[s.at:s.end]) == string(quoted) {
			return at
		}
		return 0 // another name of the same hash: as good as no room
	}
	if len(n.known) >= namesMax || len(n.text)+len(quoted) > textMax {
		return 0
	}
	name := uint32(0)
	if escaped {
		if name = n.find(plainName(quoted), depth, false); name == 0 {
			return 0
		}
	}
	at := uint32(len(n.known))
	if name == 0 {
		name = at
	}
	s := spelled{
		mask: math.MaxUint64, depth: uint8(depth), name: name,
		at: uint32(len(n.text)), end: uint32(len(n.text) + len(quoted)),
		ours: depth == 1 && isOurs(quoted[:len(quoted)-1]),
	}
	var word [8]byte
	if copied := copy(word[:], quoted); copied < len(word) {
		s.mask >>= 64 - 8*copied
	}
	s.head = binary.LittleEndian.Uint64(word[:])
	s.tail = s.head
	if len(quoted) > len(word) {
		s.back = uint32(len(quoted) - len(word))
		s.tail = binary.LittleEndian.Uint64(quoted[s.back:])
	}
	if len(quoted) <= 2*len(word) && name == at && !s.ours {
		s.simple = s.depth
	}
	n.text = append(n.text, quoted...)
	n.known = append(n.known, s)
	n.index[key] = at
	return at
}

// plainName is what a name with escapes means, as it would be written without.
// Where that cannot be, for a quote or a backslash, a NUL sets it apart from all
// that is written.
func plainName(quoted []byte) []byte {
	name := meaning(append([]byte{'"'}, quoted...))
	if bytes.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) {
		name = append(name, 0)
	}
	return append(name, '"')
}
