package localkinesis

import (
	"encoding/binary"
	"time"
)

// iterator is what a shard iterator stands for. Sealed it begins with
// AAAAAAAAAAE, as the service's do.
type iterator struct {
	issued int64  // ms since the epoch
	id     uint64 // of the stream
	shard  uint32
	next   int64 // the record to read next
	stream string
}

var iteratorVersion = []byte{0, 0, 0, 0, 0, 0, 1}

const iteratorHead = 7 + 8 + 8 + 4 + 8 // bytes before the stream name

func (it iterator) String() string {
	be := binary.BigEndian
	b := append(make([]byte, 0, iteratorHead+len(it.stream)), iteratorVersion...)
	b = be.AppendUint64(b, uint64(it.issued))
	b = be.AppendUint64(b, it.id)
	b = be.AppendUint32(b, it.shard)
	b = be.AppendUint64(b, uint64(it.next))
	return seal(sealIterator, append(b, it.stream...))
}

func parseIterator(text string) (it iterator, ok bool) {
	b, ok := unseal(sealIterator, text)
	if !ok || len(b) < iteratorHead || string(b[:7]) != string(iteratorVersion) {
		return it, false
	}
	be := binary.BigEndian
	return iterator{
		issued: int64(be.Uint64(b[7:])), id: be.Uint64(b[15:]), shard: be.Uint32(b[23:]), next: int64(be.Uint64(b[27:])),
		stream: string(b[iteratorHead:]),
	}, true
}

// checkAge refuses an iterator that was issued too long ago.
func (s *Server) checkAge(it iterator, now int64) error {
	life := s.options.IteratorLife.Milliseconds()
	if now-it.issued <= life {
		return nil
	}
	return refusal("ExpiredIteratorException", "Iterator expired. The iterator was created at time %s while right now it is %s "+
		"which is further in the future than the tolerated delay of %d milliseconds.", javaTime(it.issued), javaTime(now), life)
}

// javaTime is Java's Date.toString, e.g. "Thu Jan 22 01:22:02 UTC 2015".
func javaTime(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("Mon Jan 02 15:04:05 MST 2006")
}
