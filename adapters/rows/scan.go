package rows

import "encoding/binary"

// MaxDepth is how deep objects and arrays may be nested, the row's own object
// included.
const MaxDepth = 200

// sentinel follows a payload while it is scanned. NUL is valid nowhere in JSON,
// so no step has to ask whether there is another byte.
var sentinel [8]byte

// scan is one strict pass over a payload and what it learned.
type scan struct {
	size int // of the payload; sentinel follows it

	empty   bool   // the object has no member
	newline bool   // a raw CR or LF stands outside strings
	ours    bool   // a top-level key is KINESISMETADATA
	repeats bool   // an object has a name twice, or may have
	escaped bool   // an escape was read
	names   *names // that members had
	watch   *watch // is told of the other top-level keys; nil = nobody is

	cause string
	at    int
}

// fail keeps the first cause. What ends early is truncated, whatever was
// expected there.
func (s *scan) fail(at int, cause string) int {
	if at >= s.size {
		at, cause = s.size, causeTruncated
	}
	s.at, s.cause = at, cause
	return -1
}

func (s *scan) unusable() *Unusable { return &Unusable{Cause: s.cause, At: s.at} }

// row reads an object that becomes a row; see object.
func (s *scan) row(b []byte, i int) int {
	if s.watch != nil {
		return s.watch.object(s, b, i)
	}
	return s.object(b, i)
}

// object reads the object that begins at b[i] and returns the place behind it,
// or -1. It is one loop with a bit per level, because recursion costs a call
// per value and would let a payload choose the depth of our stack.
func (s *scan) object(b []byte, i int) int {
	var (
		arrays  [MaxDepth/64 + 1]uint64 // bit d: the container at depth d is an array
		depth   = 1
		inArray = false
		c       byte
		names   = s.names
		known   = names.known
		last    = uint32(0)      // the name before
		guess   = known[0].inner // the name that will come
		first   = true           // of its object
	)
	names.objects++
	object := names.objects
	s.empty = false
	i++
	if c = b[i]; c <= ' ' {
		i = s.space(b, i)
		c = b[i]
	}
	if c == '}' {
		s.empty = true
		return i + 1
	}

key:
	if c != '"' {
		return s.fail(i, causeUnexpected)
	}
	i++
	// What came here in the record before mostly comes again, and was proven then.
	if g := &known[guess]; int(g.simple) == depth && i+int(g.back)+8 <= len(b) &&
		((binary.LittleEndian.Uint64(b[i:])^g.head)|(binary.LittleEndian.Uint64(b[i+int(g.back):])^g.tail))&g.mask == 0 {
		i += int(g.end - g.at)
		if w := s.watch; w != nil && depth == 1 {
			w.keys++
			if int(guess) >= len(w.spelt) || w.spelt[guess] != careNot {
				w.key(b, guess, i-int(g.end-g.at), i-1)
			}
		}
		if g.object == object {
			s.repeats = true
		}
		g.object = object
		last = guess
		guess = g.next
	} else {
		if i, last = s.name(b, i, depth, last, object, first); i < 0 {
			return -1
		}
		known = names.known
		guess = known[last].next
	}
	first = false
	if c = b[i]; c <= ' ' {
		i = s.space(b, i)
		c = b[i]
	}
	if c != ':' {
		return s.fail(i, causeUnexpected)
	}
	i++
	if c = b[i]; c <= ' ' {
		i = s.space(b, i)
		c = b[i]
	}

value:
	switch c {
	case '"':
		if i = s.text(b, i+1); i < 0 {
			return -1
		}
	case '{', '[':
		if depth++; depth > MaxDepth {
			return s.fail(i, causeDepth)
		}
		inArray = c == '['
		if inArray {
			arrays[depth>>6] |= 1 << (depth & 63)
		} else {
			arrays[depth>>6] &^= 1 << (depth & 63)
		}
		names.around[depth-2] = outer{object, last}
		closing := c + 2 // both '}' and ']' lie two behind their opening
		i++
		if c = b[i]; c <= ' ' {
			i = s.space(b, i)
			c = b[i]
		}
		switch {
		case c == closing:
			i++
			goto closed
		case inArray:
			goto value
		}
		names.objects++
		object = names.objects
		guess, first = known[last].inner, true
		goto key
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if i = s.number(b, i); i < 0 {
			return -1
		}
	case 't', 'n', 'f':
		if i = s.literal(b, i); i < 0 {
			return -1
		}
	default:
		return s.fail(i, causeUnexpected)
	}

after:
	if c = b[i]; c <= ' ' {
		i = s.space(b, i)
		c = b[i]
	}
	switch {
	case c == ',':
		i++
		if c = b[i]; c <= ' ' {
			i = s.space(b, i)
			c = b[i]
		}
		if inArray {
			goto value
		}
		goto key
	case c == '}' && !inArray, c == ']' && inArray:
		i++
	default:
		return s.fail(i, causeUnexpected)
	}

closed:
	if depth--; depth == 0 {
		return i
	}
	inArray = arrays[depth>>6]>>(depth&63)&1 != 0
	if c == '}' {
		object, last = names.around[depth-1].object, names.around[depth-1].last
		guess, first = known[last].next, false
	}
	goto after
}

// name reads a name that is not the first guess, from behind its opening quote.
// It returns the place behind the closing one, or -1, and its spelling.
func (s *scan) name(b []byte, i, depth int, last, object uint32, first bool) (end int, at uint32) {
	at, end = s.names.expected(b, i, depth, last, first)
	if at == 0 {
		s.escaped = false
		if end = s.text(b, i); end < 0 {
			return -1, 0
		}
		at = s.names.learn(b[i:end], depth, last, first, s.escaped)
	}
	s.repeats = at == 0 || s.names.twice(at, object) || s.repeats
	switch {
	case depth > 1:
	case at == 0 && isOurs(b[i:end-1]), s.names.known[at].ours:
		s.ours = true
	case s.watch != nil:
		s.watch.keys++
		s.watch.key(b, at, i, end-1)
	}
	return end, at
}

// literal reads true, false or null.
func (s *scan) literal(b []byte, i int) int {
	const (
		wordTrue = 't' | 'r'<<8 | 'u'<<16 | 'e'<<24
		wordNull = 'n' | 'u'<<8 | 'l'<<16 | 'l'<<24
		wordAlse = 'a' | 'l'<<8 | 's'<<16 | 'e'<<24
	)
	switch word := binary.LittleEndian.Uint32(b[i:]); {
	case word == wordTrue, word == wordNull:
		return i + 4
	case b[i] == 'f' && binary.LittleEndian.Uint32(b[i+1:]) == wordAlse:
		return i + 5
	}
	return s.fail(firstDifference(b, i), causeUnexpected)
}

// firstDifference is where a misspelt literal leaves the right spelling.
func firstDifference(b []byte, i int) int {
	word := map[byte]string{'t': "true", 'f': "false", 'n': "null"}[b[i]]
	for k := range len(word) {
		if b[i+k] != word[k] {
			return i + k
		}
	}
	return i
}

// space skips white space inside the object and notes line breaks.
func (s *scan) space(b []byte, i int) int {
	for {
		switch b[i] {
		case ' ', '\t':
		case '\n', '\r':
			s.newline = true
		default:
			return i
		}
		i++
	}
}

// blank skips white space around objects.
func blank(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r' {
		i++
	}
	return i
}
