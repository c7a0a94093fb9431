package rows

import (
	"github.com/kinesnow/kinesnow/messages"
)

// keepScratch bounds what a Renderer keeps of its copy of a payload that held
// several objects.
const keepScratch = 1 << 20

// Renderer renders the rows of one shard's records. It is not safe for
// concurrent use.
type Renderer struct {
	metadata metadata
	scratch  []byte // a payload of several objects, while its rows are written
	member   []byte // its metadata member
	names    names  // that members had
	cleaned  bool   // the payload at hand: no object has a name twice any more
	watch    *watch // nil = the table's columns are nobody's concern
}

// NewRenderer returns a renderer for the records of a shard. width is the
// least number of digits of the sub-sequence number in shardedSequenceNumber,
// 1 to MaxWidth; the documented example has 5.
func NewRenderer(stream string, shard messages.ShardID, width int) *Renderer {
	return &Renderer{metadata: newMetadata(stream, shard, width)}
}

// Append appends the rows of payload to dst; see Render.
func (r *Renderer) Append(dst, payload []byte, mark *messages.Mark, key []byte) ([]byte, int, error) {
	return r.Render(append(dst, payload...), len(dst), mark, key)
}

// Render turns the payload dst[start:] into its rows, each ended by '\n'. It
// reads Seq, Sub and Arrival of mark. key is the partition key as it is, nil
// where there is none. It returns dst with the rows in place of the payload and
// how many they are.
//
// The error is an *Unusable. out then ends where the payload began: one record
// has all its rows or none (P4).
func (r *Renderer) Render(dst []byte, start int, mark *messages.Mark, key []byte) (out []byte, count int, err error) {
	watch := r.watch
	if watch != nil {
		watch = watch.begin()
	}
	r.cleaned = false
	if out, count, err = r.render(dst, start, mark, key, watch); err == nil && watch != nil {
		watch.keep(count)
	}
	return out, count, err
}

func (r *Renderer) render(dst []byte, start int, mark *messages.Mark, key []byte, watch *watch) (out []byte, count int, err error) {
	s := scan{size: len(dst) - start, names: &r.names, watch: watch}
	r.names.begin(s.size)
	dst = append(dst, sentinel[:]...)
	b := dst[start:]
	begin := blank(b, 0)
	switch {
	case begin == s.size:
		return dst[:start], 0, &Unusable{causeEmpty, -1}
	case b[begin] == '[':
		return r.many(dst, start, &s, mark, key)
	case b[begin] != '{':
		return dst[:start], 0, notAnObject(b[begin:s.size])
	}
	end := s.row(b, begin)
	if end < 0 {
		return dst[:start], 0, s.unusable()
	}
	if blank(b, end) != s.size {
		return r.many(dst, start, &s, mark, key)
	}
	if s.repeats && !r.cleaned {
		return r.once(dst, start, &s, mark, key)
	}
	if watch != nil {
		if u := watch.proven(b[:s.size]); u != nil {
			return dst[:start], 0, u
		}
		if len(watch.quotes) > 0 {
			return r.quoted(dst, start, &s, mark, key)
		}
	}
	if begin > 0 {
		end = copy(b, b[begin:end])
	}
	if s.newline || s.ours {
		end, s.empty = rewrite(b[:end])
	}
	dst = open(dst[:start+end], s.empty)
	dst = r.metadata.append(dst, mark, key)
	dst = append(dst, '}', '\n')
	if len(dst)-start > messages.MaxRawBytes {
		return dst[:start], 0, &Unusable{causeSize, -1}
	}
	return dst, 1, nil
}

// open takes the closing brace off an object so that a member can follow.
func open(dst []byte, empty bool) []byte {
	dst = dst[:len(dst)-1]
	if empty {
		return dst
	}
	return append(dst, ',')
}

// notAnObject names what a payload is instead, as far as its first bytes tell.
func notAnObject(b []byte) error {
	if len(b) >= 3 && string(b[:3]) == "\ufeff" {
		return &Unusable{causeMark, -1}
	}
	return &Unusable{causeNoObject, -1}
}
