package stream

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/bits"
)

// parser is a place in a body. Once bad, it stays where it is and every step
// ends at once.
type parser struct {
	b   []byte
	i   int
	bad bool
}

func (p *parser) fail() { p.bad = true }

// object calls member behind the colon of each member.
func (p *parser) object(member func(name []byte)) {
	if !p.take('{') {
		return
	}
	if p.space(); p.b[p.i] == '}' {
		p.i++
		return
	}
	for {
		name := p.text()
		p.space()
		if !p.take(':') {
			return
		}
		p.space()
		if member(name.in(p.b)); p.bad {
			return
		}
		if p.space(); p.b[p.i] != ',' {
			p.take('}')
			return
		}
		p.i++
		p.space()
	}
}

// array calls element at the beginning of each element.
func (p *parser) array(element func()) {
	if p.null() || !p.take('[') {
		return
	}
	if p.space(); p.b[p.i] == ']' {
		p.i++
		return
	}
	for {
		if element(); p.bad {
			return
		}
		if p.space(); p.b[p.i] != ',' {
			p.take(']')
			return
		}
		p.i++
		p.space()
	}
}

// text reads a string.
func (p *parser) text() span {
	if !p.take('"') {
		return span{}
	}
	const (
		each01, each02, each21 = 0x0101010101010101, 0x0202020202020202, 0x2121212121212121
		each5c, each80         = 0x5c5c5c5c5c5c5c5c, 0x8080808080808080
	)
	begin := p.i
	for {
		// Eight bytes a step up to a quote, a control character or a backslash,
		// as in rows/text.go.
		x := binary.LittleEndian.Uint64(p.b[p.i:])
		stops := (((x ^ each02) - each21) | ((x ^ each5c) - each01)) &^ x & each80
		if stops == 0 {
			p.i += 8
			continue
		}
		p.i += bits.TrailingZeros64(stops) >> 3
		switch c := p.b[p.i]; {
		case c == '"':
			p.i++
			return span{uint32(begin), uint32(p.i - 1)}
		case c == '\\' && p.b[p.i+1] >= ' ':
			p.i += 2
		default:
			p.fail()
			return span{}
		}
	}
}

// base64 reads a string that holds no quote, however long.
func (p *parser) base64() span {
	if p.null() || !p.take('"') {
		return span{}
	}
	begin := p.i
	n := bytes.IndexByte(p.b[begin:], '"')
	if n < 0 {
		p.fail()
		return span{}
	}
	p.i += n + 1
	return span{uint32(begin), uint32(begin + n)}
}

func (p *parser) nullable() span {
	if p.null() {
		return span{}
	}
	return p.text()
}

func (p *parser) null() bool {
	const word = 'n' | 'u'<<8 | 'l'<<16 | 'l'<<24
	if p.b[p.i] != 'n' {
		return false
	}
	if binary.LittleEndian.Uint32(p.b[p.i:]) != word {
		p.fail()
		return false
	}
	p.i += 4
	return true
}

// skip passes over any value.
func (p *parser) skip() {
	for depth := 0; ; {
		switch c := p.b[p.i]; c {
		case '"':
			p.text()
		case '{', '[':
			depth++
			p.i++
		case '}', ']':
			depth--
			p.i++
		case 0:
			p.fail()
		default:
			if depth == 0 {
				p.i += bytes.IndexAny(p.b[p.i:], ",]} \t\r\n\x00")
			} else {
				p.i++
			}
		}
		if p.bad || depth <= 0 {
			return
		}
	}
}

func (p *parser) take(c byte) bool {
	if p.bad || p.b[p.i] != c {
		p.fail()
		return false
	}
	p.i++
	return true
}

func (p *parser) space() {
	for p.b[p.i] == ' ' || p.b[p.i] == '\n' || p.b[p.i] == '\t' || p.b[p.i] == '\r' {
		p.i++
	}
}

// unescape is the text of a string as it stands between its quotes.
func unescape(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	quoted := append(append([]byte{'"'}, raw...), '"')
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return raw
	}
	return []byte(text)
}
