package rows

import "github.com/kinesnow/kinesnow/messages"

// many renders a payload of several objects, one after another or in an array.
// The first pass proves all of them and counts, so that nothing is written for
// a payload that is wrong at its end or whose rows would be too large.
func (r *Renderer) many(dst []byte, start int, s *scan, mark *messages.Mark, key []byte) ([]byte, int, error) {
	if s.watch != nil {
		s.watch.forget() // it has seen the first object
	}
	count := s.objects(dst[start:])
	if count < 0 {
		return dst[:start], 0, s.unusable()
	}
	if s.repeats && !r.cleaned {
		return r.once(dst, start, s, mark, key)
	}
	if s.watch != nil {
		if u := s.watch.proven(dst[start : start+s.size]); u != nil {
			return dst[:start], 0, u
		}
		if len(s.watch.quotes) > 0 {
			return r.quoted(dst, start, s, mark, key)
		}
	}
	r.member = r.metadata.append(r.member[:0], mark, key)
	if s.size+count*(len(r.member)+len(",}\n")) > messages.MaxRawBytes {
		return dst[:start], 0, &Unusable{causeSize, -1}
	}
	r.scratch = append(r.scratch[:0], dst[start:]...) // with the sentinel
	dst = dst[:start]
	from := 0
	for range count {
		for r.scratch[from] != '{' { // '[', ',' and white space
			from++
		}
		end := endOfValue(r.scratch, from)
		object := r.scratch[from:end]
		from = end
		empty := object[blank(object, 1)] == '}'
		if s.newline || s.ours {
			end, empty = rewrite(object)
			object = object[:end]
		}
		dst = open(append(dst, object...), empty)
		dst = append(dst, r.member...)
		dst = append(dst, '}', '\n')
	}
	if cap(r.scratch) > keepScratch {
		r.scratch = nil
	}
	return dst, count, nil
}

// objects scans the whole payload and returns how many objects it holds, or -1.
func (s *scan) objects(b []byte) int {
	i := blank(b, 0)
	if b[i] == '[' {
		return s.array(b, i)
	}
	for count := 1; ; count++ {
		if i = s.row(b, i); i < 0 {
			return -1
		}
		if i = blank(b, i); i == s.size {
			return count
		}
		if b[i] != '{' {
			return s.fail(i, causeBehind)
		}
	}
}

func (s *scan) array(b []byte, i int) int {
	if i = blank(b, i+1); b[i] == ']' {
		return s.fail(i, causeEmptyArray)
	}
	for count := 1; ; count++ {
		if b[i] != '{' {
			return s.fail(i, causeElement)
		}
		if i = s.row(b, i); i < 0 {
			return -1
		}
		switch i = blank(b, i); b[i] {
		case ',':
			i = blank(b, i+1)
		case ']':
			if i = blank(b, i+1); i != s.size {
				return s.fail(i, causeBehind)
			}
			return count
		default:
			return s.fail(i, causeUnexpected)
		}
	}
}
