package rows

import (
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/kinesnow/kinesnow/messages"
)

// Column is the key that a row carries its record's metadata under. Snowflake
// matches it with a column in any case.
const Column = "KINESISMETADATA"

// MaxWidth bounds the width of the sub-sequence number in
// shardedSequenceNumber: the digits of the largest one.
const MaxWidth = 20

const zeros = "00000000000000000000"

// metadata renders the metadata member of one shard's records.
type metadata struct {
	prefix []byte // up to the sequence number: the same for the whole shard
	width  int

	second int64 // that stamp was made for
	stamp  []byte
}

func newMetadata(stream string, shard messages.ShardID, width int) metadata {
	p := append([]byte(nil), `"`+Column+`":{"stream":"`...)
	p = appendEscaped(p, []byte(stream))
	p = append(p, `","shardId":"`...)
	p = appendEscaped(p, []byte(shard))
	p = append(p, `","sequenceNumber":"`...)
	return metadata{prefix: p, width: min(max(width, 1), MaxWidth), second: -1 << 62}
}

// append renders the member; the seven fields of the documentation, of which
// partitionKey and approximateArrival are left out where they are unknown.
func (m *metadata) append(dst []byte, mark *messages.Mark, key []byte) []byte {
	dst = append(dst, m.prefix...)
	dst = append(dst, mark.Seq...)
	if mark.Sub == 0 {
		dst = append(dst, `","subSequenceNumber":0,"shardedSequenceNumber":"`...)
		dst = append(dst, mark.Seq...)
		dst = append(dst, zeros[:m.width]...)
	} else {
		dst = append(dst, `","subSequenceNumber":`...)
		dst = strconv.AppendInt(dst, mark.Sub, 10)
		dst = append(dst, `,"shardedSequenceNumber":"`...)
		dst = append(dst, mark.Seq...)
		dst = m.appendPadded(dst, mark.Sub)
	}
	if key != nil {
		dst = append(dst, `","partitionKey":"`...)
		dst = appendEscaped(dst, key)
	}
	if mark.Arrival != 0 {
		dst = append(dst, `","approximateArrival":"`...)
		dst = m.appendArrival(dst, mark.Arrival)
	}
	return append(dst, '"', '}')
}

// appendPadded writes sub with leading zeros up to the width; one that is
// wider stays whole.
func (m *metadata) appendPadded(dst []byte, sub int64) []byte {
	var text [MaxWidth]byte
	digits := strconv.AppendInt(text[:0], sub, 10)
	if pad := m.width - len(digits); pad > 0 {
		dst = append(dst, zeros[:pad]...)
	}
	return append(dst, digits...)
}

// appendArrival writes ms since 1970 as 2006-01-02T15:04:05.000, UTC. All but
// the milliseconds is kept from the record before, mostly of the same second.
func (m *metadata) appendArrival(dst []byte, ms int64) []byte {
	second, fraction := ms/1000, ms%1000
	if fraction < 0 {
		second, fraction = second-1, fraction+1000
	}
	if second != m.second {
		m.second = second
		m.stamp = time.Unix(second, 0).UTC().AppendFormat(m.stamp[:0], "2006-01-02T15:04:05.")
	}
	dst = append(dst, m.stamp...)
	return append(dst, byte('0'+fraction/100), byte('0'+fraction/10%10), byte('0'+fraction%10))
}

// appendEscaped writes text as the inside of a JSON string. What is no UTF-8
// becomes U+FFFD, as every JSON decoder would have it.
func appendEscaped(dst, text []byte) []byte {
	if plain(text) {
		return append(dst, text...)
	}
	const hex = "0123456789abcdef"
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(text[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
			continue
		default:
			dst = append(dst, c)
		}
		i++
	}
	return dst
}

// plain reports whether text stands for itself in a JSON string.
func plain(text []byte) bool {
	for _, c := range text {
		if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
