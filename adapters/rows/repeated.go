package rows

import (
	"bytes"
	"cmp"
	"encoding/json"
	"hash/maphash"
	"slices"

	"github.com/kinesnow/kinesnow/messages"
)

// once renders a payload again without the members whose names come again in
// their object. It is for the rare payload of which the scan says that it may have
// such, and looks at all members exactly.
func (r *Renderer) once(dst []byte, start int, s *scan, mark *messages.Mark, key []byte) ([]byte, int, error) {
	r.cleaned = true
	if s.watch != nil {
		s.watch.forget()
	}
	return r.render(dst[:start+lastWins(dst[start:], s.size, r.names.seed)], start, mark, key, s.watch)
}

// lastWins removes, in place, from valid objects, one after another or in an
// array, each member whose name comes again in the same object, at every depth.
// The objects are b[:size], the sentinel follows. It returns their new size.
func lastWins(b []byte, size int, seed maphash.Seed) int {
	r := repeated{b: b, seed: seed}
	for i := blank(b, 0); i < size; i = blank(b, i) {
		i = r.value(i)
	}
	slices.SortFunc(r.lost, func(x, y span) int { return cmp.Compare(x.from, y.from) })
	w, from := 0, 0
	for _, lost := range r.lost {
		if lost.from >= from {
			w += copy(b[w:], b[from:lost.from])
			from = lost.to
		} // else it lies in the one before
	}
	return w + copy(b[w:], b[from:size])
}

// repeated finds the members that do not win.
type repeated struct {
	b       []byte
	seed    maphash.Seed
	members []member // of the objects that are open, the innermost last
	lost    []span
}

// member is one member, up to the name of the next one.
type member struct {
	hash uint64 // of its name
	span
}

// object reads the object at i and returns the place behind it. Its depth, and
// so the recursion, is at most MaxDepth.
func (r *repeated) object(i int) int {
	own := len(r.members)
	for i = blank(r.b, i+1); r.b[i] != '}'; {
		m := member{hash: maphash.Bytes(r.seed, r.name(i)), span: span{from: i}}
		i = blank(r.b, endOfValue(r.b, i)) // at the colon
		i = r.value(blank(r.b, i+1))
		if i = blank(r.b, i); r.b[i] == ',' {
			i = blank(r.b, i+1)
		}
		m.to = i
		r.members = append(r.members, m)
	}
	r.lose(r.members[own:])
	r.members = r.members[:own]
	return i + 1
}

func (r *repeated) value(i int) int {
	switch r.b[i] {
	case '{':
		return r.object(i)
	case '[':
		for i = blank(r.b, i+1); r.b[i] != ']'; {
			if i = blank(r.b, r.value(i)); r.b[i] == ',' {
				i = blank(r.b, i+1)
			}
		}
		return i + 1
	}
	return endOfValue(r.b, i)
}

// lose notes those of an object's members that a later one replaces. A member
// that is lost is never the last, so what follows it is a name.
func (r *repeated) lose(members []member) {
	slices.SortFunc(members, func(x, y member) int {
		return cmp.Or(cmp.Compare(x.hash, y.hash), cmp.Compare(x.from, y.from))
	})
	for i, m := range members {
		for _, later := range members[i+1:] {
			if later.hash != m.hash {
				break
			}
			if bytes.Equal(r.name(m.from), r.name(later.from)) {
				r.lost = append(r.lost, m.span)
				break
			}
		}
	}
}

// name is what the name at i means.
func (r *repeated) name(i int) []byte {
	return meaning(r.b[i:endOfValue(r.b, i)])
}

// meaning is the content of a valid string.
func meaning(quoted []byte) []byte {
	inside := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inside, '\\') < 0 {
		return inside
	}
	var text string
	_ = json.Unmarshal(quoted, &text) // it is valid
	return []byte(text)
}
